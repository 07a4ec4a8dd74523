//! What a PowerPoint stream holds besides slides: storages of embedded objects, of controls and of the VBA project
//! (MS-PPT 2.10.34 ExOleObjStg), mostly deflated, and sounds. They are found in three ways, of which an honest file needs
//! one: by walking the records, where the directory of persistent objects says (2.3.4, which is what PowerPoint follows),
//! and by the look of their first bytes wherever they stand.

use std::collections::BTreeMap;

use bytes::Bytes;
use memchr::memmem;

use super::header::MAGIC;
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::inflate::has_zlib_header;

/// A storage in the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Inner {
    /// Offset of its record.
    pub(super) offset: usize,
    /// Whether it is deflated (zlib), and how large it says it is.
    pub(super) inflated_size: Option<u64>,
    pub(super) data: Bytes,
    /// Whether the document names it as its VBA project.
    pub(super) is_project: bool,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// In the order of the stream.
    pub(super) storages: Vec<Inner>,
    /// Sounds (2.4.16.3 SoundDataBlob), with the offsets of their records.
    pub(super) sounds: Vec<(usize, Bytes)>,
    /// Where the records stop making sense.
    pub(super) broken_at: Option<usize>,
    /// Whether there was more than is kept.
    pub(super) is_cut: bool,
}

const SOUND: u16 = 0x07E7;
const VBA_INFO: u16 = 0x0400;
const USER_EDIT: u16 = 0x0FF5;
const STORAGE: u16 = 0x1011;
const PERSIST_DIRECTORY: u16 = 0x1772;

/// Records looked at; each takes eight bytes at least.
const MAX_RECORDS: usize = 2_000_000;
/// Containers inside containers; PowerPoint's own are some ten deep.
const MAX_DEPTH: usize = 64;
/// Storages and sounds given out.
const MAX_STORAGES: usize = 500;
/// Edits followed back; PowerPoint merges them long before.
const MAX_EDITS: usize = 1_000;
/// Persistent objects looked up.
const MAX_OBJECTS: usize = 200_000;

/// A record: its instance and version, type, and body, cut to what there is.
struct Record {
    head: u16,
    kind: u16,
    start: usize,
    end: usize,
    is_cut: bool,
}

/// RecordHeader, 2.3.1.
fn record(stream: &[u8], at: usize) -> Option<Record> {
    let (head, kind) = (u16_at(stream, at)?, u16_at(stream, at.checked_add(2)?)?);
    let size = usize::try_from(u32_at(stream, at.checked_add(4)?)?).ok()?;
    let start = at.checked_add(8)?;
    let end = start.saturating_add(size);
    Some(Record { head, kind, start, end: end.min(stream.len()), is_cut: end > stream.len() })
}

/// Finds them. `edit` is where the stream `Current User` says the last edit is recorded.
pub(super) fn contents(stream: &Bytes, edit: Option<u32>) -> Contents {
    let mut found = Contents::default();
    let mut storages: BTreeMap<usize, Inner> = BTreeMap::new();
    let mut directories: Vec<usize> = Vec::new();
    let mut projects: Vec<u32> = Vec::new();
    // Where the containers around end. What leaves its container is not believed; the walk goes on behind that.
    let mut ends: Vec<usize> = Vec::new();
    let mut at = 0usize;
    for _ in 0..MAX_RECORDS {
        while ends.pop_if(|end| *end <= at).is_some() {}
        let Some(record) = record(stream, at) else { break };
        if record.head == 0 && record.kind == 0 && record.end == record.start {
            break;
        }
        match record.kind {
            STORAGE => {
                storages.insert(at, storage(stream, at, &record));
            }
            SOUND if found.sounds.len() < MAX_STORAGES => {
                found.sounds.push((at, stream.slice(record.start..record.end)));
            }
            PERSIST_DIRECTORY => directories.push(at),
            VBA_INFO => projects.extend(u32_at(stream, record.start)),
            _ => {}
        }
        let is_container = record.head & 0x0F == 0x0F && ends.len() < MAX_DEPTH;
        match ends.last() {
            Some(end) if record.end > *end || record.is_cut => at = *end,
            None if record.is_cut => {
                found.broken_at = Some(at);
                break;
            }
            _ if is_container => {
                ends.push(record.end);
                at = record.start;
            }
            _ => at = record.end,
        }
    }
    directories.extend(edits(stream, edit));
    let objects = objects(stream, &directories);
    for offset in objects.values() {
        if let Some(record) = record(stream, *offset).filter(|record| record.kind == STORAGE) {
            storages.entry(*offset).or_insert_with(|| storage(stream, *offset, &record));
        }
    }
    for at in memmem::find_iter(stream, &STORAGE.to_le_bytes()).filter_map(|at| at.checked_sub(2)) {
        if let Some(record) = record(stream, at).filter(|record| record.kind == STORAGE && looks_right(stream, record))
            && storages.len() <= MAX_STORAGES
        {
            storages.entry(at).or_insert_with(|| storage(stream, at, &record));
        }
    }
    for offset in projects.iter().filter_map(|id| objects.get(id)) {
        if let Some(inner) = storages.get_mut(offset) {
            inner.is_project = true;
        }
    }
    found.is_cut = storages.len() > MAX_STORAGES || found.sounds.len() == MAX_STORAGES;
    found.storages = storages.into_values().take(MAX_STORAGES).collect();
    found
}

/// ExOleObjStgUncompressedAtom and ExOleObjStgCompressedAtom, 2.10.35 and 2.10.36. What the instance says is not believed
/// where the content shows otherwise.
fn storage(stream: &Bytes, offset: usize, record: &Record) -> Inner {
    let body = stream.slice(record.start.min(record.end)..record.end);
    let is_plain = body.starts_with(&MAGIC) || record.head >> 4 == 0 && !has_zlib_header(body.get(4..).unwrap_or(&[]));
    let inflated_size = u32_at(&body, 0).filter(|_| !is_plain).map(u64::from);
    let data = if inflated_size.is_some() { body.slice(4.min(body.len())..) } else { body };
    Inner { offset, inflated_size, data, is_project: false }
}

fn looks_right(stream: &[u8], record: &Record) -> bool {
    let body = stream.get(record.start..record.end).unwrap_or_default();
    body.starts_with(&MAGIC) || record.head == 0x10 && has_zlib_header(body.get(4..).unwrap_or_default())
}

/// The directories that the chain of UserEditAtoms names, 2.3.3.
fn edits(stream: &[u8], last: Option<u32>) -> Vec<usize> {
    let mut directories = Vec::new();
    let mut next = last.and_then(|at| usize::try_from(at).ok());
    let mut before = usize::MAX;
    for _ in 0..MAX_EDITS {
        // Each edit stands behind the one before it, so that a circle ends here.
        let Some(at) = next.filter(|at| *at < before) else { break };
        let Some(edit) = record(stream, at).filter(|record| record.kind == USER_EDIT) else { break };
        let field = |offset: usize| usize::try_from(u32_at(stream, edit.start.checked_add(offset)?)?).ok();
        directories.extend(field(12));
        before = at;
        next = field(8).filter(|at| *at > 0);
    }
    directories
}

/// Where persistent objects stand, by their ids, 2.3.5: the entry of the last edit counts, of which the walk has the
/// highest offset.
fn objects(stream: &[u8], directories: &[usize]) -> BTreeMap<u32, usize> {
    let mut objects = BTreeMap::new();
    let mut sorted = directories.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for directory in sorted.into_iter().take(MAX_EDITS) {
        let Some(record) = record(stream, directory).filter(|record| record.kind == PERSIST_DIRECTORY) else {
            continue;
        };
        let mut at = record.start;
        while at < record.end && objects.len() < MAX_OBJECTS {
            let Some(head) = u32_at(stream, at) else { break };
            let (first, count) = (head & 0x000F_FFFF, head >> 20);
            at = at.saturating_add(4);
            for step in 0..count {
                let Some(offset) = u32_at(stream, at).filter(|_| at < record.end) else { break };
                if let Ok(offset) = usize::try_from(offset) {
                    objects.insert(first.saturating_add(step), offset);
                }
                at = at.saturating_add(4);
            }
        }
    }
    objects
}

/// Whether the stream `Current User` says that the presentation is of PowerPoint 97 or later and not encrypted
/// (`headerToken` of CurrentUserAtom, 2.3.2).
pub(super) fn is_plain(user: &[u8]) -> bool {
    u32_at(user, 12) == Some(0xE391_C05F)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(head: u16, kind: u16, body: &[u8]) -> Vec<u8> {
        let mut out = [head.to_le_bytes(), kind.to_le_bytes()].concat();
        out.extend((body.len() as u32).to_le_bytes());
        out.extend(body);
        out
    }

    const DEFLATED: &[u8] = &[9, 0, 0, 0, 0x78, 0x9C, 3, 4];

    #[test]
    fn finds_storages_among_other_records() {
        let mut stream = atom(0x0F, 0x03E8, &[atom(0, 7, &[7, 7]), atom(0, SOUND, b"RIFF")].concat());
        let first = stream.len();
        stream.extend(atom(0x10, STORAGE, DEFLATED));
        stream.extend([0x00, 0, 0x11, 0x10, 0xFF, 0xFF, 0, 0, 5, 6]);
        let found = contents(&stream.into(), None);
        assert_eq!(found.sounds, [(18, Bytes::from_static(b"RIFF"))]);
        let data = Bytes::from_static(&[0x78, 0x9C, 3, 4]);
        let inner = |offset, inflated_size, data| Inner { offset, inflated_size, data, is_project: false };
        assert_eq!(found.storages[0], inner(first, Some(9), data));
        assert_eq!(found.storages[1], inner(first + 16, None, Bytes::from_static(&[5, 6])));
        assert_eq!(found.broken_at, Some(first + 16));
    }

    #[test]
    fn the_directory_leads_to_what_the_records_hide() {
        // The storage stands inside an atom of some other type, whose content nobody reads.
        let hidden = atom(0x0F, 0x03E8, &atom(0, VBA_INFO, &[5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]));
        let at = hidden.len() + 8;
        let mut stream = [hidden, atom(0, 0x0BAD, &atom(0x10, STORAGE, b"....not zlib"))].concat();
        let directory = stream.len() as u32;
        let entry = [((1u32 << 20) | 5).to_le_bytes(), (at as u32).to_le_bytes()].concat();
        stream.extend(atom(0, PERSIST_DIRECTORY, &entry));
        let edit = stream.len() as u32;
        let mut body = [0; 28];
        body[12..16].copy_from_slice(&directory.to_le_bytes());
        stream.extend(atom(0, USER_EDIT, &body));
        let found = contents(&stream.clone().into(), Some(edit));
        assert_eq!(found.storages.len(), 1);
        assert!(found.storages[0].is_project && found.broken_at.is_none());
        // An edit that names itself as the one before ends the chain.
        let own = edit as usize + 8 + 8;
        stream[own..own + 4].copy_from_slice(&edit.to_le_bytes());
        assert_eq!(contents(&stream.into(), Some(edit)).storages.len(), 1);
    }

    #[test]
    fn what_looks_like_a_storage_is_found_behind_broken_records() {
        let broken = [0u8, 0, 1, 0, 0xFF, 0xFF, 0xFF, 0x7F];
        let stream = [&broken[..], b"abc", &atom(0x10, STORAGE, DEFLATED), &atom(0, STORAGE, &MAGIC)].concat();
        let found = contents(&stream.into(), None);
        assert_eq!(found.storages.iter().map(|inner| inner.offset).collect::<Vec<_>>(), [11, 27]);
        assert_eq!(found.broken_at, Some(0));
        let number = atom(0, 0x0BAD, &[0x10, 0, 0x11, 0x10, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
        assert!(contents(&number.into(), None).storages.is_empty());
    }
}
