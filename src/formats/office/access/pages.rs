//! Pages of a database, decoded where a key in the header encodes them, and which table each belongs to.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;

use super::header::{Engine, Header, rc4};
use crate::formats::fields::{u16_at, u32_at};

/// The pages of a file.
#[derive(Debug)]
pub(super) struct Pages {
    bytes: Bytes,
    pub(super) engine: Engine,
    key: Option<u32>,
    /// Data pages by the page of their table.
    by_table: HashMap<u32, Vec<u32>>,
}

/// First bytes of a page by its use.
const DATA: u8 = 1;
pub(super) const DEFINITION: u8 = 2;
/// Owner of pages that hold long values.
const LONG_VALUES: &[u8] = b"LVAL";
/// Rows of one page; the smallest takes four bytes.
const MAX_ROWS: u16 = 1_024;

/// A row, as it stands on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) page: u32,
    pub(super) row: u8,
}

impl Place {
    /// A page in three bytes above a row in one.
    pub(super) fn of(pointer: u32) -> Place {
        Place { page: pointer >> 8, row: (pointer & 0xFF) as u8 }
    }
}

impl Pages {
    pub(super) fn new(bytes: &Bytes, header: &Header) -> Self {
        let mut pages =
            Pages { bytes: bytes.clone(), engine: header.engine, key: header.key, by_table: HashMap::new() };
        let count = u32::try_from(bytes.len() / pages.size()).unwrap_or(u32::MAX);
        for number in 1..count {
            // Only the first bytes matter here, but a stream cipher has to start somewhere.
            let Some(page) = pages.page(number) else { continue };
            let owner = page.get(4..8).unwrap_or_default();
            if page.first() == Some(&DATA)
                && owner != LONG_VALUES
                && let Some(table) = u32_at(owner, 0)
            {
                pages.by_table.entry(table).or_default().push(number);
            }
        }
        pages
    }

    /// Bytes of a page.
    pub(super) fn size(&self) -> usize {
        if self.engine == Engine::Jet3 { 2_048 } else { 4_096 }
    }

    /// A page, decoded.
    pub(super) fn page(&self, number: u32) -> Option<Cow<'_, [u8]>> {
        let start = (number as usize).checked_mul(self.size())?;
        let page = self.bytes.get(start..start.checked_add(self.size())?)?;
        Some(match self.key {
            None => Cow::Borrowed(page),
            Some(key) => {
                let mut page = page.to_vec();
                rc4(&(key ^ number).to_le_bytes(), &mut page);
                Cow::Owned(page)
            }
        })
    }

    /// Pages with rows of a table, by the page that defines it.
    pub(super) fn of_table(&self, table: u32) -> &[u32] {
        self.by_table.get(&table).map(Vec::as_slice).unwrap_or_default()
    }

    /// Bytes of the file: all values of a table together have no more.
    pub(super) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Where the count of rows stands.
    fn count_at(&self) -> usize {
        if self.engine == Engine::Jet3 { 8 } else { 12 }
    }

    /// Rows of a page.
    pub(super) fn rows(&self, page: &[u8]) -> u16 {
        u16_at(page, self.count_at()).unwrap_or_default().min(MAX_ROWS)
    }

    /// A row of a page: each ends where the one before it starts. Deleted rows have none; of a row that moved, the place
    /// it moved to is read.
    pub(super) fn row(&self, page: &[u8], index: u16) -> Option<Row> {
        const DELETED: u16 = 0x8000;
        const MOVED: u16 = 0x4000;
        const OFFSET: u16 = 0x1FFF;
        let table = self.count_at().checked_add(2)?;
        let at = |index: u16| u16_at(page, table.checked_add(usize::from(index).checked_mul(2)?)?);
        let raw = at(index)?;
        if raw & DELETED != 0 {
            return None;
        }
        let start = usize::from(raw & OFFSET);
        let end = match index.checked_sub(1) {
            None => page.len(),
            Some(before) => usize::from(at(before)? & OFFSET),
        };
        let bytes = page.get(start..end)?;
        if raw & MOVED != 0 {
            return Some(Row::Moved(Place::of(u32_at(bytes, 0)?)));
        }
        Some(Row::Here(start..end))
    }

    /// The bytes of a row at a place; one that moved is followed once.
    pub(super) fn row_at(&self, place: Place) -> Option<Vec<u8>> {
        let page = self.page(place.page)?;
        match self.row(&page, u16::from(place.row))? {
            Row::Here(range) => Some(page.get(range)?.to_vec()),
            Row::Moved(next) => {
                let page = self.page(next.page)?;
                match self.row(&page, u16::from(next.row))? {
                    Row::Here(range) => Some(page.get(range)?.to_vec()),
                    Row::Moved(_) => None,
                }
            }
        }
    }
}

/// Where a row lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// On this page.
    Here(std::ops::Range<usize>),
    /// Elsewhere.
    Moved(Place),
}
