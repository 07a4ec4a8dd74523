//! Bytes to text: which encoding, and the decoded string.

use std::sync::OnceLock;

use bytes::Bytes;
use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::model::{ParseError, View};

/// Decoded text.
#[derive(Debug)]
pub struct TextView {
    /// The text, without a byte order mark.
    pub text: String,
    /// WHATWG name of the encoding it was decoded from.
    pub encoding: &'static str,
    /// Whether the text is the bytes themselves (UTF-8 without a mark).
    pub is_verbatim: bool,
    lower_head: OnceLock<String>,
}

/// Characters of the text that formats are told apart by.
const HEAD: usize = 4096;

impl TextView {
    fn new(text: String, encoding: &'static Encoding, is_verbatim: bool) -> Self {
        TextView { text, encoding: encoding.name(), is_verbatim, lower_head: OnceLock::new() }
    }

    /// The first characters of the text, ASCII letters lower case. Made once: a dozen formats ask for it.
    pub fn lower_head(&self) -> &str {
        self.lower_head.get_or_init(|| {
            let end = self.text.char_indices().nth(HEAD).map_or(self.text.len(), |(end, _)| end);
            self.text.get(..end).unwrap_or_default().to_ascii_lowercase()
        })
    }
}

/// Bytes looked at to tell text from data.
const SAMPLE: usize = 64 << 10;

impl View for TextView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if bytes.is_empty() {
            return Ok(TextView::new(String::new(), UTF_8, true));
        }
        if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
            return decode(encoding, bytes.get(mark..).unwrap_or_default());
        }
        if let Some(encoding) = utf16_without_mark(bytes) {
            return decode(encoding, bytes);
        }
        let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
        if let Some(offset) = binary_byte(sample) {
            return Err(ParseError::new("control bytes that no text has", offset as u64));
        }
        if memchr::memmem::find(sample, b"\x1b$").is_some() {
            return decode(ISO_2022_JP, bytes);
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Ok(TextView::new(text.to_owned(), UTF_8, true));
        }
        for encoding in [SHIFT_JIS, EUC_JP] {
            if let Ok(view) = decode(encoding, bytes) {
                return Ok(view);
            }
        }
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        let odd = sample.iter().filter(|byte| matches!(byte, 0x80..=0x9f)).count();
        if odd.saturating_mul(8) > sample.len() {
            return Err(ParseError::new("bytes that are text in no known encoding", 0));
        }
        Ok(TextView::new(text.into_owned(), WINDOWS_1252, false))
    }
}

/// Decodes, refusing malformed sequences (but for UTF-16, where Windows shows what it can).
fn decode(encoding: &'static Encoding, bytes: &[u8]) -> Result<TextView, ParseError> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    let is_strict = encoding != UTF_16LE && encoding != UTF_16BE && encoding != ISO_2022_JP && encoding != UTF_8;
    if malformed && is_strict {
        return Err(ParseError::new(format!("malformed {}", encoding.name()), 0));
    }
    Ok(TextView::new(text.into_owned(), encoding, false))
}

/// UTF-16 of mostly Latin text has a zero in every other byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..4096).unwrap_or(bytes);
    if sample.len() < 8 {
        return None;
    }
    let (mut even, mut odd) = (0usize, 0usize);
    for pair in sample.chunks_exact(2) {
        match pair {
            [0, low] if *low >= 9 => even = even.saturating_add(1),
            [low, 0] if *low >= 9 => odd = odd.saturating_add(1),
            _ => {}
        }
    }
    let pairs = sample.len() / 2;
    if odd.saturating_mul(10) > pairs.saturating_mul(9) {
        Some(UTF_16LE)
    } else if even.saturating_mul(10) > pairs.saturating_mul(9) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// A stray control among this many bytes does not make a text data: old mails have them, and programs show the rest.
const PER_STRAY: usize = 256;

/// The first byte that does not occur in text: controls other than tab, line ends, form feed, backspace, escape and
/// the DOS end-of-file mark. None if there are no more than a few.
fn binary_byte(sample: &[u8]) -> Option<usize> {
    let is_stray = |byte: &u8| matches!(byte, 0..=7 | 0x0e..=0x19 | 0x1c..=0x1f | 0x7f);
    let first = sample.iter().position(is_stray)?;
    let tolerated = sample.len() / PER_STRAY;
    let is_data = sample.iter().skip(first).filter(|byte| is_stray(byte)).nth(tolerated).is_some();
    is_data.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<TextView, ParseError> {
        TextView::parse(&Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn reads_the_encodings_of_japanese_mail() {
        for encoding in [SHIFT_JIS, EUC_JP, ISO_2022_JP, UTF_8] {
            let (bytes, _, _) = encoding.encode("航空券控え 添付のご連絡");
            let view = parse(&bytes).unwrap();
            assert_eq!(view.text, "航空券控え 添付のご連絡", "{}", encoding.name());
        }
    }

    #[test]
    fn reads_utf16_with_and_without_a_mark() {
        let units: Vec<u8> = "echo hello".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(parse(&units).unwrap().text, "echo hello");
        assert_eq!(parse(&[b"\xff\xfe", units.as_slice()].concat()).unwrap().text, "echo hello");
    }

    #[test]
    fn data_is_not_text() {
        assert!(parse(b"MZ\x90\x00\x03\x00\x00\x00").is_err());
        assert!(parse(&[7; 4000]).is_err());
    }

    #[test]
    fn a_stray_control_does_not_make_a_text_data() {
        let letter = "Dear customer, your order has been sent.\r\n".repeat(20);
        assert!(parse(format!("{letter}\x18{letter}").as_bytes()).is_ok());
        assert!(parse(format!("{letter}\0{letter}").as_bytes()).is_ok());
        let sown = format!("{letter}{}", "\x01".repeat(8));
        assert!(parse(sown.as_bytes()).is_err());
        assert!(parse(b"short\0").is_err());
    }
}
