//! The encodings of mail, written the way Japanese mailers write them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

/// Text in a charset by its WHATWG label; `iso-2022-jp` as [`jis`].
///
/// # Panics
/// If no such charset exists.
pub fn to_charset(charset: &str, text: &str) -> Vec<u8> {
    let encoding = Encoding::for_label(charset.as_bytes()).unwrap_or_else(|| panic!("no charset {charset}"));
    if encoding == encoding_rs::ISO_2022_JP {
        return jis(text);
    }
    let (bytes, _, _) = encoding.encode(text);
    bytes.into_owned()
}

/// ISO-2022-JP as Windows mailers write it (CP50221): NEC and IBM extensions such as ①髙﨑 in the JIS X 0208 plane,
/// half-width kana behind `ESC ( I`.
pub fn jis(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_kana = |c: char| matches!(c, '\u{FF61}'..='\u{FF9F}');
        let end = rest.find(|c| is_kana(c) != is_kana(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_kana(first) {
            out.extend_from_slice(b"\x1b(I");
            out.extend(run.chars().map(|c| (u32::from(c) - 0xFF61 + 0x21) as u8));
            out.extend_from_slice(b"\x1b(B");
        } else {
            let (bytes, _, _) = encoding_rs::ISO_2022_JP.encode(run);
            out.extend_from_slice(&bytes);
        }
        rest = after;
    }
    out
}

/// Base64 in lines of 76 characters, each with CRLF.
pub fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(bytes);
    let mut out = Vec::with_capacity(text.len() + text.len() / 38 + 2);
    for line in text.as_bytes().chunks(76) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Quoted-printable (RFC 2045 6.7) with soft line breaks; line ends of the input are kept.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut column = 0;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        if rest.starts_with(b"\r\n") {
            out.extend_from_slice(b"\r\n");
            column = 0;
            rest = &rest[2..];
            continue;
        }
        let ends_line = after.is_empty() || after.starts_with(b"\r\n");
        let is_plain = matches!(byte, 33..=60 | 62..=126) || (matches!(byte, b' ' | b'\t') && !ends_line);
        let width = if is_plain { 1 } else { 3 };
        if column + width > 75 {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if is_plain {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
        }
        column += width;
        rest = after;
    }
    out
}

/// One RFC 2047 encoded word, B: `=?iso-2022-jp?b?…?=`.
pub fn encoded_word_b(charset: &str, text: &str) -> String {
    format!("=?{charset}?b?{}?=", STANDARD.encode(to_charset(charset, text)))
}

/// One RFC 2047 encoded word, Q.
pub fn encoded_word_q(charset: &str, text: &str) -> String {
    let mut word = String::new();
    for byte in to_charset(charset, text) {
        match byte {
            b' ' => word.push('_'),
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => word.push(byte as char),
            _ => word.push_str(&format!("={byte:02X}")),
        }
    }
    format!("=?{charset}?q?{word}?=")
}

/// Text as folded encoded words of at most 12 characters each, as mailers write long subjects.
pub fn encoded_words(charset: &str, text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let words: Vec<String> =
        chars.chunks(12).map(|chunk| encoded_word_b(charset, &chunk.iter().collect::<String>())).collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_subject_of_the_incident() {
        assert_eq!(
            encoded_word_b("iso-2022-jp", "航空券控え 添付のご連絡"),
            "=?iso-2022-jp?b?GyRCOVI2dTd0OTUkKBsoQiAbJEJFOklVJE4kNE8iTW0bKEI=?="
        );
    }

    #[test]
    fn half_width_kana_stay_half_width() {
        assert_eq!(jis("ｱa"), b"\x1b(I1\x1b(Ba");
    }
}
