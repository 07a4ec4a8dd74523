//! Headers, regions, metadata and the table of blocks, MS-VHDX 2.

use bytes::Bytes;

use crate::formats::disk::mapped::{Map, Mapped, Piece};
use crate::formats::fields::{clipped, clsid_at, size_at, u16_at, u32_at, u64_at};
use crate::model::{Location, ParseError, Problem};
use crate::stage::Outcome;

/// MS-VHDX 2.2.3.2, as stored.
const BAT: [u8; 16] = *b"\x66\x77\xc2\x2d\x23\xf6\x00\x42\x9d\x64\x11\x5e\x9b\xfd\x4a\x08";
const METADATA: [u8; 16] = *b"\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e";
/// MS-VHDX 2.6.2, as stored.
const FILE_PARAMETERS: [u8; 16] = *b"\x37\x67\xa1\xca\x36\xfa\x43\x4d\xb3\xb6\x33\xf0\xaa\x44\xe7\x6b";
const DISK_SIZE: [u8; 16] = *b"\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8";
const SECTOR_SIZE: [u8; 16] = *b"\x1d\xbf\x41\x81\x6f\xa9\x09\x47\xba\x47\xf2\x33\xa8\xfa\xab\x5f";

/// The table of blocks.
pub(super) struct Table {
    entries: Bytes,
    /// Blocks between two entries that describe bitmaps.
    ratio: u64,
    has_parent: bool,
}

/// Opens a disk.
pub(super) fn open(file: Bytes, out: &mut Outcome<'_>) -> Result<Mapped<Table>, ParseError> {
    say_log(&file, out);
    let region =
        |guid| regions(&file, guid).ok_or_else(|| ParseError::new("the VHDX region table is broken", 192 << 10));
    let (bat_at, bat_size) = region(BAT)?;
    let (metadata_at, metadata_size) = region(METADATA)?;
    let metadata = clipped(&file, metadata_at, metadata_size);
    let item =
        |guid| item(metadata, guid).ok_or_else(|| ParseError::new("VHDX metadata lacks an item", metadata_at as u64));
    let parameters = item(FILE_PARAMETERS)?;
    let block = u64::from(u32_at(parameters, 0).unwrap_or_default());
    let has_parent = u32_at(parameters, 4).unwrap_or_default() & 2 != 0;
    let size = u64_at(item(DISK_SIZE)?, 0).unwrap_or_default();
    let sector = u64::from(item(SECTOR_SIZE).ok().and_then(|item| u32_at(item, 0)).unwrap_or(512));
    if !(1 << 20..=256 << 20).contains(&block) || !block.is_power_of_two() || !matches!(sector, 512 | 4096) {
        return Err(ParseError::new("VHDX blocks or sectors have an impossible size", metadata_at as u64));
    }
    out.fact("virtual-disk-size", size.to_string());
    if has_parent {
        let what = "a differencing disk: what it shares with its parent is not here";
        out.problem(Problem::unsupported(what, Location::whole()));
    }
    let start = bat_at.min(file.len());
    let entries = file.slice(start..start.saturating_add(bat_size).min(file.len()));
    let ratio = (sector << 23).checked_div(block).unwrap_or(1).max(1);
    Ok(Mapped::new(file, size, block, Table { entries, ratio, has_parent }).with_sector(sector))
}

/// The current header is the one with the higher number; a log it names was not yet written back.
fn say_log(file: &[u8], out: &mut Outcome<'_>) {
    let header = |at: usize| {
        let header = clipped(file, at, 4096);
        header.starts_with(b"head").then(|| (u64_at(header, 8).unwrap_or_default(), clsid_at(header, 48)))
    };
    let current = [64usize << 10, 128 << 10].into_iter().filter_map(header).max_by_key(|(number, _)| *number);
    match current {
        Some((_, Some(log))) if log.iter().any(|byte| *byte != 0) => {
            let what = "the disk was not closed; what is only in its log is not read";
            out.problem(Problem::damaged(what, Location::offset(64 << 10)));
        }
        Some(_) => {}
        None => out.problem(Problem::damaged("both headers of the disk are broken", Location::offset(64 << 10))),
    }
}

/// A region by its id, from the first table that is one.
fn regions(file: &[u8], guid: [u8; 16]) -> Option<(usize, usize)> {
    const MAX_REGIONS: usize = 2047;
    let tables = [192usize << 10, 256 << 10].into_iter().map(|at| clipped(file, at, 64 << 10));
    tables.filter(|table| table.starts_with(b"regi")).find_map(|table| {
        let count = size_at(table, 8)?.min(MAX_REGIONS);
        let mut entries = table.get(16..)?.chunks_exact(32).take(count);
        let entry = entries.find(|entry| entry.starts_with(&guid))?;
        Some((usize::try_from(u64_at(entry, 16)?).ok()?, size_at(entry, 24)?))
    })
}

fn item(metadata: &[u8], guid: [u8; 16]) -> Option<&[u8]> {
    if !metadata.starts_with(b"metadata") {
        return None;
    }
    let count = usize::from(u16_at(metadata, 10)?);
    let entry = metadata.get(32..)?.chunks_exact(32).take(count).find(|entry| entry.starts_with(&guid))?;
    Some(clipped(metadata, size_at(entry, 16)?, size_at(entry, 20)?))
}

impl Map for Table {
    /// MS-VHDX 2.5.1.1.
    fn piece(&self, number: u64) -> Piece {
        let index = number.saturating_add(number.checked_div(self.ratio).unwrap_or_default());
        let at = usize::try_from(index.saturating_mul(8)).unwrap_or(usize::MAX);
        let Some(entry) = u64_at(&self.entries, at) else { return Piece::Zero };
        match entry & 7 {
            6 => Piece::At(entry & !0xf_ffff),
            7 | 0 if self.has_parent => Piece::Elsewhere,
            7 => Piece::At(entry & !0xf_ffff),
            _ => Piece::Zero,
        }
    }
}
