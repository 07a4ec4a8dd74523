//! Bits in words of sixteen, highest first, and Huffman codes over them: what XPRESS and LZX share.

use std::io::{Error, Result};

/// Reads bits; beyond the end there are zeros.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u32,
    left: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Bits { bytes, at: 0, held: 0, left: 0 }
    }

    /// Makes sure that so many bits, at most 16, are held.
    pub(super) fn ensure(&mut self, count: u32) {
        if self.left < count {
            let low = self.bytes.get(self.at).copied().unwrap_or_default();
            let high = self.bytes.get(self.at.saturating_add(1)).copied().unwrap_or_default();
            self.at = self.at.saturating_add(2);
            self.held = (self.held << 16) | u32::from(u16::from_le_bytes([low, high]));
            self.left = self.left.saturating_add(16);
        }
    }

    /// The next bits, at most 16.
    pub(super) fn take(&mut self, count: u32) -> u32 {
        self.ensure(count);
        self.left = self.left.saturating_sub(count);
        (self.held >> self.left) & (1u32 << count).wrapping_sub(1)
    }

    /// More than sixteen bits.
    pub(super) fn take_long(&mut self, count: u32) -> u32 {
        if count <= 16 {
            return self.take(count);
        }
        let high = self.take(count.saturating_sub(16));
        (high << 16) | self.take(16)
    }

    /// Drops what is left of the word at hand; of a word not begun, all of it.
    pub(super) fn align(&mut self) {
        self.ensure(1);
        self.left = 0;
    }

    /// Whole bytes, which lie between words.
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let end = self.at.saturating_add(count);
        let bytes = self.bytes.get(self.at..end).ok_or_else(|| Error::other("the packed data ends early"))?;
        self.at = end;
        Ok(bytes)
    }

    /// Whether more was taken than there was.
    pub(super) fn is_past_end(&self) -> bool {
        self.at > self.bytes.len().saturating_add(4)
    }
}

/// The longest code.
const MAX_BITS: usize = 16;

/// A canonical code.
pub(super) struct Code {
    /// How many codes have each length.
    counts: [u16; MAX_BITS + 1],
    /// Symbols, by length and then by number.
    symbols: Vec<u16>,
}

impl Code {
    /// The code of these lengths; too many codes are an error, too few are not: a code may go unused.
    pub(super) fn new(lengths: &[u8]) -> Result<Self> {
        let mut counts = [0u16; MAX_BITS + 1];
        let mut order: Vec<(u8, u16)> = Vec::new();
        for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            if let Some(count) = counts.get_mut(usize::from(*length)) {
                *count = count.saturating_add(1);
            }
            order.push((*length, u16::try_from(symbol).unwrap_or(u16::MAX)));
        }
        order.sort_unstable();
        let mut room = 1i32;
        for count in counts.iter().skip(1) {
            room = room.saturating_mul(2).saturating_sub(i32::from(*count));
            if room < 0 {
                return Err(Error::other("a Huffman code has more codes than fit"));
            }
        }
        Ok(Code { counts, symbols: order.into_iter().map(|(_, symbol)| symbol).collect() })
    }

    /// The next symbol.
    pub(super) fn decode(&self, bits: &mut Bits<'_>) -> Result<u16> {
        let (mut code, mut first, mut index) = (0u32, 0u32, 0usize);
        for count in self.counts.iter().skip(1).map(|count| u32::from(*count)) {
            code |= bits.take(1);
            if let Some(within) = code.checked_sub(first).filter(|within| *within < count) {
                let at = index.saturating_add(within as usize);
                return self.symbols.get(at).copied().ok_or_else(|| Error::other("a code that stands for nothing"));
            }
            index = index.saturating_add(count as usize);
            first = first.saturating_add(count) << 1;
            code <<= 1;
        }
        Err(Error::other("a code that stands for nothing"))
    }
}
