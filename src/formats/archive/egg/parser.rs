//! The records of an EGG archive.

use std::ops::Range;

use bytes::Bytes;

use crate::formats::archive::old_names;
use crate::formats::fields::{range_in, size_at, u16_at, u32_at, u64_at};
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// A block of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Method: 0 stored, 1 deflate, 2 bzip2, 3 AZO, 4 LZMA.
    pub method: u8,
    /// CRC-32 of its content.
    pub crc: u32,
    /// Bytes of content, as stated.
    pub size: u64,
    /// Packed content.
    pub data: Range<usize>,
    /// Packed bytes beyond the end of the archive.
    pub missing: u64,
}

/// A file of the archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Name.
    pub name: EntryName,
    /// Bytes of content, as stated.
    pub size: u64,
    /// Whether it is encrypted.
    pub is_locked: bool,
    /// Attributes of Windows, as EGG numbers them: 1 read-only, 2 hidden, 4 system, 0x80 folder.
    pub attributes: u8,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Offset of its header.
    pub offset: usize,
}

/// The archive's files.
#[derive(Debug, Default)]
pub struct EggView {
    /// In order.
    pub entries: Vec<Entry>,
    /// Whether the archive is solid or one of several volumes.
    pub is_solid: bool,
    /// The same of volumes.
    pub is_split: bool,
    /// What was damaged.
    pub problems: Vec<Problem>,
}

const END: u32 = 0x08e2_8222;
const FILE: u32 = 0x0a85_90e3;
const BLOCK: u32 = 0x02b5_0c13;
const NAME: u32 = 0x0a85_91ac;
const COMMENT: u32 = 0x04c6_3672;
const WINDOWS: u32 = 0x2c86_950b;
const UNIX: u32 = 0x1eef_a1d2;
const LOCK: u32 = 0x08d1_470f;
const SPLIT: u32 = 0x24f5_a262;
const SOLID: u32 = 0x24e5_a060;
const DUMMY: u32 = 0x0746_3307;
/// Records read; each takes at least four bytes.
const MAX_RECORDS: usize = 1 << 20;

impl View for EggView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if !bytes.starts_with(b"EGGA") {
            return Err(ParseError::new("no EGG header", 0));
        }
        let mut view = EggView::default();
        // Magic, version, id of the archive, and a reserved field.
        let mut at = 14usize;
        for _ in 0..MAX_RECORDS {
            match view.record(bytes, at) {
                Some(next) if next > at => at = next,
                _ => break,
            }
        }
        if at < bytes.len() {
            view.problems.push(Problem::damaged("no EGG record where one should be", Location::at(at)));
        }
        Ok(view)
    }
}

impl EggView {
    /// Reads the record at an offset; where the next one is.
    fn record(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let magic = u32_at(bytes, at)?;
        let body = at.checked_add(4)?;
        match magic {
            END => Some(body),
            FILE => {
                let size = u64_at(bytes, body.checked_add(4)?)?;
                self.entries.push(Entry { size, offset: at, ..Entry::default() });
                body.checked_add(12)
            }
            BLOCK => {
                let method = *bytes.get(body)?;
                let size = u32_at(bytes, body.checked_add(2)?)?;
                let packed = size_at(bytes, body.checked_add(6)?)?;
                let crc = u32_at(bytes, body.checked_add(10)?)?;
                let mut data_at = body.checked_add(14)?;
                // The header has an end mark of its own.
                if u32_at(bytes, data_at) == Some(END) {
                    data_at = data_at.checked_add(4)?;
                }
                let data = range_in(bytes, data_at, packed);
                let missing = packed.saturating_sub(data.len()) as u64;
                let end = data.end;
                let entry = self.entries.last_mut()?;
                entry.blocks.push(Block { method, crc, size: size.into(), data, missing });
                Some(end)
            }
            NAME | COMMENT | WINDOWS | UNIX | LOCK | SPLIT | SOLID | DUMMY => {
                let flags = *bytes.get(body)?;
                // The lowest bit makes the size one of four bytes.
                let (size, start) = match flags & 1 {
                    0 => (usize::from(u16_at(bytes, body.checked_add(1)?)?), body.checked_add(3)?),
                    _ => (size_at(bytes, body.checked_add(1)?)?, body.checked_add(5)?),
                };
                let end = start.checked_add(size)?;
                let content = bytes.get(start..end)?;
                self.extra(magic, flags, content);
                Some(end)
            }
            _ => None,
        }
    }

    fn extra(&mut self, magic: u32, flags: u8, content: &[u8]) {
        match magic {
            SPLIT => self.is_split = true,
            SOLID => self.is_solid = true,
            _ => {}
        }
        let Some(entry) = self.entries.last_mut() else { return };
        match magic {
            NAME => {
                // A locale if it is not UTF-8, and the folder's id if the name is relative to one.
                let skipped = usize::from(flags & 0x08 != 0)
                    .saturating_mul(2)
                    .saturating_add(usize::from(flags & 0x10 != 0).saturating_mul(4));
                entry.name = old_names::decode(content.get(skipped..).unwrap_or_default());
            }
            WINDOWS => entry.attributes = content.get(8).copied().unwrap_or(0),
            LOCK => entry.is_locked = true,
            _ => {}
        }
    }
}
