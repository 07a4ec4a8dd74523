//! Hexadecimal digits of objects and pictures to bytes, across tokens: blanks and anything else between digits do not
//! count, as Word reads them.

/// What a byte is: a digit's value, or one of the two below.
pub(super) static VALUES: [u8; 256] = values();
/// A blank or line end.
const BLANK: u8 = 16;
/// Neither digit nor blank.
const OTHER: u8 = 17;

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn values() -> [u8; 256] {
    let mut values = [OTHER; 256];
    let mut byte = 0u8;
    loop {
        values[byte as usize] = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            0 | b'\t' | b'\n' | 0x0B | 0x0C | b'\r' | b' ' => BLANK,
            _ => OTHER,
        };
        if byte == u8::MAX {
            return values;
        }
        byte += 1;
    }
}

/// Bytes in the making.
#[derive(Debug, Default)]
pub(super) struct Hex {
    pub(super) bytes: Vec<u8>,
    pending: Option<u8>,
    /// Digits thrown away: before `\'hh`, or the last one of an odd number.
    pub(super) dropped: usize,
    /// Characters that are neither digits nor blanks.
    pub(super) strange: usize,
    /// The longest run of blanks, and the one going on.
    pub(super) longest_blank: usize,
    blank: usize,
}

impl Hex {
    /// Reads text.
    pub(super) fn text(&mut self, text: &[u8]) {
        let mut rest = text;
        loop {
            // Pairs first: most of a document's digits lie so.
            if self.pending.is_none() {
                let mut taken = 0usize;
                for pair in rest.chunks_exact(2) {
                    let [high, low] = pair else { break };
                    let (high, low) = (value(*high), value(*low));
                    if (high | low) > 15 {
                        break;
                    }
                    self.bytes.push((high << 4) | low);
                    taken = taken.saturating_add(2);
                }
                if taken > 0 {
                    self.blank = 0;
                    rest = rest.get(taken..).unwrap_or_default();
                }
            }
            let Some((byte, after)) = rest.split_first() else { return };
            rest = after;
            match value(*byte) {
                digit @ 0..=15 => {
                    self.blank = 0;
                    match self.pending.take() {
                        Some(high) => self.bytes.push((high << 4) | digit),
                        None => self.pending = Some(digit),
                    }
                }
                BLANK => {
                    self.blank = self.blank.saturating_add(1);
                    self.longest_blank = self.longest_blank.max(self.blank);
                }
                _ => self.strange = self.strange.saturating_add(1),
            }
        }
    }

    /// `\'hh` among the digits: its value is not data, and a digit that waits for its pair is lost.
    pub(super) fn escape(&mut self) {
        if self.pending.take().is_some() {
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// Bytes of `\bin`.
    pub(super) fn binary(&mut self, data: &[u8]) {
        self.bytes.extend_from_slice(data);
    }

    /// Whether nothing was read.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.pending.is_none()
    }

    /// The end: a single digit left over is none.
    pub(super) fn end(&mut self) {
        self.escape();
    }
}

fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_paired_over_blanks_and_tokens() {
        let mut hex = Hex::default();
        hex.text(b"4 1\r\n4");
        hex.text(b"2zz 43");
        assert_eq!((hex.bytes.as_slice(), hex.strange, hex.longest_blank), (&b"ABC"[..], 2, 2));
    }

    #[test]
    fn an_escape_loses_the_digit_before_it_and_the_end_loses_an_odd_one() {
        let mut hex = Hex::default();
        hex.text(b"414");
        hex.escape();
        hex.text(b"425");
        hex.binary(b"x");
        hex.end();
        assert_eq!((hex.bytes.as_slice(), hex.dropped), (&b"ABx"[..], 2));
    }
}
