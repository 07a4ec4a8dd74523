//! The readable runs of data that is not text: what `strings` prints, in ASCII and UTF-16, each with its offset. A
//! reading any stage can share; what the runs mean is not its business. Only ASCII and, in UTF-16, Japanese are
//! taken: other letters cannot be told from chance.

use bytes::Bytes;

use crate::model::{ParseError, View};

/// Characters a run has at least; shorter ones are mostly chance, and no indicator is shorter.
const MIN_RUN: usize = 6;
/// Runs kept; data with more has none that matter.
const MAX_RUNS: usize = 2_000_000;

/// How the characters of a run lie in the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEncoding {
    /// One byte each.
    Ascii,
    /// Two bytes each, in either byte order and at either alignment.
    Utf16,
}

/// A run of readable characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Where it starts in [`StringsView::text`].
    pub start: usize,
    /// Where it starts in the bytes.
    pub offset: u64,
    /// How it is stored.
    pub encoding: RunEncoding,
}

/// The readable runs of some bytes.
#[derive(Debug, Default)]
pub struct StringsView {
    /// All runs, a line each: first those in ASCII, then those in UTF-16.
    pub text: String,
    /// Where each line comes from, in the order of `text`.
    pub runs: Vec<Run>,
    /// Whether there were more runs than are kept.
    pub is_cut: bool,
}

impl View for StringsView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let mut view = StringsView::default();
        view.collect_ascii(bytes);
        view.collect_utf16(bytes);
        Ok(view)
    }
}

impl StringsView {
    /// The run that holds this position of the text.
    pub fn run_at(&self, position: usize) -> Option<Run> {
        let next = self.runs.partition_point(|run| run.start <= position);
        self.runs.get(next.checked_sub(1)?).copied()
    }

    /// The offset in the bytes of a position in the text. Exact for ASCII and Latin UTF-16; within a run that holds
    /// Japanese it is that of the run's start.
    pub fn offset_of(&self, position: usize) -> Option<u64> {
        let run = self.run_at(position)?;
        let into = self.text.get(run.start..position)?;
        let step = match run.encoding {
            RunEncoding::Ascii => into.len(),
            RunEncoding::Utf16 => into.chars().count().saturating_mul(2),
        };
        Some(run.offset.saturating_add(step as u64))
    }

    /// Opens a line; false when no more are kept.
    fn open(&mut self, offset: usize, encoding: RunEncoding) -> bool {
        if self.runs.len() >= MAX_RUNS {
            self.is_cut = true;
            return false;
        }
        self.runs.push(Run { start: self.text.len(), offset: offset as u64, encoding });
        true
    }

    /// Looks only at every [`MIN_RUN`]th byte until one is printable: a run must cover one of them.
    fn collect_ascii(&mut self, bytes: &[u8]) {
        let mut floor = 0usize;
        let mut probe = MIN_RUN - 1;
        while let Some(byte) = bytes.get(probe) {
            if !is_printable(*byte) {
                probe = probe.saturating_add(MIN_RUN);
                continue;
            }
            let before = bytes.get(floor..probe).unwrap_or_default();
            let back = before.iter().rev().take_while(|byte| is_printable(**byte)).count();
            let after = bytes.get(probe..).unwrap_or_default();
            let ahead = after.iter().take_while(|byte| is_printable(**byte)).count();
            let start = probe.saturating_sub(back);
            let end = probe.saturating_add(ahead);
            if back.saturating_add(ahead) >= MIN_RUN {
                let run = bytes.get(start..end).unwrap_or_default();
                if !self.open(start, RunEncoding::Ascii) {
                    return;
                }
                match std::str::from_utf8(run) {
                    Ok(run) => self.text.push_str(run),
                    Err(_) => self.text.extend(run.iter().map(|byte| char::from(*byte))),
                }
                self.text.push('\n');
            }
            floor = end;
            probe = end.saturating_add(MIN_RUN);
        }
    }

    /// A run of six two-byte characters covers an aligned group of four bytes that holds two of them; only such
    /// groups are looked at closely.
    fn collect_utf16(&mut self, bytes: &[u8]) {
        const GROUP: usize = 4;
        let mut floor = 0usize;
        let mut covered = 0usize;
        for (index, group) in bytes.chunks_exact(GROUP).enumerate() {
            let [a, b, c, d] = group else { return };
            let shift = match ((a | c) == 0, (b | d) == 0) {
                (false, true) if is_printable(*a) && is_printable(*c) => 0usize,
                (true, false) if is_printable(*b) && is_printable(*d) => 1,
                _ => continue,
            };
            let seed = index.saturating_mul(GROUP).saturating_add(shift);
            if seed < covered {
                continue;
            }
            let (start, end, run) = utf16_run(bytes, floor, seed);
            covered = end;
            if run.len() >= MIN_RUN {
                if !self.open(start, RunEncoding::Utf16) {
                    return;
                }
                self.text.extend(run);
                self.text.push('\n');
                floor = end;
            }
        }
    }
}

/// The run around a Latin character at `seed`: its start and end in the bytes, and its characters. Characters may be
/// followed (little-endian) by Japanese ones.
fn utf16_run(bytes: &[u8], floor: usize, seed: usize) -> (usize, usize, Vec<char>) {
    /// Characters of one run; a longer one goes on as the next.
    const MAX_CHARS: usize = 1 << 20;
    let mut start = seed;
    while let Some(previous) = start.checked_sub(2).filter(|previous| *previous >= floor) {
        match bytes.get(previous..start) {
            Some([low, 0]) if is_printable(*low) => start = previous,
            _ => break,
        }
    }
    let mut run = Vec::new();
    let mut end = start;
    while run.len() < MAX_CHARS {
        let next = end.saturating_add(2);
        match bytes.get(end..next) {
            Some([low, 0]) if is_printable(*low) => run.push(char::from(*low)),
            Some([low, high]) if is_japanese(u16::from_le_bytes([*low, *high])) => {
                run.extend(char::from_u32(u32::from(u16::from_le_bytes([*low, *high]))));
            }
            // The last character of a big-endian run may be the last byte of all.
            None if bytes.len() == end.saturating_add(1) => {
                run.extend(bytes.last().copied().filter(|last| is_printable(*last)).map(char::from));
                end = bytes.len();
                break;
            }
            _ => {
                // Big-endian: the zero that would follow belongs to the next, absent, character.
                if let Some(low) = bytes.get(end).copied().filter(|low| is_printable(*low))
                    && end > start
                    && end.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&0)
                {
                    run.push(char::from(low));
                    end = end.saturating_add(1);
                }
                break;
            }
        }
        end = next;
    }
    (start, end, run)
}

/// ASCII that shows, and tab.
const fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e | b'\t')
}

/// Kana, their punctuation, and common ideographs.
const fn is_japanese(unit: u16) -> bool {
    matches!(unit, 0x3000..=0x30ff | 0x4e00..=0x9fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(bytes: &[u8]) -> StringsView {
        StringsView::parse(&Bytes::copy_from_slice(bytes)).unwrap()
    }

    fn wide(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn finds_ascii_runs_at_every_alignment() {
        for pad in 0..13usize {
            let bytes =
                [vec![0u8; pad], b"http://example.com/a".to_vec(), vec![1, 2, 3], b"short".to_vec(), vec![0]].concat();
            let view = view(&bytes);
            assert_eq!(view.text, "http://example.com/a\n", "pad {pad}");
            assert_eq!(view.offset_of(7), Some(pad as u64 + 7));
        }
    }

    #[test]
    fn finds_utf16_runs_in_both_orders_at_both_alignments() {
        for pad in 0..9usize {
            for to_bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
                let bytes = [vec![0xffu8; pad], wide("http://example.com", to_bytes), vec![0xff; 3]].concat();
                let view = view(&bytes);
                assert_eq!(view.text, "http://example.com\n", "pad {pad}");
                let first = bytes.iter().position(|byte| *byte == b'h').unwrap() as u64;
                assert_eq!(view.offset_of(4), Some(first + 8), "pad {pad}");
            }
        }
    }

    #[test]
    fn utf16_goes_on_into_japanese() {
        let bytes = [vec![0xffu8; 3], wide(r"C:\Users\山田\航空券.exe", u16::to_le_bytes), vec![0xff; 3]].concat();
        assert_eq!(view(&bytes).text, "C:\\Users\\山田\\航空券.exe\n");
    }

    #[test]
    fn noise_is_no_string() {
        let bytes: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect();
        assert_eq!(view(&bytes).text, "");
        assert_eq!(view(&[0; 4096]).text, "");
    }
}
