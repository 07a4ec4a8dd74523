//! What makes two requests one: the same bytes, name, offered passwords and setup.

use sha2::{Digest as _, Sha256};

use crate::model::PasswordHint;
use crate::model::digest::hex;

/// A SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    /// Of some bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// Of several byte strings, each with its length, so that no two lists give the same.
    pub(super) fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part);
        }
        Digest(hasher.finalize().into())
    }

    /// From 64 hexadecimal digits.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let digits: Vec<u8> =
            text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
        let bytes: Vec<u8> =
            digits.chunks_exact(2).filter_map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect();
        (digits.len() == 64).then(|| bytes.try_into().ok().map(Digest)).flatten()
    }

    /// 64 hexadecimal digits.
    pub(super) fn to_hex(self) -> String {
        hex(&self.0)
    }

    /// Whether this is its id. Costs no more than comparing, since all kept reports are asked.
    pub(super) fn has_id(self, id: &str) -> bool {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]).take(24);
        id.len() == 24
            && digits.eq(id.bytes().map(|digit| match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => u8::MAX,
            }))
    }

    /// The first 24 hexadecimal digits: an id people can copy.
    pub(super) fn id(self) -> String {
        let mut text = self.to_hex();
        text.truncate(24);
        text
    }
}

/// The key of a scan: of which bytes, under which name, with which passwords on offer, by which setup.
pub(super) fn scan(content: Digest, name: &str, offered: &[PasswordHint], stamp: Digest) -> Digest {
    let hints = offered.iter().flat_map(|hint| [hint.source.as_str().as_bytes(), hint.text.as_bytes()]);
    let first = [content.0.as_slice(), stamp.0.as_slice(), name.as_bytes()];
    Digest::of_parts(first.into_iter().chain(hints))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PasswordSource;

    #[test]
    fn digests_go_through_hexadecimal() {
        let digest = Digest::of(b"");
        assert_eq!(digest.to_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(Digest::from_hex(&digest.to_hex()), Some(digest));
        assert_eq!(Digest::from_hex("e3b0"), None);
        assert_eq!(Digest::from_hex(&"x".repeat(64)), None);
        assert_eq!(Digest::from_hex(&"é".repeat(32)), None);
    }

    #[test]
    fn a_key_is_of_bytes_name_passwords_and_setup() {
        let (content, stamp) = (Digest::of(b"mail"), Digest::of(b"setup"));
        let key = scan(content, "message", &[], stamp);
        assert_eq!(key, scan(content, "message", &[], stamp));
        assert_eq!(key.id().len(), 24);
        assert!(key.has_id(&key.id()));
        for other in ["", &key.to_hex(), &key.id().to_uppercase(), &key.id()[1..], &"0".repeat(24)] {
            assert!(!key.has_id(other), "{other}");
        }
        let hint = PasswordHint { text: "secret".to_owned(), source: PasswordSource::Body };
        let others = [
            scan(Digest::of(b"mail "), "message", &[], stamp),
            scan(content, "message2", &[], stamp),
            scan(content, "message", &[], Digest::of(b"other")),
            scan(content, "message", &[hint], stamp),
        ];
        assert!(others.iter().all(|other| *other != key));
    }

    #[test]
    fn parts_cannot_be_shifted_into_each_other() {
        assert_ne!(Digest::of_parts([&b"ab"[..], b"c"]), Digest::of_parts([&b"a"[..], b"bc"]));
    }
}
