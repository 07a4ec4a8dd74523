//! The walk over an ACE archive.

use std::ops::Range;

use bytes::Bytes;

use crate::formats::archive::old_names;
use crate::formats::fields::{range_in, u16_at, u32_at, u64_at};
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name.
    pub name: EntryName,
    /// Compression: 0 stored, 1 LZ77, 2 blocked.
    pub method: u8,
    /// Flags.
    pub flags: u16,
    /// Attributes of DOS.
    pub attributes: u32,
    /// Bytes of content, as stated.
    pub size: u64,
    /// CRC-32 of the content, not inverted at the end as ACE has it.
    pub crc: u32,
    /// Packed content.
    pub data: Range<usize>,
    /// Packed bytes beyond the end of the archive.
    pub missing: u64,
    /// Offset of the header.
    pub offset: usize,
}

impl Entry {
    /// Whether it is locked with a password.
    pub fn is_locked(&self) -> bool {
        self.flags & 0x4000 != 0
    }

    /// Whether it began in the volume before, and whether it goes on in the next.
    pub fn volume(&self) -> (bool, bool) {
        (self.flags & 0x1000 != 0, self.flags & 0x2000 != 0)
    }
}

/// The archive's files.
#[derive(Debug, Default)]
pub struct AceView {
    /// In order.
    pub entries: Vec<Entry>,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
    /// Where data follows that belongs to no block.
    pub trailing: Option<usize>,
}

/// Files kept; the scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;
const MAX_PROBLEMS: usize = 32;
/// Flags: more data follows the header; sizes have 64 bits.
const HAS_DATA: u16 = 0x0001;
const IS_WIDE: u16 = 0x0004;

impl View for AceView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if bytes.get(7..14) != Some(b"**ACE**") {
            return Err(ParseError::new("no ACE header", 0));
        }
        let mut view = AceView::default();
        let mut at = 0usize;
        while at < bytes.len() && view.entries.len() < MAX_ENTRIES {
            let Some(block) = Block::read(bytes, at) else {
                view.trailing = Some(at);
                break;
            };
            if !block.is_crc_right && view.problems.len() < MAX_PROBLEMS {
                view.problems.push(Problem::odd("ACE header has a wrong CRC", Location::at(at)));
            }
            if matches!(block.kind, 1 | 3) {
                match block.entry() {
                    Some(entry) => view.entries.push(entry),
                    None if view.problems.len() < MAX_PROBLEMS => {
                        view.problems.push(Problem::damaged("ACE header of a file is cut off", Location::at(at)));
                    }
                    None => {}
                }
            }
            // Each block takes at least its header.
            at = block.data.end;
        }
        Ok(view)
    }
}

/// Whether the first header has the CRC it states.
pub(super) fn is_first_right(bytes: &[u8]) -> bool {
    Block::read(bytes, 0).is_some_and(|block| block.is_crc_right)
}

/// A block: CRC, size, type, flags, and what the type adds.
struct Block<'a> {
    kind: u8,
    flags: u16,
    body: &'a [u8],
    data: Range<usize>,
    missing: u64,
    offset: usize,
    is_crc_right: bool,
}

impl<'a> Block<'a> {
    fn read(bytes: &'a [u8], at: usize) -> Option<Self> {
        let (crc, size) = (u16_at(bytes, at)?, usize::from(u16_at(bytes, at.checked_add(2)?)?));
        let start = at.checked_add(4)?;
        let body = bytes.get(start..start.checked_add(size)?).filter(|body| body.len() >= 3)?;
        let (kind, flags) = (*body.first()?, u16_at(body, 1)?);
        if kind > 5 {
            return None;
        }
        let packed = match (flags & HAS_DATA, flags & IS_WIDE) {
            (0, _) => 0,
            (_, 0) => u32_at(body, 3)?.into(),
            _ => u64_at(body, 3)?,
        };
        let data = range_in(bytes, start.checked_add(size)?, packed);
        let missing = packed.saturating_sub(data.len() as u64);
        // ACE keeps CRC-32 without its last inversion, of headers the lower half.
        let is_crc_right = !crc32fast::hash(body) & 0xffff == u32::from(crc);
        Some(Block { kind, flags, body, data, missing, offset: at, is_crc_right })
    }

    fn entry(&self) -> Option<Entry> {
        let width = if self.flags & IS_WIDE != 0 { 8usize } else { 4 };
        let size_at = width.checked_add(3)?;
        let size = if width == 8 { u64_at(self.body, size_at)? } else { u32_at(self.body, size_at)?.into() };
        let rest = self.body.get(size_at.checked_add(width)?..)?;
        // Time, attributes, CRC, method and quality, parameters, a reserved word, length of the name.
        let length = usize::from(u16_at(rest, 18)?);
        let raw = rest.get(20..20usize.checked_add(length)?)?;
        Some(Entry {
            name: old_names::decode(raw),
            method: *rest.get(12)?,
            flags: self.flags,
            attributes: u32_at(rest, 4)?,
            size,
            crc: u32_at(rest, 8)?,
            data: self.data.clone(),
            missing: self.missing,
            offset: self.offset,
        })
    }
}
