//! A resource: stored, or in packed chunks after a table of where they begin.

use std::io::{Error, Read, Result};

use super::header::{Header, Method, Place};
use super::{lzx, xpress};
use crate::formats::disk::source::copy;
use crate::formats::fields::{clipped, number_at};

/// Reads a resource.
pub(super) struct Resource<'a> {
    stored: &'a [u8],
    method: Method,
    chunk: usize,
    size: u64,
    /// Bytes of an entry of the table, and entries.
    width: usize,
    count: u64,
    next: u64,
    held: Vec<u8>,
    given: usize,
}

impl<'a> Resource<'a> {
    /// Opens a resource; an error says why it cannot be read.
    pub(super) fn open(file: &'a [u8], header: &Header, place: Place) -> std::result::Result<Self, &'static str> {
        if place.flags & Place::SOLID != 0 {
            return Err("the file is in a solid resource, which is not read");
        }
        let is_packed = place.flags & Place::PACKED != 0;
        let method = if is_packed { header.method } else { Method::None };
        if method == Method::Lzms {
            return Err("the file is packed by LZMS, which is not read");
        }
        let offset = usize::try_from(place.offset).unwrap_or(usize::MAX);
        let stored = clipped(file, offset, usize::try_from(place.stored).unwrap_or(usize::MAX));
        let chunk = header.chunk;
        // One entry less than chunks: the first begins behind the table.
        let count = place.size.div_ceil(chunk as u64).saturating_sub(1);
        let width = if place.size > u64::from(u32::MAX) { 8 } else { 4 };
        let size = place.size;
        Ok(Resource { stored, method, chunk, size, width, count, next: 0, held: Vec::new(), given: 0 })
    }

    /// Where a chunk begins in what is stored.
    fn start(&self, index: u64) -> Option<usize> {
        let width = self.width as u64;
        let data = usize::try_from(self.count.checked_mul(width)?).ok()?;
        let Some(entry) = index.checked_sub(1) else { return Some(data) };
        if entry >= self.count {
            return Some(self.stored.len());
        }
        let at = usize::try_from(entry.checked_mul(width)?).ok()?;
        data.checked_add(usize::try_from(number_at(self.stored, at, self.width)?).ok()?)
    }

    fn unpack(&self, index: u64) -> Result<Vec<u8>> {
        let broken = || Error::other("the table of packed chunks is broken");
        let done = index.saturating_mul(self.chunk as u64);
        let size = usize::try_from(self.size.saturating_sub(done)).unwrap_or(usize::MAX).min(self.chunk);
        let (start, end) =
            (self.start(index).ok_or_else(broken)?, self.start(index.saturating_add(1)).ok_or_else(broken)?);
        let packed = self.stored.get(start..end).ok_or_else(broken)?;
        match self.method {
            // A chunk that does not shrink is stored.
            _ if packed.len() == size => Ok(packed.to_vec()),
            Method::Xpress => xpress::unpack(packed, size),
            Method::Lzx => lzx::unpack(packed, size, self.chunk),
            Method::None | Method::Lzms => Err(broken()),
        }
    }
}

impl Read for Resource<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.method == Method::None {
            let at = usize::try_from(self.next).unwrap_or(usize::MAX);
            let rest = self.stored.get(at..).unwrap_or_default();
            let count = copy(rest, buffer);
            self.next = self.next.saturating_add(count as u64);
            if count == 0 && !buffer.is_empty() && self.next < self.size {
                return Err(Error::other("the image ends before the content does"));
            }
            return Ok(count);
        }
        if self.given >= self.held.len() {
            if self.next.saturating_mul(self.chunk as u64) >= self.size {
                return Ok(0);
            }
            self.held = self.unpack(self.next)?;
            self.given = 0;
            self.next = self.next.saturating_add(1);
        }
        let count = copy(self.held.get(self.given..).unwrap_or_default(), buffer);
        self.given = self.given.saturating_add(count);
        Ok(count)
    }
}
