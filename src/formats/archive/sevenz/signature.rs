//! The fixed 32 bytes at the start, which say where the header is.

use crate::formats::fields::{u32_at, u64_at};
use crate::model::ParseError;

/// The start of a 7z file, 7zFormat.txt "SignatureHeader".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Where the header starts, counted from the end of the signature.
    pub header_offset: u64,
    /// Bytes of the header.
    pub header_size: u64,
    /// Whether the checksum over offset and size is right.
    pub is_checksum_right: bool,
}

/// Bytes of the signature header.
pub(super) const SIZE: u64 = 32;

impl Signature {
    /// Reads it.
    pub fn read(bytes: &[u8]) -> Result<Self, ParseError> {
        let cut = || ParseError::new("7z signature is cut off", bytes.len() as u64);
        if !bytes.starts_with(b"7z\xbc\xaf\x27\x1c") {
            return Err(ParseError::new("no 7z signature", 0));
        }
        if bytes.get(6) != Some(&0) {
            return Err(ParseError::new("7z version other than 0", 6));
        }
        let stored = u32_at(bytes, 8).ok_or_else(cut)?;
        let start = bytes.get(12..32).ok_or_else(cut)?;
        Ok(Signature {
            header_offset: u64_at(start, 0).ok_or_else(cut)?,
            header_size: u64_at(start, 8).ok_or_else(cut)?,
            is_checksum_right: crc32fast::hash(start) == stored,
        })
    }

    /// Where the archive ends, if the header lies where it says.
    pub fn end(&self) -> Option<u64> {
        SIZE.checked_add(self.header_offset)?.checked_add(self.header_size)
    }

    /// The header's bytes, as far as they are there.
    pub(super) fn header<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let start = SIZE.saturating_add(self.header_offset);
        let end = self.end().unwrap_or(u64::MAX).min(bytes.len() as u64);
        match (usize::try_from(start), usize::try_from(end)) {
            (Ok(start), Ok(end)) => bytes.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::sevenz::{Entry, sevenz};

    use super::*;

    #[test]
    fn knows_where_the_archive_ends() {
        let bytes = sevenz(&[Entry::file("a.txt", b"hello")]);
        let signature = Signature::read(&bytes).unwrap();
        assert!(signature.is_checksum_right);
        assert_eq!(signature.end(), Some(bytes.len() as u64));
        assert!(Signature::read(&bytes[..31]).is_err());
    }

    #[test]
    fn an_offset_beyond_everything_is_no_header() {
        let mut bytes = sevenz(&[Entry::file("a.txt", b"hello")]);
        bytes[12..20].fill(0xff);
        let signature = Signature::read(&bytes).unwrap();
        assert!(!signature.is_checksum_right);
        assert_eq!(signature.end(), None);
        assert!(signature.header(&bytes).is_empty());
    }
}
