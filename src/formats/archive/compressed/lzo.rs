//! LZO1X: literals and matches whose meaning hangs on how many literals came before, as the Linux kernel's lzo.rst
//! describes the stream.

/// Decodes a block onto the end of `out`, at most `size` bytes; what came before an error is kept.
pub(super) fn decode(packed: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), &'static str> {
    Decoder { packed, at: 0, size, out }.run()
}

struct Decoder<'a> {
    packed: &'a [u8],
    at: usize,
    size: usize,
    out: &'a mut Vec<u8>,
}

const CUT: &str = "LZO data ends early";

impl Decoder<'_> {
    fn byte(&mut self) -> Result<usize, &'static str> {
        let byte = self.packed.get(self.at).copied().ok_or(CUT)?;
        self.at = self.at.saturating_add(1);
        Ok(usize::from(byte))
    }

    fn word(&mut self) -> Result<usize, &'static str> {
        let low = self.byte()?;
        Ok(low | (self.byte()? << 8))
    }

    /// A length that did not fit its field: 255 for each zero, then the rest.
    fn more(&mut self, field: usize) -> Result<usize, &'static str> {
        let mut length = field;
        loop {
            match self.byte()? {
                0 => length = length.saturating_add(255),
                rest => return Ok(length.saturating_add(rest)),
            }
        }
    }

    fn literals(&mut self, count: usize) -> Result<(), &'static str> {
        let there = self.packed.get(self.at..).unwrap_or_default();
        let room = self.size.saturating_sub(self.out.len());
        let literals = there.get(..count.min(room)).unwrap_or(there);
        self.out.extend_from_slice(literals);
        self.at = self.at.saturating_add(count);
        if count > there.len() {
            return Err(CUT);
        }
        if count > room { Err("LZO data is longer than stated") } else { Ok(()) }
    }

    fn copy(&mut self, distance: usize, length: usize) -> Result<(), &'static str> {
        let start = self.out.len().checked_sub(distance).ok_or("LZO match leads out of the content")?;
        if length > self.size.saturating_sub(self.out.len()) {
            return Err("LZO data is longer than stated");
        }
        for from in start..start.saturating_add(length) {
            let byte = self.out.get(from).copied().unwrap_or_default();
            self.out.push(byte);
        }
        Ok(())
    }

    fn run(mut self) -> Result<(), &'static str> {
        // Literals before the next instruction; four stands for a run of four or more.
        let mut state = 0usize;
        if let Some(first) = self.packed.first().copied().filter(|first| *first > 17) {
            self.at = 1;
            let count = usize::from(first).saturating_sub(17);
            self.literals(count)?;
            state = count.min(4);
        }
        loop {
            let code = self.byte()?;
            let (distance, length, next) = match code {
                0..=15 if state == 0 => {
                    let count = if code == 0 { self.more(15)? } else { code };
                    self.literals(count.saturating_add(3))?;
                    state = 4;
                    continue;
                }
                0..=15 => {
                    let high = self.byte()?;
                    let near = (high << 2) | (code >> 2);
                    if state == 4 {
                        (near.saturating_add(2049), 3, code & 3)
                    } else {
                        (near.saturating_add(1), 2, code & 3)
                    }
                }
                16..=31 => {
                    let length = if code & 7 == 0 { self.more(7)? } else { code & 7 };
                    let word = self.word()?;
                    let distance = ((code & 8) << 11) | (word >> 2);
                    if distance == 0 {
                        return Ok(());
                    }
                    (distance.saturating_add(16_384), length.saturating_add(2), word & 3)
                }
                32..=63 => {
                    let length = if code & 31 == 0 { self.more(31)? } else { code & 31 };
                    let word = self.word()?;
                    ((word >> 2).saturating_add(1), length.saturating_add(2), word & 3)
                }
                64..=127 => {
                    let high = self.byte()?;
                    (((high << 3) | ((code >> 2) & 7)).saturating_add(1), ((code >> 5) & 1).saturating_add(3), code & 3)
                }
                _ => {
                    let high = self.byte()?;
                    (((high << 3) | ((code >> 2) & 7)).saturating_add(1), ((code >> 5) & 3).saturating_add(5), code & 3)
                }
            };
            self.copy(distance, length)?;
            self.literals(next)?;
            state = next;
        }
    }
}
