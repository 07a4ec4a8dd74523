//! RAR to the entries in it: in order, since each entry of a solid archive continues the one before.

use std::collections::HashMap;
use std::io::Write;

use bytes::Bytes;

use super::decode::{Chain, Summing};
use super::entry::{Checksum, Entry, Lock, Method, What};
use super::keys::{Keys, Work};
use super::parser::RarView;
use super::unlock::{self, Opened};
use super::{findings, say};
use crate::formats::archive::decoy_folder::DECOY_FOLDER_SCRIPT;
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::archive::password::{OPENED_WITH_FOUND_PASSWORD, say_opened};
use crate::formats::archive::self_extractor::RUNS_COMMAND;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, PasswordHint, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes RAR archives apart.
pub(super) struct RarUnpacker;

impl Unpacker for RarUnpacker {
    fn findings(&self) -> Kinds {
        &[
            DECOY_FOLDER_SCRIPT,
            ENTRY_NAME_ESCAPES,
            OPENED_WITH_FOUND_PASSWORD,
            RUNS_COMMAND,
            findings::STREAM_ESCAPES,
            findings::STREAM_HIDES_FILE,
        ]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let mut work = Work::new();
        let Opened { view, mut key } = unlock::open(parent, &mut work, out)?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if view.has_locked_headers {
            out.fact("archive-names-encrypted", "rar");
            out.problem(Problem::encrypted("the list of entries is encrypted (RAR)", Location::whole()));
        }
        say::names(&view, out);
        say::volume(&view, out);
        if key.is_none() {
            key = unlock::find_password(parent, &view, &mut work, out)?;
        }
        if let Some((hint, _)) = &key {
            say_opened(out, hint);
        }
        let mut run = Run {
            archive: &parent.bytes,
            is_overlay: parent.origin.kind == OriginKind::Overlay,
            chain: Chain::default(),
            key,
            work,
            locked: 0,
            contents: HashMap::new(),
            file: None,
        };
        let result = run.entries(&view, out);
        if run.locked > 0 {
            let what = format!("{} entries are encrypted (RAR)", run.locked);
            out.problem(Problem::encrypted(what, Location::whole()));
        }
        result?;
        match view.trailing {
            Some(at) => look_behind(parent, at, out),
            None => Ok(()),
        }
    }
}

/// Bytes after the archive belong to nobody.
fn look_behind(parent: &Artifact, at: usize, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let rest = parent.bytes.slice(at.min(parent.bytes.len())..);
    out.problem(Problem::odd(format!("{} bytes follow the RAR archive", rest.len()), Location::at(at)));
    let name = EntryName::new(format!("{} (after the RAR archive)", parent.name.file_name()));
    out.child_bytes(name, Origin::part(OriginKind::Overlay, format!("after offset {at:#x}")), rest)
}

struct Run<'a> {
    archive: &'a Bytes,
    is_overlay: bool,
    chain: Chain,
    key: Option<(PasswordHint, Keys)>,
    work: Work,
    /// Entries no password opened.
    locked: usize,
    /// Contents given so far, for names that point to them.
    contents: HashMap<String, Bytes>,
    /// The file read last: streams belong to it.
    file: Option<String>,
}

/// Names of contents kept for links; the links themselves are few.
const MAX_CONTENTS: usize = 10_000;

impl Run<'_> {
    fn entries(&mut self, view: &RarView, out: &mut Outcome<'_>) -> Result<(), StageError> {
        for entry in &view.entries {
            match &entry.what {
                What::Folder | What::Service(_) => {}
                What::File => {
                    self.give(entry, entry.name.clone(), "", out)?;
                    if self.contents.len() < MAX_CONTENTS
                        && let Some(content) = out.latest()
                    {
                        self.contents.insert(entry.name.text.clone(), content.clone());
                    }
                    self.file = Some(entry.name.text.clone());
                }
                What::Link { kind, target, is_copy } => self.link(entry, kind, target.as_deref(), *is_copy, out)?,
                What::Stream(stream) => self.stream(entry, stream, out)?,
                What::Comment { is_wide } => self.comment(entry, *is_wide, out),
            }
        }
        Ok(())
    }

    /// Gives one entry, decoded if it can be; with its name alone if not.
    fn give(&mut self, entry: &Entry, name: EntryName, kind: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let place = Location::part(format!("entry {}", name.file_name())).with_offset(entry.offset as u64);
        let mut detail = entry.method_name();
        if !kind.is_empty() {
            detail = format!("{kind}, {detail}");
        }
        let mut cipher = None;
        if let Some(lock) = &entry.lock {
            let opened = self.key.as_mut().and_then(|(_, keys)| keys.cipher(lock, &mut self.work));
            let Some(opened) = opened else {
                self.locked = self.locked.saturating_add(1);
                self.chain.skip(entry);
                let detail = format!("{detail}, {}, locked", lock.name());
                return out.child_bytes(name, Origin::file(OriginKind::Entry, detail), Bytes::new());
            };
            cipher = Some(opened);
            let source = self.key.as_ref().map_or("", |(hint, _)| hint.source.as_str());
            detail = format!("{detail}, {}, password from {source}", lock.name());
        }
        let origin = Origin::file(OriginKind::Entry, detail);
        if let Some(what) = self.chain.why_not(entry) {
            out.problem(match entry.method {
                Method::Unknown(_) => Problem::unsupported(what, place),
                _ => Problem::damaged(what, place),
            });
            self.chain.skip(entry);
            return out.child_bytes(name, origin, Bytes::new());
        }
        if entry.missing > 0 {
            let what = format!("{} packed bytes of the entry are missing", entry.missing);
            out.problem(Problem::damaged(what, place.clone()));
        }
        // What is stored as it is needs no copy.
        if entry.method == Method::Stored
            && cipher.is_none()
            && let [range] = entry.data.as_slice()
            && range.len() as u64 <= out.budget().limits().artifact_bytes
        {
            let content = self.archive.slice(range.start.min(self.archive.len())..range.end.min(self.archive.len()));
            let mut nothing = std::io::sink();
            let mut sums = Summing::new(&mut nothing);
            let _ = sums.write_all(&content);
            let sums = Sums::of(&sums);
            self.check(entry, sums, &place, out);
            return out.child_bytes(name, origin, content);
        }
        let (archive, chain) = (self.archive, &mut self.chain);
        let mut sums = Sums::default();
        let is_whole = out.child_written(name, origin, |written| {
            let mut summing = Summing::new(written);
            let ended = chain.decode(archive, entry, cipher, &mut summing);
            sums = Sums::of(&summing);
            ended
        })?;
        if is_whole {
            self.check(entry, sums, &place, out);
        }
        Ok(())
    }

    /// Says where content and header disagree.
    fn check(&mut self, entry: &Entry, sums: Sums, place: &Location, out: &mut Outcome<'_>) {
        if entry.is_continued || entry.goes_on || entry.missing > 0 {
            // The stated checksum is that of a packed part; that parts are missing is said.
            return;
        }
        if entry.size.is_some_and(|size| size != sums.length) {
            let what = format!("{} bytes of content are stated, {} are there", entry.size.unwrap_or(0), sums.length);
            out.problem(Problem::odd(what, place.clone()));
        }
        let keyed = match (&entry.lock, &mut self.key) {
            (Some(Lock::V50(lock)), Some((_, keys))) if lock.has_keyed_checksums => {
                keys.keys50(lock, &mut self.work).map(|keys| keys.mac_crc32(sums.crc))
            }
            _ => None,
        };
        let is_right = match entry.checksum {
            Checksum::None => true,
            Checksum::Sum16(sum) => sum == sums.sum,
            Checksum::Crc32(crc) => crc == keyed.unwrap_or(sums.crc),
        };
        if !is_right {
            let what = "content has a wrong checksum";
            out.problem(Problem::damaged(what, place.clone()));
            if entry.lock.is_some() {
                self.locked = self.locked.saturating_add(1);
            }
        }
    }

    /// Another name for something: a copy has the content of the entry it names.
    fn link(
        &mut self,
        entry: &Entry,
        kind: &str,
        target: Option<&str>,
        is_copy: bool,
        out: &mut Outcome<'_>,
    ) -> Result<(), StageError> {
        match target {
            Some(target) => {
                out.fact("link", format!("{} → {target} ({kind})", entry.name.text));
                let content = if is_copy { self.contents.get(target).cloned() } else { None };
                let origin = Origin::file(OriginKind::Entry, format!("{kind} to {target}"));
                out.child_bytes(entry.name.clone(), origin, content.unwrap_or_default())
            }
            None => {
                self.give(entry, entry.name.clone(), kind, out)?;
                let target = out.latest().map(|content| String::from_utf8_lossy(content).into_owned());
                if let Some(target) = target.filter(|target| !target.is_empty()) {
                    escape::raise_link(&entry.name, &target, out);
                    out.fact("link", format!("{} → {target} ({kind})", entry.name.text));
                }
                Ok(())
            }
        }
    }

    /// An NTFS stream of the file before it.
    fn stream(&mut self, entry: &Entry, stream: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let file = self.file.clone().unwrap_or_default();
        let name = say::stream_name(stream);
        out.fact("ntfs-stream", format!("{file}{stream}"));
        self.give(entry, name, &format!("NTFS stream of {file}"), out)?;
        let content = out.latest().cloned().unwrap_or_default();
        say::stream(&file, stream, &content, out);
        Ok(())
    }

    /// The comment, for the reader, and for what a self-extractor is told in it.
    fn comment(&mut self, entry: &Entry, is_wide: bool, out: &mut Outcome<'_>) {
        let cipher = match &entry.lock {
            None => None,
            Some(lock) => match self.key.as_mut() {
                Some((_, keys)) => keys.cipher(lock, &mut self.work),
                None if *lock == Lock::Comment13 => Keys::new("").cipher(lock, &mut self.work),
                None => return,
            },
        };
        let archive = self.archive;
        // A comment continues nothing and nothing continues it.
        let (text, _) = out.take_written(|written| Chain::default().decode(archive, entry, cipher, written));
        say::comment(&text, is_wide, self.is_overlay, out);
    }
}

/// Sums over what was decoded.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    crc: u32,
    sum: u16,
    length: u64,
}

impl Sums {
    fn of(summing: &Summing<'_>) -> Self {
        Sums { crc: summing.crc.clone().finalize(), sum: summing.sum, length: summing.length }
    }
}
