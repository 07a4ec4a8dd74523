//! One record of properties: a version, a size, a mask, the properties the mask names, and the texts behind them
//! (MS-OFORMS 2.1 and 2.4.5).

use super::layout::{Extra, Layout, Property};
use crate::formats::fields::{number_at, u16_at};

/// Texts of one property; tabs have some dozen.
const MAX_TEXTS: usize = 1000;

/// A record, as far as it could be read.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Texts by property, in the order of the record.
    pub(super) texts: Vec<(Property, String)>,
    /// Numbers by bit.
    numbers: Vec<(u8, u32)>,
    /// Where the record ends, by its own size.
    pub(super) end: usize,
    /// Whether everything the mask names is there.
    pub(super) is_whole: bool,
}

impl Block {
    /// Reads a record from its version on. Nothing if not even its size is there.
    pub(super) fn read(bytes: &[u8], layout: &Layout) -> Option<Block> {
        let size = usize::from(u16_at(bytes, 2)?);
        let end = size.saturating_add(4);
        let mask = number_at(bytes, 4, layout.mask)?;
        let has = |bit: u8| 1u64.checked_shl(u32::from(bit)).is_some_and(|one| mask & one != 0);
        let mut block = Block { end, ..Block::default() };
        let record = bytes.get(..end).unwrap_or(bytes);
        let mut at = layout.mask.saturating_add(4);
        for (bit, width) in layout.data.iter().filter(|(bit, _)| has(*bit)) {
            let width = usize::from(*width);
            at = at.next_multiple_of(width.max(1));
            let Some(number) = number_at(record, at, width) else { return Some(block) };
            block.numbers.push((*bit, u32::try_from(number).unwrap_or_default()));
            at = at.saturating_add(width);
        }
        for extra in layout.extra {
            at = at.next_multiple_of(4);
            match *extra {
                Extra::Pair(bit) if has(bit) => at = at.saturating_add(8),
                Extra::Pair(_) => {}
                Extra::Text(bit, property) => {
                    let Some((text, length)) = block.number(bit).and_then(|stated| text(record, at, stated)) else {
                        if block.number(bit).is_some() {
                            return Some(block);
                        }
                        continue;
                    };
                    block.texts.push((property, text));
                    at = at.saturating_add(length);
                }
                Extra::Skipped(bit) => at = at.saturating_add(block.number(bit).map_or(0, length)),
                Extra::Texts(bit, property) => {
                    let size = block.number(bit).unwrap_or_default() as usize;
                    let list = record.get(at..).unwrap_or_default();
                    block.read_texts(list.get(..size).unwrap_or(list), property);
                    at = at.saturating_add(size);
                }
            }
        }
        block.is_whole = at <= record.len() && record.len() == end;
        Some(block)
    }

    /// ArrayString, 2.2.9.9: each text with its size before it.
    fn read_texts(&mut self, list: &[u8], property: Property) {
        let mut at = 0usize;
        for _ in 0..MAX_TEXTS {
            let Some(stated) = number_at(list, at, 4).and_then(|stated| u32::try_from(stated).ok()) else { break };
            at = at.saturating_add(4);
            let Some((text, length)) = text(list, at, stated) else { break };
            self.texts.push((property, text));
            at = at.saturating_add(length).next_multiple_of(4);
        }
    }

    /// A number by its bit.
    pub(super) fn number(&self, bit: u8) -> Option<u32> {
        self.numbers.iter().find(|(known, _)| *known == bit).map(|(_, number)| *number)
    }

    /// The text of a property.
    pub(super) fn text(&self, property: Property) -> Option<&str> {
        self.texts.iter().find(|(known, _)| *known == property).map(|(_, text)| text.as_str())
    }
}

/// CountOfBytesWithCompressionFlag, 2.4.12.
fn length(stated: u32) -> usize {
    (stated & 0x7FFF_FFFF) as usize
}

/// fmString, 2.4.12: compressed texts are of the low bytes of their characters. Also the bytes it takes.
fn text(bytes: &[u8], at: usize, stated: u32) -> Option<(String, usize)> {
    let length = length(stated);
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    let text = if stated & 0x8000_0000 != 0 {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    } else {
        encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
    };
    Some((text, length))
}
