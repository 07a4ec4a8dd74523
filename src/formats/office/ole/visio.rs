//! The stream `VisioDocument`: a tree of streams, each named by a pointer and most of them packed with LZSS. The VBA
//! project is a compound file cut into such streams. Microsoft never published the format; what is known comes from
//! vsdump and Apache POI's HDGF.

use std::collections::{HashSet, VecDeque};

use bytes::Bytes;

use super::header::MAGIC;
use crate::formats::fields::{u16_at, u32_at};

/// Where the version stands, and the pointer to the outermost stream.
const VERSION: usize = 0x1A;
const TRAILER: usize = 0x24;
/// Pointers followed; large drawings have some ten thousand.
const MAX_STREAMS: usize = 100_000;
/// Unpacked bytes of one drawing.
const MAX_UNPACKED: usize = 256 << 20;

/// What the drawing holds.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// Compound files: the VBA project, embedded objects.
    pub(super) files: Vec<Vec<u8>>,
    /// Everything else, unpacked, one stream behind the other.
    pub(super) rest: Vec<u8>,
    /// What kept some of it from being read.
    pub(super) gap: Option<Gap>,
}

/// Why a drawing was not read whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// A version before Visio 5, whose pointers are not known.
    OldVersion(u16),
    /// No stream where the drawing says its outermost is.
    NoTrailer,
    /// More than is read of one drawing.
    TooMuch,
}

/// A pointer: 18 bytes from version 6 on, 16 in version 5.
#[derive(Debug, Clone, Copy)]
struct Pointer {
    kind: u32,
    offset: usize,
    length: usize,
    format: u16,
}

fn pointer(bytes: &[u8], at: usize, version: u16) -> Option<Pointer> {
    let long = |offset: usize| u32_at(bytes, at.checked_add(offset)?);
    let short = |offset: usize| u16_at(bytes, at.checked_add(offset)?);
    let is_new = version >= 6;
    Some(Pointer {
        kind: if is_new { long(0)? } else { u32::from(short(0)?) },
        offset: usize::try_from(long(8)?).ok()?,
        length: usize::try_from(long(12)?).ok()?,
        format: if is_new { short(16)? } else { short(2)? },
    })
}

impl Pointer {
    fn is_packed(self) -> bool {
        self.format & 2 != 0
    }

    /// Whether the stream holds pointers.
    fn is_list(self) -> bool {
        self.kind == 20 || self.kind != 22 && (matches!(self.format, 0x1D | 0x1E) || matches!(self.format, 0x50..=0x5F))
    }

    /// The pointers in a stream.
    fn listed(self, body: &[u8], version: u16) -> Vec<Pointer> {
        let (count, first, size) = if version >= 6 {
            let Some(at) = u32_at(body, 0).and_then(|at| usize::try_from(at).ok()) else { return Vec::new() };
            (u32_at(body, at).unwrap_or_default(), at.saturating_add(8), 18usize)
        } else {
            let at = match self.kind {
                0x1D | 0x4E => 30usize,
                0x1E => 54,
                0x14 => 130,
                _ => 10,
            };
            (u16_at(body, at).map_or(0, u32::from), at.saturating_add(2), 16)
        };
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(MAX_STREAMS);
        let place = |index: usize| first.saturating_add(index.saturating_mul(size));
        (0..count).map_while(|index| pointer(body, place(index), version)).collect()
    }
}

/// Reads the drawing.
pub(super) fn drawing(document: &Bytes) -> Drawing {
    let mut drawing = Drawing::default();
    let version = u16_at(document, VERSION).unwrap_or_default();
    if version < 5 {
        drawing.gap = Some(Gap::OldVersion(version));
        return drawing;
    }
    let Some(trailer) = pointer(document, TRAILER, version).filter(|trailer| trailer.offset < document.len()) else {
        drawing.gap = Some(Gap::NoTrailer);
        return drawing;
    };
    // Honest streams share no bytes, so that together they are no longer than the file.
    let mut left = document.len().saturating_mul(2);
    let mut room = MAX_UNPACKED;
    let mut seen: HashSet<(usize, usize)> = HashSet::new();
    let mut waiting = VecDeque::from([trailer]);
    // The kind of the streams that go on the compound file that was begun last.
    let mut open: Option<u32> = None;
    while let Some(pointer) = waiting.pop_front() {
        if pointer.length == 0 || !seen.insert((pointer.offset, pointer.length)) {
            continue;
        }
        let end = pointer.offset.saturating_add(pointer.length).min(document.len());
        let Some(stored) = document.get(pointer.offset..end) else { continue };
        if stored.len() > left || seen.len() > MAX_STREAMS || room == 0 {
            drawing.gap = Some(Gap::TooMuch);
            break;
        }
        left = left.saturating_sub(stored.len());
        let unpacked;
        let body = if pointer.is_packed() {
            unpacked = unpack(stored, room);
            room = room.saturating_sub(unpacked.len());
            // The size before packing.
            unpacked.get(4..).unwrap_or_default()
        } else {
            stored
        };
        let content = [body, body.get(4..).unwrap_or_default()].into_iter().find(|content| content.starts_with(&MAGIC));
        if let Some(content) = content {
            drawing.files.push(content.to_vec());
            open = Some(pointer.kind);
        } else if let Some(file) = drawing.files.last_mut().filter(|_| open == Some(pointer.kind)) {
            file.extend_from_slice(body);
        } else {
            drawing.rest.extend_from_slice(body);
        }
        if pointer.is_list() {
            // Depth first, so that what a list names stays together.
            for inner in pointer.listed(body, version).into_iter().rev() {
                waiting.push_front(inner);
            }
            if waiting.len() > MAX_STREAMS {
                drawing.gap = Some(Gap::TooMuch);
                break;
            }
        }
    }
    drawing
}

/// LZSS with a window of 4,096 bytes that begins at 4,078: a byte of flags, lowest first, each for a byte as it is (1) or
/// a reference of 12 bits of place and 4 of length (0).
fn unpack(stored: &[u8], room: usize) -> Vec<u8> {
    const WINDOW: usize = 4096;
    let mut window = [0u8; WINDOW];
    let mut at = 4078usize;
    let mut out: Vec<u8> = Vec::new();
    let mut rest = stored.iter().copied();
    while let Some(flags) = rest.next() {
        for bit in 0..8 {
            let Some(low) = rest.next() else { return out };
            let (from, count) = if flags >> bit & 1 == 1 {
                (None, 1usize)
            } else {
                let Some(high) = rest.next() else { return out };
                (Some(usize::from(low) | usize::from(high & 0xF0) << 4), usize::from(high & 0x0F).saturating_add(3))
            };
            if out.len().saturating_add(count) > room {
                return out;
            }
            for step in 0..count {
                let byte = match from {
                    None => low,
                    Some(from) => window.get(from.wrapping_add(step) % WINDOW).copied().unwrap_or_default(),
                };
                if let Some(slot) = window.get_mut(at) {
                    *slot = byte;
                }
                at = at.wrapping_add(1) % WINDOW;
                out.push(byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::visio::{packed, visio};

    use super::*;

    #[test]
    fn packed_bytes_are_unpacked() {
        assert_eq!(unpack(&packed(b"abc"), 100), b"abc");
        // Three bytes, then a reference that overlaps what it gives.
        let (place, flags) = (4078u16, 0b0000_0111u8);
        let stored = [flags, b'a', b'b', b'c', (place & 0xFF) as u8, ((place >> 4) & 0xF0) as u8 | 6];
        assert_eq!(unpack(&stored, 100), b"abcabcabcabc");
        assert_eq!(unpack(&stored, 10), b"abc");
    }

    #[test]
    fn a_compound_file_is_joined_over_its_streams() {
        let file: Vec<u8> = MAGIC.iter().copied().chain((0..20_000u32).map(|n| (n >> 3) as u8)).collect();
        let document = Bytes::from(visio(&[(0x0D, &file)], b"text of a shape"));
        let drawing = drawing(&document);
        assert_eq!(drawing.files, [file]);
        assert!(memchr::memmem::find(&drawing.rest, b"text of a shape").is_some());
        assert_eq!(drawing.gap, None);
    }

    #[test]
    fn pointers_that_lie_cost_nothing() {
        let mut document = visio(&[], b"text");
        assert_eq!(drawing(&Bytes::from(document.clone())).gap, None);
        document[TRAILER + 8..TRAILER + 12].copy_from_slice(&[0xFF; 4]);
        assert_eq!(drawing(&Bytes::from(document.clone())).gap, Some(Gap::NoTrailer));
        document[VERSION] = 3;
        assert_eq!(drawing(&document.into()).gap, Some(Gap::OldVersion(3)));
        // Many pointers to the same long run of bytes.
        let mut list = vec![0u8; 8];
        list[0] = 4;
        list[4..6].copy_from_slice(&1000u16.to_le_bytes());
        list.extend([0; 4]);
        for index in 0..1000u32 {
            for field in [0x1Du32, 0, 0x80 + index, 30_000] {
                list.extend(field.to_le_bytes());
            }
            list.extend(0x50u16.to_le_bytes());
        }
        let mut document = visio(&[], b"");
        document.truncate(0x80);
        let at = document.len() as u32;
        for (offset, field) in [(0, 0x14), (8, at), (12, list.len() as u32)] {
            document[TRAILER + offset..TRAILER + offset + 4].copy_from_slice(&field.to_le_bytes());
        }
        document[TRAILER + 16..TRAILER + 18].copy_from_slice(&0x50u16.to_le_bytes());
        document.extend(list);
        document.resize(40_000, 0);
        assert_eq!(drawing(&document.into()).gap, Some(Gap::TooMuch));
    }
}
