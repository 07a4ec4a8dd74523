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

/// A file of this packed data and this header.
pub(super) fn wrap(packed: &[u8], header: &[u8]) -> Vec<u8> {
    let mut start = Vec::new();
    start.extend_from_slice(&(packed.len() as u64).to_le_bytes());
    start.extend_from_slice(&(header.len() as u64).to_le_bytes());
    start.extend_from_slice(&crc32fast::hash(header).to_le_bytes());
    let mut file = b"7z\xbc\xaf\x27\x1c\x00\x04".to_vec();
    file.extend_from_slice(&crc32fast::hash(&start).to_le_bytes());
    file.extend_from_slice(&start);
    file.extend_from_slice(packed);
    file.extend_from_slice(header);
    file
}

/// Bytes at the end of a file in which a lost header is looked for, and places tried.
const LOOKED_AT: usize = 64 << 10;
const MAX_TRIES: usize = 64;

/// Where a header may begin that the start of the file does not lead to: 7-Zip looks for it at the end as well. A packed
/// header is `17 06`, a plain one `01 04`.
pub(super) fn lost_headers(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let from = bytes.len().saturating_sub(LOOKED_AT).max(usize::try_from(SIZE).unwrap_or(usize::MAX));
    let tail = bytes.get(from..).unwrap_or_default();
    let places = tail.windows(2).enumerate().rev();
    places
        .filter(|(_, pair)| matches!(pair, [0x17, 0x06] | [0x01, 0x04]))
        .map(move |(at, _)| from.saturating_add(at))
        .take(MAX_TRIES)
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
