//! The table of entries, RFC 1740 appendix A: a count, then id, offset and length of each, big-endian.

use std::ops::Range;

use bytes::Bytes;

use crate::model::{ParseError, View};

/// Offset of the number of entries.
const COUNT_AT: usize = 24;
/// Length of one descriptor.
const DESCRIPTOR: usize = 12;

/// What an AppleDouble file holds.
#[derive(Debug)]
pub struct AppleDoubleView {
    /// Id and place of each entry, cut at the end of the file.
    pub entries: Vec<(u32, Range<usize>)>,
}

impl View for AppleDoubleView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let [high, low] = *bytes
            .get(COUNT_AT..)
            .and_then(<[u8]>::first_chunk::<2>)
            .ok_or_else(|| ParseError::new("ends before the number of entries", COUNT_AT as u64))?;
        let count = usize::from(u16::from_be_bytes([high, low]));
        let table = bytes.get(COUNT_AT.saturating_add(2)..).unwrap_or_default();
        let entries = table.chunks_exact(DESCRIPTOR).take(count).filter_map(|descriptor| {
            let [id, offset, length] = [0, 4, 8].map(|at| {
                let field = descriptor.get(at..).and_then(<[u8]>::first_chunk::<4>).copied().unwrap_or_default();
                u32::from_be_bytes(field)
            });
            let start = usize::try_from(offset).ok()?.min(bytes.len());
            let end = start.saturating_add(usize::try_from(length).ok()?).min(bytes.len());
            Some((id, start..end))
        });
        Ok(AppleDoubleView { entries: entries.collect() })
    }
}
