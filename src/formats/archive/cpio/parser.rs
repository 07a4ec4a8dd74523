//! The walk over a cpio archive: entries in order, going on after damage.

use std::ops::Range;

use bytes::Bytes;

use super::header::Header;
use crate::formats::archive::old_names;
use crate::formats::fields::range_in;
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// What an entry is, by its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link; its content is where it points to.
    Symlink,
    /// A device, pipe or socket.
    Device,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name.
    pub name: EntryName,
    /// What it is.
    pub kind: EntryKind,
    /// Make of the header, in words.
    pub make: &'static str,
    /// Whether the permission bits make it executable.
    pub is_executable: bool,
    /// Content in the archive.
    pub data: Range<usize>,
    /// Bytes of content beyond the end of the archive.
    pub missing: u64,
    /// Sum of the content's bytes, if the header has one.
    pub sum: Option<u32>,
    /// Offset of the header.
    pub offset: usize,
}

/// The archive's entries.
#[derive(Debug, Default)]
pub struct CpioView {
    /// In order.
    pub entries: Vec<Entry>,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
    /// Where data follows that belongs to no entry.
    pub trailing: Option<usize>,
}

/// Entries kept; the scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;
/// Problems said.
const MAX_PROBLEMS: usize = 32;

impl View for CpioView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        if Header::read(bytes, 0).is_none() {
            return Err(ParseError::new("no cpio header", 0));
        }
        let mut view = CpioView::default();
        let mut at = 0usize;
        let mut has_ended = false;
        while at < bytes.len() && view.entries.len() < MAX_ENTRIES {
            let Some(header) = Header::read(bytes, at) else {
                match next_header(bytes, at) {
                    Some(next) if has_ended && bytes.get(at..next).is_some_and(|gap| gap.iter().all(|b| *b == 0)) => {
                        view.say(Problem::odd("another archive follows the end", Location::at(next)));
                        at = next;
                    }
                    Some(next) if !has_ended => {
                        view.say(Problem::damaged("no cpio header where one should be", Location::at(at)));
                        at = next;
                    }
                    _ => {
                        view.end(bytes, at, has_ended);
                        return Ok(view);
                    }
                }
                has_ended = false;
                continue;
            };
            let start = header.data_at(at);
            let data = range_in(bytes, start, header.size);
            // Each entry takes at least its header, whatever it states.
            let next = at.saturating_add(header.padded(data.end.saturating_sub(at))).max(start);
            let name = name(bytes, header.name_at(at), header.name_size);
            has_ended = name.text == "TRAILER!!!" && header.size == 0;
            if !has_ended {
                view.entries.push(Entry {
                    name,
                    kind: kind(header.mode),
                    make: header.make,
                    is_executable: header.mode & 0o111 != 0,
                    missing: header.size.saturating_sub(data.len() as u64),
                    data,
                    sum: header.sum,
                    offset: at,
                });
            }
            at = next;
        }
        if !has_ended {
            view.say(Problem::damaged("the archive has no end mark", Location::at(bytes.len())));
        }
        Ok(view)
    }
}

impl CpioView {
    fn end(&mut self, bytes: &[u8], at: usize, has_ended: bool) {
        if bytes.get(at..).is_some_and(|rest| rest.iter().any(|byte| *byte != 0)) {
            self.trailing = Some(at);
        }
        if !has_ended {
            self.say(Problem::damaged("no cpio header where one should be", Location::at(at)));
        }
    }

    fn say(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }
}

/// The next offset with an ASCII header; the binary magic is too short to be looked for, except in the padding of
/// another archive.
fn next_header(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let zeros = rest.iter().take_while(|byte| **byte == 0).count();
    let behind = at.checked_add(zeros)?;
    if zeros > 0 && Header::read(bytes, behind).is_some() {
        return Some(behind);
    }
    memchr::memmem::find_iter(rest, b"0707")
        .filter_map(|index| at.checked_add(index))
        .find(|offset| *offset > at && Header::read(bytes, *offset).is_some())
}

fn name(bytes: &[u8], at: usize, size: usize) -> EntryName {
    let raw = bytes.get(range_in(bytes, at, size)).unwrap_or_default();
    old_names::decode(raw.get(..memchr::memchr(0, raw).unwrap_or(raw.len())).unwrap_or(raw))
}

fn kind(mode: u64) -> EntryKind {
    match mode & 0o170_000 {
        0o040_000 => EntryKind::Folder,
        0o120_000 => EntryKind::Symlink,
        0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 => EntryKind::Device,
        _ => EntryKind::File,
    }
}
