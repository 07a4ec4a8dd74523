//! The view's entries to children. Every entry becomes one: read by the directory's header, and by the local header as
//! well where that says something else; locked or undecodable entries stay with their name and no bytes.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use bytes::Bytes;
use flate2::read::DeflateDecoder;

use super::ends::ends_as_zip;
use super::findings::STORED_BUT_DEFLATED;
use super::keys::Keyring;
use super::names;
use super::open::{Content, OpenError, Packed, Reading, STORED, STRONG, method_name};
use super::parser::{ZipEntry, ZipView, is_worth_a_look};
use crate::formats::archive::password::{OPENED_WITH_FOUND_PASSWORD, say_opened};
use crate::formats::recognised;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, PasswordHint, Problem, ProblemKind};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// The unpacker.
pub(super) struct ZipUnpacker;

impl Unpacker for ZipUnpacker {
    fn findings(&self) -> Kinds {
        &[OPENED_WITH_FOUND_PASSWORD, STORED_BUT_DEFLATED]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<ZipView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        let locked = |entry: &&ZipEntry| entry.is_encrypted() && !entry.is_folder();
        let total = view.entries.iter().filter(locked).count();
        let mut run = Run {
            archive: parent.bytes.clone(),
            keys: None,
            locked: 0,
            opened: None,
            starts: starts(&view),
            shared_left: parent.bytes.len().saturating_add(MIN_SHARED),
            models_left: MAX_MODELS,
        };
        if total > 0 {
            let records = view.directories.iter().filter_map(|directory| directory.record.as_ref());
            let comments: Vec<String> = records
                .filter_map(|record| parent.bytes.get(record.comment.clone()))
                .map(|comment| names::decode(comment, false))
                .collect();
            let entries = view.entries.iter().map(|entry| entry.name.text.as_str());
            let own = parent.name.all().chain(comments.iter().map(String::as_str)).chain(entries);
            let mut keys = Keyring::new(out, own);
            keys.unlock(&parent.bytes, view.entries.iter().filter(locked).filter_map(ZipEntry::reading), out);
            run.keys = Some(keys);
        }
        let result = run.entries(&view, out);
        if run.locked > 0 {
            let text =
                format!("{} of {total} encrypted entries are locked; no password at hand opens them", run.locked);
            out.problem(Problem::encrypted(text, Location::whole()));
        }
        if let Some(hint) = &run.opened {
            say_opened(out, hint);
            out.fact("password-source", hint.source.as_str());
        }
        result?;
        between(parent, &view, out)
    }
}

/// Bytes that belong to no entry: given as children where they start as a known format does. What stands before and
/// behind is given whatever it is, unless another format claims the file: nobody else reads it.
fn between(parent: &Artifact, view: &ZipView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let is_ours = parent.also.is_empty() && (parent.bytes.starts_with(b"PK") || !recognised(&parent.bytes));
    let is_unread = |range: &std::ops::Range<usize>| is_ours && is_worth_a_look(&parent.bytes, range);
    if is_unread(&view.leading) {
        let bytes = parent.bytes.slice(view.leading.clone());
        let name = EntryName::new("before the archive");
        out.child_bytes(name, Origin::part(OriginKind::Overlay, "before the zip"), bytes)?;
    }
    for gap in &view.gaps {
        let bytes = parent.bytes.slice(gap.clone());
        if recognised(&bytes) {
            let name = EntryName::new(format!("gap at {:#x}", gap.start));
            out.child_bytes(name, Origin::part(OriginKind::Embedded, "between zip entries"), bytes)?;
        }
    }
    let trailing = parent.bytes.slice(view.trailing.clone());
    if !trailing.is_empty() {
        out.fact("zip-trailing-bytes", trailing.len().to_string());
        if recognised(&trailing) || is_unread(&view.trailing) {
            let name = EntryName::new(format!("after the end at {:#x}", view.trailing.start));
            out.child_bytes(name, Origin::part(OriginKind::Overlay, "after the zip"), trailing)?;
        }
    }
    Ok(())
}

/// How reading one entry one way ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Read to the end, and the checksum fits (or there is none).
    Whole,
    /// Something is missing or wrong.
    Damaged,
    /// No password opened it.
    Locked,
}

struct Run {
    archive: Bytes,
    keys: Option<Keyring>,
    locked: usize,
    opened: Option<PasswordHint>,
    /// Offsets of all local headers, ascending.
    starts: Vec<usize>,
    /// Bytes that stored entries with other entries inside may still give whole.
    shared_left: usize,
    /// Bytes that decoders may still ask for their models.
    models_left: u64,
}

/// Bytes that the decoders of one archive may ask for their models, one after the other. A PPMd entry of a few bytes asks
/// for up to 256 MiB, which the decoder clears.
const MAX_MODELS: u64 = 2 << 30;
/// Names under which the data behind one local header is given; honest archives have one.
const MAX_NAMES: usize = 16;

/// Bytes that stored entries with other entries inside may always give whole; beyond, as many as the archive has.
const MIN_SHARED: usize = 256 << 10;

/// Offsets of all local headers, ascending.
fn starts(view: &ZipView) -> Vec<usize> {
    let mut starts: Vec<usize> = view.entries.iter().filter_map(|entry| Some(entry.local.as_ref()?.at)).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}

impl Run {
    fn entries(&mut self, view: &ZipView, out: &mut Outcome<'_>) -> Result<(), StageError> {
        // The same file may be listed by several directories; it is read once.
        let mut given: HashSet<(usize, &str)> = HashSet::new();
        let mut names_of: HashMap<usize, usize> = HashMap::new();
        for entry in &view.entries {
            let at = entry.local.as_ref().map_or(usize::MAX, |local| local.at);
            if entry.is_folder() || !given.insert((at, entry.name.text.as_str())) {
                continue;
            }
            let names = names_of.entry(at).or_insert(0usize);
            *names = names.saturating_add(1);
            if *names > MAX_NAMES && at != usize::MAX {
                let text = format!("data with more than {MAX_NAMES} names is given under the first of them only");
                out.problem(Problem::new(ProblemKind::Limit, text, Location::at(at)));
                give_name(entry, "data given under other names".to_owned(), out)?;
                continue;
            }
            self.entry(entry, out)?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &ZipEntry, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Some(reading) = entry.reading() else {
            return give_name(entry, "no local header".to_owned(), out);
        };
        if entry.is_cut {
            let stated = entry.header().map_or(0, |header| header.compressed);
            let text = format!("{stated} bytes of data are stated, {} are there", entry.data.len());
            out.problem(Problem::damaged(text, place(entry)));
        }
        let end = if reading.is_encrypted {
            self.encrypted(entry, &reading, out)?
        } else if reading.method == STORED {
            self.stored(entry, &reading, out)?
        } else {
            self.packed(entry, &reading, out)?
        };
        if let Some(other) = entry.other_reading(&self.archive) {
            self.second(entry, &other, end, out)?;
        }
        Ok(())
    }

    /// An encrypted entry: by the keys that worked before, else by a search while one is left.
    fn encrypted(&mut self, entry: &ZipEntry, reading: &Reading, out: &mut Outcome<'_>) -> Result<End, StageError> {
        let lock = reading.lock_name().unwrap_or("encrypted");
        let tries = if reading.flags & STRONG != 0 && reading.aes.is_none() { 0 } else { 2 };
        for _ in 0..tries {
            for key in self.keys.iter().flat_map(Keyring::working) {
                let detail = format!("{lock}, password from {}", key.hint.source.as_str());
                let mut packed = Packed::new(&self.archive, reading);
                match packed.open(Some(&key.bytes)) {
                    Ok(mut content) => {
                        self.opened.get_or_insert(key.hint.clone());
                        return give(entry, reading, detail, &mut content, out);
                    }
                    Err(OpenError::Password) => {}
                    Err(error) => {
                        out.problem(unreadable(&error, entry));
                        give_name(entry, detail, out)?;
                        return Ok(End::Damaged);
                    }
                }
            }
            let found = self.keys.as_mut().is_some_and(|keys| keys.search(&self.archive, reading, out));
            if !found {
                break;
            }
        }
        self.locked = self.locked.saturating_add(1);
        give_name(entry, format!("{lock}, locked"), out)?;
        Ok(End::Locked)
    }

    /// A stored entry. If its bytes do not have the stated checksum, they may be what the header does not say: deflated.
    fn stored(&mut self, entry: &ZipEntry, reading: &Reading, out: &mut Outcome<'_>) -> Result<End, StageError> {
        if let Some(own) = self.own_part(&reading.data) {
            let text = "stored data that holds other entries of this archive was read up to the first of them";
            out.problem(Problem::new(ProblemKind::Limit, text, place(entry)));
            let data = self.archive.slice(own);
            out.child_bytes(entry.name.clone(), Origin::file(OriginKind::Entry, method_name(STORED)), data)?;
            return Ok(End::Damaged);
        }
        let data = self.archive.slice(reading.data.clone());
        let is_sound = crc32fast::hash(&data) == reading.crc && data.len() as u64 == reading.size;
        if !is_sound && let Some((content, crc)) = self.inflated(&data, reading, out) {
            let observed = format!(
                "{}: the header says stored, {} bytes inflate to {}",
                entry.name.text,
                data.len(),
                content.len()
            );
            out.raise(STORED_BUT_DEFLATED, place(entry), observed);
            let detail = "deflate, although the header says stored";
            out.child_bytes(entry.name.clone(), Origin::file(OriginKind::Entry, detail), content)?;
            if crc == reading.crc {
                return Ok(End::Whole);
            }
        }
        if data.len() as u64 <= out.budget().limits().artifact_bytes {
            let crc = crc32fast::hash(&data);
            let length = data.len() as u64;
            let origin = Origin::file(OriginKind::Entry, method_name(STORED));
            out.child_bytes(entry.name.clone(), origin, data.clone())?;
            if length > reading.size && reading.size > 0 {
                give_stated_part(entry, reading, data.as_ref(), out)?;
            }
            return Ok(judge(entry, reading, crc, length, out));
        }
        self.packed(entry, reading, out)
    }

    /// The part of stored data before the first entry inside it, where too many entries reach over others: each would be
    /// an archive of all that follow, whose entries are again, and a small file would keep the scan busy to its limits.
    /// What is left out lies in the entries inside.
    fn own_part(&mut self, data: &Range<usize>) -> Option<Range<usize>> {
        let next = self.starts.partition_point(|start| *start < data.start);
        let first = self.starts.get(next).copied().filter(|first| *first < data.end)?;
        match self.shared_left.checked_sub(data.len()) {
            Some(left) => {
                self.shared_left = left;
                None
            }
            None => Some(data.start..first),
        }
    }

    /// What stored data inflates to, if it is a whole deflate stream: ended by itself, and with the stated checksum or
    /// size, or using up the data.
    fn inflated(&self, data: &Bytes, reading: &Reading, out: &mut Outcome<'_>) -> Option<(Bytes, u32)> {
        /// Bytes after a stream that still count as its own: a data descriptor.
        const LEFT: u64 = 24;
        let mut decoder = DeflateDecoder::new(data.as_ref());
        let (content, stop) = out.pull(&mut decoder);
        if stop.is_some() || content.is_empty() {
            return None;
        }
        let crc = crc32fast::hash(&content);
        let left = (data.len() as u64).saturating_sub(decoder.total_in());
        let is_meant = crc == reading.crc || content.len() as u64 == reading.size || left <= LEFT;
        is_meant.then(|| (Bytes::from(content), crc))
    }

    /// A compressed entry that is not encrypted.
    fn packed(&mut self, entry: &ZipEntry, reading: &Reading, out: &mut Outcome<'_>) -> Result<End, StageError> {
        let data = self.archive.slice(reading.data.clone());
        if reading.method != STORED && data.len() as u64 == reading.size && crc32fast::hash(&data) == reading.crc {
            // The reverse lie: the header says compressed, the checksum is that of the bytes as they lie there.
            let detail = format!("stored, although the header says {}", method_name(reading.method));
            if !data.is_empty() {
                out.child_bytes(entry.name.clone(), Origin::file(OriginKind::Entry, detail), data)?;
                return Ok(End::Whole);
            }
        }
        match self.models_left.checked_sub(reading.model_memory(&self.archive)) {
            Some(left) => self.models_left = left,
            None => {
                let text = "decoders of this archive ask for too much memory; this entry was not decoded";
                out.problem(Problem::new(ProblemKind::Limit, text, place(entry)));
                give_name(entry, method_name(reading.method), out)?;
                return Ok(End::Damaged);
            }
        }
        let mut packed = Packed::new(&self.archive, reading);
        match packed.open(None) {
            Ok(mut content) => {
                let end = give(entry, reading, method_name(reading.method), &mut content, out)?;
                let length = content.length();
                // Its memory is given back before another decoder asks for as much.
                drop(content);
                if length > reading.size && reading.size > 0 {
                    let mut again = Packed::new(&self.archive, reading);
                    if let Ok(content) = again.open(None) {
                        give_stated_part(entry, reading, content, out)?;
                    }
                }
                if end == End::Damaged && length == 0 && (recognised(&data) || ends_as_zip(&data)) {
                    // Nothing decodes, but the bytes are a file as they lie there.
                    let origin = Origin::part(OriginKind::Embedded, "an entry's data, not decoded");
                    out.child_bytes(entry.name.clone(), origin, data)?;
                }
                Ok(end)
            }
            Err(error) => {
                out.problem(unreadable(&error, entry));
                give_name(entry, method_name(reading.method), out)?;
                Ok(End::Damaged)
            }
        }
    }

    /// The local header's way to read an entry. Its content counts only if it is sound, or if the directory's way was
    /// not and this one gets through.
    fn second(
        &mut self,
        entry: &ZipEntry,
        other: &Reading,
        first: End,
        out: &mut Outcome<'_>,
    ) -> Result<(), StageError> {
        let keys = if other.is_encrypted { self.keys.iter().flat_map(Keyring::working).collect() } else { Vec::new() };
        let passwords: Vec<Option<Vec<u8>>> = match other.is_encrypted {
            true => keys.into_iter().map(|key| Some(key.bytes)).collect(),
            false => vec![None],
        };
        for password in passwords {
            let mut packed = Packed::new(&self.archive, other);
            let Ok(content) = packed.open(password.as_deref()) else { continue };
            let (bytes, stop) = out.pull(content);
            let is_sound = stop.is_none() && crc32fast::hash(&bytes) == other.crc;
            let is_better = stop.is_none() && first != End::Whole && !bytes.is_empty();
            let is_news = entry.header().is_none_or(|header| header.crc != other.crc || header.size != other.size);
            if (is_sound && (is_news || first != End::Whole)) || is_better {
                let detail = format!("{}, as the local header says", other.describe());
                out.child_bytes(entry.name.clone(), Origin::file(OriginKind::Entry, detail), bytes.into())?;
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Gives an entry's content as a child and compares it with what its header states.
fn give(
    entry: &ZipEntry,
    reading: &Reading,
    detail: String,
    content: &mut Content<'_>,
    out: &mut Outcome<'_>,
) -> Result<End, StageError> {
    let origin = Origin::file(OriginKind::Entry, detail);
    let is_whole = out.child_checked(entry.name.clone(), origin, &mut *content)?;
    if !is_whole {
        return Ok(End::Damaged);
    }
    Ok(judge(entry, reading, content.crc(), content.length(), out))
}

/// What programs get that stop at the stated size, where more content follows.
fn give_stated_part(
    entry: &ZipEntry,
    reading: &Reading,
    content: impl std::io::Read,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let detail = format!("{}, up to the stated size", method_name(reading.method));
    out.child(entry.name.clone(), Origin::file(OriginKind::Entry, detail), content.take(reading.size))
}

/// Whether decoded content is what the header states; if not, a problem says so.
fn judge(entry: &ZipEntry, reading: &Reading, crc: u32, length: u64, out: &mut Outcome<'_>) -> End {
    let is_crc_right = !reading.has_crc() || crc == reading.crc;
    if is_crc_right {
        if length != reading.size {
            let text = format!("{} bytes of content are stated, {length} are there", reading.size);
            out.problem(Problem::odd(text, place(entry)));
        }
        return End::Whole;
    }
    if reading.crc == 0 && length == reading.size {
        // Careless writers leave the checksum out.
        out.problem(Problem::odd("no checksum is stated", place(entry)));
        return End::Whole;
    }
    let text = format!("the content's checksum is {crc:08x}, stated is {:08x}", reading.crc);
    out.problem(Problem::damaged(text, place(entry)));
    End::Damaged
}

/// An entry nobody can read, so that its name is judged at least.
fn give_name(entry: &ZipEntry, detail: String, out: &mut Outcome<'_>) -> Result<(), StageError> {
    out.child_bytes(entry.name.clone(), Origin::file(OriginKind::Entry, detail), Bytes::new())
}

fn unreadable(error: &OpenError, entry: &ZipEntry) -> Problem {
    match error {
        OpenError::Unsupported(_) => Problem::unsupported(error.to_string(), place(entry)),
        OpenError::Password | OpenError::Damaged(_) => Problem::damaged(error.to_string(), place(entry)),
    }
}

fn place(entry: &ZipEntry) -> Location {
    let place = Location::part(format!("entry {}", entry.name.file_name()));
    match &entry.local {
        Some(local) => place.with_offset(local.at as u64),
        None => place,
    }
}
