//! Base64 (RFC 4648) as it stands in text: padding may be missing and stray bits are passed over. Base64 as a transfer
//! encoding of mail, with its line ends and junk, is `mail/eml/transfer`'s.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);

/// The bytes of text in the standard alphabet, RFC 4648 §4; none if any character is not of it.
pub(crate) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The bytes of text in the alphabet for URLs and file names, RFC 4648 §5.
pub(crate) fn from_base64_url(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE.decode(text).ok()
}

/// The bytes of text in the standard alphabet as programs read it in XML: whatever is not of the alphabet is passed
/// over, and the first padding ends it.
pub(crate) fn from_loose_base64(text: &str) -> Vec<u8> {
    let is_ours = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let bytes = text.bytes().take_while(|byte| *byte != b'=').filter(is_ours);
    from_base64(without_lone_character(&bytes.collect::<Vec<u8>>())).unwrap_or_default()
}

/// Bytes in the standard alphabet, RFC 4648 §4, padded.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The text without a last character that stands alone: it holds no byte.
pub(crate) fn without_lone_character(text: &[u8]) -> &[u8] {
    match (text.len() % 4, text.split_last()) {
        (1, Some((_, whole))) => whole,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_stray_bits_are_forgiven() {
        for text in ["aGVsbG8=", "aGVsbG8", "aGVsbG9"] {
            assert_eq!(from_base64(text.as_bytes()).unwrap(), b"hello");
        }
        assert_eq!(to_base64(b"hello"), "aGVsbG8=");
        assert_eq!(from_base64(b"aGVsbG8!"), None);
        assert_eq!(from_base64(b"-_-_"), None);
        assert_eq!(from_base64_url(b"-_-_").unwrap(), [0xfb, 0xff, 0xbf]);
        assert_eq!(from_loose_base64(" aGV\r\n sb-G8= x"), b"hello");
        assert_eq!(without_lone_character(b"aGVsb"), b"aGVs");
        assert_eq!(without_lone_character(b"aGVsbG8"), b"aGVsbG8");
    }
}
