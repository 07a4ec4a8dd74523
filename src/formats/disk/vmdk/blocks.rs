//! The header, the directory of tables of grains, and grains.

use std::io::{Read, Result};

use bytes::Bytes;
use flate2::read::ZlibDecoder;

use crate::formats::disk::mapped::{Map, Mapped, Piece};
use crate::formats::fields::{clipped, u32_at, u64_at};
use crate::model::{Location, ParseError, Problem};
use crate::stage::{Outcome, StageError};

const SECTOR: u64 = 512;
/// The directory stands at the end, in a copy of the header.
const AT_END: u64 = u64::MAX;

/// The tables.
pub(super) struct Tables {
    file: Bytes,
    directory: Bytes,
    per_table: u64,
    is_packed: bool,
    has_parent: bool,
}

/// Opens a disk.
pub(super) fn open(file: Bytes, out: &mut Outcome<'_>) -> std::result::Result<Mapped<Tables>, StageError> {
    if file.starts_with(b"# Disk") {
        let text = String::from_utf8_lossy(clipped(&file, 0, 4096)).into_owned();
        for line in text.lines().filter(|line| line.starts_with("RW ") || line.starts_with("RDONLY ")) {
            out.fact("virtual-disk-extent", line.to_owned());
        }
        return Err(StageError::Unsupported("the disk this describes is in other files".to_owned()));
    }
    if !file.starts_with(b"KDMV") {
        return Err(StageError::Unsupported("a virtual disk of ESX (COWD)".to_owned()));
    }
    let mut header = file.slice(..512.min(file.len()));
    if field(&header, 56)? == AT_END {
        // "Stream optimized": the footer is the last but one sector.
        let copy = file.len().checked_sub(1024).map(|at| file.slice(at..at.saturating_add(512)));
        match copy.filter(|copy| copy.starts_with(b"KDMV")) {
            Some(copy) => header = copy,
            None => return Err(ParseError::new("the footer of the disk is missing", file.len() as u64).into()),
        }
    }
    let flags = u32_at(&header, 8).unwrap_or_default();
    let sectors = field(&header, 12)?;
    let grain = field(&header, 20)?.saturating_mul(SECTOR);
    let per_table = u64::from(u32_at(&header, 44).unwrap_or_default());
    let directory = field(&header, 56)?.saturating_mul(SECTOR);
    if !(SECTOR..=16 << 20).contains(&grain) || per_table == 0 {
        return Err(ParseError::new("VMDK grains have an impossible size", 20).into());
    }
    let size = sectors.saturating_mul(SECTOR);
    out.fact("virtual-disk-size", size.to_string());
    let descriptor = usize::try_from(field(&header, 28)?.saturating_mul(SECTOR)).unwrap_or(usize::MAX);
    let has_parent = say_parent(clipped(&file, descriptor, 64 << 10), out);
    let count = usize::try_from(size.div_ceil(grain).div_ceil(per_table)).unwrap_or(usize::MAX);
    let at = usize::try_from(directory).unwrap_or(usize::MAX).min(file.len());
    let end = at.saturating_add(count.saturating_mul(4)).min(file.len());
    if end.saturating_sub(at) / 4 < count {
        out.problem(Problem::damaged("the directory of grains ends early", Location::offset(directory)));
    }
    let is_packed = flags & (1 << 16) != 0;
    let tables = Tables { file: file.clone(), directory: file.slice(at..end), per_table, is_packed, has_parent };
    Ok(Mapped::new(file, size, grain, tables))
}

fn field(header: &[u8], offset: usize) -> std::result::Result<u64, ParseError> {
    u64_at(header, offset).ok_or_else(|| ParseError::new("VMDK header ends early", offset as u64))
}

/// Whether the descriptor in the file names a parent.
fn say_parent(descriptor: &[u8], out: &mut Outcome<'_>) -> bool {
    let text = String::from_utf8_lossy(descriptor);
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(key))?;
        Some(line.trim_start_matches([' ', '=']).trim_matches(['"', ' ', '\0']).to_owned())
    };
    let has_parent = value("parentCID").is_some_and(|id| !id.eq_ignore_ascii_case("ffffffff"));
    if has_parent {
        let name = value("parentFileNameHint").unwrap_or_default();
        out.problem(Problem::unsupported(format!("what the disk shares with {name} is not here"), Location::whole()));
        out.fact("virtual-disk-parent", name);
    }
    has_parent
}

impl Tables {
    fn table(&self, number: u64) -> Option<u64> {
        let index = usize::try_from(number.checked_div(self.per_table)?).ok()?;
        let sector = u32_at(&self.directory, index.checked_mul(4)?)?;
        (sector != 0).then(|| u64::from(sector).saturating_mul(SECTOR))
    }

    fn nowhere(&self) -> Piece {
        if self.has_parent { Piece::Elsewhere } else { Piece::Zero }
    }
}

impl Map for Tables {
    fn piece(&self, number: u64) -> Piece {
        let Some(table) = self.table(number) else { return self.nowhere() };
        let within = number.checked_rem(self.per_table).unwrap_or_default().saturating_mul(4);
        let at = usize::try_from(table.saturating_add(within)).unwrap_or(usize::MAX);
        let grain = |sector: u32| u64::from(sector).saturating_mul(SECTOR);
        match u32_at(&self.file, at) {
            None | Some(0) => self.nowhere(),
            // A grain of zeros.
            Some(1) => Piece::Zero,
            Some(sector) if self.is_packed => {
                // The marker: the sector's number on the disk, the packed size, then the data.
                let start = usize::try_from(grain(sector)).unwrap_or(usize::MAX);
                let size = start.checked_add(8).and_then(|at| u32_at(&self.file, at)).unwrap_or_default();
                Piece::Packed(grain(sector).saturating_add(12), u64::from(size))
            }
            Some(sector) => Piece::At(grain(sector)),
        }
    }

    fn run_of_holes(&self, number: u64) -> u64 {
        let within = number.checked_rem(self.per_table).unwrap_or_default();
        let left = self.per_table.saturating_sub(within);
        match self.table(number) {
            Some(table) => {
                let at = usize::try_from(table.saturating_add(within.saturating_mul(4))).unwrap_or(usize::MAX);
                let length = usize::try_from(left.saturating_mul(4)).unwrap_or(usize::MAX);
                let entries = clipped(&self.file, at, length).chunks_exact(4);
                entries.take_while(|entry| **entry == [0; 4]).count() as u64
            }
            None => left,
        }
    }

    fn unpack(&self, packed: &[u8], size: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        ZlibDecoder::new(packed).take(size as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
