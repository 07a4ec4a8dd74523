//! The header and two levels of tables.

use std::io::{Read, Result};

use bytes::Bytes;
use flate2::read::DeflateDecoder;
use ruzstd::decoding::StreamingDecoder;

use crate::formats::disk::mapped::{Map, Mapped, Piece};
use crate::formats::fields::{text_at, u32_be_at, u64_be_at};
use crate::model::{Location, ParseError, Problem};
use crate::stage::{Outcome, StageError};

/// Where an entry of a table points.
const OFFSET: u64 = 0x00ff_ffff_ffff_fe00;

/// The tables.
pub(super) struct Tables {
    file: Bytes,
    first: Bytes,
    cluster_bits: u32,
    has_backing: bool,
    is_zstd: bool,
    /// Bytes of an entry: sixteen where clusters have parts.
    entry: u64,
}

/// Opens an image.
pub(super) fn open(file: Bytes, out: &mut Outcome<'_>) -> std::result::Result<Mapped<Tables>, StageError> {
    let short = || ParseError::new("QCOW header ends early", file.len() as u64);
    let version = u32_be_at(&file, 4).ok_or_else(short)?;
    if !(2..=3).contains(&version) {
        return Err(StageError::Unsupported(format!("QCOW version {version}")));
    }
    let cluster_bits = u32_be_at(&file, 20).ok_or_else(short)?;
    if !(9..=21).contains(&cluster_bits) {
        return Err(ParseError::new("QCOW clusters have an impossible size", 20).into());
    }
    let size = u64_be_at(&file, 24).ok_or_else(short)?;
    if u32_be_at(&file, 32).ok_or_else(short)? != 0 {
        return Err(StageError::Encrypted("the virtual disk is encrypted (QCOW)".to_owned()));
    }
    out.fact("virtual-disk-size", size.to_string());
    let features = if version == 3 { u64_be_at(&file, 72).ok_or_else(short)? } else { 0 };
    if features & 0x04 != 0 {
        return Err(StageError::Unsupported("QCOW with its data in another file".to_owned()));
    }
    let is_zstd = features & 0x08 != 0 && file.get(104) == Some(&1);
    let backing = u64_be_at(&file, 8).ok_or_else(short)?;
    if backing != 0 {
        let length = u32_be_at(&file, 16).unwrap_or_default().min(1023) as usize;
        let name = usize::try_from(backing).ok().and_then(|at| text_at(&file, at, length)).unwrap_or_default();
        let what = format!("what the disk shares with {name} is not here");
        out.problem(Problem::unsupported(what, Location::offset(8)));
        out.fact("virtual-disk-parent", name);
    }
    if u32_be_at(&file, 60).unwrap_or_default() > 0 {
        out.problem(Problem::unsupported("snapshots of the virtual disk are not read", Location::offset(60)));
    }
    let count = u32_be_at(&file, 36).ok_or_else(short)? as usize;
    let at = usize::try_from(u64_be_at(&file, 40).ok_or_else(short)?).unwrap_or(usize::MAX).min(file.len());
    let end = at.saturating_add(count.saturating_mul(8)).min(file.len());
    let first = file.slice(at..end);
    let entry = if features & 0x10 != 0 { 16 } else { 8 };
    let tables = Tables { file: file.clone(), first, cluster_bits, has_backing: backing != 0, is_zstd, entry };
    Ok(Mapped::new(file, size, 1 << cluster_bits, tables))
}

impl Tables {
    fn per_table(&self) -> u64 {
        (1u64 << self.cluster_bits).checked_div(self.entry).unwrap_or(1).max(1)
    }

    fn second(&self, number: u64) -> Option<u64> {
        let index = usize::try_from(number.checked_div(self.per_table())?).ok()?;
        let entry = u64_be_at(&self.first, index.checked_mul(8)?)? & OFFSET;
        (entry != 0).then_some(entry)
    }

    fn nowhere(&self) -> Piece {
        if self.has_backing { Piece::Elsewhere } else { Piece::Zero }
    }
}

impl Map for Tables {
    fn piece(&self, number: u64) -> Piece {
        let Some(table) = self.second(number) else { return self.nowhere() };
        let within = number.checked_rem(self.per_table()).unwrap_or_default().saturating_mul(self.entry);
        let at = usize::try_from(table.saturating_add(within)).unwrap_or(usize::MAX);
        let Some(entry) = u64_be_at(&self.file, at) else { return self.nowhere() };
        if entry & (1 << 62) != 0 {
            // The lower bits are the offset, the upper ones count sectors behind the first.
            let width = 62u32.saturating_sub(self.cluster_bits.saturating_sub(8));
            let offset = entry & (1u64 << width).wrapping_sub(1);
            let sectors = ((entry & ((1 << 62) - 1)) >> width).saturating_add(1);
            return Piece::Packed(offset, sectors.saturating_mul(512).saturating_sub(offset & 511));
        }
        match entry & OFFSET {
            _ if self.entry == 8 && entry & 1 != 0 => Piece::Zero,
            0 => self.nowhere(),
            offset => Piece::At(offset),
        }
    }

    fn run_of_holes(&self, number: u64) -> u64 {
        match self.second(number) {
            Some(_) => 1,
            None => self.per_table().saturating_sub(number.checked_rem(self.per_table()).unwrap_or_default()),
        }
    }

    fn unpack(&self, packed: &[u8], size: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.is_zstd {
            let decoder = StreamingDecoder::new(packed).map_err(std::io::Error::other)?;
            decoder.take(size as u64).read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
        // What follows the end of the packed data belongs to the next cluster.
        DeflateDecoder::new(packed).take(size as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
