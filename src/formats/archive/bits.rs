//! Bits of hostile bytes, highest first, and codes of varying length read from them.

use std::io::{Error, Result};

/// Bits of a slice, highest bit of each byte first.
#[derive(Debug, Clone)]
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Bits { bytes, at: 0 }
    }

    /// The next bit; none at the end.
    pub(crate) fn bit(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at = self.at.saturating_add(1);
        Some(bit == 1)
    }

    /// Up to 32 bits as a number; none if fewer are left.
    pub(crate) fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0u32;
        for _ in 0..count {
            value = (value << 1) | u32::from(self.bit()?);
        }
        Some(value)
    }

    /// As [`Bits::take`], as an error that says the data ends.
    pub(crate) fn need(&mut self, count: u32) -> Result<u32> {
        self.take(count).ok_or_else(|| Error::other("packed data ends early"))
    }

    /// Where the next whole byte begins.
    pub(crate) fn byte_at(&self) -> usize {
        self.at.div_ceil(8)
    }
}

/// A canonical prefix code: shorter codes first, codes of one length in the order of their symbols.
#[derive(Debug, Clone, Default)]
pub(crate) struct PrefixCode {
    /// For each length from 1: the first code, and where its symbols begin.
    lengths: Vec<(u32, usize, u32)>,
    symbols: Vec<u16>,
}

/// Longest code read.
const MAX_LENGTH: u8 = 24;

impl PrefixCode {
    /// The code in which symbol `n` has a code of `lengths[n]` bits, 0 for none; refused if more codes are stated than
    /// there can be.
    pub(crate) fn new(lengths: &[u8]) -> Result<Self> {
        let mut code = PrefixCode::default();
        let (mut next, mut longest) = (0u32, 0u8);
        for length in lengths {
            longest = longest.max(*length);
        }
        if longest > MAX_LENGTH {
            return Err(Error::other("a code is too long"));
        }
        for length in 1..=longest {
            let first = code.symbols.len();
            let of_length = lengths.iter().enumerate().filter(|(_, known)| **known == length);
            code.symbols.extend(of_length.filter_map(|(symbol, _)| u16::try_from(symbol).ok()));
            let count = u32::try_from(code.symbols.len().saturating_sub(first)).unwrap_or(u32::MAX);
            code.lengths.push((next, first, count));
            next = next.saturating_add(count);
            if next > 1u32 << length {
                return Err(Error::other("more codes than there can be"));
            }
            next <<= 1;
        }
        Ok(code)
    }

    /// The next symbol.
    pub(crate) fn symbol(&self, bits: &mut Bits<'_>) -> Result<u16> {
        let mut value = 0u32;
        for (first, start, count) in &self.lengths {
            value = (value << 1) | bits.need(1)?;
            if let Some(index) = value.checked_sub(*first).filter(|index| index < count) {
                let symbol = self.symbols.get(start.saturating_add(usize::try_from(index).unwrap_or(usize::MAX)));
                return symbol.copied().ok_or_else(|| Error::other("a code without a symbol"));
            }
        }
        Err(Error::other("a code without a symbol"))
    }
}
