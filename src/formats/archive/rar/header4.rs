//! Headers of RAR 1.5 to 4 (technote of RAR 4; unrar, `arcread.cpp`), and of RAR 1.3 and 1.4.

use std::ops::Range;

use super::entry::{Checksum, Entry, Lock, Method, What};
use super::names;
use crate::formats::archive::old_names;
use crate::formats::fields::{clipped, range_in, size_at, u16_at, u32_at};
use crate::model::EntryName;

/// A block: its type and where its parts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: u8,
    pub(super) flags: u16,
    /// Bytes of the header.
    pub(super) size: usize,
    /// Bytes of data after the header, as stated; the upper half of large files is added by [`entry`].
    pub(super) data: u64,
    /// Whether the header's checksum is right.
    pub(super) is_sound: bool,
}

pub(super) const MAIN: u8 = 0x73;
pub(super) const FILE: u8 = 0x74;
pub(super) const COMMENT: u8 = 0x75;
pub(super) const OLD_SERVICE: u8 = 0x77;
pub(super) const SERVICE: u8 = 0x7a;
pub(super) const END: u8 = 0x7b;

const HAS_DATA: u16 = 0x8000;
const CONTINUED: u16 = 1;
const GOES_ON: u16 = 2;
const ENCRYPTED: u16 = 4;
const SOLID: u16 = 0x10;
const FOLDER: u16 = 0xe0;
const LARGE: u16 = 0x100;
const UNICODE: u16 = 0x200;
const SALTED: u16 = 0x400;

/// The block at the start of these (decrypted) bytes; none if there is no such thing.
pub(super) fn block(bytes: &[u8]) -> Option<Block> {
    let kind = *bytes.get(2)?;
    let flags = u16_at(bytes, 3)?;
    let size = usize::from(u16_at(bytes, 5)?);
    if !(MAIN..=END).contains(&kind) || size < 7 {
        return None;
    }
    let has_data = flags & HAS_DATA != 0 || matches!(kind, FILE | SERVICE);
    let data = if has_data { u64::from(u32_at(bytes, 7)?) } else { 0 };
    let stated = u16_at(bytes, 0)?;
    let sum = |end: usize| bytes.get(2..end).map(crc32fast::hash).map(|crc| crc.to_le_bytes());
    let fits = |end: usize| sum(end).is_some_and(|[low, high, ..]| u16::from_le_bytes([low, high]) == stated);
    // The checksum leaves out a comment that stands inside the header.
    let has_comment = matches!((kind, flags & 2, flags & 8), (MAIN, 2, _) | (FILE, _, 8));
    let is_sound = fits(size) || (has_comment && bytes.len() >= size);
    Some(Block { kind, flags, size, data, is_sound })
}

/// The entry of a file or service header, and the bytes of data after it. Data is filled in by the walker.
pub(super) fn entry(header: &[u8], block: &Block, offset: usize) -> Option<(Entry, u64)> {
    let byte = |at: usize| header.get(at).copied();
    let (version, host, level) = (byte(24)?, byte(15)?, byte(25)?);
    let attributes = u32_at(header, 28)?;
    let length = usize::from(u16_at(header, 26)?);
    let (mut packed, mut size) = (u64::from(u32_at(header, 7)?), u64::from(u32_at(header, 11)?));
    let mut name_at = 32usize;
    let mut is_unknown = size == u64::from(u32::MAX);
    if block.flags & LARGE != 0 {
        let high_size = u32_at(header, 36)?;
        packed |= u64::from(u32_at(header, 32)?) << 32;
        size |= u64::from(high_size) << 32;
        is_unknown = size == u64::MAX;
        name_at = 40;
    }
    let field = clipped(header, name_at, length);
    let after = name_at.saturating_add(length);
    let is_service = block.kind == SERVICE;
    // 3 is Unix, 5 is BeOS: attributes are the mode.
    let is_unix = matches!(host, 3 | 5);
    let is_folder = block.flags & FOLDER == FOLDER || (version < 20 && !is_unix && attributes & 0x10 != 0);
    let is_salted = block.flags & SALTED != 0;
    let salt = is_salted.then(|| header.get(after..after.checked_add(8)?)?.try_into().ok()).flatten();
    let what = if is_service {
        service(
            field,
            header.get(after.saturating_add(if is_salted { 8 } else { 0 })..).unwrap_or_default(),
            attributes,
        )
    } else if is_folder {
        What::Folder
    } else if is_unix && attributes & 0xf000 == 0xa000 {
        What::Link { kind: "symbolic link", target: None, is_copy: false }
    } else {
        What::File
    };
    let lock = (block.flags & ENCRYPTED != 0).then_some(match version {
        0..=14 => Lock::V13,
        15 => Lock::V15,
        16..=28 => Lock::V20,
        _ => Lock::V30 { salt },
    });
    let entry = Entry {
        name: names::decode(field, block.flags & UNICODE != 0 && !is_service),
        what,
        size: (!is_unknown).then_some(size),
        data: Vec::new(),
        missing: 0,
        method: if level == 0x30 { Method::Stored } else { Method::Old(version) },
        is_solid: block.flags & SOLID != 0 && !is_service,
        lock,
        checksum: Checksum::Crc32(u32_at(header, 16)?),
        is_continued: block.flags & CONTINUED != 0,
        goes_on: block.flags & GOES_ON != 0,
        is_hidden: !is_unix && attributes & 0x06 != 0,
        offset,
    };
    Some((entry, packed))
}

/// What a service header (`NEWSUB_HEAD`) is of, by its name and the data after it.
fn service(name: &[u8], data: &[u8], flags: u32) -> What {
    match name {
        b"STM" => {
            let units: Vec<u16> = data.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).take(1 << 12).collect();
            let wide = String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned();
            What::Stream(if wide.starts_with(':') { wide } else { old_names::decode(data).text })
        }
        // Low bit of the flags: the comment is in UTF-16.
        b"CMT" => What::Comment { is_wide: flags & 1 != 0 },
        other => What::Service(String::from_utf8_lossy(clipped(other, 0, 64)).into_owned()),
    }
}

/// An NTFS stream as RAR 2 wrote it (`SUB_HEAD` of type `STREAM_HEAD`).
pub(super) fn old_stream(header: &[u8], offset: usize) -> Option<Entry> {
    const STREAM: u16 = 0x102;
    if u16_at(header, 11)? != STREAM {
        return None;
    }
    let version = *header.get(18)?;
    let level = *header.get(19)?;
    let length = usize::from(u16_at(header, 24)?);
    let name = old_names::decode(clipped(header, 26, length)).text;
    Some(Entry {
        name: EntryName::new("STM"),
        what: What::Stream(name),
        size: Some(u64::from(u32_at(header, 14)?)),
        data: Vec::new(),
        missing: 0,
        method: if level == 0x30 { Method::Stored } else { Method::Old(version) },
        is_solid: false,
        lock: None,
        checksum: Checksum::Crc32(u32_at(header, 20)?),
        is_continued: false,
        goes_on: false,
        is_hidden: false,
        offset,
    })
}

/// A comment inside a main or file header of RAR 1.5 to 2 (`COMM_HEAD`): the entry that decodes it.
pub(super) fn old_comment(bytes: &[u8], at: usize) -> Option<Entry> {
    let header = bytes.get(at..)?;
    let (kind, size) = (*header.get(2)?, usize::from(u16_at(header, 5)?));
    if kind != COMMENT || size < 13 {
        return None;
    }
    let (version, level) = (*header.get(9)?, *header.get(10)?);
    let start = at.checked_add(13)?;
    let end = at.checked_add(size)?.min(bytes.len());
    Some(Entry {
        name: EntryName::new("CMT"),
        what: What::Comment { is_wide: false },
        size: Some(u64::from(u16_at(header, 7)?)),
        data: vec![range_in(bytes, start, end.saturating_sub(start))],
        missing: 0,
        method: if level == 0x30 { Method::Stored } else { Method::Old(version) },
        is_solid: false,
        lock: None,
        checksum: Checksum::None,
        is_continued: false,
        goes_on: false,
        is_hidden: false,
        offset: at,
    })
}

/// The main header of RAR 1.3.
pub(super) struct Main13 {
    pub(super) flags: u8,
    /// Bytes of the header.
    pub(super) size: usize,
    /// The comment in it.
    pub(super) comment: Option<Range<usize>>,
}

impl Main13 {
    /// Reads it.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (size, flags) = (usize::from(u16_at(bytes, 4)?), *bytes.get(6)?);
        let comment = || u16_at(bytes, 7).map(|length| range_in(bytes, 9, length));
        let comment = if flags & 2 != 0 { comment() } else { None };
        (size >= 7).then_some(Main13 { flags, size, comment })
    }

    /// Whether the comment is packed.
    pub(super) fn is_comment_packed(&self) -> bool {
        self.flags & 0x10 != 0
    }
}

/// A file header of RAR 1.3, its size, and the bytes of data after it.
pub(super) fn entry13(bytes: &[u8], at: usize) -> Option<(Entry, usize, u64)> {
    let header = bytes.get(at..)?;
    let size = usize::from(u16_at(header, 10)?);
    let flags = *header.get(17)?;
    let length = usize::from(*header.get(19)?);
    let level = *header.get(20)?;
    let attributes = *header.get(16)?;
    if size < 21usize.saturating_add(length) || level > 5 || length == 0 {
        return None;
    }
    let is_folder = attributes & 0x10 != 0;
    let entry = Entry {
        name: old_names::decode(clipped(header, 21, length)),
        what: if is_folder { What::Folder } else { What::File },
        size: Some(u64::from(u32_at(header, 4)?)),
        data: Vec::new(),
        missing: 0,
        method: if level == 0 { Method::Stored } else { Method::Old(13) },
        is_solid: flags & 0x10 != 0,
        lock: (flags & 4 != 0).then_some(Lock::V13),
        checksum: Checksum::Sum16(u16_at(header, 8)?),
        is_continued: flags & 1 != 0,
        goes_on: flags & 2 != 0,
        is_hidden: attributes & 0x06 != 0,
        offset: at,
    };
    Some((entry, size, size_at(header, 0)? as u64))
}
