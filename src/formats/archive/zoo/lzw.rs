//! ZOO's LZW: codes of 9 to 13 bits, lowest bit first, without compress' groups; 256 empties the table, 257 ends.

use std::io::{Error, Read, Result};

const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;
const MAX_WIDTH: u32 = 13;

/// The content.
pub(super) struct Lzw<'a> {
    data: &'a [u8],
    at: usize,
    width: u32,
    /// For each code from [`FIRST`] the code before it and its last byte.
    table: Vec<(usize, u8)>,
    previous: Option<(usize, u8)>,
    /// Bytes decoded and not given yet, last first.
    pending: Vec<u8>,
    has_ended: bool,
}

impl<'a> Lzw<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Lzw { data, at: 0, width: 9, table: Vec::new(), previous: None, pending: Vec::new(), has_ended: false }
    }

    fn code(&mut self) -> Result<usize> {
        let mut code = 0usize;
        for bit in 0..self.width {
            let byte = self.data.get(self.at / 8).ok_or_else(|| Error::other("LZW data ends early"))?;
            code |= usize::from(byte >> (self.at % 8) & 1) << bit;
            self.at = self.at.saturating_add(1);
        }
        Ok(code)
    }

    fn step(&mut self) -> Result<()> {
        let code = self.code()?;
        if code == END {
            self.has_ended = true;
            return Ok(());
        }
        if code == CLEAR {
            (self.width, self.previous) = (9, None);
            self.table.clear();
            return Ok(());
        }
        let next = self.table.len().saturating_add(FIRST);
        let mut walk = code;
        if code >= next {
            let (previous, first) = self.previous.ok_or_else(|| Error::other("code beyond the table"))?;
            self.pending.push(first);
            walk = previous;
        }
        while let Some(index) = walk.checked_sub(FIRST) {
            // Each row leads to an earlier one, so that this ends.
            let (before, byte) = self.table.get(index).copied().ok_or_else(|| Error::other("code beyond the table"))?;
            self.pending.push(byte);
            walk = before;
        }
        let first = u8::try_from(walk).map_err(|_| Error::other("code beyond the table"))?;
        self.pending.push(first);
        if let Some((previous, _)) = self.previous
            && next < 1 << MAX_WIDTH
        {
            self.table.push((previous, first));
            if next.saturating_add(1) >= 1 << self.width && self.width < MAX_WIDTH {
                self.width = self.width.saturating_add(1);
            }
        }
        self.previous = Some((code.min(next), first));
        Ok(())
    }
}

impl Read for Lzw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut count = 0usize;
        for slot in buffer.iter_mut() {
            while self.pending.is_empty() && !self.has_ended {
                match self.step() {
                    Ok(()) => {}
                    Err(error) if count == 0 => return Err(error),
                    Err(_) => return Ok(count),
                }
            }
            let Some(byte) = self.pending.pop() else { break };
            *slot = byte;
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}
