//! The walk over headers of RAR 1.5 to 4, and of RAR 1.3.

use bytes::Bytes;

use super::entry::{Checksum, Entry, Lock, Method, What};
use super::header4::{self, Block, END, FILE, MAIN, OLD_SERVICE, SERVICE};
use super::keys::{Keys, Work};
use super::parser::{RarView, mark};
use super::walk5::shorten;
use crate::formats::fields::{clipped, range_in, u16_at};
use crate::model::{EntryName, Location, Problem};

/// A header, decrypted if it was encrypted.
struct Header {
    bytes: Bytes,
    block: Block,
    /// Where it ends in the file.
    end: usize,
}

/// Walks one archive or volume from the end of its mark; where it ends.
pub(super) fn archive(
    bytes: &Bytes,
    start: usize,
    mut keys: Option<&mut Keys>,
    work: &mut Work,
    view: &mut RarView,
) -> usize {
    let mut at = start;
    let mut is_locked = false;
    while at < bytes.len() && !view.is_full(at) {
        let found = match (is_locked, keys.as_deref_mut()) {
            (false, _) => plain(bytes, at),
            (true, Some(keys)) => locked(bytes, at, keys, work),
            (true, None) => None,
        };
        let Some(header) = found else {
            if is_locked {
                // Nothing was read yet: the password is another one. Later: damage.
                if keys.is_none() || view.entries.is_empty() {
                    view.has_locked_headers = true;
                } else {
                    view.say(Problem::damaged("no header where one should be (encrypted)", Location::at(at)));
                }
                return bytes.len();
            }
            let rest = bytes.get(at..).unwrap_or_default();
            if rest.iter().all(|byte| matches!(byte, 0 | 0x1a)) || mark(bytes, at).is_some() {
                return at;
            }
            match next_header(bytes, at, view) {
                Some(next) => {
                    view.say(Problem::damaged("no RAR header where one should be", Location::at(at)));
                    at = next;
                    continue;
                }
                // Old versions have no end record, and what follows is no part of the archive.
                None => return at,
            }
        };
        let block = header.block;
        if !block.is_sound {
            view.say(Problem::damaged("header has a wrong checksum", Location::at(at)));
        }
        let mut data = block.data;
        match block.kind {
            MAIN => {
                view.is_solid |= block.flags & 8 != 0;
                view.volume.is_volume |= block.flags & 1 != 0;
                if block.flags & 1 != 0 && block.flags & 0x100 != 0 {
                    view.volume.number = view.volume.number.or(Some(0));
                }
                is_locked |= block.flags & 0x80 != 0;
                if block.flags & 2 != 0 {
                    view.entries.extend(header4::old_comment(bytes, at.saturating_add(13)));
                }
            }
            FILE | SERVICE => match header4::entry(&header.bytes, &block, at) {
                Some((mut entry, packed)) => {
                    data = packed;
                    if matches!(entry.method, Method::Old(0..=19)) {
                        entry.is_solid = view.is_solid;
                    }
                    view.keep(bytes, entry, header.end, packed);
                    let is_cut = view.entries.last().is_some_and(|entry| entry.missing > 0);
                    if is_cut
                        && !is_locked
                        && let Some(next) = next_header(bytes, header.end, view)
                    {
                        shorten(view, next);
                        at = next;
                        continue;
                    }
                }
                None => view.say(Problem::damaged("file header ends early", Location::at(at))),
            },
            OLD_SERVICE => {
                if let Some(entry) = header4::old_stream(&header.bytes, at) {
                    view.keep(bytes, entry, header.end, data);
                }
            }
            _ => {}
        }
        let data = usize::try_from(data).unwrap_or(usize::MAX);
        at = header.end.saturating_add(data).min(bytes.len());
        if block.kind == END {
            view.volume.has_next = block.flags & 1 != 0;
            view.volume.is_volume |= view.volume.has_next;
            view.has_end = true;
            return at;
        }
    }
    at
}

fn plain(bytes: &Bytes, at: usize) -> Option<Header> {
    let block = header4::block(bytes.get(at..)?)?;
    let end = at.checked_add(block.size)?;
    // A header with a wrong checksum is believed if it lies in the file.
    (end <= bytes.len()).then(|| Header { bytes: bytes.slice(at..end), block, end })
}

/// An encrypted header: its salt, then whole blocks of AES-128.
fn locked(bytes: &Bytes, at: usize, keys: &mut Keys, work: &mut Work) -> Option<Header> {
    let start = at.checked_add(8)?;
    let salt: [u8; 8] = bytes.get(at..start)?.try_into().ok()?;
    let cipher = keys.cipher30(Some(salt), work)?;
    let mut first = bytes.get(start..start.checked_add(16)?)?.to_vec();
    cipher.clone().decrypt_in_place(&mut first).ok()?;
    let length = header4::block(&first)?.size.checked_next_multiple_of(16)?;
    let mut header = clipped(bytes, start, length).to_vec();
    cipher.clone().decrypt_in_place(&mut header).ok()?;
    let block = header4::block(&header).filter(|block| block.is_sound)?;
    Some(Header { bytes: Bytes::from(header), block, end: start.checked_add(length)? })
}

/// The next offset with a sound header of an entry or the end.
fn next_header(bytes: &Bytes, at: usize, view: &mut RarView) -> Option<usize> {
    let from = at.saturating_add(1);
    let rest = bytes.get(from.saturating_add(2)..)?;
    for step in memchr::memchr3_iter(FILE, SERVICE, END, rest) {
        let start = from.saturating_add(step);
        let Some(header) = bytes.get(start..).filter(|header| looks_right(header)) else { continue };
        let size = u16_at(header, 5).map_or(0, usize::from);
        if !view.may_look(bytes, size) {
            return None;
        }
        if header4::block(header).is_some_and(|block| block.is_sound) {
            return Some(start);
        }
    }
    None
}

/// Sixteen bits of checksum are right by accident too often: versions and methods must exist as well.
fn looks_right(header: &[u8]) -> bool {
    match header.get(2) {
        Some(&END) => matches!(header.get(5..7), Some([7..=20, 0])),
        Some(_) => {
            matches!(header.get(24), Some(15 | 20 | 26 | 29 | 36)) && matches!(header.get(25), Some(0x30..=0x35))
        }
        None => false,
    }
}

/// Walks an archive of RAR 1.3 from its mark; where it ends.
pub(super) fn archive13(bytes: &Bytes, start: usize, view: &mut RarView) -> usize {
    view.has_end = true;
    let header = bytes.slice(start.min(bytes.len())..);
    let Some(main) = header4::Main13::read(&header) else {
        view.say(Problem::damaged("the archive's header ends early", Location::at(start)));
        return bytes.len();
    };
    view.is_solid |= main.flags & 8 != 0;
    view.volume.is_volume |= main.flags & 1 != 0;
    if let Some(range) = &main.comment {
        let range = start.saturating_add(range.start)..start.saturating_add(range.end);
        view.entries.push(comment13(main.is_comment_packed(), range, bytes));
    }
    let mut at = start.saturating_add(main.size);
    while at < bytes.len() && !view.is_full(at) {
        let Some((mut entry, size, data)) = header4::entry13(bytes, at) else { return at };
        entry.is_solid = view.is_solid;
        let end = at.saturating_add(size);
        view.keep(bytes, entry, end, data);
        at = end.saturating_add(usize::try_from(data).unwrap_or(usize::MAX)).min(bytes.len());
    }
    at
}

/// The comment of a RAR 1.3 archive: a size before packed data, else plain.
fn comment13(is_packed: bool, range: std::ops::Range<usize>, bytes: &Bytes) -> Entry {
    let head = if is_packed { 2 } else { 0 };
    let size = u16_at(bytes, range.start).map(u64::from);
    let start = range.start.saturating_add(head).min(range.end);
    Entry {
        name: EntryName::new("CMT"),
        what: What::Comment { is_wide: false },
        size: if is_packed { size } else { None },
        data: vec![range_in(bytes, start, range.end.saturating_sub(start))],
        missing: 0,
        method: if is_packed { Method::Old(13) } else { Method::Stored },
        is_solid: false,
        lock: is_packed.then_some(Lock::Comment13),
        checksum: Checksum::None,
        is_continued: false,
        goes_on: false,
        is_hidden: false,
        offset: range.start,
    }
}
