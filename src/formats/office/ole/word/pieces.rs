//! The text of a document in reading order: the piece table (MS-DOC 2.8.35, 2.9.38) says where in the stream each run of
//! text stands, and whether a character takes one byte or two.

use encoding_rs::WINDOWS_1252;

use super::Word;
use crate::formats::fields::{u16_at, u32_at};

/// Pieces read; a long document saved fast many times has thousands.
const MAX_PIECES: usize = 200_000;

/// A run of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) is_wide: bool,
}

/// The pieces; none where there is no table to read. Of overlapping ones as many as the stream has bytes, twice.
pub(super) fn pieces(word: &Word) -> Option<Vec<Piece<'_>>> {
    if word.fib.is_locked {
        return None;
    }
    let table = piece_table(word.part(word.fib.clx))?;
    // PlcPcd: one position more than pieces, then eight bytes each.
    let count = table.len().checked_sub(4)? / 12;
    let mut left = word.stream.len().saturating_mul(2);
    let mut pieces = Vec::new();
    for index in 0..count.min(MAX_PIECES) {
        let at = index.saturating_mul(4);
        let (from, to) = (u32_at(table, at)?, u32_at(table, at.saturating_add(4))?);
        let characters = usize::try_from(to.saturating_sub(from)).ok()?;
        let descriptor = count.saturating_add(1).saturating_mul(4).saturating_add(index.saturating_mul(8));
        let place = u32_at(table, descriptor.saturating_add(2))?;
        // FcCompressed, 2.9.73.
        let is_wide = place & 0x4000_0000 == 0;
        let place = usize::try_from(place & 0x3FFF_FFFF).ok()?;
        let (start, size) = if is_wide { (place, characters.saturating_mul(2)) } else { (place / 2, characters) };
        let end = start.saturating_add(size).min(word.stream.len());
        let Some(bytes) = word.stream.get(start..end).filter(|bytes| bytes.len() <= left) else { continue };
        left = left.saturating_sub(bytes.len());
        pieces.push(Piece { bytes, is_wide });
    }
    (!pieces.is_empty()).then_some(pieces)
}

/// Clx, 2.9.38: any number of property runs (1), then the table (2).
fn piece_table(clx: &[u8]) -> Option<&[u8]> {
    let mut at = 0usize;
    while clx.get(at) == Some(&1) {
        let size = usize::from(u16_at(clx, at.checked_add(1)?)?);
        at = at.checked_add(3)?.checked_add(size)?;
    }
    let size = usize::try_from(u32_at(clx, at.checked_add(1)?)?).ok()?;
    let start = at.checked_add(5)?;
    let whole = clx.get(start..)?;
    (clx.get(at) == Some(&2)).then(|| whole.get(..size).unwrap_or(whole))
}

impl<'a> Piece<'a> {
    /// Characters in it, as positions count them.
    pub(super) fn count(&self) -> usize {
        if self.is_wide { self.bytes.len() / 2 } else { self.bytes.len() }
    }

    /// Some of its characters.
    pub(super) fn part(&self, skipped: usize, taken: usize) -> Piece<'a> {
        let width = if self.is_wide { 2usize } else { 1 };
        let from = skipped.saturating_mul(width).min(self.bytes.len());
        let to = from.saturating_add(taken.saturating_mul(width)).min(self.bytes.len());
        Piece { bytes: self.bytes.get(from..to).unwrap_or_default(), is_wide: self.is_wide }
    }

    /// Its characters. What takes one byte is in the code page 1252, whatever the language.
    pub(super) fn characters(&self) -> Box<dyn Iterator<Item = char> + '_> {
        if self.is_wide {
            let units =
                self.bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_le_bytes);
            Box::new(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)))
        } else if self.bytes.is_ascii() {
            Box::new(self.bytes.iter().map(|byte| char::from(*byte)))
        } else {
            let text = WINDOWS_1252.decode_without_bom_handling(self.bytes).0.into_owned();
            Box::new(text.chars().collect::<Vec<_>>().into_iter())
        }
    }

    /// Whether a field begins in it.
    pub(super) fn has_field(&self) -> bool {
        memchr::memchr(0x13, self.bytes).is_some()
    }
}
