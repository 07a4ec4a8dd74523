//! LZNT1, by which NTFS compresses in units of clusters. MS-XCA 2.5.

use std::io::{Error, Read, Result};

use crate::formats::disk::content::{Run, Runs};
use crate::formats::disk::source::{Disk, copy};

/// Bytes of a chunk.
const CHUNK: usize = 4096;

/// Unpacks a unit to at most `size` bytes. What follows the last chunk is zero.
pub(super) fn unpack(packed: &[u8], size: usize) -> Result<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let mut rest = packed;
    while let [low, high, tail @ ..] = rest {
        let header = u16::from_le_bytes([*low, *high]);
        if header == 0 || out.len() >= size {
            break;
        }
        let length = usize::from(header & 0x0fff).saturating_add(1);
        let chunk = tail.get(..length).ok_or_else(|| Error::other("a compressed chunk ends early"))?;
        if header & 0x8000 == 0 {
            out.extend(chunk);
        } else {
            chunk_into(chunk, &mut out)?;
        }
        rest = tail.get(length..).unwrap_or_default();
    }
    out.resize(size, 0);
    Ok(out)
}

/// Unpacks one chunk; references reach back to its start only.
fn chunk_into(mut packed: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    while let Some((flags, rest)) = packed.split_first() {
        packed = rest;
        for bit in 0..8u32 {
            let done = out.len().saturating_sub(start);
            if packed.is_empty() || done >= CHUNK {
                break;
            }
            if flags & (1 << bit) == 0 {
                if let Some((byte, rest)) = packed.split_first() {
                    out.push(*byte);
                    packed = rest;
                }
                continue;
            }
            let [low, high, rest @ ..] = packed else { return Err(Error::other("a compressed chunk ends early")) };
            packed = rest;
            let token = u16::from_le_bytes([*low, *high]);
            // The further into the chunk, the more bits the distance has.
            let mut length_bits = 12u32;
            while length_bits > 4 && done.saturating_sub(1) >> (16u32.saturating_sub(length_bits)) != 0 {
                length_bits = length_bits.saturating_sub(1);
            }
            let distance = usize::from(token >> length_bits).saturating_add(1);
            let length = usize::from(token & ((1u16 << length_bits) - 1)).saturating_add(3);
            let from = done.checked_sub(distance).ok_or_else(|| Error::other("a reference leads out of its chunk"))?;
            for index in 0..length.min(CHUNK.saturating_sub(done)) {
                let byte = out.get(start.saturating_add(from).saturating_add(index)).copied().unwrap_or_default();
                out.push(byte);
            }
        }
    }
    Ok(())
}

/// Reads compressed content, a unit at a time.
pub(super) struct Reader<'a> {
    disk: &'a dyn Disk,
    runs: Vec<Run>,
    /// The run at hand and bytes of it that are done.
    at: (usize, u64),
    unit: u64,
    left: u64,
    held: Vec<u8>,
    given: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(disk: &'a dyn Disk, runs: &Runs, unit: u64, size: u64) -> Self {
        let runs = runs.iter().copied().collect();
        Reader { disk, runs, at: (0, 0), unit, left: size, held: Vec::new(), given: 0 }
    }

    /// The next unit: what is stored of it, and how many of its bytes are.
    fn stored(&mut self) -> Result<Vec<u8>> {
        let mut missing = self.unit;
        let mut stored = Vec::new();
        while missing > 0 {
            let Some(run) = self.runs.get(self.at.0).copied() else { break };
            let here = run.length.saturating_sub(self.at.1).min(missing);
            if let Some(place) = run.at {
                let length = usize::try_from(here).unwrap_or(usize::MAX);
                let start = stored.len();
                stored.resize(start.saturating_add(length), 0);
                let mut filled = 0usize;
                while let Some(part) = stored.get_mut(start.saturating_add(filled)..).filter(|part| !part.is_empty()) {
                    let at = place.saturating_add(self.at.1).saturating_add(filled as u64);
                    match self.disk.read_at(at, part)? {
                        0 => return Err(Error::other("the disk ends before the content does")),
                        count => filled = filled.saturating_add(count),
                    }
                }
            }
            missing = missing.saturating_sub(here);
            self.at.1 = self.at.1.saturating_add(here);
            if self.at.1 >= run.length {
                self.at = (self.at.0.saturating_add(1), 0);
            }
        }
        if missing == self.unit {
            return Err(Error::other("bytes are assigned to no place on the disk"));
        }
        Ok(stored)
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        if self.given >= self.held.len() {
            let stored = self.stored()?;
            let unit = usize::try_from(self.unit).unwrap_or(usize::MAX);
            // A unit that is all there is not compressed, one that is not there at all is zero.
            self.held = match stored.len() {
                length if length >= unit => stored,
                _ => unpack(&stored, unit)?,
            };
            self.given = 0;
        }
        let rest = self.held.get(self.given..).unwrap_or_default();
        let rest = rest.get(..usize::try_from(self.left).unwrap_or(usize::MAX).min(rest.len())).unwrap_or_default();
        let count = copy(rest, buffer);
        self.given = self.given.saturating_add(count);
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}
