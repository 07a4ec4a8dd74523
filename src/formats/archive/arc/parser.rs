//! The walk over an ARC archive.

use std::ops::Range;

use bytes::Bytes;

use crate::formats::archive::old_names;
use crate::formats::fields::{range_in, u16_at, u32_at, until_nul};
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name.
    pub name: EntryName,
    /// Method.
    pub method: u8,
    /// Packed content.
    pub data: Range<usize>,
    /// Packed bytes beyond the end of the archive.
    pub missing: u64,
    /// Bytes of content, as stated.
    pub size: u64,
    /// CRC-16 of the content.
    pub crc: u16,
    /// Offset of the header.
    pub offset: usize,
}

/// The archive's files.
#[derive(Debug, Default)]
pub struct ArcView {
    /// In order.
    pub entries: Vec<Entry>,
    /// What was damaged.
    pub problems: Vec<Problem>,
    /// Where data follows that belongs to no file.
    pub trailing: Option<usize>,
}

/// Files kept; the scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;
/// Bytes of a name.
const NAME: usize = 13;

/// Whether bytes begin with a mark, a method, a name of printable characters and a packed size that fits, and with
/// another mark behind that.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    let Some(entry) = entry(bytes, 0) else { return false };
    let raw = until_nul(bytes, 2, NAME).unwrap_or_default();
    let is_named = !raw.is_empty() && raw.len() < NAME && raw.iter().all(|byte| *byte > 0x20 && *byte != 0x7f);
    let next = bytes.get(entry.data.end..).unwrap_or_default();
    is_named && entry.missing == 0 && !entry.data.is_empty() && (next.is_empty() || next.first() == Some(&0x1a))
}

impl View for ArcView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if entry(bytes, 0).is_none() {
            return Err(ParseError::new("no ARC header", 0));
        }
        let mut view = ArcView::default();
        let mut at = 0usize;
        while at < bytes.len() && view.entries.len() < MAX_ENTRIES {
            match entry(bytes, at) {
                Some(entry) => {
                    // Each file takes at least its header.
                    at = entry.data.end.max(at.saturating_add(25));
                    view.entries.push(entry);
                }
                None => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let has_end = rest.starts_with(&[0x1a, 0]);
                    if !has_end {
                        view.problems.push(Problem::damaged("no ARC header where one should be", Location::at(at)));
                    }
                    view.trailing = Some(at.saturating_add(if has_end { 2 } else { 0 }));
                    return Ok(view);
                }
            }
        }
        view.problems.push(Problem::damaged("the archive has no end mark", Location::at(bytes.len())));
        Ok(view)
    }
}

/// The file at an offset; none at the end.
fn entry(bytes: &[u8], at: usize) -> Option<Entry> {
    let header = bytes.get(at..)?;
    let [0x1a, method @ 1..=31, ..] = *header else { return None };
    let packed = u32_at(header, 15)?;
    let crc = u16_at(header, 23)?;
    // The first method had no place for the size.
    let (size, length) = if method == 1 { (packed, 25) } else { (u32_at(header, 25)?, 29) };
    let data = range_in(bytes, at.checked_add(length)?, packed);
    Some(Entry {
        name: old_names::decode(until_nul(header, 2, NAME)?),
        method,
        missing: u64::from(packed).saturating_sub(data.len() as u64),
        data,
        size: size.into(),
        crc,
        offset: at,
    })
}
