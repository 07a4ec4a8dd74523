//! What a reader of file systems reads from: bytes at an offset, wherever a virtual disk keeps them. A disk of 127 GB
//! in a file of two megabytes costs what is read of it and no more.

use std::io::{Error, Result};

use bytes::Bytes;

/// A disk, or a part of one.
pub(crate) trait Disk: Send + Sync {
    /// Bytes it has, as stated; most may be holes.
    fn size(&self) -> u64;

    /// Bytes of a sector, by which partition tables count.
    fn sector(&self) -> u64 {
        512
    }

    /// Fills the buffer from an offset and says how much of it; zero at the end. Holes read as zeros. An error where
    /// the image holds no such bytes though it says so.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize>;

    /// The next stretch at or after an offset that is no hole, as start and length; a hole may still be reported.
    fn next_data(&self, offset: u64) -> Option<(u64, u64)> {
        let left = self.size().checked_sub(offset).filter(|left| *left > 0)?;
        Some((offset, left))
    }
}

/// Bytes read to understand a disk, at once; a file chooses how many it claims to need.
pub(crate) const MAX_PIECE: usize = 16 << 20;

/// Up to `length` bytes from an offset: fewer at the end of the disk, or where it is damaged.
pub(crate) fn read(disk: &dyn Disk, offset: u64, length: usize) -> Vec<u8> {
    let left = disk.size().saturating_sub(offset);
    let length = length.min(MAX_PIECE).min(usize::try_from(left).unwrap_or(usize::MAX));
    let mut bytes = vec![0u8; length];
    let mut done = 0usize;
    while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match disk.read_at(offset.saturating_add(done as u64), rest) {
            Ok(count) if count > 0 => done = done.saturating_add(count),
            _ => break,
        }
    }
    bytes.truncate(done);
    bytes
}

/// Exactly `length` bytes, or nothing.
pub(crate) fn read_exact(disk: &dyn Disk, offset: u64, length: usize) -> Option<Vec<u8>> {
    Some(read(disk, offset, length)).filter(|bytes| bytes.len() == length)
}

/// A file that is the disk, byte for byte.
pub(crate) struct Raw(pub(crate) Bytes);

impl Disk for Raw {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(copy(self.0.get(start..).unwrap_or_default(), buffer))
    }
}

/// A stretch of another disk: a partition.
pub(crate) struct Part<'a> {
    disk: &'a dyn Disk,
    start: u64,
    size: u64,
}

impl<'a> Part<'a> {
    /// The stretch, cut to what the disk has.
    pub(crate) fn new(disk: &'a dyn Disk, start: u64, size: u64) -> Self {
        Part { disk, start, size: size.min(disk.size().saturating_sub(start)) }
    }
}

impl Disk for Part<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn sector(&self) -> u64 {
        self.disk.sector()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        match buffer.get_mut(..length).filter(|buffer| !buffer.is_empty()) {
            Some(buffer) => self.disk.read_at(self.start.saturating_add(offset), buffer),
            None => Ok(0),
        }
    }

    fn next_data(&self, offset: u64) -> Option<(u64, u64)> {
        let end = self.start.saturating_add(self.size);
        let (start, length) = self.disk.next_data(self.start.saturating_add(offset))?;
        if start >= end {
            return None;
        }
        let length = length.min(end.saturating_sub(start));
        Some((start.saturating_sub(self.start), length))
    }
}

/// Copies as much as fits and says how much.
pub(crate) fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let length = from.len().min(to.len());
    if let (Some(to), Some(from)) = (to.get_mut(..length), from.get(..length)) {
        to.copy_from_slice(from);
    }
    length
}

/// Fills with zeros, at most `length`, and says how much.
pub(crate) fn zeros(buffer: &mut [u8], length: u64) -> usize {
    let length = buffer.len().min(usize::try_from(length).unwrap_or(usize::MAX));
    if let Some(buffer) = buffer.get_mut(..length) {
        buffer.fill(0);
    }
    length
}

/// The image refers to bytes that the file does not have.
pub(crate) fn missing(what: &str, offset: u64) -> Error {
    Error::other(format!("{what} at {offset:#x} lies outside the file"))
}
