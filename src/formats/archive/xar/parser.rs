//! The header of a xar archive.

use bytes::Bytes;

use crate::formats::fields::{u16_at, u32_at, u64_at};
use crate::model::{ParseError, View};

/// Where the parts of the archive lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XarView {
    /// Where the compressed table begins.
    pub table: usize,
    /// Where the heap begins.
    pub heap: usize,
    /// Bytes of the table once inflated, as stated.
    pub table_size: u64,
}

impl View for XarView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let error = || ParseError::new("xar header is cut off", bytes.len() as u64);
        if !bytes.starts_with(b"xar!") {
            return Err(ParseError::new("no xar header", 0));
        }
        let size = u16_at(bytes, 4).ok_or_else(error)?.swap_bytes();
        let packed = u64_at(bytes, 8).ok_or_else(error)?.swap_bytes();
        let table_size = u64_at(bytes, 16).ok_or_else(error)?.swap_bytes();
        u32_at(bytes, 24).ok_or_else(error)?;
        let table = usize::from(size.max(28)).min(bytes.len());
        let heap = usize::try_from(packed).unwrap_or(usize::MAX).saturating_add(table);
        Ok(XarView { table, heap: heap.min(bytes.len()), table_size })
    }
}
