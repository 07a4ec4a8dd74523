//! Headers of RAR 5 and 7 (technote, "RAR 5.0 archive blocks").

use std::ops::Range;

use super::entry::{Checksum, Entry, Lock, Lock50, Method, What};
use super::names;
use crate::formats::fields::{clipped, u32_at};
use crate::model::EntryName;

/// A block: its type and where its parts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: u64,
    pub(super) flags: u64,
    /// Fields of the type, extra area left out.
    pub(super) fields: Range<usize>,
    /// The extra area.
    pub(super) extra: Range<usize>,
    /// Bytes of data after the header, as stated.
    pub(super) data: u64,
    /// Where the header ends.
    pub(super) end: usize,
    /// Whether the header's checksum is right.
    pub(super) is_sound: bool,
}

pub(super) const MAIN: u64 = 1;
pub(super) const FILE: u64 = 2;
pub(super) const SERVICE: u64 = 3;
pub(super) const ENCRYPTION: u64 = 4;
pub(super) const END: u64 = 5;

const HAS_EXTRA: u64 = 1;
const HAS_DATA: u64 = 2;
const CONTINUED: u64 = 8;
const GOES_ON: u64 = 0x10;

/// A number of up to ten bytes, seven bits each, the lowest first; and where it ends.
pub(super) fn vint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, byte) in bytes.get(at..)?.iter().take(10).enumerate() {
        let shift = u32::try_from(index).ok()?.checked_mul(7)?;
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Some((value, at.checked_add(index)?.checked_add(1)?));
        }
    }
    None
}

/// Reads numbers and bytes one after the other.
struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn number(&mut self) -> Option<u64> {
        let (value, end) = vint(self.bytes, self.at)?;
        self.at = end;
        Some(value)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// A length, and as many bytes as there are of it.
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let taken = clipped(self.bytes, self.at, length);
        self.at = self.at.saturating_add(length);
        Some(taken)
    }
}

/// The block at an offset of (decrypted) bytes; none if there is no such thing.
pub(super) fn block(bytes: &[u8], at: usize) -> Option<Block> {
    /// WinRAR allows a header of 2 MiB.
    const MAX: u64 = 2 << 20;
    let crc = u32_at(bytes, at)?;
    let size_at = at.checked_add(4)?;
    let (size, start) = vint(bytes, size_at)?;
    if size == 0 || size > MAX || start.saturating_sub(size_at) > 3 {
        return None;
    }
    let end = start.checked_add(usize::try_from(size).ok()?)?;
    let is_sound = bytes.get(size_at..end).is_some_and(|header| crc32fast::hash(header) == crc);
    let header = bytes.get(..end.min(bytes.len()))?;
    let mut fields = Fields { bytes: header, at: start };
    let kind = fields.number()?;
    let flags = fields.number()?;
    let extra = if flags & HAS_EXTRA != 0 { usize::try_from(fields.number()?).ok()? } else { 0 };
    let data = if flags & HAS_DATA != 0 { fields.number()? } else { 0 };
    let extra_at = end.checked_sub(extra).filter(|extra_at| *extra_at >= fields.at);
    let extra_at = extra_at.unwrap_or(end).min(header.len());
    let is_sound = is_sound && extra_at.checked_add(extra) == Some(end);
    (1..=END).contains(&kind).then_some(Block {
        kind,
        flags,
        fields: fields.at.min(extra_at)..extra_at,
        extra: extra_at..header.len(),
        data,
        end,
        is_sound,
    })
}

/// What the main header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Main {
    pub(super) flags: u64,
    pub(super) volume: u64,
}

pub(super) fn main(bytes: &[u8], block: &Block) -> Main {
    let mut fields = Fields { bytes: bytes.get(..block.fields.end).unwrap_or_default(), at: block.fields.start };
    let flags = fields.number().unwrap_or_default();
    let volume = if flags & 2 != 0 { fields.number().unwrap_or_default() } else { 0 };
    Main { flags, volume }
}

/// Whether the end header says that a volume follows.
pub(super) fn has_next(bytes: &[u8], block: &Block) -> bool {
    vint(bytes, block.fields.start).is_some_and(|(flags, _)| flags & 1 != 0)
}

/// What the encryption header says (of all headers behind it).
pub(super) fn encryption(bytes: &[u8], block: &Block) -> Option<Lock50> {
    let mut fields = Fields { bytes: bytes.get(..block.fields.end)?, at: block.fields.start };
    if fields.number()? != 0 {
        return None;
    }
    let flags = fields.number()?;
    let [rounds] = fields.array()?;
    let salt = fields.array()?;
    let check = if flags & 1 != 0 { fields.array() } else { None };
    Some(Lock50 { rounds, salt, iv: [0; 16], check, has_keyed_checksums: false })
}

/// The entry of a file or service header. Data is filled in by the walker.
pub(super) fn entry(bytes: &[u8], block: &Block, offset: usize) -> Option<Entry> {
    let mut fields = Fields { bytes: bytes.get(..block.fields.end)?, at: block.fields.start };
    let flags = fields.number()?;
    let size = fields.number()?;
    let attributes = fields.number()?;
    if flags & 2 != 0 {
        fields.take(4)?;
    }
    let checksum = if flags & 4 != 0 { Checksum::Crc32(u32::from_le_bytes(fields.array()?)) } else { Checksum::None };
    let packing = fields.number()?;
    let host = fields.number()?;
    let field = fields.text()?;
    let is_service = block.kind == SERVICE;
    let is_windows = host == 0;
    let what = match (is_service, flags & 1) {
        (true, _) => What::Service(String::from_utf8_lossy(clipped(field, 0, 64)).into_owned()),
        (false, 0) => What::File,
        (false, _) => What::Folder,
    };
    let mut entry = Entry {
        name: names::utf8(field),
        what,
        size: (flags & 8 == 0).then_some(size),
        data: Vec::new(),
        missing: 0,
        method: method(packing),
        is_solid: packing & 0x40 != 0 && !is_service,
        lock: None,
        checksum,
        is_continued: block.flags & CONTINUED != 0,
        goes_on: block.flags & GOES_ON != 0,
        is_hidden: is_windows && attributes & 0x06 != 0,
        offset,
    };
    extra(bytes.get(block.extra.clone()).unwrap_or_default(), &mut entry);
    Some(entry)
}

/// Compression information: version, solid, method, dictionary.
fn method(packing: u64) -> Method {
    let (version, level) = (packing & 0x3f, (packing >> 7) & 7);
    if level == 0 {
        return Method::Stored;
    }
    const SMALLEST: u64 = 128 << 10;
    match version {
        0 => Method::New { algorithm: 0, dictionary: SMALLEST << ((packing >> 10) & 0xf) },
        1 => {
            let base = SMALLEST << ((packing >> 10) & 0x1f);
            let parts = (packing >> 15) & 0x1f;
            // RAR 7 may store an entry it packed for a small dictionary as RAR 5 would.
            let algorithm = if packing & (1 << 20) != 0 { 0 } else { 1 };
            Method::New { algorithm, dictionary: base.saturating_add((base / 32).saturating_mul(parts)) }
        }
        other => Method::Unknown(other),
    }
}

/// Records of the extra area, "File encryption record" to "Service data record".
fn extra(extra: &[u8], entry: &mut Entry) {
    let mut at = 0usize;
    while let Some((size, start)) = vint(extra, at) {
        let Some(end) = usize::try_from(size).ok().and_then(|size| start.checked_add(size)) else { break };
        let record = extra.get(..end.min(extra.len())).unwrap_or_default();
        let mut fields = Fields { bytes: record, at: start };
        match fields.number() {
            Some(1) => entry.lock = Some(lock(&mut fields).map_or(Lock::Unknown, Lock::V50)),
            Some(4) => {
                if let (Some(_), Some(version)) = (fields.number(), fields.number()) {
                    let name = format!("{};{version}", entry.name.text);
                    entry.name = EntryName { raw: entry.name.raw.clone(), ..EntryName::new(entry.name.text.clone()) };
                    entry.name = entry.name.clone().also(name);
                }
            }
            Some(5) => {
                if let Some(link) = link(&mut fields) {
                    entry.what = link;
                }
            }
            Some(7) => service_data(record.get(fields.at..).unwrap_or_default(), entry),
            _ => {}
        }
        if end <= at || end >= extra.len() {
            break;
        }
        at = end;
    }
    if entry.what == What::Service("CMT".to_owned()) {
        entry.what = What::Comment { is_wide: false };
    }
}

fn lock(fields: &mut Fields<'_>) -> Option<Lock50> {
    if fields.number()? != 0 {
        return None;
    }
    let flags = fields.number()?;
    let [rounds] = fields.array()?;
    let (salt, iv) = (fields.array()?, fields.array()?);
    let check = if flags & 1 != 0 { fields.array() } else { None };
    Some(Lock50 { rounds, salt, iv, check, has_keyed_checksums: flags & 2 != 0 })
}

fn link(fields: &mut Fields<'_>) -> Option<What> {
    let kind = fields.number()?;
    fields.number()?;
    let target = names::utf8(fields.text()?).text;
    let (kind, is_copy) = match kind {
        1 => ("symbolic link", false),
        2 => ("Windows symbolic link", false),
        3 => ("junction", false),
        4 => ("hard link", true),
        5 => ("file copy", true),
        _ => ("link of an unknown kind", false),
    };
    Some(What::Link { kind, target: Some(target), is_copy })
}

/// The name of an NTFS stream stands in the service data of an `STM` header.
fn service_data(data: &[u8], entry: &mut Entry) {
    if entry.what == What::Service("STM".to_owned()) {
        entry.what = What::Stream(names::utf8(data.split(|byte| *byte == 0).next().unwrap_or_default()).text);
    }
}
