//! Entries of a folder: the short name, and the long one kept in entries before it.

use crate::formats::archive::old_names;
use crate::formats::fields::{u16_at, u32_at};
use crate::model::EntryName;
use crate::model::name::extension;

/// One entry.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The long name if there is one, then the short one unless it is only made from the long one.
    pub(super) name: EntryName,
    pub(super) attributes: u8,
    pub(super) cluster: u32,
    pub(super) size: u32,
    pub(super) is_deleted: bool,
}

impl Entry {
    pub(super) fn is_folder(&self) -> bool {
        self.attributes & 0x10 != 0
    }

    pub(super) fn is_label(&self) -> bool {
        self.attributes & 0x08 != 0
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.attributes & 0x06 != 0
    }
}

/// Units of the longest long name.
const MAX_LONG: usize = 20 * 13;

/// The entries in a folder's bytes, `.` and `..` left out. A zero ends a folder; what follows it is not shown by anyone.
pub(super) fn entries(bytes: &[u8], is_wide: bool) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut long = Long::default();
    for raw in bytes.chunks_exact(32) {
        let (Some(first), Some(attributes)) = (raw.first().copied(), raw.get(11).copied()) else { break };
        if first == 0 {
            break;
        }
        if attributes & 0x3f == 0x0f {
            long.add(raw, first);
            continue;
        }
        let is_deleted = first == 0xe5;
        let taken = std::mem::take(&mut long).finish(raw, is_deleted);
        if first == b'.' && raw.get(1..11).is_some_and(|rest| rest.iter().all(|byte| matches!(byte, b' ' | b'.'))) {
            continue;
        }
        let low = u16_at(raw, 26).unwrap_or_default();
        let high = if is_wide { u16_at(raw, 20).unwrap_or_default() } else { 0 };
        found.push(Entry {
            name: name(raw, taken, attributes),
            attributes,
            cluster: (u32::from(high) << 16) | u32::from(low),
            size: u32_at(raw, 28).unwrap_or_default(),
            is_deleted,
        });
    }
    found
}

/// A long name while its entries are read, last part first.
#[derive(Default)]
struct Long {
    units: Vec<u16>,
    sum: Option<u8>,
}

impl Long {
    fn add(&mut self, raw: &[u8], order: u8) {
        let sum = raw.get(13).copied();
        // 0x40 marks the first entry of a name. Deleted entries have lost their order.
        if order != 0xe5 && order & 0x40 != 0 || self.sum != sum {
            *self = Long { units: Vec::new(), sum };
        }
        let mut part: Vec<u16> = Vec::new();
        for offset in (1..11).chain(14..26).chain(28..32).step_by(2) {
            // The three stretches have even lengths, so stepping over them in one goes.
            part.push(u16_at(raw, offset).unwrap_or_default());
        }
        part.extend(std::mem::take(&mut self.units));
        part.truncate(MAX_LONG);
        self.units = part;
    }

    /// The name, if it belongs to this short one.
    fn finish(self, raw: &[u8], is_deleted: bool) -> Option<String> {
        let short = raw.get(..11)?;
        let sum = short.iter().fold(0u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte));
        if self.units.is_empty() || (self.sum != Some(sum) && !is_deleted) {
            return None;
        }
        let end = self.units.iter().position(|unit| *unit == 0).unwrap_or(self.units.len());
        let text = String::from_utf16_lossy(self.units.get(..end)?);
        (!text.is_empty()).then_some(text)
    }
}

fn name(raw: &[u8], long: Option<String>, attributes: u8) -> EntryName {
    let short = short(raw, attributes);
    match long {
        None => short,
        Some(long) if is_made_from(&short.text, &long) => EntryName::new(long),
        Some(long) => EntryName::new(long).also(short.text),
    }
}

/// Whether a short name is what Windows makes of a long one: the same, or cut to `LONGNA~1.EXT`.
fn is_made_from(short: &str, long: &str) -> bool {
    let cut: String = extension(long).chars().filter(|c| *c != ' ').take(3).collect();
    let own = extension(short);
    short.eq_ignore_ascii_case(long) || (short.contains('~') && (own == cut || !cut.is_ascii()))
}

/// The short name: eight and three bytes of the old code page, padded with blanks.
fn short(raw: &[u8], attributes: u8) -> EntryName {
    let mut base = raw.get(..8).unwrap_or_default().to_vec();
    let mut rest = raw.get(8..11).unwrap_or_default().to_vec();
    match base.first_mut() {
        Some(first) if *first == 0x05 => *first = 0xe5,
        // The first byte of a deleted entry's name is lost.
        Some(first) if *first == 0xe5 => *first = b'?',
        _ => {}
    }
    if attributes & 0x08 != 0 {
        base.append(&mut rest);
    }
    // Windows NT keeps names that are lower case throughout as such, by two bits.
    let flags = raw.get(12).copied().unwrap_or_default();
    let mut whole = lower(trimmed(&base), flags & 0x08 != 0);
    let rest = trimmed(&rest);
    if !rest.is_empty() {
        whole.push(b'.');
        whole.extend(lower(rest, flags & 0x10 != 0));
    }
    old_names::decode(&whole)
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last.saturating_add(1));
    bytes.get(..end).unwrap_or_default()
}

/// ASCII letters only, and not the second byte of a character of two.
fn lower(bytes: &[u8], is_lower: bool) -> Vec<u8> {
    let mut follows = false;
    let one = |byte: &u8| {
        let is_second = std::mem::replace(&mut follows, false);
        follows = !is_second && matches!(byte, 0x81..=0x9f | 0xe0..=0xfc);
        if is_lower && !is_second { byte.to_ascii_lowercase() } else { *byte }
    };
    bytes.iter().map(one).collect()
}
