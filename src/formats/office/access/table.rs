//! Definitions of tables, and the values of their rows.

use encoding_rs::{UTF_16LE, WINDOWS_1252};

use super::header::Engine;
use super::pages::{DEFINITION, Pages, Place, Row};
use crate::formats::fields::{u16_at, u32_at};

/// Types of columns that are read.
pub(super) const BYTE: u8 = 2;
pub(super) const INTEGER: u8 = 3;
pub(super) const LONG: u8 = 4;
pub(super) const TEXT: u8 = 10;
pub(super) const OLE: u8 = 11;
pub(super) const MEMO: u8 = 12;

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table {
    page: u32,
    pub(super) columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: u8,
    /// Its bit in the mask of a row.
    number: u16,
    is_fixed: bool,
    /// Offset of a fixed value, and its size.
    at: u16,
    size: u16,
    /// Index among the values without a fixed size.
    variable: u16,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Text(String),
    /// Bytes of an object field.
    Bytes(Vec<u8>),
}

/// Columns of a table; Access allows 255.
const MAX_COLUMNS: usize = 512;
/// Pages a definition runs over.
const MAX_PAGES: usize = 64;
/// Rows read of one table.
pub(super) const MAX_ROWS: usize = 200_000;

impl Table {
    /// Reads the definition that starts on a page.
    pub(super) fn read(pages: &Pages, page: u32) -> Option<Table> {
        let definition = definition(pages, page)?;
        let jet3 = pages.engine == Engine::Jet3;
        // Count of columns, of real indexes, end of the head; bytes of an index and of a column.
        let (columns_at, indexes_at, head, index, width) =
            if jet3 { (0x19, 0x1F, 0x2B, 8usize, 18usize) } else { (0x2D, 0x33, 0x3F, 12, 25) };
        let count = usize::from(u16_at(&definition, columns_at)?).min(MAX_COLUMNS);
        let indexes = (u32_at(&definition, indexes_at)? as usize).min(MAX_COLUMNS);
        let mut at = indexes.checked_mul(index)?.checked_add(head)?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let field = |offset: usize| u16_at(&definition, at.saturating_add(offset));
            let flags_at = at.saturating_add(if jet3 { 0x0D } else { 0x0F });
            columns.push(Column {
                name: String::new(),
                kind: *definition.get(at)?,
                number: field(if jet3 { 1 } else { 5 })?,
                variable: field(if jet3 { 3 } else { 7 })?,
                is_fixed: definition.get(flags_at)? & 1 == 1,
                at: field(if jet3 { 0x0E } else { 0x15 })?,
                size: field(if jet3 { 0x10 } else { 0x17 })?,
            });
            at = at.saturating_add(width);
        }
        for column in &mut columns {
            let (length, size) =
                if jet3 { (usize::from(*definition.get(at)?), 1) } else { (usize::from(u16_at(&definition, at)?), 2) };
            at = at.saturating_add(size);
            let name = definition.get(at..at.saturating_add(length))?;
            column.name = decode(name, jet3);
            at = at.saturating_add(length);
        }
        Some(Table { page, columns })
    }

    /// Index of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Walks the rows. Returning false ends the walk; the answer says whether all rows were seen.
    pub(super) fn walk(&self, pages: &Pages, mut visit: impl FnMut(&Fields<'_>) -> bool) -> bool {
        let mut count = 0usize;
        for number in pages.of_table(self.page) {
            let Some(page) = pages.page(*number) else { continue };
            for index in 0..pages.rows(&page) {
                count = count.saturating_add(1);
                if count > MAX_ROWS {
                    return false;
                }
                let moved;
                let bytes = match pages.row(&page, index) {
                    Some(Row::Here(range)) => page.get(range).unwrap_or_default(),
                    Some(Row::Moved(place)) => {
                        moved = pages.row_at(place).unwrap_or_default();
                        moved.as_slice()
                    }
                    None => continue,
                };
                if let Some(fields) = Fields::of(self, pages, bytes)
                    && !visit(&fields)
                {
                    return false;
                }
            }
        }
        true
    }
}

/// A definition: the first page, then what follows on others.
fn definition(pages: &Pages, first: u32) -> Option<Vec<u8>> {
    let page = pages.page(first)?;
    if page.first() != Some(&DEFINITION) {
        return None;
    }
    let mut next = u32_at(&page, 4)?;
    let mut all = page.into_owned();
    for _ in 0..MAX_PAGES {
        if next == 0 {
            break;
        }
        let Some(page) = pages.page(next) else { break };
        all.extend_from_slice(page.get(8..).unwrap_or_default());
        next = u32_at(&page, 4).unwrap_or_default();
    }
    Some(all)
}

/// A row taken apart: values lie where its own tables say.
pub(super) struct Fields<'a> {
    table: &'a Table,
    pages: &'a Pages,
    bytes: &'a [u8],
    /// Offsets of values without a fixed size, and of the end of the last.
    offsets: Vec<usize>,
    mask_at: usize,
}

impl<'a> Fields<'a> {
    fn of(table: &'a Table, pages: &'a Pages, bytes: &'a [u8]) -> Option<Self> {
        let jet3 = pages.engine == Engine::Jet3;
        let count = if jet3 { usize::from(*bytes.first()?) } else { usize::from(u16_at(bytes, 0)?) };
        let mask_at = bytes.len().checked_sub(count.checked_add(7)? / 8)?;
        let offsets = if jet3 { jet3_offsets(bytes, mask_at)? } else { jet4_offsets(bytes, mask_at)? };
        Some(Fields { table, pages, bytes, offsets, mask_at })
    }

    /// Whether the value of a column is there.
    fn is_set(&self, column: &Column) -> bool {
        let number = usize::from(column.number);
        self.bytes.get(self.mask_at.saturating_add(number / 8)).is_some_and(|byte| byte >> (number % 8) & 1 == 1)
    }

    fn raw(&self, column: &Column) -> Option<&'a [u8]> {
        if !self.is_set(column) {
            return None;
        }
        if column.is_fixed {
            // Fixed values follow the count of columns.
            let start = usize::from(column.at).saturating_add(if self.pages.engine == Engine::Jet3 { 1 } else { 2 });
            return self.bytes.get(start..start.saturating_add(usize::from(column.size)));
        }
        let index = usize::from(column.variable);
        let (start, end) = (*self.offsets.get(index)?, *self.offsets.get(index.saturating_add(1))?);
        self.bytes.get(start..end)
    }

    /// The value of a column. Of a long value at most `limit` bytes are read.
    pub(super) fn value(&self, index: usize, limit: usize) -> Option<Value> {
        let column = self.table.columns.get(index)?;
        let raw = self.raw(column)?;
        let jet3 = self.pages.engine == Engine::Jet3;
        Some(match column.kind {
            BYTE => Value::Number(i64::from(*raw.first()?)),
            INTEGER => Value::Number(i64::from(u16_at(raw, 0)? as i16)),
            LONG => Value::Number(i64::from(u32_at(raw, 0)? as i32)),
            TEXT => Value::Text(decode(raw, jet3)),
            MEMO => Value::Text(decode(&long_value(self.pages, raw, limit)?, jet3)),
            OLE => Value::Bytes(long_value(self.pages, raw, limit)?),
            _ => return None,
        })
    }

    pub(super) fn number(&self, index: Option<usize>) -> Option<i64> {
        match self.value(index?, 0)? {
            Value::Number(number) => Some(number),
            Value::Text(_) | Value::Bytes(_) => None,
        }
    }

    pub(super) fn text(&self, index: Option<usize>) -> String {
        /// Texts in the catalogue.
        const LONGEST: usize = 64 << 10;
        match index.and_then(|index| self.value(index, LONGEST)) {
            Some(Value::Text(text)) => text,
            _ => String::new(),
        }
    }

    pub(super) fn bytes(&self, index: Option<usize>, limit: usize) -> Option<Vec<u8>> {
        match self.value(index?, limit)? {
            Value::Bytes(bytes) => Some(bytes),
            Value::Number(_) | Value::Text(_) => None,
        }
    }
}

/// Before the mask stands the count, before it the offsets from the last to the first, all in 16 bits; the end of the last
/// value stands before them.
fn jet4_offsets(bytes: &[u8], mask_at: usize) -> Option<Vec<usize>> {
    let count_at = mask_at.checked_sub(2)?;
    let count = usize::from(u16_at(bytes, count_at)?);
    if count > MAX_COLUMNS {
        return None;
    }
    let mut offsets = Vec::new();
    for index in 0..=count {
        let at = count_at.checked_sub(index.checked_add(1)?.checked_mul(2)?)?;
        offsets.push(usize::from(u16_at(bytes, at)?));
    }
    Some(offsets)
}

/// The same in bytes; a table of jumps says from which offset on 256 more are to be added.
fn jet3_offsets(bytes: &[u8], mask_at: usize) -> Option<Vec<usize>> {
    let count = usize::from(*bytes.get(mask_at.checked_sub(1)?)?);
    let mut jumps = bytes.len().checked_sub(1)? / 256;
    // Index of the first offset, before the jumps. The last jump may be there without being needed.
    let first = mask_at.checked_sub(2)?.checked_sub(jumps)?;
    if first.checked_sub(count)? / 256 < jumps {
        jumps = jumps.checked_sub(1)?;
    }
    let mut used = 0usize;
    let mut offsets = Vec::new();
    for index in 0..=count {
        while used < jumps
            && bytes.get(mask_at.checked_sub(2)?.checked_sub(used)?).is_some_and(|jump| usize::from(*jump) == index)
        {
            used = used.saturating_add(1);
        }
        let offset = usize::from(*bytes.get(first.checked_sub(index)?)?);
        offsets.push(offset.saturating_add(used.saturating_mul(256)));
    }
    Some(offsets)
}

/// A long value: a length with two flags, and where it lies; in the row itself, on a page, or over a chain of them.
fn long_value(pages: &Pages, raw: &[u8], limit: usize) -> Option<Vec<u8>> {
    const INLINE: u32 = 0x8000_0000;
    const ONE_PAGE: u32 = 0x4000_0000;
    /// Bytes of a part at the least, on average: honest ones fill their page.
    const SMALL_PART: usize = 512;
    let head = u32_at(raw, 0)?;
    let length = ((head & 0x3FFF_FFFF) as usize).min(limit);
    let place = Place::of(u32_at(raw, 4)?);
    let mut value = Vec::new();
    if head & INLINE != 0 {
        value.extend_from_slice(raw.get(12..)?);
    } else if head & ONE_PAGE != 0 {
        value = pages.row_at(place)?;
    } else {
        let mut next = place;
        for _ in 0..(length / SMALL_PART).saturating_add(16) {
            let Some(row) = pages.row_at(next) else { break };
            let Some(following) = u32_at(&row, 0) else { break };
            value.extend_from_slice(row.get(4..).unwrap_or_default());
            next = Place::of(following);
            if next.page == 0 || value.len() >= length {
                break;
            }
        }
    }
    value.truncate(length);
    Some(value)
}

/// Text as stored: UTF-16, or after the mark FF FE in bytes that are switched to UTF-16 and back by a zero; in Jet 3 in
/// the code page.
fn decode(raw: &[u8], jet3: bool) -> String {
    if jet3 {
        return WINDOWS_1252.decode_without_bom_handling(raw).0.into_owned();
    }
    let Some(packed) = raw.strip_prefix(b"\xFF\xFE") else {
        return UTF_16LE.decode_without_bom_handling(raw).0.into_owned();
    };
    let mut text = String::new();
    for (index, run) in packed.split(|byte| *byte == 0).enumerate() {
        if index % 2 == 0 {
            text.extend(run.iter().map(|byte| char::from(*byte)));
        } else {
            text.push_str(&UTF_16LE.decode_without_bom_handling(run).0);
        }
    }
    text
}
