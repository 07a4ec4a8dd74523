//! The walk over an archive: every header it can find, going on after damage, and over the volumes of a set that stand
//! one after the other. Header sizes are believed only where the bytes are there.

use bytes::Bytes;

use super::entry::{Checksum, Entry};
use super::keys::{Keys, Work};
use super::walk4;
use super::walk5;
use super::{header4, header5};
use crate::formats::fields::range_in;
use crate::model::{Location, ParseError, Problem, ProblemKind, View};

/// Which header family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// RAR 1.3 and 1.4.
    Rar13,
    /// RAR 1.5 to 4.
    Rar4,
    /// RAR 5 and 7.
    Rar5,
}

/// Marks at the start, the longest first.
pub(super) const MARKS: [(&[u8], Generation); 3] = [
    (b"Rar!\x1a\x07\x01\x00", Generation::Rar5),
    (b"Rar!\x1a\x07\x00", Generation::Rar4),
    (b"RE\x7e\x5e", Generation::Rar13),
];

/// What the headers of an archive say.
#[derive(Debug)]
pub struct RarView {
    /// Which header family.
    pub generation: Generation,
    /// Entries and service records, in order.
    pub(super) entries: Vec<Entry>,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
    /// Where data follows that belongs to no entry.
    pub trailing: Option<usize>,
    /// What it is in a set of volumes.
    pub volume: Volume,
    /// Whether entries continue each other's dictionary.
    pub is_solid: bool,
    /// Whether headers are encrypted and were not opened.
    pub has_locked_headers: bool,
    /// Whether an end record was seen (or the version has none).
    pub(super) has_end: bool,
    /// The entry that goes on in the next volume.
    open: Option<usize>,
    /// Checksums computed while looking for headers behind damage.
    pub(super) looked_at: usize,
}

/// A volume's place in its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Volume {
    /// Whether it is one of several.
    pub is_volume: bool,
    /// Its number from 0, where it says so.
    pub number: Option<u64>,
    /// Whether it says that it is the first, or nothing in it began before.
    pub is_first: bool,
    /// Whether another one follows.
    pub has_next: bool,
}

/// Entries kept; the scan's own limit on artifacts is far below.
pub(super) const MAX_ENTRIES: usize = 1 << 17;
const MAX_PROBLEMS: usize = 32;
/// Volumes read one after the other.
const MAX_VOLUMES: usize = 1_000;

impl View for RarView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        RarView::read(bytes, None, &mut Work::new())
    }
}

/// The header family of bytes, and the length of the mark.
pub(super) fn mark(bytes: &[u8], at: usize) -> Option<(Generation, usize)> {
    let rest = bytes.get(at..)?;
    MARKS.iter().find(|(mark, _)| rest.starts_with(mark)).map(|(mark, generation)| (*generation, mark.len()))
}

/// Whether an archive begins at an offset: a mark of RAR 1.5 to 7, and a sound header of the archive after it.
pub(crate) fn begins(bytes: &[u8], at: usize) -> bool {
    match mark(bytes, at) {
        Some((Generation::Rar5, length)) => header5::block(bytes, at.saturating_add(length))
            .is_some_and(|block| block.is_sound && matches!(block.kind, header5::MAIN | header5::ENCRYPTION)),
        Some((Generation::Rar4, length)) => bytes
            .get(at.saturating_add(length)..)
            .and_then(header4::block)
            .is_some_and(|block| block.is_sound && block.kind == header4::MAIN),
        _ => false,
    }
}

impl RarView {
    /// Reads the headers, opening encrypted ones with these keys.
    pub(super) fn read(bytes: &Bytes, mut keys: Option<&mut Keys>, work: &mut Work) -> Result<Self, ParseError> {
        let Some((generation, _)) = mark(bytes, 0) else { return Err(ParseError::new("no RAR mark", 0)) };
        let mut view = RarView {
            generation,
            entries: Vec::new(),
            problems: Vec::new(),
            trailing: None,
            volume: Volume { is_first: true, ..Volume::default() },
            is_solid: false,
            has_locked_headers: false,
            has_end: false,
            open: None,
            looked_at: 0,
        };
        let mut at = 0usize;
        for index in 0..MAX_VOLUMES {
            let Some((generation, length)) = mark(bytes, at).filter(|(found, _)| *found == view.generation) else {
                break;
            };
            view.has_end = false;
            view.volume.has_next = false;
            let start = at.saturating_add(length);
            at = match generation {
                Generation::Rar13 => walk4::archive13(bytes, at, &mut view),
                Generation::Rar4 => walk4::archive(bytes, start, keys.as_deref_mut(), work, &mut view),
                Generation::Rar5 => walk5::archive(bytes, start, keys.as_deref_mut(), work, &mut view),
            };
            if index == 0 && view.entries.first().is_some_and(|entry| entry.is_continued) {
                view.volume.is_first = false;
            }
            // The next volume of a set that was put together; anything else is another archive.
            let goes_on = view.open.is_some() || view.volume.has_next;
            if !goes_on || view.has_locked_headers || mark(bytes, at).is_none() {
                break;
            }
        }
        let rest = bytes.get(at..).unwrap_or_default();
        // Zeros are padding of old media, 0x1A of transfers; 20 bytes and less are signatures of old versions.
        if !view.has_locked_headers && rest.iter().any(|byte| !matches!(byte, 0 | 0x1a)) {
            view.trailing = Some(at);
        }
        if !view.has_end && view.generation == Generation::Rar5 && !view.has_locked_headers && view.trailing.is_none() {
            view.say(Problem::damaged("the archive ends without its end record", Location::at(bytes.len())));
        }
        Ok(view)
    }

    pub(super) fn say(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Whether there is room for another entry.
    pub(super) fn is_full(&mut self, at: usize) -> bool {
        let is_full = self.entries.len() >= MAX_ENTRIES;
        if is_full {
            let what = format!("more than {MAX_ENTRIES} entries; the others were not read");
            self.say(Problem::new(ProblemKind::Limit, what, Location::at(at)));
        }
        is_full
    }

    /// Keeps an entry with its data, `length` bytes from `at` as stated, joined to its part in the volume before.
    pub(super) fn keep(&mut self, bytes: &Bytes, mut entry: Entry, at: usize, length: u64) {
        let range = range_in(bytes, at, length);
        entry.missing = length.saturating_sub(range.len() as u64);
        entry.data = vec![range];
        let open = self.open.take();
        if entry.is_continued
            && let Some(first) = open.and_then(|index| self.entries.get_mut(index))
            && first.what == entry.what
            && first.name == entry.name
        {
            first.data.append(&mut entry.data);
            first.missing = first.missing.saturating_add(entry.missing);
            first.goes_on = entry.goes_on;
            // Only the last part has the checksum of the whole; sizes are the same in all.
            if !entry.goes_on && entry.checksum != Checksum::None {
                first.checksum = entry.checksum;
                first.size = entry.size.or(first.size);
                if let (Some(super::entry::Lock::V50(first)), Some(super::entry::Lock::V50(last))) =
                    (&mut first.lock, &entry.lock)
                {
                    first.has_keyed_checksums = last.has_keyed_checksums;
                }
            }
            self.open = if entry.goes_on { open } else { None };
            return;
        }
        let goes_on = entry.goes_on;
        self.entries.push(entry);
        if goes_on {
            self.open = self.entries.len().checked_sub(1);
        }
    }

    /// Whether more checksums may be computed to find a header behind damage: a few times the archive's size, since
    /// every byte of hostile input may look like a header of 64 KiB.
    pub(super) fn may_look(&mut self, bytes: &Bytes, size: usize) -> bool {
        self.looked_at = self.looked_at.saturating_add(size);
        self.looked_at <= bytes.len().saturating_mul(4).saturating_add(1 << 20)
    }
}
