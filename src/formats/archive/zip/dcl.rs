//! PKWARE DCL Imploding (APPNOTE 4.4.5, method 10), as M. Adler's `blast` describes it: a window of 4 KiB, Huffman codes
//! that are always the same, literals coded or not.

use std::io::{self, Read};

/// Lengths of codes: count less one in the upper four bits, length in the lower.
const LITERALS: [u8; 98] = [
    11, 124, 8, 7, 28, 7, 188, 13, 76, 4, 10, 8, 12, 10, 12, 10, 8, 23, 8, 9, 7, 6, 7, 8, 7, 6, 55, 8, 23, 24, 12, 11,
    7, 9, 11, 12, 6, 7, 22, 5, 7, 24, 6, 11, 9, 6, 7, 22, 7, 11, 38, 7, 9, 8, 25, 11, 8, 11, 9, 12, 8, 12, 5, 38, 5,
    38, 5, 11, 7, 5, 6, 21, 6, 10, 53, 8, 7, 24, 10, 27, 44, 253, 253, 253, 252, 252, 252, 13, 12, 45, 12, 45, 12, 61,
    12, 45, 44, 173,
];
const LENGTHS: [u8; 6] = [2, 35, 36, 53, 38, 23];
const DISTANCES: [u8; 7] = [2, 20, 53, 230, 247, 151, 248];
/// Shortest length of each length symbol, and the extra bits behind it.
const BASES: [(u16, u32); 16] = [
    (3, 0),
    (2, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 1),
    (12, 2),
    (16, 3),
    (24, 4),
    (40, 5),
    (72, 6),
    (136, 7),
    (264, 8),
];
const WINDOW: usize = 4096;
/// The length that ends the stream.
const END: usize = 519;
const LONGEST_CODE: usize = 13;

/// A canonical code.
struct Code {
    /// Codes of each length.
    counts: [u16; LONGEST_CODE + 1],
    symbols: Vec<u8>,
}

impl Code {
    fn of(lengths: &[u8]) -> Self {
        let lengths = lengths.iter().flat_map(|byte| std::iter::repeat_n(byte & 15, usize::from(byte >> 4) + 1));
        let lengths: Vec<u8> = lengths.collect();
        let mut counts = [0u16; LONGEST_CODE + 1];
        let mut symbols = Vec::new();
        for length in 1..=LONGEST_CODE {
            for (symbol, _) in lengths.iter().enumerate().filter(|(_, other)| usize::from(**other) == length) {
                symbols.push(u8::try_from(symbol).unwrap_or(u8::MAX));
                if let Some(count) = counts.get_mut(length) {
                    *count = count.saturating_add(1);
                }
            }
        }
        Code { counts, symbols }
    }
}

/// Decodes what it reads.
pub(super) struct Exploder<R> {
    inner: io::Bytes<io::BufReader<R>>,
    bits: u32,
    count: u32,
    header: Option<(bool, u32)>,
    literals: Code,
    lengths: Code,
    distances: Code,
    /// The last bytes given, and those not yet given.
    window: Vec<u8>,
    given: usize,
    is_done: bool,
}

impl<R: Read> Exploder<R> {
    pub(super) fn new(inner: R) -> Self {
        Exploder {
            inner: io::BufReader::new(inner).bytes(),
            bits: 0,
            count: 0,
            header: None,
            literals: Code::of(&LITERALS),
            lengths: Code::of(&LENGTHS),
            distances: Code::of(&DISTANCES),
            window: Vec::new(),
            given: 0,
            is_done: false,
        }
    }

    fn take(&mut self, need: u32) -> io::Result<u32> {
        while self.count < need {
            let byte = self.inner.next().ok_or(io::ErrorKind::UnexpectedEof)??;
            self.bits |= u32::from(byte) << self.count;
            self.count = self.count.saturating_add(8);
        }
        let mask = (1u32 << need).wrapping_sub(1);
        let value = self.bits & mask;
        self.bits >>= need;
        self.count = self.count.saturating_sub(need);
        Ok(value)
    }

    /// A symbol; the bits of codes are inverted and come highest first.
    fn symbol(&mut self, code: fn(&Self) -> &Code) -> io::Result<u8> {
        let (mut value, mut first, mut index) = (0u16, 0u16, 0u16);
        for length in 1..=LONGEST_CODE {
            value |= u16::from(self.take(1)? == 0);
            let count = code(self).counts.get(length).copied().unwrap_or_default();
            if value < first.saturating_add(count) {
                let at = index.saturating_add(value.saturating_sub(first));
                return code(self).symbols.get(usize::from(at)).copied().ok_or_else(wrong);
            }
            index = index.saturating_add(count);
            first = first.saturating_add(count) << 1;
            value <<= 1;
        }
        Err(wrong())
    }

    /// Decodes one literal or copy to the end of the window.
    fn step(&mut self) -> io::Result<()> {
        let (is_coded, dictionary) = match self.header {
            Some(header) => header,
            None => {
                let (coded, bits) = (self.take(8)?, self.take(8)?);
                if coded > 1 || !(4..=6).contains(&bits) {
                    return Err(wrong());
                }
                *self.header.insert((coded == 1, bits))
            }
        };
        if self.take(1)? == 0 {
            let literal = match is_coded {
                true => self.symbol(|own| &own.literals)?,
                false => u8::try_from(self.take(8)?).unwrap_or_default(),
            };
            self.window.push(literal);
            return Ok(());
        }
        let symbol = self.symbol(|own| &own.lengths)?;
        let (base, extra) = BASES.get(usize::from(symbol)).copied().ok_or_else(wrong)?;
        let length = usize::from(base).saturating_add(self.take(extra)? as usize);
        if length == END {
            self.is_done = true;
            return Ok(());
        }
        let low = if length == 2 { 2 } else { dictionary };
        let high = usize::from(self.symbol(|own| &own.distances)?) << low;
        let distance = high.saturating_add(self.take(low)? as usize).saturating_add(1);
        for _ in 0..length {
            let from = self.window.len().checked_sub(distance);
            let byte = from.and_then(|from| self.window.get(from)).copied().ok_or_else(wrong)?;
            self.window.push(byte);
        }
        Ok(())
    }
}

fn wrong() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "imploded data is damaged")
}

impl<R: Read> Read for Exploder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.window.len() && !self.is_done && !buffer.is_empty() {
            if self.window.len() >= 4 * WINDOW {
                self.window.drain(..self.window.len().saturating_sub(WINDOW));
                self.given = self.window.len();
            }
            self.step()?;
        }
        let mut rest = self.window.get(self.given..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.given = self.given.saturating_add(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explodes_the_example_of_blast() {
        let mut content = String::new();
        let packed = [0x00, 0x04, 0x82, 0x24, 0x25, 0x8f, 0x80, 0x7f];
        Exploder::new(&packed[..]).read_to_string(&mut content).unwrap();
        assert_eq!(content, "AIAIAIAIAIAIA");
        for end in 0..packed.len() {
            assert!(Exploder::new(&packed[..end]).read_to_end(&mut Vec::new()).is_err(), "{end}");
        }
    }

    #[test]
    fn every_code_is_complete() {
        for (lengths, count) in [(&LITERALS[..], 256), (&LENGTHS, 16), (&DISTANCES, 64)] {
            let code = Code::of(lengths);
            assert_eq!(code.symbols.len(), count);
            let taken: u32 = (1..=LONGEST_CODE).map(|length| u32::from(code.counts[length]) << (13 - length)).sum();
            assert_eq!(taken, 1 << 13);
        }
    }
}
