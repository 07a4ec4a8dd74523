//! Quantum, David Stafford's compressor, which Microsoft licensed for the cabinets of the nineties: an adaptive
//! arithmetic coder over a window. Each block of a cabinet starts the coder anew; models and window go on.

/// A symbol and the sum of the frequencies up to it.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    symbol: u16,
    sum: u16,
}

/// An adaptive model; its last row is the end mark with sum 0.
#[derive(Debug, Clone)]
struct Model {
    rows: Vec<Row>,
    until_sorted: u8,
}

/// Sum at which frequencies are halved.
const MOST: u16 = 3800;

impl Model {
    fn new(first: u16, count: u16) -> Self {
        let rows =
            (0..=count).map(|index| Row { symbol: first.saturating_add(index), sum: count.saturating_sub(index) });
        Model { rows: rows.collect(), until_sorted: 4 }
    }

    fn sum(&self, index: usize) -> u32 {
        self.rows.get(index).map_or(0, |row| u32::from(row.sum))
    }

    /// Halves the frequencies; every fiftieth time rows are sorted by frequency as well.
    fn rescale(&mut self) {
        self.until_sorted = self.until_sorted.saturating_sub(1);
        if self.until_sorted > 0 {
            let mut after = 0u16;
            for row in self.rows.iter_mut().rev().skip(1) {
                row.sum = (row.sum >> 1).max(after.saturating_add(1));
                after = row.sum;
            }
            return;
        }
        self.until_sorted = 50;
        let sums: Vec<u16> = self.rows.iter().map(|row| row.sum).collect();
        for (row, after) in self.rows.iter_mut().zip(sums.iter().skip(1)) {
            // Frequencies; one more, so that none is lost in the halving.
            row.sum = row.sum.saturating_sub(*after).saturating_add(1) >> 1;
        }
        let count = self.rows.len().saturating_sub(1);
        // The order of equal rows is part of the format: this very exchange sort.
        for left in 0..count {
            for right in left.saturating_add(1)..count {
                let is_less = self.rows.get(left).zip(self.rows.get(right)).is_some_and(|(a, b)| a.sum < b.sum);
                if is_less {
                    self.rows.swap(left, right);
                }
            }
        }
        let mut after = 0u16;
        for row in self.rows.iter_mut().rev().skip(1) {
            row.sum = row.sum.saturating_add(after);
            after = row.sum;
        }
    }
}

/// The state of the arithmetic coder within a block.
struct Coder<'a> {
    data: &'a [u8],
    bit: usize,
    high: u16,
    low: u16,
    code: u16,
}

/// Bits read beyond the end of a block before it counts as cut off; trailing zeros are left out by the encoder.
const MAX_BEYOND: usize = 64;

impl<'a> Coder<'a> {
    fn new(data: &'a [u8]) -> Result<Self, String> {
        let mut coder = Coder { data, bit: 0, high: 0xffff, low: 0, code: 0 };
        coder.code = coder.bits(16)?;
        Ok(coder)
    }

    /// Bits, highest first.
    fn bits(&mut self, count: u32) -> Result<u16, String> {
        let mut value = 0u16;
        for _ in 0..count {
            let byte = self.data.get(self.bit / 8).copied().unwrap_or(0);
            value = (value << 1) | u16::from(byte >> (7 - self.bit % 8) & 1);
            self.bit = self.bit.saturating_add(1);
        }
        if self.bit > self.data.len().saturating_mul(8).saturating_add(MAX_BEYOND) {
            return Err("Quantum data ends early".to_owned());
        }
        Ok(value)
    }

    fn symbol(&mut self, model: &mut Model) -> Result<usize, String> {
        let span = u32::from(self.high.wrapping_sub(self.low)).saturating_add(1);
        let total = model.sum(0);
        let offset = u32::from(self.code.wrapping_sub(self.low)).saturating_add(1);
        let wanted = offset.saturating_mul(total).saturating_sub(1) / span;
        let count = model.rows.len().saturating_sub(1);
        let index = (1..count).find(|index| model.sum(*index) <= wanted).unwrap_or(count);
        let before = index.saturating_sub(1);
        let symbol = model.rows.get(before).map(|row| row.symbol).ok_or("empty Quantum model")?;
        let low = u32::from(self.low);
        let at = |sum: u32| low.saturating_add(sum.saturating_mul(span).checked_div(total).unwrap_or(0));
        let high = at(model.sum(before)).saturating_sub(1);
        let new_low = at(model.sum(index));
        // Both lie within 16 bits unless the model is broken; truncation matches the decoders in use.
        self.high = (high & 0xffff) as u16;
        self.low = (new_low & 0xffff) as u16;
        for row in model.rows.iter_mut().take(index) {
            row.sum = row.sum.saturating_add(8);
        }
        if model.sum(0) > u32::from(MOST) {
            model.rescale();
        }
        loop {
            if (self.low ^ self.high) & 0x8000 != 0 {
                if self.low & 0x4000 == 0 || self.high & 0x4000 != 0 {
                    break;
                }
                // The two close in on the middle: drop the second bit.
                self.code ^= 0x4000;
                self.low &= 0x3fff;
                self.high |= 0x4000;
            }
            self.low <<= 1;
            self.high = (self.high << 1) | 1;
            self.code = (self.code << 1) | self.bits(1)?;
        }
        Ok(usize::from(symbol))
    }
}

/// The decoder.
pub(super) struct Quantum {
    window: Vec<u8>,
    at: usize,
    selector: Model,
    literals: [Model; 4],
    /// Positions of matches of three bytes, of four, and of more.
    positions: [Model; 3],
    lengths: Model,
}

/// First offset of each slot is twice as far as two slots before: 0, 1, 2, 3, 4, 6, 8, 12 …
fn position(slot: usize) -> (u32, u32) {
    let extra = u32::try_from(slot / 2).unwrap_or(0).saturating_sub(1);
    match u32::try_from(slot) {
        Ok(slot) if slot >= 4 => (((slot & 1) | 2) << extra, extra),
        Ok(slot) => (slot, 0),
        Err(_) => (0, 0),
    }
}

const LENGTHS: [(u16, u32); 27] = [
    (0, 0),
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 1),
    (8, 1),
    (10, 1),
    (12, 1),
    (14, 2),
    (18, 2),
    (22, 2),
    (26, 2),
    (30, 3),
    (38, 3),
    (46, 3),
    (54, 3),
    (62, 4),
    (78, 4),
    (94, 4),
    (110, 4),
    (126, 5),
    (158, 5),
    (190, 5),
    (222, 5),
    (254, 0),
];

impl Quantum {
    /// A decoder with a window of 2^10 to 2^21 bytes.
    pub(super) fn new(bits: u32) -> Self {
        let bits = bits.clamp(10, 21);
        let slots = u16::try_from(bits).unwrap_or(10).saturating_mul(2);
        let literals = [0u16, 64, 128, 192].map(|first| Model::new(first, 64));
        Quantum {
            window: vec![0; 1usize << bits],
            at: 0,
            selector: Model::new(0, 7),
            literals,
            positions: [Model::new(0, slots.min(24)), Model::new(0, slots.min(36)), Model::new(0, slots)],
            lengths: Model::new(0, 27),
        }
    }

    fn push(&mut self, byte: u8, out: &mut Vec<u8>) {
        if let Some(slot) = self.window.get_mut(self.at) {
            *slot = byte;
        }
        self.at = self.at.wrapping_add(1) & self.window.len().saturating_sub(1);
        out.push(byte);
    }

    /// Decodes a block.
    pub(super) fn block(&mut self, packed: &[u8], size: usize) -> Result<Vec<u8>, String> {
        let mut coder = Coder::new(packed)?;
        let mut out = Vec::with_capacity(size);
        while out.len() < size {
            let selector = coder.symbol(&mut self.selector)?;
            if let Some(model) = self.literals.get_mut(selector) {
                let byte = coder.symbol(model)?;
                self.push(u8::try_from(byte).unwrap_or_default(), &mut out);
                continue;
            }
            let length = match selector {
                4 => 3,
                5 => 4,
                _ => {
                    let (base, extra) = LENGTHS.get(coder.symbol(&mut self.lengths)?).copied().unwrap_or_default();
                    usize::from(base).saturating_add(usize::from(coder.bits(extra)?)).saturating_add(5)
                }
            };
            let model = self.positions.get_mut(selector.saturating_sub(4)).ok_or("unknown Quantum selector")?;
            let (base, extra) = position(coder.symbol(model)?);
            // At most nineteen bits: read in two pieces.
            let upper = extra.saturating_sub(16);
            let high = u32::from(coder.bits(upper)?);
            let low = u32::from(coder.bits(extra.saturating_sub(upper))?);
            let more = (high << extra.saturating_sub(upper).min(16)) | low;
            let distance = usize::try_from(base.saturating_add(more)).unwrap_or(0).saturating_add(1);
            if out.len().saturating_add(length) > size {
                return Err("a match leads over the end of the block".to_owned());
            }
            let mask = self.window.len().saturating_sub(1);
            for _ in 0..length {
                let from = self.at.wrapping_sub(distance) & mask;
                let byte = self.window.get(from).copied().unwrap_or_default();
                self.push(byte, &mut out);
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_published_table() {
        let bases: Vec<u32> = (0..12).map(|slot| position(slot).0).collect();
        assert_eq!(bases, [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48]);
        assert_eq!(position(41), (1_572_864, 19));
    }

    /// The first symbol of a fresh model divides the range evenly: zeros choose the last row, ones the first.
    #[test]
    fn a_fresh_block_gives_literals() {
        let first = Quantum::new(15).block(&[0xff; 64], 4);
        assert_eq!(first, Ok(vec![0, 0, 0, 0]));
    }

    #[test]
    fn any_bytes_end() {
        let mut state = 1u32;
        for length in (0..300).step_by(7) {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            for bits in [10, 15, 21] {
                let mut decoder = Quantum::new(bits);
                for _ in 0..3 {
                    assert!(decoder.block(&bytes, 32 << 10).is_ok_and(|out| out.len() == 32 << 10) || length < 300);
                }
            }
        }
    }
}
