//! Bytes to entries (APPNOTE 6.3.10): every directory an end record leads to, directories without an end record, and
//! local headers no directory lists. The union of all is the view; who said what stays known.
//!
//! Programs differ in which of these they believe, and archives are made to show one thing to the scanner and another
//! to the recipient. So nothing is chosen here: both headers of an entry are kept, and each directory's entries.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::ends::{self, EndRecord, Start};
use super::headers::{self, CENTRAL, Central, DESCRIPTOR, Header};
use super::names;
use super::ranges::{Claims, Overlap, overlaps};
use super::signatures::{self, Signatures};
use crate::formats::fields::{has, range_in, u32_at, u64_at};
use crate::model::{EntryName, Location, ParseError, Problem, ProblemKind, View};

/// Entries read from one archive; beyond that a problem is said. Well above what a scan may emit.
const MAX_ENTRIES: usize = 200_000;
/// End records followed.
const MAX_DIRECTORIES: usize = 32;
/// Bytes of names always kept; beyond, four times the archive's own.
const MIN_NAMES: usize = 1 << 20;
/// Problems kept.
const MAX_PROBLEMS: usize = 100;
/// Descriptors looked at to find where an entry without sizes ends.
const MAX_DESCRIPTORS_TRIED: usize = 64;

/// One entry, as both its headers describe it.
#[derive(Debug, Clone)]
pub struct ZipEntry {
    /// Every name it is stored under, the directory's first.
    pub name: EntryName,
    /// What the directory says; none if no directory lists it.
    pub central: Option<Header>,
    /// What the header before the data says; none if there is none.
    pub local: Option<Arc<Header>>,
    /// The data, encryption headers included, by the size the directory states (else the local header), cut at the end
    /// of the archive.
    pub data: Range<usize>,
    /// Whether the stated size reaches beyond the end of the archive.
    pub is_cut: bool,
    /// External attributes: DOS in the low byte, Unix mode in the high half.
    pub attributes: u32,
    /// The comment as stored.
    pub comment: Vec<u8>,
    /// Index of the directory that lists it.
    pub directory: Option<usize>,
}

/// A central directory.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Its records.
    pub bytes: Range<usize>,
    /// The end record that leads to it; none if it was found without one.
    pub record: Option<EndRecord>,
    /// The entries it lists, as indexes into [`ZipView::entries`].
    pub entries: Range<usize>,
}

/// A zip archive.
#[derive(Debug)]
pub struct ZipView {
    /// Entries: directory by directory in file order, each in its own order, then those no directory lists.
    pub entries: Vec<ZipEntry>,
    /// Directories in file order.
    pub directories: Vec<Directory>,
    /// Bytes between the first and last byte of the archive that belong to nothing, longer than alignment needs.
    pub gaps: Vec<Range<usize>>,
    /// Bytes before everything that belongs to the archive: the stub of a self-extractor, or anything.
    pub leading: Range<usize>,
    /// Bytes after everything that belongs to the archive.
    pub trailing: Range<usize>,
    /// Entries that claim the same bytes.
    pub overlaps: Vec<Overlap>,
    /// What could not be read as it should.
    pub problems: Vec<Problem>,
    by_name: HashMap<String, Vec<usize>>,
}

impl ZipEntry {
    /// The header programs go by: the directory's, else the local one.
    pub fn header(&self) -> Option<&Header> {
        self.central.as_ref().or(self.local.as_deref())
    }

    /// Whether it is a folder: named as one, or marked as one and without content.
    pub fn is_folder(&self) -> bool {
        let is_named = self.name.text.ends_with(['/', '\\']);
        let is_marked = self.attributes & 0x10 != 0;
        // Some writers deflate (two bytes) or encrypt (twelve more) the nothing a folder holds.
        let is_empty = self.header().is_none_or(|header| header.size == 0 && header.compressed <= 14);
        is_empty && (is_named || is_marked)
    }

    /// Whether either header says the data is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.header().is_some_and(Header::is_encrypted)
    }

    /// Whether it is marked hidden or system (DOS attributes).
    pub fn is_hidden(&self) -> bool {
        self.attributes & 0x06 != 0
    }

    /// Whether it is a symbolic link (Unix mode).
    pub fn is_symlink(&self) -> bool {
        (self.attributes >> 16) & 0o170_000 == 0o120_000
    }

    /// From its local header to the end of its data; empty if it has no local header.
    pub fn extent(&self) -> Range<usize> {
        match &self.local {
            Some(local) => local.at..self.data.end.max(local.at),
            None => 0..0,
        }
    }
}

impl ZipView {
    /// The first entry of this name, however its separators and (ASCII) case are written.
    pub fn entry_by_name(&self, name: &str) -> Option<&ZipEntry> {
        self.entries_by_name(name).next()
    }

    /// Every entry of this name.
    pub fn entries_by_name<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a ZipEntry> + use<'a> {
        let indexes = self.by_name.get(&key(name)).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().filter_map(|index| self.entries.get(*index))
    }

    /// Whether a directory with an end record was found.
    pub fn has_directory(&self) -> bool {
        self.directories.iter().any(|directory| directory.record.is_some())
    }
}

/// A name as it is looked up.
fn key(name: &str) -> String {
    let name = name.replace('\\', "/");
    name.trim_start_matches('/').to_ascii_lowercase()
}

impl View for ZipView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let mut walk = Walk::new(bytes);
        walk.follow_end_records();
        walk.follow_bare_directories();
        walk.carve();
        if walk.found.is_empty() && walk.carved.is_empty() {
            return Err(ParseError::new("no end record, directory or local header", 0));
        }
        Ok(walk.finish())
    }
}

/// A directory as it was read.
struct Found {
    bytes: Range<usize>,
    record: Option<EndRecord>,
    entries: Vec<ZipEntry>,
}

struct Walk<'a> {
    bytes: &'a [u8],
    signatures: Signatures,
    found: Vec<Found>,
    carved: Vec<ZipEntry>,
    /// Offsets of the directory records read so far.
    read: BTreeSet<usize>,
    /// Local headers read so far, by offset: many records may point to one.
    locals: HashMap<usize, Option<(Arc<Header>, usize)>>,
    problems: Vec<Problem>,
    count: usize,
    /// Bytes of all names kept.
    named: usize,
    /// Whether a limit was reached.
    is_full: bool,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Walk {
            bytes,
            signatures: signatures::find(bytes),
            found: Vec::new(),
            carved: Vec::new(),
            read: BTreeSet::new(),
            locals: HashMap::new(),
            problems: Vec::new(),
            count: 0,
            named: 0,
            is_full: false,
        }
    }

    fn say(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Counts one more entry, and the bytes of its names: records may overlap or share one long name, so that a small
    /// archive would fill the memory. Once a limit is reached, that is said and no entry is kept.
    fn may_keep(&mut self, name: &EntryName, at: usize) -> bool {
        self.count = self.count.saturating_add(1);
        self.named = name.all().fold(self.named, |sum, name| sum.saturating_add(name.len()));
        let is_within =
            self.count <= MAX_ENTRIES && self.named <= self.bytes.len().saturating_mul(4).saturating_add(MIN_NAMES);
        if !is_within && !self.is_full {
            self.is_full = true;
            let text = format!("more than {MAX_ENTRIES} entries, or names too long; the others were not read");
            self.problems.push(Problem::new(ProblemKind::Limit, text, Location::at(at)));
        }
        is_within
    }

    /// Bytes that belong to something read so far. An entry's claim counts only if it ends where its directory starts
    /// or before, lest a lie about a size hide what lies behind.
    fn claims(&self) -> Claims {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for found in &self.found {
            ranges.push(found.bytes.clone());
            let is_before = |range: &Range<usize>| range.end <= found.bytes.start || found.bytes.is_empty();
            ranges.extend(found.entries.iter().map(ZipEntry::extent).filter(is_before));
        }
        Claims::of(ranges)
    }

    /// Follows the end records, the last first: what lies inside its entries' data is theirs.
    fn follow_end_records(&mut self) {
        let ends = std::mem::take(&mut self.signatures.ends);
        let mut followed = 0usize;
        let mut claims = Claims::default();
        for &at in ends.iter().rev() {
            if self.is_full {
                break;
            }
            if claims.holds(at) {
                continue;
            }
            let Some(record) = ends::end_record(self.bytes, at) else { continue };
            if ends::has_locked_directory(self.bytes, &record) {
                let text = "the directory is encrypted (PKWARE strong encryption)";
                self.say(Problem::encrypted(text, Location::at(at)));
            }
            let starts = ends::starts(self.bytes, &record);
            if starts.is_empty() {
                if record.count == 0 && record.size == 0 && self.found.is_empty() {
                    self.found.push(Found { bytes: at..at, record: Some(record), entries: Vec::new() });
                }
                continue;
            }
            followed = followed.saturating_add(1);
            if followed > MAX_DIRECTORIES {
                let text = format!("more than {MAX_DIRECTORIES} directories; the others were not followed");
                self.say(Problem::damaged(text, Location::at(at)));
                break;
            }
            for start in starts {
                self.read_directory(start, at, Some(&record));
            }
            claims = self.claims();
        }
        self.signatures.ends = ends;
    }

    /// Directories no end record leads to: the archive was cut after them, or the record was damaged.
    fn follow_bare_directories(&mut self) {
        let centrals = std::mem::take(&mut self.signatures.centrals);
        let mut claims = self.claims();
        let mut done = 0usize;
        for &at in &centrals {
            if self.is_full {
                break;
            }
            if at < done || claims.holds(at) || self.read.contains(&at) || !headers::looks_central(self.bytes, at) {
                continue;
            }
            if self.found.len() >= MAX_DIRECTORIES.saturating_mul(2) {
                self.say(Problem::damaged(
                    "too many pieces of directories; the others were not read",
                    Location::at(at),
                ));
                break;
            }
            let base = self.base_of_bare_directory(at);
            self.read_directory(Start { at, base }, self.bytes.len(), None);
            if let Some(found) = self.found.last() {
                done = done.max(found.bytes.end);
            }
            claims = self.claims();
        }
        self.signatures.centrals = centrals;
    }

    /// What to add to the offsets of a directory without an end record: nothing, unless its first record then points to
    /// no local header and the first one in the file stands elsewhere.
    fn base_of_bare_directory(&self, at: usize) -> i64 {
        let Some(offset) = headers::central(self.bytes, at).and_then(|central| i64::try_from(central.offset).ok())
        else {
            return 0;
        };
        let is_right = usize::try_from(offset).is_ok_and(|offset| has(self.bytes, offset, headers::LOCAL));
        let first = self.signatures.locals.first().and_then(|first| i64::try_from(*first).ok());
        match first {
            Some(first) if !is_right => first.saturating_sub(offset),
            _ => 0,
        }
    }

    /// Central directory, APPNOTE 4.3.12: records up to the first offset that holds none, whatever the stated count.
    fn read_directory(&mut self, start: Start, limit: usize, record: Option<&EndRecord>) {
        let mut at = start.at;
        let mut entries = Vec::new();
        while at < limit && has(self.bytes, at, CENTRAL) {
            if !self.read.insert(at) {
                break;
            }
            let Some(central) = headers::central(self.bytes, at) else {
                self.say(Problem::damaged("the central directory ends inside a record", Location::at(at)));
                break;
            };
            let end = central.end;
            let entry = self.entry_of(central, start.base);
            if !self.may_keep(&entry.name, at) {
                break;
            }
            at = end;
            entries.push(entry);
        }
        if entries.is_empty() {
            return;
        }
        if let Some(record) = record
            && record.count != entries.len() as u64
            && record.count != (entries.len() as u64 & 0xffff)
        {
            let text = format!("the end record counts {} entries, the directory has {}", record.count, entries.len());
            self.say(Problem::odd(text, Location::at(record.at)));
        }
        self.found.push(Found { bytes: start.at..at, record: record.cloned(), entries });
    }

    /// The entry of a directory record. Offsets count from the start of the archive, or (against the specification)
    /// from the start of the file.
    fn entry_of(&mut self, central: Central, base: i64) -> ZipEntry {
        let stated = i64::try_from(central.offset).ok();
        let adjusted = stated.and_then(|offset| offset.checked_add(base));
        let mut local = None;
        for offset in [adjusted, stated].into_iter().flatten() {
            if let Ok(at) = usize::try_from(offset) {
                local = self.local_at(at);
                if local.is_some() {
                    break;
                }
            }
        }
        let header = central.header;
        let (local, data) = match local {
            Some((local, data_at)) => (Some(local), range_in(self.bytes, data_at, header.compressed)),
            None => (None, 0..0),
        };
        ZipEntry {
            name: names::of(Some(&header), local.as_deref()),
            is_cut: local.is_some() && (data.len() as u64) < header.compressed,
            central: Some(header),
            local,
            data,
            attributes: central.attributes,
            comment: central.comment,
            directory: None,
        }
    }

    fn local_at(&mut self, at: usize) -> Option<(Arc<Header>, usize)> {
        let bytes = self.bytes;
        let read = || headers::local(bytes, at).map(|(header, end)| (Arc::new(header), end));
        self.locals.entry(at).or_insert_with(read).clone()
    }

    /// Local headers that no directory lists.
    fn carve(&mut self) {
        let claims = self.claims();
        let signatures = std::mem::take(&mut self.signatures);
        let mut free = 0usize;
        for &at in &signatures.locals {
            if at < free || claims.holds(at) {
                continue;
            }
            if self.locals.get(&at).is_some_and(Option::is_some) {
                // A directory lists it, with a size that reaches too far.
                continue;
            }
            if !headers::looks_local(self.bytes, at) {
                continue;
            }
            let Some((mut header, data_at)) = headers::local(self.bytes, at) else { continue };
            if !header.knows_sizes() {
                let (end, stated) = self.end_without_sizes(&signatures, data_at);
                header.compressed = end.saturating_sub(data_at) as u64;
                if let Some((crc, size)) = stated {
                    (header.crc, header.size) = (crc, size);
                }
            }
            let data = range_in(self.bytes, data_at, header.compressed);
            let is_cut = (data.len() as u64) < header.compressed;
            // A size that reaches too far hides nothing: what follows the header is looked at as well.
            free = if is_cut { data.start } else { data.end };
            let name = names::of(None, Some(&header));
            if !self.may_keep(&name, at) {
                break;
            }
            self.carved.push(ZipEntry {
                name,
                central: None,
                local: Some(Arc::new(header)),
                data,
                is_cut,
                attributes: 0,
                comment: Vec::new(),
                directory: None,
            });
        }
        self.signatures = signatures;
        self.drop_directories_of_stored_archives();
        self.join_by_name();
    }

    /// Gives directory records without a local header the unlisted one of the same name: offsets may be damaged.
    fn join_by_name(&mut self) {
        let mut missing: HashMap<Vec<u8>, VecDeque<(usize, usize)>> = HashMap::new();
        for (directory, found) in self.found.iter().enumerate() {
            for (index, entry) in found.entries.iter().enumerate().filter(|(_, entry)| entry.local.is_none()) {
                let name = entry.central.as_ref().map(|central| central.name.clone()).unwrap_or_default();
                missing.entry(name).or_default().push_back((directory, index));
            }
        }
        let mut alone = Vec::new();
        for entry in std::mem::take(&mut self.carved) {
            let name = entry.local.as_ref().map(|local| local.name.as_slice()).unwrap_or_default();
            let place = missing.get_mut(name).and_then(VecDeque::pop_front);
            let record = place.and_then(|(directory, index)| self.found.get_mut(directory)?.entries.get_mut(index));
            match record {
                Some(record) => {
                    record.local = entry.local;
                    record.data = entry.data;
                    record.is_cut = entry.is_cut;
                }
                None => alone.push(entry),
            }
        }
        self.carved = alone;
        let unresolved: Vec<usize> = missing
            .into_values()
            .flatten()
            .filter_map(|(directory, index)| Some(self.found.get(directory)?.entries.get(index)?.central.as_ref()?.at))
            .collect();
        if let Some(first) = unresolved.iter().min() {
            let text = format!("{} directory records point to no local header", unresolved.len());
            self.say(Problem::damaged(text, Location::at(*first)));
        }
    }

    /// A directory inside the data of a stored entry that no directory lists is that entry's: the outer archive was cut,
    /// and holds another.
    fn drop_directories_of_stored_archives(&mut self) {
        let is_stored =
            |entry: &&ZipEntry| entry.header().is_some_and(|header| header.method == 0) && !entry.is_encrypted();
        let stored: Vec<Range<usize>> = self.carved.iter().filter(is_stored).map(|entry| entry.data.clone()).collect();
        self.found.retain(|found| {
            let starts = found.entries.iter().filter(|entry| entry.local.is_some()).map(|entry| entry.extent().start);
            let start = starts.min().unwrap_or(found.bytes.start).min(found.bytes.start);
            !stored.iter().any(|data| data.start <= start && found.bytes.end <= data.end)
        });
    }

    /// Where the data of an entry ends whose sizes follow it (APPNOTE 4.3.9): at a descriptor that states just this
    /// distance, else at whatever comes next. With the descriptor's checksum and size, if there is one.
    fn end_without_sizes(&self, signatures: &Signatures, start: usize) -> (usize, Option<(u32, u64)>) {
        let from = signatures.descriptors.partition_point(|at| *at < start);
        for &at in signatures.descriptors.iter().skip(from).take(MAX_DESCRIPTORS_TRIED) {
            let stated = descriptor(self.bytes, at.saturating_add(4), at.saturating_sub(start));
            if stated.is_some() {
                return (at, stated);
            }
        }
        let next = [&signatures.locals, &signatures.centrals, &signatures.ends]
            .into_iter()
            .filter_map(|list| signatures::next(list, start))
            .min()
            .unwrap_or(self.bytes.len());
        for length in [12usize, 20] {
            let Some(at) = next.checked_sub(length).filter(|at| *at >= start) else { continue };
            let stated = descriptor(self.bytes, at, at.saturating_sub(start));
            if stated.is_some() {
                return (at, stated);
            }
        }
        (next, None)
    }

    fn finish(mut self) -> ZipView {
        self.found.sort_by_key(|found| found.bytes.start);
        let mut entries: Vec<ZipEntry> = Vec::new();
        let mut directories: Vec<Directory> = Vec::new();
        for found in self.found {
            let start = entries.len();
            let index = directories.len();
            entries.extend(found.entries.into_iter().map(|entry| ZipEntry { directory: Some(index), ..entry }));
            directories.push(Directory { bytes: found.bytes, record: found.record, entries: start..entries.len() });
        }
        entries.append(&mut self.carved);
        for record in directories.iter().filter_map(|directory| directory.record.as_ref()) {
            // Put together, a set of volumes is an archive whose offsets count from the start of each; every entry is
            // found all the same. Else this volume is alone.
            let is_alone = entries.iter().any(|entry| entry.local.is_none() || entry.is_cut);
            if record.disk != 0 && record.disk != u16::MAX && is_alone {
                let text = format!("volume {} of a multi-volume archive", u32::from(record.disk).saturating_add(1));
                self.problems.push(Problem::unsupported(text, Location::at(record.at)));
            }
        }

        let mut claimed: Vec<Range<usize>> = Vec::new();
        for directory in &directories {
            claimed.push(directory.bytes.clone());
            if let Some(record) = &directory.record {
                claimed.push(record.zip64_at.unwrap_or(record.at)..record.end);
            }
        }
        claimed.extend(entries.iter().map(|entry| with_descriptor(self.bytes, entry)));
        let claims = Claims::of(claimed);
        let gaps = claims.gaps().filter(|gap| is_worth_a_look(self.bytes, gap)).collect();
        let end = claims.span().map_or(self.bytes.len(), |span| span.end);
        let start = claims.span().map_or(0, |span| span.start);

        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            by_name.entry(key(&entry.name.text)).or_default().push(index);
        }
        // A directory replaced by another lists the same entries again: that is no overlap.
        let mut listed_by: HashMap<usize, Option<usize>> = HashMap::new();
        let mut extents: Vec<(Range<usize>, usize)> = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let extent = entry.extent();
            if entry.local.is_none() || entry.is_cut {
                continue;
            }
            if *listed_by.entry(extent.start).or_insert(entry.directory) == entry.directory {
                extents.push((extent, index));
            }
        }
        ZipView {
            entries,
            directories,
            gaps,
            leading: 0..start,
            trailing: end..self.bytes.len(),
            overlaps: overlaps(extents),
            problems: self.problems,
            by_name,
        }
    }
}

/// Checksum and size of the content by a descriptor (APPNOTE 4.3.9) without its signature, if it states this many bytes
/// of data: in 32 bits each, or in 64.
fn descriptor(bytes: &[u8], at: usize, distance: usize) -> Option<(u32, u64)> {
    let crc = u32_at(bytes, at)?;
    let sizes_at = at.checked_add(4)?;
    if u32_at(bytes, sizes_at).map(u64::from) == Some(distance as u64) {
        return Some((crc, u64::from(u32_at(bytes, sizes_at.checked_add(4)?)?)));
    }
    if u64_at(bytes, sizes_at) == Some(distance as u64) {
        return Some((crc, u64_at(bytes, sizes_at.checked_add(8)?)?));
    }
    None
}

/// From the local header to the end of the data and of a data descriptor after it.
fn with_descriptor(bytes: &[u8], entry: &ZipEntry) -> Range<usize> {
    let extent = entry.extent();
    let length = entry.data.len();
    let mut end = extent.end;
    if has(bytes, end, DESCRIPTOR) {
        let is_wide = u64_at(bytes, end.saturating_add(8)) == Some(length as u64) && length != 0;
        end = end.saturating_add(if is_wide { 24 } else { 16 });
    } else if entry.local.as_ref().is_some_and(|local| local.has_descriptor())
        && descriptor(bytes, end, length).is_some()
    {
        let is_wide = u32_at(bytes, end.saturating_add(8)) == Some(0)
            && u64_at(bytes, end.saturating_add(4)) == Some(length as u64);
        end = end.saturating_add(if is_wide { 20 } else { 12 });
    }
    extent.start..end.min(bytes.len())
}

/// Whether bytes between entries are more than alignment, padding or a part of zip that carries no file.
pub(super) fn is_worth_a_look(bytes: &[u8], gap: &Range<usize>) -> bool {
    /// Bytes that alignment and small leftovers may take.
    const TOLERATED: usize = 64;
    let Some(content) = bytes.get(gap.clone()) else { return false };
    content.len() > TOLERATED
        && !is_signing_block(content)
        && !content.starts_with(b"PK\x06\x08")
        && !content.starts_with(b"PK\x05\x05")
        && content.iter().any(|byte| *byte != 0)
}

/// Whether bytes are a signing block of Android (APK Signature Scheme v2): its length at both ends, then its magic.
fn is_signing_block(content: &[u8]) -> bool {
    let Some(tail) = content.len().checked_sub(24) else { return false };
    let stated = (content.len() as u64).checked_sub(8);
    content.ends_with(b"APK Sig Block 42") && u64_at(content, 0) == stated && u64_at(content, tail) == stated
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::zip::{End, Entry, Method, ZipFile, concatenate};

    use super::*;

    fn parse(zip: Vec<u8>) -> ZipView {
        ZipView::parse(&Bytes::from(zip)).unwrap()
    }

    fn names(view: &ZipView) -> Vec<&str> {
        view.entries.iter().map(|entry| entry.name.text.as_str()).collect()
    }

    #[test]
    fn reads_every_layout() {
        let layouts: [fn(ZipFile) -> ZipFile; 7] = [
            |zip| zip,
            |zip| zip.prefix("MZ stub"),
            |zip| zip.uncounted_prefix("MZ stub"),
            |zip| zip.end(End::Zip64),
            |zip| zip.comment("a comment"),
            |zip| zip.suffix("junk after the end"),
            |zip| zip.uncounted_prefix("MZ").end(End::Zip64).suffix("junk"),
        ];
        for (index, layout) in layouts.iter().enumerate() {
            let zip = layout(
                ZipFile::new()
                    .entry("a.txt", "one")
                    .with(Entry::new("b.txt", "two").descriptor(true))
                    .with(Entry::new("c.txt", "three").zip64().descriptor(false)),
            );
            let bytes = Bytes::from(zip.build());
            let view = ZipView::parse(&bytes).unwrap();
            assert_eq!(names(&view), ["a.txt", "b.txt", "c.txt"], "layout {index}");
            assert!(view.problems.is_empty() && view.gaps.is_empty() && view.overlaps.is_empty(), "layout {index}");
            let contents: Vec<Vec<u8>> = view.entries.iter().map(|entry| entry.read(&bytes, 100).0).collect();
            assert_eq!(contents, [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()], "layout {index}");
        }
    }

    #[test]
    fn reads_what_is_left_of_cut_archives() {
        for end in [End::NoEndRecord, End::NoDirectory] {
            let zip = ZipFile::new()
                .entry("a.txt", "one")
                .with(Entry::new("b.txt", "two").descriptor(true))
                .with(Entry::new("c.txt", "three").descriptor(false))
                .entry("d.txt", "four");
            let bytes = Bytes::from(zip.end(end).build());
            let view = ZipView::parse(&bytes).unwrap();
            assert_eq!(names(&view), ["a.txt", "b.txt", "c.txt", "d.txt"]);
            assert!(!view.has_directory());
            let contents: Vec<Vec<u8>> = view.entries.iter().map(|entry| entry.read(&bytes, 100).0).collect();
            assert_eq!(contents, [b"one".to_vec(), b"two".to_vec(), b"three".to_vec(), b"four".to_vec()]);
        }
    }

    #[test]
    fn reads_both_of_two_archives_but_not_the_inside_of_an_entry() {
        let first = ZipFile::new().entry("a.txt", "one").build();
        let second = ZipFile::new().entry("b.txt", "two").build();
        let view = parse(concatenate(&[first.clone(), second]));
        assert_eq!(names(&view), ["a.txt", "b.txt"]);
        assert_eq!(view.directories.len(), 2);
        let view = parse(ZipFile::new().with(Entry::new("inner.zip", first).stored()).build());
        assert_eq!(names(&view), ["inner.zip"]);
    }

    #[test]
    fn decodes_methods() {
        for method in [Method::Stored, Method::Deflate, Method::Bzip2, Method::Xz, Method::Ppmd] {
            let bytes = Bytes::from(ZipFile::new().with(Entry::new("a", "content").method(method)).build());
            let view = ZipView::parse(&bytes).unwrap();
            assert_eq!(view.entry_by_name("/A").unwrap().read(&bytes, 100), (b"content".to_vec(), None), "{method:?}");
        }
    }

    #[test]
    fn finds_gaps_and_overlaps() {
        let view = parse(ZipFile::new().entry("a.txt", "one").gap([7; 100]).build());
        assert_eq!(view.gaps.first().map(|gap| gap.len()), Some(100));
        let view = parse(ZipFile::new().entry("a.txt", "one").gap([7; 64]).build());
        assert!(view.gaps.is_empty());
        let inner = ZipFile::new().entry("b.txt", "two").end(End::NoDirectory).build();
        let zip = ZipFile::new().with(Entry::new("a.bin", inner).stored()).with(Entry::inside("b.txt", "two", 0, 0));
        let bytes = Bytes::from(zip.build());
        let view = ZipView::parse(&bytes).unwrap();
        assert_eq!(names(&view), ["a.bin", "b.txt"]);
        assert_eq!(view.overlaps.len(), 1);
        assert_eq!(view.entry_by_name("b.txt").unwrap().read(&bytes, 100).0, b"two");
    }

    #[test]
    fn other_bytes_are_no_archive() {
        assert!(ZipView::parse(&Bytes::from_static(b"PK is how a zip starts")).is_err());
        assert!(ZipView::parse(&Bytes::new()).is_err());
    }
}
