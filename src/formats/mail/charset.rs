//! Bytes of mail to text: declared charsets where they hold, a guess where they do not. Decoding follows the WHATWG
//! Encoding Standard, whose tables include the Windows extensions of Japanese mail (①髙﨑); what that standard leaves
//! out and mailers still send is mended first: half-width kana by shift-out or as 8-bit bytes, folds inside escape
//! sequences, UTF-7.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, WINDOWS_1252};

use crate::formats::text::base64::from_base64;

/// Text and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// Name of the encoding it was read in.
    pub encoding: &'static str,
    /// Whether the declared charset was missing, unknown or did not fit, so that the encoding is a guess.
    pub is_guess: bool,
}

/// Which text the bytes are taken from; it decides what a line end inside a Japanese run means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A header value: a line end is a fold, possibly one that cut a character in two.
    Header,
    /// A body: a line end ends the Japanese run (RFC 1468).
    Body,
}

/// The encoding a label names: WHATWG labels, and those of Japanese mailers that the standard does not list.
pub fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches('"').to_ascii_lowercase();
    match label.as_str() {
        "cp932" | "windows-932" | "mskanji" | "x-ms-cp932" => Some(SHIFT_JIS),
        "cp50220" | "cp50221" | "cp50222" | "iso-2022-jp-ms" | "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" => {
            Some(ISO_2022_JP)
        }
        "cp51932" | "eucjp-ms" | "eucjp-win" | "x-eucjp" => Some(EUC_JP),
        _ => Encoding::for_label_no_replacement(label.as_bytes()),
    }
}

/// Text in a declared charset. If the label is unknown or the bytes do not fit, the encoding is guessed.
pub fn decode(label: Option<&str>, bytes: &[u8], place: Place) -> Decoded {
    if let Some(label) = label {
        if matches!(label.trim().to_ascii_lowercase().as_str(), "utf-7" | "unicode-1-1-utf-7" | "utf7") {
            return Decoded { text: utf7(bytes), encoding: "UTF-7", is_guess: false };
        }
        let is_ascii_label = matches!(label.trim().to_ascii_lowercase().as_str(), "us-ascii" | "ascii");
        let carries_escapes = memchr::memchr(0x1b, bytes).is_some();
        if let Some(encoding) = encoding(label).filter(|_| !is_ascii_label || bytes.is_ascii() && !carries_escapes)
            && let Some(text) = strictly(encoding, bytes, place)
        {
            return Decoded { text, encoding: encoding.name(), is_guess: false };
        }
    }
    let hint = label.and_then(encoding);
    guess(bytes, hint, place)
}

/// Text of undeclared bytes: escape sequences mean ISO-2022-JP, valid UTF-8 is UTF-8, and of Shift_JIS and EUC-JP the
/// one that gives fewer half-width kana (each reads the other's bytes as such). Otherwise the hint, lossily.
pub fn guess(bytes: &[u8], hint: Option<&'static Encoding>, place: Place) -> Decoded {
    let made = |text: String, encoding: &'static Encoding| Decoded { text, encoding: encoding.name(), is_guess: true };
    if has_escape(bytes)
        && let Some(text) = strictly(ISO_2022_JP, bytes, place)
    {
        return made(text, ISO_2022_JP);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return made(text.to_owned(), UTF_8);
    }
    let readings = [SHIFT_JIS, EUC_JP].map(|encoding| (encoding, strictly(encoding, bytes, place)));
    let best = readings
        .into_iter()
        .filter_map(|(encoding, text)| text.map(|text| (encoding, text)))
        .min_by_key(|(_, text)| text.chars().filter(|c| matches!(c, '\u{FF61}'..='\u{FF9F}')).count());
    if let Some((encoding, text)) = best {
        return made(text, encoding);
    }
    if has_escape(bytes) {
        let mended = mend_jis(bytes, place);
        let (text, _) = ISO_2022_JP.decode_without_bom_handling(&mended);
        return made(text.into_owned(), ISO_2022_JP);
    }
    let encoding = hint.unwrap_or(WINDOWS_1252);
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    made(text.into_owned(), encoding)
}

fn strictly(encoding: &'static Encoding, bytes: &[u8], place: Place) -> Option<String> {
    if encoding == ISO_2022_JP {
        let mended = mend_jis(bytes, place);
        let (text, malformed) = encoding.decode_without_bom_handling(&mended);
        return (!malformed).then(|| text.into_owned());
    }
    let (text, _, malformed) = encoding.decode(bytes);
    (!malformed).then(|| text.into_owned())
}

fn has_escape(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\x1b$").is_some() || memchr::memmem::find(bytes, b"\x1b(").is_some()
}

/// Escape sequences of the sets that are read (RFC 1468, and half-width kana of CP50221).
const ASCII: &[u8] = b"\x1b(B";
const ROMAN: &[u8] = b"\x1b(J";
const KANA: &[u8] = b"\x1b(I";
const KANJI: &[u8] = b"\x1b$B";

/// ISO-2022-JP (RFC 1468, CP50221, CP50222) made readable for the WHATWG decoder. An escape sequence is written only
/// before a character that needs it: that decoder takes two in a row for an error.
fn mend_jis(bytes: &[u8], place: Place) -> Vec<u8> {
    let mut out = Mended { bytes: Vec::with_capacity(bytes.len()), written: ASCII };
    let mut set = ASCII;
    let mut at = 0usize;
    while let Some(&byte) = bytes.get(at) {
        at = at.saturating_add(1);
        match byte {
            0x1b => match escape_sequence(bytes, at) {
                Some((found, after)) => (set, at) = (found, after),
                None => out.push(byte, set),
            },
            // Shift-out and shift-in around half-width kana (CP50222).
            0x0e => set = KANA,
            0x0f => set = ASCII,
            b'\r' | b'\n' | b' ' | b'\t' if (set == KANJI || set == KANA) && place == Place::Header => {}
            b'\r' | b'\n' if set == KANJI || set == KANA => {
                set = ASCII;
                out.push(byte, set);
            }
            // Eight-bit half-width kana between seven-bit kanji.
            0xa1..=0xdf if set != KANJI => out.push(byte & 0x7f, KANA),
            _ => out.push(byte, set),
        }
    }
    out.bytes
}

struct Mended {
    bytes: Vec<u8>,
    written: &'static [u8],
}

impl Mended {
    fn push(&mut self, byte: u8, set: &'static [u8]) {
        if self.written != set {
            self.bytes.extend_from_slice(set);
            self.written = set;
        }
        self.bytes.push(byte);
    }
}

/// The set an escape sequence asks for, and the index after it; folds inside it are skipped.
fn escape_sequence(bytes: &[u8], at: usize) -> Option<(&'static [u8], usize)> {
    let (first, after) = past_folds(bytes, at);
    let (second, after) = past_folds(bytes, after);
    match (first?, second?) {
        (b'$', b'@' | b'B') => Some((KANJI, after)),
        (b'$', b'(') => match past_folds(bytes, after) {
            (Some(b'@' | b'B'), after) => Some((KANJI, after)),
            _ => None,
        },
        // Old mailers wrote H for ASCII.
        (b'(', b'B' | b'H') => Some((ASCII, after)),
        (b'(', b'J') => Some((ROMAN, after)),
        (b'(', b'I') => Some((KANA, after)),
        _ => None,
    }
}

/// The next byte that is no fold, and the index after it.
fn past_folds(bytes: &[u8], mut at: usize) -> (Option<u8>, usize) {
    const LONGEST_FOLD: usize = 8;
    let limit = at.saturating_add(LONGEST_FOLD);
    while at < limit && matches!(bytes.get(at), Some(b'\r' | b'\n' | b' ' | b'\t')) {
        at = at.saturating_add(1);
    }
    (bytes.get(at).copied(), at.saturating_add(1))
}

/// UTF-7, RFC 2152. No browser or mailer of today reads it, but filters that do not either can be fooled with it.
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = bytes;
    while let Some(plus) = memchr::memchr(b'+', rest) {
        let (plain, shifted) = rest.split_at(plus);
        out.push_str(&String::from_utf8_lossy(plain));
        let shifted = shifted.get(1..).unwrap_or_default();
        let end = shifted
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')))
            .unwrap_or(shifted.len());
        let (run, after) = shifted.split_at(end);
        let dashed = after.strip_prefix(b"-");
        if run.is_empty() && dashed.is_some() {
            out.push('+');
        } else if let Some(decoded) = from_base64(run) {
            let units = decoded.chunks_exact(2).filter_map(|pair| match pair {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            out.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{FFFD}')));
        } else {
            out.push('+');
            out.push_str(&String::from_utf8_lossy(run));
        }
        rest = dashed.unwrap_or(after);
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::mail::{jis, to_charset};

    #[test]
    fn windows_extensions_and_half_width_kana_survive() {
        let text = "①髙﨑 ｶﾞｲﾄﾞ 様";
        for (label, bytes) in [
            ("iso-2022-jp", jis(text)),
            ("shift_jis", to_charset("shift_jis", text)),
            ("cp932", to_charset("shift_jis", text)),
            ("utf-8", text.as_bytes().to_vec()),
        ] {
            let decoded = decode(Some(label), &bytes, Place::Body);
            assert_eq!(decoded.text, text, "{label}");
            assert!(!decoded.is_guess);
        }
    }

    #[test]
    fn undeclared_japanese_is_guessed() {
        for charset in ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8"] {
            let bytes = to_charset(charset, "予約確認表のご案内です。");
            assert_eq!(guess(&bytes, None, Place::Body).text, "予約確認表のご案内です。", "{charset}");
        }
    }

    #[test]
    fn a_fold_inside_an_escape_sequence_or_a_character_is_mended() {
        let whole = jis("航空券控え");
        for cut in 1..whole.len() {
            let (head, tail) = whole.split_at(cut);
            let folded = [head, b"\r\n ", tail].concat();
            let text = decode(None, &folded, Place::Header).text;
            assert_eq!(text.replace(['\r', '\n', ' '], ""), "航空券控え", "cut at {cut}");
        }
    }

    #[test]
    fn shift_out_and_eight_bit_kana_are_read() {
        let by_shift = b"\x1b$B7o\x1b(B\x0e\x31\x0f";
        assert_eq!(decode(Some("iso-2022-jp"), by_shift, Place::Body).text, "件ｱ");
        let by_eighth_bit = b"\x1b$B7o\x1b(B\xb1";
        assert_eq!(decode(Some("iso-2022-jp"), by_eighth_bit, Place::Body).text, "件ｱ");
    }

    #[test]
    fn a_wrong_label_gives_way_to_a_guess() {
        let decoded = decode(Some("us-ascii"), &to_charset("shift_jis", "領収書"), Place::Body);
        assert_eq!((decoded.text.as_str(), decoded.is_guess), ("領収書", true));
        let decoded = decode(Some("utf-8"), &to_charset("iso-2022-jp", "領収書"), Place::Body);
        assert!(decoded.text.contains("領収書") || decoded.text.contains('\u{1b}'));
    }

    #[test]
    fn utf7_is_read() {
        assert_eq!(decode(Some("utf-7"), b"Hi +ZeVnLIqe-+- ok", Place::Body).text, "Hi 日本語+ ok");
    }
}
