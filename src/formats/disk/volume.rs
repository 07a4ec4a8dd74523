//! One volume of a disk while its files are given: where its names hang, how much reading is left, and what every file
//! system says of every entry.

use std::cell::{Cell, RefCell};
use std::io::Read;

use super::source::{self, Disk};
use crate::formats::archive::escape::{self, Escape};
use crate::model::{EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Outcome, StageError};

/// A volume.
pub(crate) struct Volume<'a> {
    /// The disk, or the partition.
    pub(crate) disk: &'a dyn Disk,
    /// Set before every name: empty, or `partition 2/`.
    prefix: String,
    /// Bytes of tables and folders that may still be read.
    left: Cell<u64>,
    /// The first failure to read a table or folder.
    failure: RefCell<Option<String>>,
}

/// Bytes of tables and folders read per volume. The largest honest ones seen in mail are a few megabytes.
const MAX_TABLES: u64 = 256 << 20;
/// Entries read per volume.
pub(crate) const MAX_ENTRIES: usize = 1 << 17;
/// Folders within folders.
pub(crate) const MAX_DEPTH: usize = 64;

/// What a file system says of an entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// Path inside the volume, and other names.
    pub(crate) name: EntryName,
    /// Words for the origin: `FAT16`, `compressed`.
    pub(crate) detail: String,
    /// Whether it carries the hidden or system attribute.
    pub(crate) is_hidden: bool,
    /// Whether it is deleted and only its traces are there.
    pub(crate) is_deleted: bool,
    /// Whether it is a part no one opens: a boot image.
    pub(crate) is_part: bool,
}

impl Entry {
    /// A visible file.
    pub(crate) fn new(name: EntryName, detail: impl Into<String>) -> Self {
        Entry { name, detail: detail.into(), ..Entry::default() }
    }
}

impl<'a> Volume<'a> {
    /// A volume whose names get a prefix.
    pub(crate) fn new(disk: &'a dyn Disk, prefix: String) -> Self {
        Volume { disk, prefix, left: Cell::new(MAX_TABLES), failure: RefCell::new(None) }
    }

    /// Up to `length` bytes of a table or folder.
    pub(crate) fn read(&self, offset: u64, length: usize) -> Vec<u8> {
        let wanted = length;
        let length = length.min(usize::try_from(self.left.get()).unwrap_or(usize::MAX));
        let bytes = source::read(self.disk, offset, length);
        if length < wanted {
            self.failure.borrow_mut().get_or_insert("tables and folders are larger than is read".to_owned());
        } else if bytes.len() < length
            && let Err(error) = self.disk.read_at(offset.saturating_add(bytes.len() as u64), &mut [0])
        {
            self.failure.borrow_mut().get_or_insert(error.to_string());
        }
        self.left.set(self.left.get().saturating_sub(bytes.len() as u64));
        bytes
    }

    /// The first failure to read a table or folder, if there was one.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.borrow_mut().take()
    }

    /// A place in the volume.
    pub(crate) fn place(&self, what: &str) -> Location {
        Location::part(format!("{}{what}", self.prefix))
    }

    /// Says that something is damaged.
    pub(crate) fn damaged(&self, what: impl Into<String>, place: &str, out: &mut Outcome<'_>) {
        out.problem(Problem::damaged(what, self.place(place)));
    }

    /// Names with the volume's prefix.
    fn named(&self, name: &EntryName) -> EntryName {
        if self.prefix.is_empty() {
            return name.clone();
        }
        let with = |text: &str| format!("{}{text}", self.prefix);
        EntryName { text: with(&name.text), others: name.others.iter().map(|o| with(o)).collect(), raw: None }
    }

    /// Gives a file.
    pub(crate) fn give(&self, entry: &Entry, content: impl Read, out: &mut Outcome<'_>) -> Result<(), StageError> {
        escape::raise(&entry.name, out);
        let name = self.named(&entry.name);
        if entry.is_hidden {
            out.fact("hidden-entry", name.text.clone());
        }
        if entry.is_deleted {
            out.fact("deleted-entry", name.text.clone());
        }
        let origin = match entry.is_part {
            true => Origin::part(OriginKind::Embedded, entry.detail.clone()),
            false => Origin::file(OriginKind::Entry, entry.detail.clone()),
        };
        out.child(name, origin, content)
    }

    /// Says where a link or reparse point leads.
    pub(crate) fn link(&self, name: &EntryName, target: &str, out: &mut Outcome<'_>) {
        escape::raise(name, out);
        let folder = name.text.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
        let path = match target.starts_with(['/', '\\']) || target.get(1..2) == Some(":") {
            true => target.to_owned(),
            false => format!("{folder}{target}"),
        };
        if let Some(found) = escape::check_path(&path) {
            escape::raise_found(&Escape { name: format!("{} -> {target}", name.text), ..found }, out);
        }
        out.fact("link-entry", format!("{} -> {target}", self.named(name).text));
    }

    /// Notes the name of a folder that carries the hidden attribute.
    pub(crate) fn hidden_folder(&self, path: &str, out: &mut Outcome<'_>) {
        out.fact("hidden-folder", format!("{}{path}", self.prefix));
    }
}
