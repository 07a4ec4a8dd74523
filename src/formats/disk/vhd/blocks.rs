//! The footer, the table of blocks, and reading through it.

use std::io::Result;

use bytes::Bytes;

use crate::formats::disk::source::{Disk, Raw, missing, zeros};
use crate::formats::fields::{u32_be_at, u64_be_at};
use crate::model::{Location, ParseError, Problem};
use crate::stage::Outcome;

const FOOTER: usize = 512;
const UNUSED: u32 = u32::MAX;

/// The footer and where it stands: at the end, or only as the copy at the start where the end is missing.
pub(super) fn footer(bytes: &Bytes) -> Option<(Bytes, usize)> {
    let at_end = bytes.len().checked_sub(FOOTER).into_iter().chain(bytes.len().checked_sub(FOOTER - 1));
    let at = at_end.chain([0]).find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"conectix")))?;
    Some((bytes.slice(at..at.saturating_add(FOOTER).min(bytes.len())), at))
}

/// A virtual disk.
pub(super) struct Image {
    file: Raw,
    size: u64,
    blocks: Blocks,
}

enum Blocks {
    /// The disk is the file.
    Fixed,
    /// Offset of each block's bitmap in sectors; the block follows it.
    Table { table: Vec<u32>, block: u64, bitmap: u64 },
}

impl Image {
    /// Reads footer, header and table.
    pub(super) fn open(bytes: Bytes, out: &mut Outcome<'_>) -> std::result::Result<Image, ParseError> {
        let (footer, at) = footer(&bytes).ok_or_else(|| ParseError::new("no VHD footer", 0))?;
        let field =
            |offset| u64_be_at(&footer, offset).ok_or_else(|| ParseError::new("VHD footer ends early", at as u64));
        let (header, size) = (field(16)?, field(48)?);
        let kind = u32_be_at(&footer, 60).unwrap_or_default();
        out.fact("virtual-disk-size", size.to_string());
        if at == 0 && bytes.len() > FOOTER {
            out.problem(Problem::damaged("the footer at the end is missing", Location::at(bytes.len())));
        }
        // A footer that calls itself dynamic without a header is read as fixed.
        let is_sparse = |bytes: &Bytes| {
            let start = usize::try_from(header).unwrap_or(usize::MAX);
            bytes.get(start..).is_some_and(|rest| rest.starts_with(b"cxsparse"))
        };
        if kind == 2 || !is_sparse(&bytes) {
            if kind != 2 {
                out.problem(Problem::damaged(
                    "no header of a dynamic disk; read as a fixed one",
                    Location::offset(header),
                ));
            }
            let size = at as u64;
            return Ok(Image { file: Raw(bytes), size, blocks: Blocks::Fixed });
        }
        let start = usize::try_from(header).unwrap_or(usize::MAX);
        let header = bytes.slice(start..);
        if kind == 4 {
            let units: Vec<u16> = header
                .get(64..576)
                .unwrap_or_default()
                .chunks_exact(2)
                .filter_map(|pair| crate::formats::fields::u16_be_at(pair, 0))
                .take_while(|unit| *unit != 0)
                .collect();
            let parent = String::from_utf16_lossy(&units);
            out.problem(Problem::unsupported(
                format!("a differencing disk: what it shares with {parent} is not here"),
                Location::whole(),
            ));
            out.fact("virtual-disk-parent", parent);
        }
        let short = || ParseError::new("VHD header ends early", start as u64);
        let table_at = u64_be_at(&header, 16).ok_or_else(short)?;
        let count = u32_be_at(&header, 28).ok_or_else(short)? as usize;
        let block = u64::from(u32_be_at(&header, 32).ok_or_else(short)?);
        if block < 512 || !block.is_power_of_two() {
            return Err(ParseError::new("VHD blocks have an impossible size", start as u64));
        }
        let table = usize::try_from(table_at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
        let table: Vec<u32> = table.chunks_exact(4).take(count).filter_map(|entry| u32_be_at(entry, 0)).collect();
        if table.len() < count {
            out.problem(Problem::damaged("the table of blocks ends early", Location::offset(table_at)));
        }
        let bitmap = (block / 512 / 8).next_multiple_of(512);
        Ok(Image { file: Raw(bytes), size, blocks: Blocks::Table { table, block, bitmap } })
    }
}

impl Disk for Image {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let left = self.size.saturating_sub(offset);
        match &self.blocks {
            Blocks::Fixed => {
                let length = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.file.read_at(offset, buffer.get_mut(..length).unwrap_or_default())
            }
            Blocks::Table { table, block, bitmap } => {
                let within = offset % block;
                let room = block.saturating_sub(within).min(left);
                let index = usize::try_from(offset / block).unwrap_or(usize::MAX);
                let Some(sector) = table.get(index).filter(|sector| **sector != UNUSED) else {
                    return Ok(zeros(buffer, room));
                };
                let length = buffer.len().min(usize::try_from(room).unwrap_or(usize::MAX));
                let at = u64::from(*sector).saturating_mul(512).saturating_add(*bitmap).saturating_add(within);
                match self.file.read_at(at, buffer.get_mut(..length).unwrap_or_default())? {
                    0 if length > 0 => Err(missing("a block of the virtual disk", at)),
                    count => Ok(count),
                }
            }
        }
    }

    fn next_data(&self, offset: u64) -> Option<(u64, u64)> {
        let left = self.size.checked_sub(offset).filter(|left| *left > 0)?;
        match &self.blocks {
            Blocks::Fixed => Some((offset, left)),
            Blocks::Table { table, block, .. } => {
                let first = usize::try_from(offset / block).ok()?;
                let skipped = table.get(first..)?.iter().position(|sector| *sector != UNUSED)?;
                let start = match skipped {
                    0 => offset,
                    _ => (first.saturating_add(skipped) as u64).saturating_mul(*block),
                };
                let left = self.size.checked_sub(start).filter(|left| *left > 0)?;
                Some((start, block.saturating_sub(start % block).min(left)))
            }
        }
    }
}
