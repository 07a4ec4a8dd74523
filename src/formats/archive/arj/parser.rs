//! The walk over an ARJ archive.

use std::ops::Range;

use bytes::Bytes;

use super::header::{Header, Next};
use crate::formats::archive::old_names;
use crate::formats::fields::range_in;
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name.
    pub name: EntryName,
    /// Method: 0 stored, 1 to 3 LZH, 4 fastest.
    pub method: u8,
    /// Bytes of content, as stated.
    pub size: u64,
    /// CRC-32 of the content.
    pub crc: u32,
    /// Packed content.
    pub data: Range<usize>,
    /// Packed bytes beyond the end of the archive.
    pub missing: u64,
    /// What the password's bytes are shifted by, if the content is garbled.
    pub garbled: Option<u8>,
    /// Whether it goes on in the next volume, and whether it began in one before.
    pub volume: (bool, bool),
    /// Whether it is a folder, a label or a chapter mark.
    pub is_bare: bool,
    /// Whether it is marked hidden or system.
    pub is_hidden: bool,
    /// Comment.
    pub comment: Option<String>,
    /// Offset of the header.
    pub offset: usize,
}

/// The archive's files.
#[derive(Debug, Default)]
pub struct ArjView {
    /// In order.
    pub entries: Vec<Entry>,
    /// The archive's comment.
    pub comment: Option<String>,
    /// Whether files are locked by ARJCRYPT.
    pub is_crypted: bool,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
    /// Where data follows that belongs to no file.
    pub trailing: Option<usize>,
}

const GARBLED: u8 = 0x01;
const GOES_ON: u8 = 0x04;
const BEGAN_BEFORE: u8 = 0x08;
/// Files kept; the scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;
/// Problems said.
const MAX_PROBLEMS: usize = 32;

impl View for ArjView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let main = Header::read(bytes, 0).ok_or_else(|| ParseError::new("no ARJ header", 0))?;
        let mut view = ArjView { comment: text(main.comment), is_crypted: main.cipher >= 2, ..ArjView::default() };
        view.check(&main, 0);
        let mut at = main.end;
        let mut has_ended = false;
        while at < bytes.len() && view.entries.len() < MAX_ENTRIES {
            match Header::next(bytes, at) {
                Some(Next::End(end)) => {
                    at = end;
                    has_ended = true;
                    // Another archive may follow, its own header first.
                    match Header::read(bytes, at) {
                        Some(header) => at = header.end,
                        None => break,
                    }
                }
                Some(Next::Header(header)) => {
                    has_ended = false;
                    view.check(&header, at);
                    let entry = entry(bytes, at, &header);
                    // Each file takes at least its header, whatever it states.
                    at = entry.data.end.max(header.end);
                    view.entries.push(entry);
                }
                None => match next_header(bytes, at) {
                    Some(next) => {
                        view.say(Problem::damaged("no ARJ header where one should be", Location::at(at)));
                        at = next;
                    }
                    None => break,
                },
            }
        }
        if !has_ended {
            view.say(Problem::damaged("the archive has no end mark", Location::at(at)));
        }
        if at < bytes.len() {
            view.trailing = Some(at);
        }
        Ok(view)
    }
}

impl ArjView {
    fn say(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn check(&mut self, header: &Header<'_>, at: usize) {
        if !header.is_crc_right {
            self.say(Problem::odd("ARJ header has a wrong CRC", Location::at(at)));
        }
    }
}

/// The next offset with a header whose CRC is right: the mark alone is too short to be believed.
fn next_header(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at.checked_add(1)?..)?;
    memchr::memmem::find_iter(rest, b"\x60\xea")
        .filter_map(|index| at.checked_add(index)?.checked_add(1))
        .find(|offset| Header::read(bytes, *offset).is_some_and(|header| header.is_crc_right && header.kind != 2))
}

fn entry(bytes: &[u8], at: usize, header: &Header<'_>) -> Entry {
    let data = range_in(bytes, header.end, header.packed);
    let is_dos = !matches!(header.host, 2 | 8);
    Entry {
        name: old_names::decode(header.name),
        method: header.method,
        size: header.size.into(),
        crc: header.crc,
        missing: u64::from(header.packed).saturating_sub(data.len() as u64),
        data,
        garbled: (header.flags & GARBLED != 0).then_some(header.modifier),
        volume: (header.flags & GOES_ON != 0, header.flags & BEGAN_BEFORE != 0),
        is_bare: header.kind >= 3,
        is_hidden: is_dos && header.mode & 0x06 != 0 && header.kind < 3,
        comment: text(header.comment),
        offset: at,
    }
}

fn text(raw: &[u8]) -> Option<String> {
    (!raw.is_empty()).then(|| old_names::decode(raw).text)
}
