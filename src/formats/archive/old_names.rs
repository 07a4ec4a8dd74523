//! Names stored as bytes of an unknown encoding. gzip, tar and LZH say nothing about it, so it is told from the bytes:
//! UTF-8 is never right by accident; CP932 is what Japanese Windows wrote; Windows-1252 never fails.

use encoding_rs::{EUC_JP, SHIFT_JIS, WINDOWS_1252};
use unicode_normalization::UnicodeNormalization;

use crate::model::EntryName;

/// Bytes of a name that are kept; no file system takes longer ones.
pub(crate) const MAX_NAME: usize = 32 << 10;

/// The name in Unicode, with its bytes where they are not UTF-8.
pub(crate) fn decode(raw: &[u8]) -> EntryName {
    let raw = raw.get(..MAX_NAME).unwrap_or(raw);
    if let Ok(text) = std::str::from_utf8(raw) {
        return EntryName::new(composed(text));
    }
    for encoding in [SHIFT_JIS, EUC_JP] {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(raw) {
            return EntryName { raw: Some(raw.to_vec()), ..EntryName::new(text) };
        }
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(raw);
    EntryName { raw: Some(raw.to_vec()), ..EntryName::new(text) }
}

/// macOS stores kana with their marks apart (NFD); shown and compared they belong together. Names without combining
/// marks are left alone, since composing would also replace compatibility ideographs that people have in their names.
fn composed(text: &str) -> String {
    let is_decomposed = text.chars().any(|c| matches!(c, '\u{0300}'..='\u{036f}' | '\u{3099}' | '\u{309a}'));
    if is_decomposed { text.nfc().collect() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_encodings_apart() {
        assert_eq!(decode("航空券.pdf".as_bytes()).text, "航空券.pdf");
        let (cp932, _, _) = SHIFT_JIS.encode("予約確認表.exe");
        let name = decode(&cp932);
        assert_eq!(name.text, "予約確認表.exe");
        assert_eq!(name.raw.as_deref(), Some(cp932.as_ref()));
        assert_eq!(decode(b"caf\xe9.txt").text, "caf\u{e9}.txt");
    }
}
