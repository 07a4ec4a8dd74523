//! The walk over headers of RAR 5 and 7.

use bytes::Bytes;
use rars::crypto::rar50::{Rar50Cipher, Rar50Keys};

use super::header5::{self, Block, ENCRYPTION, END, FILE, MAIN, SERVICE};
use super::keys::{Keys, Work};
use super::parser::{RarView, mark};
use crate::formats::fields::{clipped, u32_at};
use crate::model::{Location, Problem};

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
    let mut lock: Option<Rar50Keys> = None;
    while at < bytes.len() && !view.is_full(at) {
        let found = match &lock {
            None => plain(bytes, at),
            Some(lock) => locked(bytes, at, lock),
        };
        let Some(header) = found else {
            let rest = bytes.get(at..).unwrap_or_default();
            if lock.is_some() {
                view.say(Problem::damaged("no header where one should be (encrypted headers)", Location::at(at)));
                return bytes.len();
            }
            if rest.iter().all(|byte| *byte == 0) || mark(bytes, at).is_some() {
                return at;
            }
            match next_header(bytes, at, view) {
                Some(next) => {
                    view.say(Problem::damaged("no RAR header where one should be", Location::at(at)));
                    at = next;
                    continue;
                }
                None => {
                    view.say(Problem::damaged("no RAR header where one should be", Location::at(at)));
                    view.has_end = true;
                    return at;
                }
            }
        };
        let block = &header.block;
        if !block.is_sound {
            view.say(Problem::damaged("header has a wrong checksum", Location::at(at)));
        }
        match block.kind {
            MAIN => {
                let main = header5::main(&header.bytes, block);
                view.is_solid |= main.flags & 4 != 0;
                if main.flags & 1 != 0 {
                    view.volume.is_volume = true;
                    view.volume.number = view.volume.number.or(Some(main.volume));
                    view.volume.is_first &= view.volume.number == Some(0);
                }
            }
            ENCRYPTION => {
                let stated = header5::encryption(&header.bytes, block);
                let opened = keys.as_deref_mut().zip(stated).and_then(|(keys, lock)| keys.keys50(&lock, work));
                let Some(opened) = opened else {
                    view.has_locked_headers = true;
                    return bytes.len();
                };
                lock = Some(opened);
            }
            FILE | SERVICE => match header5::entry(&header.bytes, block, at) {
                Some(entry) => {
                    view.keep(bytes, entry, header.end, block.data);
                    let is_cut = view.entries.last().is_some_and(|entry| entry.missing > 0);
                    // A size beyond the end of the file is a lie or damage if a sound header follows all the same.
                    if is_cut
                        && lock.is_none()
                        && let Some(next) = next_header(bytes, header.end, view)
                    {
                        shorten(view, next);
                        at = next;
                        continue;
                    }
                }
                None => view.say(Problem::damaged("file header ends early", Location::at(at))),
            },
            _ => {}
        }
        let is_end = block.kind == END;
        if is_end {
            view.volume.has_next = header5::has_next(&header.bytes, block);
            view.volume.is_volume |= view.volume.has_next;
            view.has_end = true;
        }
        let data = usize::try_from(block.data).unwrap_or(usize::MAX);
        at = header.end.saturating_add(data).min(bytes.len());
        if is_end {
            return at;
        }
    }
    at
}

/// Ends the data of the entry read last where the next header begins.
pub(super) fn shorten(view: &mut RarView, next: usize) {
    if let Some(piece) = view.entries.last_mut().and_then(|entry| entry.data.last_mut()) {
        piece.end = piece.end.min(next).max(piece.start);
    }
}

fn plain(bytes: &Bytes, at: usize) -> Option<Header> {
    let Some(block) = header5::block(bytes, at).filter(|block| block.end <= bytes.len()) else {
        return cut_end(bytes, at);
    };
    // A header with a wrong checksum is believed if it lies in the file.
    Some(Header { end: block.end, bytes: bytes.clone(), block })
}

/// The end record without its last zeros, which whoever cut the archive out of something took for padding.
fn cut_end(bytes: &Bytes, at: usize) -> Option<Header> {
    const LONGEST: usize = 16;
    let mut record = bytes.get(at..)?.to_vec();
    if record.len() >= LONGEST {
        return None;
    }
    record.resize(LONGEST, 0);
    let block = header5::block(&record, 0).filter(|block| block.is_sound && block.kind == END)?;
    Some(Header { bytes: Bytes::from(record), block, end: bytes.len() })
}

/// An encrypted header: its initialisation vector, then whole blocks of AES-256.
fn locked(bytes: &Bytes, at: usize, keys: &Rar50Keys) -> Option<Header> {
    let iv: [u8; 16] = bytes.get(at..at.checked_add(16)?)?.try_into().ok()?;
    let start = at.checked_add(16)?;
    let mut first = bytes.get(start..start.checked_add(16)?)?.to_vec();
    Rar50Cipher::new(keys.key, iv).decrypt_in_place(&mut first).ok()?;
    u32_at(&first, 0)?;
    let (size, size_end) = header5::vint(&first, 4)?;
    let length = usize::try_from(size).ok()?.checked_add(size_end)?.checked_next_multiple_of(16)?;
    if length > (2 << 20) + 64 {
        return None;
    }
    let mut header = clipped(bytes, start, length).to_vec();
    Rar50Cipher::new(keys.key, iv).decrypt_in_place(&mut header).ok()?;
    let block = header5::block(&header, 0).filter(|block| block.is_sound)?;
    Some(Header { bytes: Bytes::from(header), block, end: start.checked_add(length)? })
}

/// The next offset with a sound header of an entry or the end.
fn next_header(bytes: &Bytes, at: usize, view: &mut RarView) -> Option<usize> {
    let mut from = at.saturating_add(1);
    while from.saturating_add(7) < bytes.len() {
        // The type follows a size of one to three bytes.
        let looks = (5..8).any(|step| {
            from.checked_add(step)
                .and_then(|at| bytes.get(at))
                .is_some_and(|kind| matches!(u64::from(*kind), 2 | 3 | 5))
        });
        if looks
            && let Some((size, _)) = header5::vint(bytes, from.saturating_add(4))
            && (4..1 << 14).contains(&size)
        {
            if !view.may_look(bytes, usize::try_from(size).unwrap_or_default()) {
                return None;
            }
            let block = header5::block(bytes, from);
            if block.is_some_and(|block| block.is_sound && matches!(block.kind, FILE | SERVICE | END)) {
                return Some(from);
            }
        }
        from = from.saturating_add(1);
    }
    None
}
