//! The view of a compound file (MS-CFB): storages and streams by path, whatever state the file is in.

use std::collections::HashMap;
use std::sync::OnceLock;

use bytes::Bytes;

use super::directory::{RawEntry, RawKind, entries, walk};
use super::embedded;
use super::header::{MINI_CUTOFF, header};
use super::salvage;
use super::sectors::{Chain, Sectors, fat};
use crate::knowledge::clsids::Clsid;
use crate::model::{Location, ParseError, Problem, View};

/// A compound file: a small file system of storages (folders) and streams (files).
///
/// Names compare without case, as Windows does. Everything listed can be read: a stream whose chain breaks has the bytes
/// before the break, and [`OleView::problems`] says where.
#[derive(Debug)]
pub struct OleView {
    /// The root first, then every entry in the order of the tree, a storage directly before its content; then orphans.
    pub entries: Vec<OleEntry>,
    /// What was odd or damaged.
    pub problems: Vec<Problem>,
    /// What its tables say wrongly, so that the file was read another way.
    pub repairs: Vec<String>,
    /// Version of the header: 3 or 4.
    pub version: u16,
    /// Index of the first child of that name in lower case, by parent.
    by_name: HashMap<(Option<usize>, String), usize>,
    /// Indices of the children of each storage that has any.
    by_parent: HashMap<usize, Vec<usize>>,
    /// The outermost storages that are documents of their own.
    documents: Vec<usize>,
    unowned: salvage::Unowned,
    pub(super) file: Sectors,
    pub(super) mini: Sectors,
}

/// A storage or stream.
#[derive(Debug)]
pub struct OleEntry {
    /// Name, decoded, illegal characters and all: `\u{1}Ole10Native`.
    pub name: String,
    /// What it is.
    pub kind: OleKind,
    /// The class of a storage; all zero where it has none.
    pub clsid: Clsid,
    /// Bytes the directory claims.
    pub declared_size: u64,
    /// Bytes that can be read, at most [`OleEntry::declared_size`].
    pub size: u64,
    /// Index of the storage it is in; none for the root and for orphans.
    pub parent: Option<usize>,
    /// Whether no storage's tree reaches it. Deleted macros are found this way.
    pub is_orphan: bool,
    /// Whether its bytes are scattered over the file, so that a search of the file does not see them in one piece.
    pub is_fragmented: bool,
    /// Whether it is, or lies in, a document of its own, which is given as a file ([`OleView::documents`]).
    pub is_embedded: bool,
    pub(super) chain: Chain,
    data: OnceLock<Bytes>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OleKind {
    /// The root storage.
    Root,
    /// A folder.
    Storage,
    /// A file.
    Stream,
}

/// Problems kept; a damaged file repeats them for every stream.
const MAX_PROBLEMS: usize = 40;

impl View for OleView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let mut problems = Vec::new();
        let header = header(bytes, &mut problems)?;
        let mut repairs: Vec<String> = header.repair.iter().cloned().collect();
        let links = fat(bytes, &header, &mut problems);
        let file = Sectors::new(bytes.clone(), 1usize << header.sector_shift, header.sector_shift, links);
        let mut walker = file.walker();

        let stored = salvage::directory(&file, &header, &mut walker, &mut problems, &mut repairs);
        let mut directory = entries(&stored, header.major);
        if directory.is_empty() {
            directory.push(RawEntry::root());
        }
        let Some(root) = directory.first() else {
            return Err(ParseError::new("compound file without a directory", 48));
        };
        if root.kind != RawKind::Root {
            problems.push(Problem::odd("first directory entry is not the root", Location::part("directory")));
        }
        let mini = salvage::mini(&file, &header, root, &mut walker);
        let mut mini_walker = mini.walker();

        let walk = walk(&directory);
        say_walk(&walk, &mut problems);
        let mut view = OleView {
            entries: Vec::new(),
            problems,
            repairs,
            version: header.major,
            by_name: HashMap::new(),
            by_parent: HashMap::new(),
            documents: Vec::new(),
            unowned: salvage::Unowned::default(),
            file,
            mini,
        };
        for placed in walk.placed {
            let Some(raw) = directory.get(placed.id) else { continue };
            let kind = match raw.kind {
                _ if placed.id == 0 => OleKind::Root,
                RawKind::Storage | RawKind::Root => OleKind::Storage,
                RawKind::Stream | RawKind::Unused | RawKind::Other(_) => OleKind::Stream,
            };
            let chain = match kind {
                OleKind::Root | OleKind::Storage => Chain::default(),
                OleKind::Stream if raw.size < MINI_CUTOFF => view.mini.follow(raw.start, raw.size, &mut mini_walker),
                OleKind::Stream => view.file.follow(raw.start, raw.size, &mut walker),
            };
            let declared_size = if kind == OleKind::Stream { raw.size } else { 0 };
            let entry = OleEntry {
                name: raw.name.clone(),
                kind,
                clsid: Clsid(raw.clsid),
                declared_size,
                size: chain.length.min(declared_size),
                parent: placed.parent,
                is_orphan: placed.is_orphan,
                is_fragmented: chain.is_fragmented(),
                is_embedded: false,
                chain,
                data: OnceLock::new(),
            };
            let index = view.entries.len();
            if let Some(parent) = entry.parent {
                view.by_parent.entry(parent).or_default().push(index);
            }
            view.by_name.entry((entry.parent, entry.name.to_lowercase())).or_insert(index);
            view.entries.push(entry);
        }
        view.unowned = salvage::Unowned::of(&view, &walker, &mini_walker);
        view.documents = embedded::mark(&mut view.entries);
        view.say_streams();
        if view.problems.len() > MAX_PROBLEMS {
            let more = view.problems.len().saturating_sub(MAX_PROBLEMS);
            // Damage must not be cut away by oddities, since it is what coverage is judged by.
            view.problems.sort_by_key(|problem| std::cmp::Reverse(problem.kind));
            view.problems.truncate(MAX_PROBLEMS);
            view.problems.push(Problem::odd(format!("{more} more problems of this kind"), Location::whole()));
        }
        Ok(view)
    }
}

fn say_walk(walk: &super::directory::Walk, problems: &mut Vec<Problem>) {
    let directory = || Location::part("directory");
    if let Some(first) = walk.bad_links.first() {
        let count = walk.bad_links.len();
        problems.push(Problem::odd(
            format!("{count} directory links lead nowhere or back, first at entry {first}"),
            directory(),
        ));
    }
    if walk.too_deep > 0 {
        problems.push(Problem::odd(format!("{} storages are nested too deeply", walk.too_deep), directory()));
    }
    let orphans = walk.placed.iter().filter(|placed| placed.is_orphan).count();
    if orphans > 0 {
        problems.push(Problem::odd(format!("{orphans} directory entries belong to no storage"), directory()));
    }
}

impl OleView {
    /// Says which streams are cut. An orphan's sectors may belong to someone else since, so its loss is no damage.
    fn say_streams(&mut self) {
        let mut cut = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            if entry.kind != OleKind::Stream || entry.size >= entry.declared_size {
                continue;
            }
            let path = self.path(index);
            let why = entry.chain.broken.unwrap_or("the end of its chain");
            let what = format!("stream ends after {} of {} bytes at {why}", entry.size, entry.declared_size);
            let at = Location::part(format!("stream {path}")).with_offset(entry.size);
            cut.push(if entry.is_orphan { Problem::odd(what, at) } else { Problem::damaged(what, at) });
            if cut.len() > MAX_PROBLEMS {
                break;
            }
        }
        self.problems.extend(cut);
    }

    /// The root storage.
    pub fn root(&self) -> Option<&OleEntry> {
        self.entries.first()
    }

    /// Index of what lies at a path from the root (`Macros/VBA`); the root itself for an empty path. Without regard to
    /// case.
    pub fn find(&self, path: &str) -> Option<usize> {
        let mut at = 0usize;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            at = self.child(at, name)?;
        }
        Some(at)
    }

    /// Index of the entry of this name in a storage, without regard to case.
    pub fn child(&self, storage: usize, name: &str) -> Option<usize> {
        self.by_name.get(&(Some(storage), name.to_lowercase())).copied()
    }

    /// What lies directly in a storage, with indices.
    pub fn children(&self, storage: usize) -> impl Iterator<Item = (usize, &OleEntry)> {
        let indices = self.by_parent.get(&storage).map(Vec::as_slice).unwrap_or_default();
        indices.iter().filter_map(|index| Some((*index, self.entries.get(*index)?)))
    }

    /// Every storage of this document but the root, orphans included, with indices. What belongs to an embedded document
    /// is read where that is.
    pub fn storages(&self) -> impl Iterator<Item = (usize, &OleEntry)> {
        self.own().filter(|(_, entry)| entry.kind == OleKind::Storage)
    }

    /// Every stream of this document, orphans included, with indices; as [`OleView::storages`].
    pub fn streams(&self) -> impl Iterator<Item = (usize, &OleEntry)> {
        self.own().filter(|(_, entry)| entry.kind == OleKind::Stream)
    }

    fn own(&self) -> impl Iterator<Item = (usize, &OleEntry)> {
        self.entries.iter().enumerate().filter(|(_, entry)| !entry.is_embedded)
    }

    /// The storages that are documents of their own (a workbook in a text), none inside another.
    pub fn documents(&self) -> &[usize] {
        &self.documents
    }

    /// What no stream owns: free sectors, small and large, and the ends of last sectors, with a word on where it lies.
    /// Deleted macros stay there until something else is written over them.
    pub fn unowned(&self) -> impl Iterator<Item = (String, Bytes)> {
        self.unowned.pieces(self)
    }

    /// Content of the stream at a path from the root, without regard to case.
    pub fn stream(&self, path: &str) -> Option<Bytes> {
        let index = self.find(path)?;
        (self.entries.get(index)?.kind == OleKind::Stream).then(|| self.data(index))
    }

    /// Content of a stream as far as it can be read; empty for a storage. A slice of the file where the stream lies in
    /// one piece, and put together once where it does not.
    pub fn data(&self, index: usize) -> Bytes {
        let Some(entry) = self.entries.get(index) else { return Bytes::new() };
        let sectors = if entry.declared_size < MINI_CUTOFF { &self.mini } else { &self.file };
        entry.data.get_or_init(|| sectors.read(&entry.chain, entry.size)).clone()
    }

    /// The path of an entry from the root, names joined by `/`; an orphan's begins with its own topmost storage.
    pub fn path(&self, index: usize) -> String {
        let mut names = Vec::new();
        let mut next = Some(index);
        // Parents stand before their children, so this ends.
        while let Some(at) = next.filter(|at| *at > 0) {
            let Some(entry) = self.entries.get(at) else { break };
            names.push(entry.name.as_str());
            next = entry.parent;
        }
        names.reverse();
        names.join("/")
    }

    /// Offset where the last sector in use ends; what follows belongs to no stream.
    pub fn end(&self) -> usize {
        self.file.end()
    }

    /// The class of the root: which program the file belongs to.
    pub fn class(&self) -> Clsid {
        self.root().map_or(Clsid::NONE, |root| root.clsid)
    }
}
