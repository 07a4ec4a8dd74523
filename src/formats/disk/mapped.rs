//! A disk kept in pieces of one size, each somewhere in the file, packed, or nowhere: what VHDX, VMDK, QCOW2 and others
//! come down to once their tables are read.

use std::io::{Error, Result};

use bytes::Bytes;

use super::cache::Cache;
use super::source::{Disk, copy, missing, zeros};

/// Where a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A hole.
    Zero,
    /// In the file, as it is.
    At(u64),
    /// Packed: offset and length in the file.
    Packed(u64, u64),
    /// In a disk that is not here.
    Elsewhere,
}

/// Finds pieces and unpacks them.
pub(crate) trait Map: Send + Sync {
    /// Where the piece of this number is.
    fn piece(&self, number: u64) -> Piece;

    /// Numbers of pieces that can be holes together, from one on; for skipping quickly. One if nothing is known.
    fn run_of_holes(&self, number: u64) -> u64 {
        let _ = number;
        1
    }

    /// Unpacks a piece to at most `size` bytes.
    fn unpack(&self, packed: &[u8], size: usize) -> Result<Vec<u8>> {
        let _ = (packed, size);
        Err(Error::other("packed pieces are not expected here"))
    }
}

/// The disk.
pub(crate) struct Mapped<M> {
    file: Bytes,
    size: u64,
    piece: u64,
    sector: u64,
    map: M,
    cache: Cache,
}

impl<M: Map> Mapped<M> {
    /// A disk of `size` bytes in pieces of `piece` bytes, which must not be zero.
    pub(crate) fn new(file: Bytes, size: u64, piece: u64, map: M) -> Self {
        Mapped { file, size, piece: piece.max(1), sector: 512, map, cache: Cache::default() }
    }

    /// The same with sectors of another size.
    pub(crate) fn with_sector(self, sector: u64) -> Self {
        Mapped { sector, ..self }
    }

    fn packed(&self, at: u64, length: u64) -> &[u8] {
        let start = usize::try_from(at).unwrap_or(usize::MAX).min(self.file.len());
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.file.get(start..start.saturating_add(length).min(self.file.len())).unwrap_or_default()
    }
}

impl<M: Map> Disk for Mapped<M> {
    fn size(&self) -> u64 {
        self.size
    }

    fn sector(&self) -> u64 {
        self.sector
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let (number, within) = (offset / self.piece, offset % self.piece);
        let room = self.piece.saturating_sub(within).min(self.size.saturating_sub(offset));
        let length = buffer.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..length).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        match self.map.piece(number) {
            Piece::Zero => Ok(zeros(buffer, room)),
            Piece::At(at) => match copy(self.packed(at.saturating_add(within), length as u64), buffer) {
                0 => Err(missing("a piece of the virtual disk", at)),
                count => Ok(count),
            },
            Piece::Packed(at, length) => {
                let size = usize::try_from(self.piece).unwrap_or(usize::MAX);
                let piece = self.cache.get(number, || self.map.unpack(self.packed(at, length), size))?;
                let rest = piece.get(usize::try_from(within).unwrap_or(usize::MAX)..).unwrap_or_default();
                match copy(rest, buffer) {
                    0 => Err(Error::other(format!("the packed piece at {at:#x} ends early"))),
                    count => Ok(count),
                }
            }
            Piece::Elsewhere => Err(Error::other("these bytes are in a parent disk that is not here")),
        }
    }

    fn next_data(&self, offset: u64) -> Option<(u64, u64)> {
        let mut number = offset / self.piece;
        loop {
            let start = number.checked_mul(self.piece).filter(|start| *start < self.size)?;
            match self.map.piece(number) {
                Piece::Zero | Piece::Elsewhere => {
                    number = number.checked_add(self.map.run_of_holes(number).max(1))?;
                }
                Piece::At(_) | Piece::Packed(..) => {
                    let start = start.max(offset);
                    let end = number.saturating_add(1).saturating_mul(self.piece).min(self.size);
                    return Some((start, end.saturating_sub(start))).filter(|(_, length)| *length > 0);
                }
            }
        }
    }
}
