//! The compression around a rights-managed message (MS-OXORMMS 2.1.3.1): after eight bytes, blocks with a mark, the size
//! before and after compression, and zlib data. Each block may be a stream of its own or go on with the one before.

use std::io::{self, Read};

use flate2::{Decompress, FlushDecompress, Status};

use crate::formats::fields::u32_at;

/// What the file starts with.
pub(super) const MAGIC: [u8; 8] = [0x76, 0xE8, 0x04, 0x60, 0xC4, 0x11, 0xE3, 0x86];
const BLOCK_MARK: u32 = 0x0FA0;
const BLOCK_HEADER: usize = 12;

/// Inflates block by block.
pub(super) struct Inflater<'a> {
    rest: &'a [u8],
    block: &'a [u8],
    state: Decompress,
}

impl<'a> Inflater<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Inflater { rest: file.get(MAGIC.len()..).unwrap_or_default(), block: &[], state: Decompress::new(true) }
    }

    /// Goes on to the next block. A zlib header starts a stream anew.
    fn advance(&mut self) -> io::Result<bool> {
        if self.rest.is_empty() {
            return Ok(false);
        }
        let size = match (u32_at(self.rest, 0), u32_at(self.rest, 8)) {
            (Some(BLOCK_MARK), Some(size)) => size as usize,
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "no block where one should start")),
        };
        let body = self.rest.get(BLOCK_HEADER..).unwrap_or_default();
        let held = size.min(body.len());
        let (block, rest) = body.split_at_checked(held).unwrap_or((body, &[]));
        (self.block, self.rest) = (block, rest);
        let starts_anew = matches!(block, [0x78, flags, ..] if (0x7800u16 | u16::from(*flags)).is_multiple_of(31));
        if starts_anew {
            self.state = Decompress::new(true);
        }
        if held < size && block.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a block without content"));
        }
        Ok(true)
    }
}

impl Read for Inflater<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if self.block.is_empty() && !self.advance()? {
                return Ok(0);
            }
            let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
            let status = self
                .state
                .decompress(self.block, out, FlushDecompress::None)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            let taken = usize::try_from(self.state.total_in().saturating_sub(before_in)).unwrap_or(usize::MAX);
            let given = usize::try_from(self.state.total_out().saturating_sub(before_out)).unwrap_or(usize::MAX);
            self.block = self.block.get(taken..).unwrap_or_default();
            // What stands in a block behind its stream is no content; a call that moves nothing would never end.
            if status == Status::StreamEnd || (taken == 0 && given == 0) {
                self.block = &[];
            }
            if given > 0 {
                return Ok(given.min(out.len()));
            }
        }
    }
}
