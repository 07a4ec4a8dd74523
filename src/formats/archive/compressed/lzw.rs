//! LZW as compress of Unix writes it: codes of 9 to 16 bits, lowest bit first, in groups of eight codes of one width.

use std::io::{Error, Read, Result};

/// The decoder.
pub(super) struct Lzw<'a> {
    data: &'a [u8],
    /// Bit position in `data` of the next code.
    at: usize,
    /// Bit position at which codes of the present width begin; the width changes at whole groups of it.
    group: usize,
    width: u32,
    max_width: u32,
    /// Whether code 256 empties the table.
    has_clear: bool,
    /// For each code above 255 the code before it and the last byte.
    table: Vec<(u16, u8)>,
    previous: Option<(u16, u8)>,
    /// Bytes decoded and not given yet, last first.
    pending: Vec<u8>,
}

const CLEAR: u16 = 256;

impl<'a> Lzw<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self> {
        let [0x1f, 0x9d, flags, data @ ..] = bytes else { return Err(Error::other("no compress header")) };
        let max_width = u32::from(flags & 0x1f);
        if !(9..=16).contains(&max_width) {
            return Err(Error::other("code width out of range"));
        }
        Ok(Self::headless(data, max_width, flags & 0x80 != 0))
    }

    /// Codes without a header, of up to `max_width` bits.
    pub(super) fn headless(data: &'a [u8], max_width: u32, has_clear: bool) -> Self {
        Lzw {
            data,
            at: 0,
            group: 0,
            width: 9,
            max_width,
            has_clear,
            table: Vec::new(),
            previous: None,
            pending: Vec::new(),
        }
    }

    /// The next code; none at the end. What is left at the end is less than a code.
    fn code(&mut self) -> Option<u16> {
        let bytes = self.data.get(self.at / 8..)?;
        let field = bytes.iter().take(3).rev().fold(0u32, |value, byte| (value << 8) | u32::from(*byte));
        let end = self.at.checked_add(usize::try_from(self.width).ok()?)?;
        if end > self.data.len().checked_mul(8)? {
            return None;
        }
        let code = (field >> (self.at % 8)) & ((1u32 << self.width) - 1);
        self.at = end;
        u16::try_from(code).ok()
    }

    /// Programs read and write eight codes at a time; when the width changes, the rest of the eight is skipped.
    fn widen(&mut self, width: u32) {
        let unit = usize::try_from(self.width).unwrap_or(16).saturating_mul(8);
        let into = self.at.saturating_sub(self.group);
        self.at = self.group.saturating_add(into.checked_next_multiple_of(unit).unwrap_or(into));
        (self.group, self.width) = (self.at, width);
    }

    /// The first code that is not in the table.
    fn next_code(&self) -> usize {
        self.table.len().saturating_add(if self.has_clear { 257 } else { 256 })
    }

    /// Decodes one code into `pending`; false at the end.
    fn step(&mut self) -> Result<bool> {
        // The table may hold what the width can name; the next entry needs the next width.
        if self.next_code() > (1usize << self.width) - 1 && self.width < self.max_width {
            self.widen(self.width.saturating_add(1));
        }
        let Some(code) = self.code() else { return Ok(false) };
        if code == CLEAR && self.has_clear {
            self.table.clear();
            self.previous = None;
            self.widen(9);
            return Ok(true);
        }
        let mut walk = code;
        if let Some((previous, first)) = self.previous
            && usize::from(code) >= self.next_code()
        {
            // A code used while it is being made stands for the previous string and its first byte again.
            if usize::from(code) > self.next_code() {
                return Err(Error::other("code beyond the table"));
            }
            self.pending.push(first);
            walk = previous;
        }
        let base = if self.has_clear { 257 } else { 256 };
        while let Some(index) = usize::from(walk).checked_sub(256) {
            let row = usize::from(walk).checked_sub(base).and_then(|row| self.table.get(row));
            let Some((before, byte)) = row.filter(|(before, _)| usize::from(*before) < index.saturating_add(256))
            else {
                return Err(Error::other("code beyond the table"));
            };
            self.pending.push(*byte);
            walk = *before;
        }
        let first = u8::try_from(walk).unwrap_or_default();
        self.pending.push(first);
        if let Some((previous, _)) = self.previous
            && self.next_code() < 1usize << self.max_width
        {
            self.table.push((previous, first));
        }
        self.previous = Some((code, first));
        Ok(true)
    }
}

impl Read for Lzw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut count = 0usize;
        for slot in buffer.iter_mut() {
            while self.pending.is_empty() {
                match self.step() {
                    Ok(true) => {}
                    Ok(false) => return Ok(count),
                    Err(error) if count == 0 => return Err(error),
                    Err(_) => return Ok(count),
                }
            }
            *slot = self.pending.pop().unwrap_or_default();
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}
