//! End records, and where the directory they speak of really starts: offsets are wrong by the length of whatever was
//! put before the archive, so the two usual readings are both tried.

use std::ops::Range;

use super::headers::CENTRAL;
use super::signatures::{END, END64, LOCATOR64};
use crate::formats::fields::{has, range_in, u16_at, u32_at, u64_at};

/// Length of an end record without its comment.
const END_LENGTH: usize = 22;
/// Length of a ZIP64 locator.
const LOCATOR_LENGTH: usize = 20;
/// Length of a ZIP64 end record without extensible data.
const END64_LENGTH: usize = 56;

/// An end of central directory record, with the ZIP64 one before it if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndRecord {
    /// Offset of the record.
    pub at: usize,
    /// Offset after its comment.
    pub end: usize,
    /// Offset of the ZIP64 record, if there is one.
    pub zip64_at: Option<usize>,
    /// Entries the directory is said to have.
    pub count: u64,
    /// Bytes it is said to have.
    pub size: u64,
    /// Where it is said to start.
    pub offset: u64,
    /// Number of this volume, from 0; not 0 in a multi-volume archive.
    pub disk: u16,
    /// Where its comment is, cut at the end of the input.
    pub comment: Range<usize>,
}

/// Where a directory starts, and what to add to the offsets in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) at: usize,
    pub(super) base: i64,
}

/// End of central directory record, APPNOTE 4.3.16.
pub(super) fn end_record(bytes: &[u8], at: usize) -> Option<EndRecord> {
    if !has(bytes, at, END) {
        return None;
    }
    let disk = u16_at(bytes, at.checked_add(4)?)?;
    let count = u16_at(bytes, at.checked_add(10)?)?;
    let size = u32_at(bytes, at.checked_add(12)?)?;
    let offset = u32_at(bytes, at.checked_add(16)?)?;
    let comment_length = u16_at(bytes, at.checked_add(20)?)?;
    let comment_at = at.checked_add(END_LENGTH)?;
    let comment = range_in(bytes, comment_at, u64::from(comment_length));
    let mut record = EndRecord {
        at,
        end: comment.end,
        zip64_at: None,
        count: u64::from(count),
        size: u64::from(size),
        offset: u64::from(offset),
        disk,
        comment,
    };
    let is_saturated = count == u16::MAX || size == u32::MAX || offset == u32::MAX;
    if let Some(zip64_at) = zip64_record(bytes, at) {
        record.zip64_at = Some(zip64_at);
        if is_saturated {
            let field = |delta: usize| u64_at(bytes, zip64_at.saturating_add(delta));
            record.count = field(32)?;
            record.size = field(40)?;
            record.offset = field(48)?;
        }
    }
    Some(record)
}

/// Whether a ZIP64 end record of version 2 (APPNOTE 7.3.4) says that the directory is encrypted.
pub(super) fn has_locked_directory(bytes: &[u8], record: &EndRecord) -> bool {
    /// Behind the record of version 1: method, two sizes, then the algorithm.
    const ALGORITHM: usize = END64_LENGTH + 18;
    let Some(at) = record.zip64_at else { return false };
    let length = u64_at(bytes, at.saturating_add(4)).unwrap_or_default().saturating_add(12);
    length > ALGORITHM as u64 + 2 && u16_at(bytes, at.saturating_add(ALGORITHM)).is_some_and(|id| id != 0)
}

/// The ZIP64 end record, APPNOTE 4.3.14, by its locator (4.3.15): where that points, or right before it.
fn zip64_record(bytes: &[u8], end_at: usize) -> Option<usize> {
    let locator = end_at.checked_sub(LOCATOR_LENGTH)?;
    if !has(bytes, locator, LOCATOR64) {
        return None;
    }
    let stated = u64_at(bytes, locator.checked_add(8)?).and_then(|offset| usize::try_from(offset).ok());
    [locator.checked_sub(END64_LENGTH), stated].into_iter().flatten().find(|at| has(bytes, *at, END64))
}

/// Where the directory of an end record may start: right before the record, or where the record says. Both, if both
/// hold a directory and differ.
pub(super) fn starts(bytes: &[u8], record: &EndRecord) -> Vec<Start> {
    let records_at = record.zip64_at.unwrap_or(record.at);
    let mut found: Vec<Start> = Vec::new();
    let adjacent = usize::try_from(record.size).ok().and_then(|size| records_at.checked_sub(size));
    let stated = usize::try_from(record.offset).ok();
    for at in [adjacent, stated].into_iter().flatten() {
        if at < record.at && has(bytes, at, CENTRAL) && !found.iter().any(|known| known.at == at) {
            let base = i64::try_from(at).unwrap_or(0).saturating_sub(i64::try_from(record.offset).unwrap_or(0));
            found.push(Start { at, base });
        }
    }
    found
}

/// Whether an end record near the end of the bytes has its directory where it should be, so that a program opening the
/// file as a zip would succeed.
pub(super) fn ends_as_zip(bytes: &[u8]) -> bool {
    /// The longest comment and the record itself.
    const TAIL: usize = END_LENGTH + u16::MAX as usize;
    let from = bytes.len().saturating_sub(TAIL);
    let tail = bytes.get(from..).unwrap_or_default();
    memchr::memmem::rfind_iter(tail, END)
        .filter_map(|at| end_record(bytes, from.saturating_add(at)))
        .any(|record| !starts(bytes, &record).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_under_strong_encryption_is_known() {
        let record = |algorithm: u16| {
            let mut bytes = b"PK\x06\x06".to_vec();
            bytes.extend(72u64.to_le_bytes());
            bytes.resize(END64_LENGTH + 18, 0);
            bytes.extend(algorithm.to_le_bytes());
            bytes.resize(84, 0);
            bytes.extend(b"PK\x06\x07\0\0\0\0");
            bytes.extend([0; 8]);
            bytes.extend(1u32.to_le_bytes());
            let at = bytes.len();
            bytes.extend(b"PK\x05\x06");
            bytes.extend([0xff; 16]);
            bytes.extend([0, 0]);
            end_record(&bytes, at).is_some_and(|record| has_locked_directory(&bytes, &record))
        };
        assert!(record(0x6610));
        assert!(!record(0));
    }
}
