//! ARJ method 4, "fastest": lengths and distances in codes whose first bits say how wide they are.

use std::io::{Error, Read, Result};

use crate::formats::archive::bits::Bits;

/// How far matches reach back.
const WINDOW: usize = 32 << 10;

/// The content.
pub(super) struct Fastest<'a> {
    bits: Bits<'a>,
    left: u64,
    window: Vec<u8>,
    at: usize,
    /// Where a match in progress copies from, and bytes left of it.
    from: usize,
    copying: u32,
}

impl<'a> Fastest<'a> {
    pub(super) fn new(data: &'a [u8], size: u64) -> Self {
        Fastest { bits: Bits::new(data), left: size, window: vec![0; WINDOW], at: 0, from: 0, copying: 0 }
    }

    /// A number: ones count up the width from the least to the most, then as many bits.
    fn number(&mut self, least: u32, most: u32) -> Result<u32> {
        let mut width = least;
        let mut base = 0u32;
        while width < most && self.bits.need(1)? == 1 {
            base = base.saturating_add(1 << width);
            width = width.saturating_add(1);
        }
        Ok(base.saturating_add(self.bits.need(width)?))
    }

    fn byte(&mut self) -> Result<u8> {
        if self.copying == 0 {
            let length = self.number(0, 7)?;
            if length == 0 {
                let byte = u8::try_from(self.bits.need(8)?).unwrap_or_default();
                return Ok(self.push(byte));
            }
            let distance = usize::try_from(self.number(9, 13)?).unwrap_or(0).saturating_add(1);
            self.copying = length.saturating_add(2);
            self.from = self.at.wrapping_sub(distance) % WINDOW;
        }
        self.copying = self.copying.saturating_sub(1);
        let byte = self.window.get(self.from).copied().ok_or_else(|| Error::other("match out of the window"))?;
        self.from = self.from.wrapping_add(1) % WINDOW;
        Ok(self.push(byte))
    }

    fn push(&mut self, byte: u8) -> u8 {
        if let Some(slot) = self.window.get_mut(self.at) {
            *slot = byte;
        }
        self.at = self.at.wrapping_add(1) % WINDOW;
        byte
    }
}

impl Read for Fastest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut count = 0usize;
        for slot in buffer.iter_mut() {
            if self.left == 0 {
                break;
            }
            match self.byte() {
                Ok(byte) => *slot = byte,
                Err(error) if count == 0 => return Err(error),
                Err(_) => break,
            }
            self.left = self.left.saturating_sub(1);
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}
