//! lzop: blocks of LZO1X behind a header with the file's name.

use std::collections::VecDeque;
use std::io::{Error, Read, Result};

use super::frame::Frame;
use super::lzo;
use crate::formats::fields::{u16_at, u32_at};

pub(super) const MAGIC: &[u8] = b"\x89LZO\0\r\n\x1a\n";

/// Most bytes of a block; lzop writes 256 KiB.
const LARGEST: usize = 64 << 20;

const ADLER_CONTENT: u32 = 1;
const ADLER_PACKED: u32 = 2;
const EXTRA: u32 = 0x40;
const CRC_CONTENT: u32 = 0x100;
const CRC_PACKED: u32 = 0x200;
const FILTER: u32 = 0x800;

/// A header, lzop.c "write_header".
pub(super) struct Header<'a> {
    flags: u32,
    method: u8,
    /// Name of the file, if it is kept.
    pub(super) name: &'a [u8],
    /// Where blocks begin.
    data: usize,
}

impl<'a> Header<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let big = |at: usize| u32_at(bytes, at).map(u32::swap_bytes);
        let version = u16_at(bytes, 9)?.swap_bytes();
        // Versions before 0.940 lacked the version needed, the level and the upper half of the time.
        let is_late = version >= 0x0940;
        let method_at = if is_late { 15 } else { 13 };
        let flags_at = if is_late { 17 } else { 14 };
        let flags = big(flags_at)?;
        let mut at = flags_at.saturating_add(4);
        at = at.saturating_add(if flags & FILTER != 0 { 4 } else { 0 });
        at = at.saturating_add(if is_late { 12 } else { 8 });
        let length = usize::from(*bytes.get(at)?);
        let name_at = at.saturating_add(1);
        let name = bytes.get(name_at..name_at.checked_add(length)?)?;
        let mut data = name_at.checked_add(length)?.checked_add(4)?;
        if flags & EXTRA != 0 {
            data = data.checked_add(usize::try_from(big(data)?).ok()?)?.checked_add(8)?;
        }
        bytes.get(data..)?;
        Some(Header { flags, method: *bytes.get(method_at)?, name, data })
    }
}

pub(super) struct Lzop<'a> {
    rest: &'a [u8],
    flags: u32,
    ready: VecDeque<u8>,
    has_ended: bool,
}

pub(super) fn open(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    let header = Header::read(bytes).ok_or_else(|| Error::other("no lzop header"))?;
    if !matches!(header.method, 1..=3) {
        return Err(Error::other(format!("lzop method {}", header.method)));
    }
    if header.flags & FILTER != 0 {
        return Err(Error::other("lzop filters are not decoded"));
    }
    let rest = bytes.get(header.data..).unwrap_or_default();
    Ok(Box::new(Lzop { rest, flags: header.flags, ready: VecDeque::new(), has_ended: false }))
}

impl Lzop<'_> {
    fn number(&mut self) -> Result<u32> {
        let (head, tail) = self.rest.split_at_checked(4).ok_or_else(|| Error::other("lzop data ends early"))?;
        self.rest = tail;
        Ok(u32_at(head, 0).unwrap_or(0).swap_bytes())
    }

    fn next_block(&mut self) -> Result<bool> {
        if self.has_ended {
            return Ok(false);
        }
        let size = self.number()?;
        if size == 0 {
            self.has_ended = true;
            return Ok(false);
        }
        let packed_size = self.number()?;
        for flag in [ADLER_CONTENT, CRC_CONTENT] {
            if self.flags & flag != 0 {
                self.number()?;
            }
        }
        for flag in [ADLER_PACKED, CRC_PACKED] {
            if self.flags & flag != 0 && packed_size < size {
                self.number()?;
            }
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let packed_size = usize::try_from(packed_size).unwrap_or(usize::MAX);
        if size > LARGEST || packed_size > size {
            self.has_ended = true;
            return Err(Error::other("lzop block with sizes no program writes"));
        }
        let there = self.rest.split_at_checked(packed_size);
        let (packed, tail) = there.unwrap_or((self.rest, &[]));
        self.rest = tail;
        let mut content = Vec::new();
        let decoded = if packed_size == size {
            content.extend_from_slice(packed);
            Ok(())
        } else {
            lzo::decode(packed, size, &mut content)
        };
        self.ready.extend(content);
        if there.is_none() || decoded.is_err() {
            self.has_ended = true;
            if self.ready.is_empty() {
                return Err(Error::other(decoded.err().unwrap_or("lzop data ends inside a block")));
            }
        }
        Ok(true)
    }
}

impl Read for Lzop<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.ready.is_empty() && !buffer.is_empty() {
            if !self.next_block()? {
                return Ok(0);
            }
        }
        self.ready.read(buffer)
    }
}

impl<'a> Frame<'a> for Lzop<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        self.rest
    }
}
