//! Records of `DocInfo` and sections, HWP 5.0 4.1: a tag, a level and a size in 32 bits, then data.

use crate::formats::fields::{u16_at, u32_at};

/// HWPTAG_BEGIN.
const BEGIN: u16 = 0x10;
/// HWPTAG_BIN_DATA, 4.2.3.
pub(super) const BIN_DATA: u16 = BEGIN + 2;
/// HWPTAG_DISTRIBUTE_DOC_DATA, 4.2.13.
pub(super) const DISTRIBUTE_DOC_DATA: u16 = BEGIN + 12;
/// HWPTAG_PARA_TEXT, 4.3.2.
pub(super) const PARA_TEXT: u16 = BEGIN + 51;
/// HWPTAG_CTRL_HEADER, 4.3.6.
pub(super) const CTRL_HEADER: u16 = BEGIN + 55;

/// Records read of one stream. A thousand pages have some hundred thousand.
const MAX_RECORDS: usize = 4_000_000;

/// A record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) tag: u16,
    pub(super) data: &'a [u8],
}

/// The records of a stream, and whether it ends inside one.
pub(super) struct Records<'a> {
    rest: &'a [u8],
    left: usize,
    /// Whether the last record was cut off.
    pub(super) is_cut: bool,
}

pub(super) fn records(stream: &[u8]) -> Records<'_> {
    Records { rest: stream, left: MAX_RECORDS, is_cut: false }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if self.left == 0 {
            self.is_cut = !self.rest.is_empty();
            return None;
        }
        self.left = self.left.saturating_sub(1);
        let head = u32_at(self.rest, 0)?;
        let short = (head >> 20) as usize;
        // A size of all ones stands in the next 32 bits.
        let (size, at) = match short {
            0xFFF => (u32_at(self.rest, 4)? as usize, 8usize),
            short => (short, 4),
        };
        let end = at.saturating_add(size);
        let data = match self.rest.get(at..end) {
            Some(data) => data,
            None => {
                self.is_cut = true;
                self.rest.get(at..).unwrap_or_default()
            }
        };
        self.rest = self.rest.get(end..).unwrap_or_default();
        Some(Record { tag: (head & 0x3FF) as u16, data })
    }
}

/// The text of a paragraph: UTF-16 with controls, of which some take eight units (4.3.2, table 60).
pub(super) fn paragraph(data: &[u8], out: &mut String) {
    let units: Vec<u16> = data.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    let mut at = 0usize;
    let mut run: Vec<u16> = Vec::new();
    while let Some(unit) = units.get(at) {
        let step = match unit {
            10 | 13 | 0 | 24..=29 => 1,
            30 | 31 => 1,
            1..=9 | 11 | 12 | 14..=23 => 8,
            _ => 1,
        };
        match unit {
            10 | 13 => run.push(10),
            9 | 30 | 31 => run.push(32),
            0..=31 => {}
            unit => run.push(*unit),
        }
        at = at.saturating_add(step);
    }
    out.push_str(&String::from_utf16_lossy(&run));
}

/// A text with its length in units before it, and where it ends.
pub(super) fn counted(data: &[u8], at: usize) -> Option<(String, usize)> {
    let length = usize::from(u16_at(data, at)?).saturating_mul(2);
    let start = at.saturating_add(2);
    let end = start.saturating_add(length);
    Some((wide(data.get(start..end)?), end))
}

/// The same with a length of 32 bits, as scripts have.
pub(super) fn long_counted(data: &[u8], at: usize) -> Option<(String, usize)> {
    let length = (u32_at(data, at)? as usize).saturating_mul(2);
    let start = at.saturating_add(4);
    let end = start.saturating_add(length);
    Some((wide(data.get(start..end)?), end))
}

pub(super) fn wide(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    String::from_utf16_lossy(&units)
}
