//! The header and the table of blobs.

use std::collections::HashMap;

use crate::formats::fields::{clipped, u16_at, u32_at, u64_at};
use crate::model::ParseError;

/// Where a resource is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    /// Bytes in the file.
    pub(super) stored: u64,
    /// Bytes unpacked.
    pub(super) size: u64,
    pub(super) flags: u8,
    pub(super) part: u16,
}

impl Place {
    pub(super) const METADATA: u8 = 0x02;
    pub(super) const PACKED: u8 = 0x04;
    pub(super) const SOLID: u8 = 0x10;

    fn read(bytes: &[u8], at: usize) -> Option<Place> {
        let first = u64_at(bytes, at)?;
        Some(Place {
            stored: first & 0x00ff_ffff_ffff_ffff,
            flags: (first >> 56) as u8,
            offset: u64_at(bytes, at.checked_add(8)?)?,
            size: u64_at(bytes, at.checked_add(16)?)?,
            part: 0,
        })
    }
}

/// How resources are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    None,
    Xpress,
    Lzx,
    Lzms,
}

/// The header.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) method: Method,
    pub(super) chunk: usize,
    pub(super) part: u16,
    pub(super) parts: u16,
    table: Place,
    pub(super) xml: Place,
}

/// SHA-1 of a blob.
pub(super) type Hash = [u8; 20];

/// Blobs kept.
const MAX_BLOBS: usize = 1 << 18;

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Result<Header, ParseError> {
        let read = || {
            let flags = u32_at(bytes, 16)?;
            let method = match flags {
                flags if flags & 0x2_0000 != 0 => Method::Xpress,
                flags if flags & 0x4_0000 != 0 => Method::Lzx,
                flags if flags & 0x8_0000 != 0 => Method::Lzms,
                _ => Method::None,
            };
            let chunk = match u32_at(bytes, 20)? as usize {
                0 => 32768,
                size => size,
            };
            Some(Header {
                method,
                chunk,
                part: u16_at(bytes, 40)?,
                parts: u16_at(bytes, 42)?,
                table: Place::read(bytes, 48)?,
                xml: Place::read(bytes, 72)?,
            })
        };
        let header = read().ok_or_else(|| ParseError::new("WIM header ends early", bytes.len() as u64))?;
        match header.chunk.is_power_of_two() && (4096..=1 << 26).contains(&header.chunk) {
            true => Ok(header),
            false => Err(ParseError::new("WIM chunks have an impossible size", 20)),
        }
    }

    /// Where the table of blobs is.
    pub(super) fn table(&self) -> Place {
        self.table
    }
}

/// The blobs by their hash, and the metadata of the images in order. A table may be packed.
pub(super) fn blobs(table: &[u8]) -> (HashMap<Hash, Place>, Vec<Place>) {
    let (mut blobs, mut images) = (HashMap::new(), Vec::new());
    for raw in table.chunks_exact(50).take(MAX_BLOBS) {
        let (Some(mut place), Ok(hash)) = (Place::read(raw, 0), Hash::try_from(clipped(raw, 30, 20))) else { break };
        place.part = u16_at(raw, 24).unwrap_or_default();
        if place.flags & Place::METADATA != 0 {
            images.push(place);
        } else {
            blobs.insert(hash, place);
        }
    }
    (blobs, images)
}
