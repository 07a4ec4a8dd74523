//! The `FileHeader` stream, HWP 5.0 3.2.1: version and what the document is under.

use crate::formats::fields::u32_at;

/// How the signature starts, padded to 32 bytes.
pub(super) const SIGNATURE: &[u8] = b"HWP Document File";

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Header {
    /// 5.0.3.4 as 0x05000304.
    pub(super) version: u32,
    flags: u32,
}

/// Reads it; none if the signature is missing.
pub(super) fn header(stream: &[u8]) -> Option<Header> {
    stream.starts_with(SIGNATURE).then(|| Header {
        version: u32_at(stream, 32).unwrap_or_default(),
        flags: u32_at(stream, 36).unwrap_or_default(),
    })
}

impl Header {
    fn has(self, bit: u32) -> bool {
        self.flags >> bit & 1 == 1
    }

    /// Whether streams are deflated.
    pub(super) fn is_compressed(self) -> bool {
        self.has(0)
    }

    /// Whether streams are encrypted with a password, a certificate or a rights server.
    pub(super) fn lock(self) -> Option<&'static str> {
        match self {
            _ if self.has(1) => Some("a password"),
            _ if self.has(8) => Some("a certificate"),
            _ if self.has(4) || self.has(10) => Some("rights management"),
            _ => None,
        }
    }

    /// Whether the text is kept in `ViewText`, under a key of the file's own, to be read but not copied.
    pub(super) fn is_distribution(self) -> bool {
        self.has(2)
    }

    /// As people write it.
    pub(super) fn version_text(self) -> String {
        let [revision, build, minor, major] = self.version.to_le_bytes();
        format!("{major}.{minor}.{build}.{revision}")
    }
}
