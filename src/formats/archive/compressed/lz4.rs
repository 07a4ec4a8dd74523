//! LZ4 frames: the current format with its blocks that may reach into each other, the legacy one, and frames to skip.
//! Blocks are decoded by `lz4_flex`; its own frame reader refuses a frame for a wrong checksum.

use std::collections::VecDeque;
use std::io::{Error, Read, Result};

use super::frame::Frame;
use crate::formats::fields::{size_at, u32_at};

/// How far blocks reach back.
const WINDOW: usize = 64 << 10;
/// Most bytes of a legacy block.
const LEGACY_BLOCK: usize = 8 << 20;
const MAGIC: u32 = 0x184d_2204;
const LEGACY: u32 = 0x184c_2102;

/// A frame's reader.
pub(super) struct Lz4<'a> {
    rest: &'a [u8],
    largest: usize,
    is_legacy: bool,
    is_linked: bool,
    has_block_sums: bool,
    has_content_sum: bool,
    window: Vec<u8>,
    ready: VecDeque<u8>,
    has_ended: bool,
}

/// Whether bytes start with a frame, of any kind.
pub(super) fn is_frame(bytes: &[u8]) -> bool {
    match u32_at(bytes, 0) {
        Some(MAGIC) => bytes.get(4).is_some_and(|flags| flags >> 6 == 1),
        Some(LEGACY) => size_at(bytes, 4).is_some_and(|size| size > 0 && size <= LEGACY_BLOCK.saturating_mul(2)),
        Some(0x184d_2a50..=0x184d_2a5f) => true,
        _ => false,
    }
}

/// Opens the frame at the start, LZ4 Frame Format "General Structure of LZ4 Frame format".
pub(super) fn open(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    let mut frame = Lz4 {
        rest: bytes.get(4..).unwrap_or_default(),
        largest: LEGACY_BLOCK,
        is_legacy: true,
        is_linked: false,
        has_block_sums: false,
        has_content_sum: false,
        window: Vec::new(),
        ready: VecDeque::new(),
        has_ended: false,
    };
    match u32_at(bytes, 0) {
        Some(LEGACY) => {}
        Some(0x184d_2a50..=0x184d_2a5f) => {
            let size = size_at(bytes, 4).ok_or_else(|| Error::other("a frame to skip is cut off"))?;
            frame.rest = bytes.get(size.saturating_add(8)..).unwrap_or_default();
            frame.has_ended = true;
        }
        Some(MAGIC) => {
            let [flags, block, ..] = *frame.rest else { return Err(Error::other("an LZ4 header is cut off")) };
            if flags >> 6 != 1 {
                return Err(Error::other("LZ4 frame of another version"));
            }
            if flags & 1 != 0 {
                return Err(Error::other("LZ4 frame that needs a dictionary"));
            }
            (frame.is_legacy, frame.is_linked) = (false, flags & 0x20 == 0);
            (frame.has_block_sums, frame.has_content_sum) = (flags & 0x10 != 0, flags & 4 != 0);
            frame.largest = match (block >> 4) & 7 {
                4 => 64 << 10,
                5 => 256 << 10,
                6 => 1 << 20,
                _ => 4 << 20,
            };
            let header = if flags & 8 != 0 { 11 } else { 3 };
            frame.rest = frame.rest.get(header..).ok_or_else(|| Error::other("an LZ4 header is cut off"))?;
        }
        _ => return Err(Error::other("no LZ4 frame")),
    }
    Ok(Box::new(frame))
}

impl<'a> Lz4<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (head, tail) =
            self.rest.split_at_checked(count).ok_or_else(|| Error::other("LZ4 data ends inside a block"))?;
        self.rest = tail;
        Ok(head)
    }

    /// Decodes the next block into `ready`; false at the end of the frame.
    fn next_block(&mut self) -> Result<bool> {
        if self.has_ended || (self.is_legacy && self.rest.is_empty()) {
            return Ok(false);
        }
        // A legacy frame has no end mark: it ends where another frame begins.
        if self.is_legacy
            && u32_at(self.rest, 0).is_some_and(|word| usize::try_from(word).unwrap_or(0) > LEGACY_BLOCK * 2)
        {
            self.has_ended = true;
            return Ok(false);
        }
        let word = u32_at(self.take(4)?, 0).unwrap_or(0);
        if word == 0 && !self.is_legacy {
            self.has_ended = true;
            if self.has_content_sum {
                self.take(4)?;
            }
            return Ok(false);
        }
        let is_stored = !self.is_legacy && word & 0x8000_0000 != 0;
        let size = usize::try_from(word & 0x7fff_ffff).unwrap_or(usize::MAX);
        let packed = self.take(size)?;
        if self.has_block_sums {
            self.take(4)?;
        }
        let content = if is_stored {
            packed.to_vec()
        } else {
            let mut content = vec![0; self.largest];
            let count = lz4_flex::block::decompress_into_with_dict(packed, &mut content, &self.window)
                .map_err(|error| Error::other(format!("LZ4 block: {error}")))?;
            content.truncate(count);
            content
        };
        if self.is_linked {
            self.window.extend_from_slice(&content);
            self.window.drain(..self.window.len().saturating_sub(WINDOW));
        }
        self.ready.extend(content);
        Ok(true)
    }
}

impl Read for Lz4<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.ready.is_empty() && !buffer.is_empty() {
            if !self.next_block()? {
                return Ok(0);
            }
        }
        self.ready.read(buffer)
    }
}

impl<'a> Frame<'a> for Lz4<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        self.rest
    }
}
