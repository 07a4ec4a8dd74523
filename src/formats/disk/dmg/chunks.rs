//! Chunks of the disk, each packed for itself.

use std::io::{Error, Read, Result};

use bytes::Bytes;
use bzip2::read::BzDecoder;
use flate2::read::ZlibDecoder;
use lzma_rust2::XzReader;

use super::adc;
use crate::formats::disk::apple_codecs;
use crate::formats::disk::cache::Cache;
use crate::formats::disk::source::{Disk, copy, missing, zeros};
use crate::formats::fields::{clipped, u32_be_at, u64_be_at};

const SECTOR: u64 = 512;
/// Bytes of an unpacked chunk; hdiutil writes at most one megabyte.
const MAX_CHUNK: u64 = 64 << 20;
/// Memory a decoder may ask for, in KiB.
const MEMORY_KIB: u32 = 64 << 10;

/// A chunk: sectors of the disk, how they are packed, where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) first: u64,
    pub(super) count: u64,
    kind: u32,
    offset: u64,
    length: u64,
}

/// The chunks of one table ("mish"); offsets count from the data fork.
pub(super) fn table(bytes: &[u8], fork: u64) -> Vec<Chunk> {
    let Some((first, data)) = u64_be_at(bytes, 8).zip(u64_be_at(bytes, 24)).filter(|_| bytes.starts_with(b"mish"))
    else {
        return Vec::new();
    };
    let count = u32_be_at(bytes, 200).unwrap_or_default() as usize;
    let mut found = Vec::new();
    for raw in bytes.get(204..).unwrap_or_default().chunks_exact(40).take(count) {
        let number = |offset| u64_be_at(raw, offset).unwrap_or_default();
        match u32_be_at(raw, 0).unwrap_or_default() {
            0xffff_ffff => break,
            // A comment.
            0x7fff_fffe => {}
            kind => found.push(Chunk {
                first: first.saturating_add(number(8)),
                count: number(16),
                kind,
                offset: fork.saturating_add(data).saturating_add(number(24)),
                length: number(32),
            }),
        }
    }
    found
}

/// The disk.
pub(super) struct Image {
    file: Bytes,
    /// By first sector.
    chunks: Vec<Chunk>,
    size: u64,
    cache: Cache,
}

impl Image {
    pub(super) fn new(file: Bytes, mut chunks: Vec<Chunk>, sectors: u64) -> Self {
        chunks.retain(|chunk| chunk.count > 0);
        chunks.sort_by_key(|chunk| chunk.first);
        let end = chunks.iter().map(|chunk| chunk.first.saturating_add(chunk.count)).max().unwrap_or_default();
        Image { file, chunks, size: end.max(sectors).saturating_mul(SECTOR), cache: Cache::default() }
    }

    /// The chunk that holds a sector, or the first behind it.
    fn find(&self, sector: u64) -> (Option<&Chunk>, Option<&Chunk>) {
        let behind = self.chunks.partition_point(|chunk| chunk.first <= sector);
        let at = behind.checked_sub(1).and_then(|index| self.chunks.get(index));
        let at = at.filter(|chunk| sector < chunk.first.saturating_add(chunk.count));
        (at, self.chunks.get(behind))
    }

    fn unpack(&self, chunk: &Chunk, size: usize) -> Result<Vec<u8>> {
        let start = usize::try_from(chunk.offset).unwrap_or(usize::MAX);
        let packed = clipped(&self.file, start, usize::try_from(chunk.length).unwrap_or(usize::MAX));
        let mut bytes = Vec::new();
        let limit = size as u64;
        match chunk.kind {
            0x8000_0004 => return adc::unpack(packed, size),
            0x8000_0005 => ZlibDecoder::new(packed).take(limit).read_to_end(&mut bytes)?,
            0x8000_0006 => BzDecoder::new(packed).take(limit).read_to_end(&mut bytes)?,
            0x8000_0007 => return apple_codecs::lzfse(packed, size),
            0x8000_0008 => XzReader::new_mem_limit(packed, false, MEMORY_KIB).take(limit).read_to_end(&mut bytes)?,
            kind => return Err(Error::other(format!("chunks packed by method {kind:#x} are not read"))),
        };
        Ok(bytes)
    }
}

impl Disk for Image {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let left = self.size.saturating_sub(offset);
        let (chunk, next) = self.find(offset / SECTOR);
        let Some(chunk) = chunk else {
            let end = next.map_or(self.size, |next| next.first.saturating_mul(SECTOR));
            return Ok(zeros(buffer, end.saturating_sub(offset).min(left)));
        };
        let within = offset.saturating_sub(chunk.first.saturating_mul(SECTOR));
        let size = chunk.count.saturating_mul(SECTOR);
        let room = size.saturating_sub(within);
        match chunk.kind {
            0 | 2 => Ok(zeros(buffer, room)),
            1 => {
                let room = room.min(chunk.length.saturating_sub(within));
                let at = chunk.offset.saturating_add(within);
                let start = usize::try_from(at).unwrap_or(usize::MAX);
                let bytes = clipped(&self.file, start, usize::try_from(room).unwrap_or(usize::MAX));
                match copy(bytes, buffer) {
                    0 if !buffer.is_empty() => Err(missing("a chunk of the image", at)),
                    count => Ok(count),
                }
            }
            _ if size > MAX_CHUNK => Err(Error::other("a packed chunk is larger than is unpacked")),
            _ => {
                let length = usize::try_from(size).unwrap_or(usize::MAX);
                let bytes = self.cache.get(chunk.first, || self.unpack(chunk, length))?;
                match copy(bytes.get(usize::try_from(within).unwrap_or(usize::MAX)..).unwrap_or_default(), buffer) {
                    0 if !buffer.is_empty() => Err(Error::other("a packed chunk ends early")),
                    count => Ok(count),
                }
            }
        }
    }

    fn next_data(&self, offset: u64) -> Option<(u64, u64)> {
        let sector = offset / SECTOR;
        let (at, next) = self.find(sector);
        let is_data = |chunk: &&Chunk| !matches!(chunk.kind, 0 | 2);
        let from = self.chunks.partition_point(|chunk| chunk.first <= sector);
        let found = at.filter(is_data).or_else(|| match next {
            Some(_) => self.chunks.get(from..)?.iter().find(is_data),
            None => None,
        })?;
        let start = found.first.saturating_mul(SECTOR).max(offset);
        let end = found.first.saturating_add(found.count).saturating_mul(SECTOR);
        Some((start, end.saturating_sub(start))).filter(|(_, length)| *length > 0)
    }
}
