//! Stored names to text. Zip has no reliable statement of the encoding: bit 11 and extra field 0x7075 are believed,
//! else UTF-8 (macOS writes it unflagged), else CP932 as Japanese Windows does.

use encoding_rs::{EUC_JP, GBK, SHIFT_JIS, WINDOWS_1252};
use unicode_normalization::UnicodeNormalization;

use super::headers::Header;
use crate::model::EntryName;

/// The name of an entry from the headers it has, the directory's first: most programs show that one.
pub(super) fn of(central: Option<&Header>, local: Option<&Header>) -> EntryName {
    let mut texts: Vec<String> = Vec::new();
    let mut raw: Option<&[u8]> = None;
    for header in [central, local].into_iter().flatten() {
        if let Some(unicode) = &header.unicode_name {
            texts.push(composed(String::from_utf8_lossy(unicode).into_owned()));
            raw.get_or_insert(unicode);
        }
        texts.push(decode(&header.name, header.is_utf8()));
        raw.get_or_insert(&header.name);
    }
    let mut texts = texts.into_iter();
    let mut name = EntryName::new(texts.next().unwrap_or_default());
    for other in texts {
        name = name.also(other);
    }
    name.raw = raw.filter(|raw| *raw != name.text.as_bytes()).map(<[u8]>::to_vec);
    name
}

/// A stored name as text, composed (NFC) where macOS stored it decomposed.
pub(super) fn decode(raw: &[u8], is_utf8: bool) -> String {
    if let Ok(text) = std::str::from_utf8(raw) {
        return composed(text.to_owned());
    }
    if !is_utf8 {
        for encoding in [SHIFT_JIS, EUC_JP, GBK] {
            if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(raw) {
                return text.into_owned();
            }
        }
        return WINDOWS_1252.decode_without_bom_handling(raw).0.into_owned();
    }
    String::from_utf8_lossy(raw).into_owned()
}

/// NFC, but only for names that hold combining marks: composing would also replace compatibility ideographs that
/// people do have in their names.
fn composed(text: String) -> String {
    let is_decomposed = text.chars().any(|c| matches!(c, '\u{0300}'..='\u{036f}' | '\u{3099}' | '\u{309a}'));
    if is_decomposed { text.nfc().collect() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_bytes_of_cp932_are_no_separators() {
        let raw = SHIFT_JIS.encode("ソフト一覧/予約表.txt").0;
        assert_eq!(decode(&raw, false), "ソフト一覧/予約表.txt");
    }

    #[test]
    fn decomposed_names_are_composed_and_others_left_alone() {
        assert_eq!(decode("がき.txt".nfd().collect::<String>().as_bytes(), false), "がき.txt");
        assert_eq!(decode("\u{fa19}社.txt".as_bytes(), true), "\u{fa19}社.txt");
    }
}
