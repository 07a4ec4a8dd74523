//! The chain of directory entries.

use std::collections::HashSet;
use std::ops::Range;

use bytes::Bytes;

use crate::formats::archive::old_names;
use crate::formats::fields::{range_in, size_at, u16_at, u32_at, until_nul};
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// The tag of header and directory entries.
const TAG: u32 = 0xfdc4_a7dc;
/// Entries followed; the scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name: the long one with its folder first.
    pub name: EntryName,
    /// Method: 0 stored, 1 LZW, 2 that of `-lh5-`.
    pub method: u8,
    /// Bytes of content, as stated.
    pub size: u64,
    /// CRC-16 of the content.
    pub crc: u16,
    /// Packed content.
    pub data: Range<usize>,
    /// Packed bytes beyond the end of the archive.
    pub missing: u64,
    /// Whether it is marked deleted; its content stays until the archive is packed anew.
    pub is_deleted: bool,
    /// Offset of the entry.
    pub offset: usize,
}

/// The archive's files.
#[derive(Debug, Default)]
pub struct ZooView {
    /// In the order of the chain.
    pub entries: Vec<Entry>,
    /// What was damaged.
    pub problems: Vec<Problem>,
}

impl View for ZooView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if u32_at(bytes, 20) != Some(TAG) {
            return Err(ParseError::new("no ZOO header", 0));
        }
        let mut view = ZooView::default();
        let mut seen = HashSet::new();
        let mut at = size_at(bytes, 24).unwrap_or(0);
        while at != 0 && view.entries.len() < MAX_ENTRIES {
            if !seen.insert(at) {
                view.problems.push(Problem::damaged("the chain of entries goes in a circle", Location::at(at)));
                break;
            }
            let Some((entry, next)) = entry(bytes, at) else {
                view.problems.push(Problem::damaged("no ZOO entry where one should be", Location::at(at)));
                break;
            };
            // The last entry only ends the chain.
            if next != 0 {
                view.entries.push(entry);
            }
            at = next;
        }
        Ok(view)
    }
}

/// An entry, and where the next one is.
fn entry(bytes: &[u8], at: usize) -> Option<(Entry, usize)> {
    let header = bytes.get(at..)?;
    if u32_at(header, 0)? != TAG {
        return None;
    }
    let (kind, method) = (*header.get(4)?, *header.get(5)?);
    let next = size_at(header, 6)?;
    let packed = u32_at(header, 24)?;
    let data = range_in(bytes, size_at(header, 10)?, packed);
    let short = old_names::decode(until_nul(header, 38, 13)?);
    let name = match long_name(header).filter(|_| kind == 2) {
        Some(long) => EntryName::new(long).also(short.text),
        None => short,
    };
    let entry = Entry {
        name,
        method,
        size: u32_at(header, 20)?.into(),
        crc: u16_at(header, 18)?,
        missing: u64::from(packed).saturating_sub(data.len() as u64),
        data,
        is_deleted: header.get(30) == Some(&1),
        offset: at,
    };
    Some((entry, next))
}

/// Type 2 entries have a variable part: lengths, then the long name and the folder.
fn long_name(header: &[u8]) -> Option<String> {
    if u16_at(header, 51)? < 2 {
        return None;
    }
    let (name, folder) = (usize::from(*header.get(56)?), usize::from(*header.get(57)?));
    let text = |at: usize, length: usize| until_nul(header, at, length).map(|raw| old_names::decode(raw).text);
    let own = if name > 0 { text(58, name)? } else { old_names::decode(until_nul(header, 38, 13)?).text };
    if folder == 0 {
        return Some(own);
    }
    let folder = text(58usize.checked_add(name)?, folder)?;
    Some(format!("{}/{own}", folder.trim_end_matches('/')))
}
