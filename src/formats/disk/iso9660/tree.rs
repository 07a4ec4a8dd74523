//! One tree of names, from the root folder of a descriptor.

use std::collections::{HashSet, VecDeque};

use super::descriptors::{Descriptor, Names};
use super::record::Record;
use super::rock_ridge::{self, Extra};
use crate::formats::disk::content::{Run, Runs};
use crate::formats::disk::trees::{Node, Tree, is_news};
use crate::formats::disk::volume::{MAX_DEPTH, MAX_ENTRIES, Volume};
use crate::model::{EntryName, Problem};
use crate::stage::{Outcome, StageError};

/// Bytes of a folder that are read.
const MAX_FOLDER: usize = 8 << 20;

struct Folder {
    path: String,
    block: u32,
    size: u32,
    is_hidden: bool,
    depth: usize,
}

struct Walk<'a> {
    volume: &'a Volume<'a>,
    descriptor: &'a Descriptor,
    /// Bytes to skip before Rock Ridge's entries; none if the disc has none.
    skip: Option<usize>,
    tree: Tree,
    folders: VecDeque<Folder>,
    seen: HashSet<u32>,
    count: usize,
}

/// Walks the tree.
pub(super) fn read(
    volume: &Volume<'_>,
    descriptor: &Descriptor,
    title: String,
    out: &mut Outcome<'_>,
) -> Result<Tree, StageError> {
    let tree = Tree { title, ..Tree::default() };
    let mut walk =
        Walk { volume, descriptor, skip: None, tree, folders: VecDeque::new(), seen: HashSet::new(), count: 0 };
    let Some(root) = Record::read(&descriptor.root) else {
        volume.damaged("the root folder has no record", &walk.tree.title, out);
        walk.tree.is_broken = true;
        return Ok(walk.tree);
    };
    walk.find_rock_ridge(&root);
    walk.open(String::new(), &root, false, 0, out);
    while let Some(folder) = walk.folders.pop_front() {
        out.budget().check_deadline()?;
        walk.folder(&folder, out);
    }
    Ok(walk.tree)
}

impl Walk<'_> {
    /// Byte offset of a block.
    fn place(&self, block: u32) -> u64 {
        u64::from(block).saturating_mul(self.descriptor.block)
    }

    /// The entry "SP" in the root folder's own record says that there are more.
    fn find_rock_ridge(&mut self, root: &Record) {
        if self.descriptor.names == Names::Joliet {
            return;
        }
        let start = self.volume.read(self.place(root.blocks.0), 2048);
        if let Some(own) = Record::read(&start) {
            let extra = rock_ridge::read(&own.system_use, 0, |_, _, _| Vec::new());
            // CD-XA discs put 14 bytes of their own before it.
            let extra = match extra.skip {
                None => rock_ridge::read(&own.system_use, 14, |_, _, _| Vec::new()),
                Some(_) => extra,
            };
            self.skip = extra.skip;
        }
    }

    fn say(&mut self, what: &str, place: &str, out: &mut Outcome<'_>) {
        self.tree.is_broken = true;
        self.volume.damaged(what, &format!("{} {place}", self.tree.title), out);
    }

    /// Queues a folder. Where the two byte orders differ, the one that leads into the image is taken.
    fn open(&mut self, path: String, record: &Record, is_hidden: bool, depth: usize, out: &mut Outcome<'_>) {
        let end = self.volume.disk.size();
        let mut blocks = vec![record.blocks.0];
        if record.blocks.1 != record.blocks.0 {
            let what = "the two byte orders of a folder's place differ";
            out.problem(Problem::odd(what, self.volume.place(&format!("{} {path}", self.tree.title))));
            blocks.push(record.blocks.1);
        }
        let mut is_open = false;
        for block in blocks {
            let is_inside = self.place(block) < end && block > 0;
            if !is_inside {
                continue;
            }
            is_open = true;
            if depth > MAX_DEPTH || !self.seen.insert(block) {
                if path.is_empty() {
                    continue;
                }
                let what = "the folder was read under another name, or lies too deep";
                out.problem(Problem::odd(what, self.volume.place(&format!("{} {path}", self.tree.title))));
                continue;
            }
            let size = if self.place(record.sizes.0) == 0 { record.sizes.1 } else { record.sizes.0 };
            self.folders.push_back(Folder { path: path.clone(), block, size, is_hidden, depth });
        }
        if !is_open {
            self.say("the folder lies outside the image", &path, out);
        }
    }

    fn folder(&mut self, folder: &Folder, out: &mut Outcome<'_>) {
        let at = self.place(folder.block);
        let wanted = usize::try_from(folder.size).unwrap_or(usize::MAX);
        let bytes = self.volume.read(at, wanted.min(MAX_FOLDER));
        if bytes.len() < wanted {
            self.say("the folder ends outside the image", &folder.path, out);
        }
        let mut pieces: Option<(Record, Runs, u64)> = None;
        // Records do not cross sectors; the rest of one is zero.
        for sector in bytes.chunks(2048) {
            let mut rest = sector;
            while rest.first().is_some_and(|length| *length > 0) {
                let Some(record) = Record::read(rest) else {
                    self.say("a record of the folder is broken", &folder.path, out);
                    break;
                };
                rest = rest.get(record.length..).unwrap_or_default();
                self.count = self.count.saturating_add(1);
                if self.count > MAX_ENTRIES {
                    self.say("too many entries", &folder.path, out);
                    self.folders.clear();
                    return;
                }
                if !record.is_dots() {
                    self.entry(folder, record, &mut pieces, out);
                }
            }
        }
        if let Some((record, runs, size)) = pieces.take() {
            out.problem(Problem::odd(
                "the last piece of a file in several is missing",
                self.volume.place(&folder.path),
            ));
            self.file(folder, &record, runs, size, out);
        }
    }

    fn entry(
        &mut self,
        folder: &Folder,
        record: Record,
        pieces: &mut Option<(Record, Runs, u64)>,
        out: &mut Outcome<'_>,
    ) {
        if record.is_folder() {
            let extra = self.extra(&record);
            // Shown where it belongs, by the record that says where it went.
            if extra.is_moved {
                return;
            }
            let path = format!("{}{}", folder.path, self.name(&record, &extra).text);
            let is_hidden = folder.is_hidden || record.is_hidden();
            if is_hidden {
                self.tree.hidden_folders.push(path.clone());
            }
            self.open(format!("{path}/"), &record, is_hidden, folder.depth.saturating_add(1), out);
            return;
        }
        let (mut runs, mut size) = match pieces.take() {
            Some((before, runs, size)) if before.name == record.name => (runs, size),
            Some((before, runs, size)) => {
                self.file(folder, &before, runs, size, out);
                (Runs::default(), 0)
            }
            None => (Runs::default(), 0),
        };
        self.add(&record, record.blocks.0, record.sizes.0, &mut runs);
        size = size.saturating_add(u64::from(record.sizes.0));
        if record.goes_on() {
            *pieces = Some((record, runs, size));
        } else {
            self.file(folder, &record, runs, size, out);
        }
    }

    /// Adds where a record's content lies.
    fn add(&self, record: &Record, block: u32, size: u32, runs: &mut Runs) {
        let block_size = self.descriptor.block;
        let mut at = self.place(block).saturating_add(u64::from(record.attributes).saturating_mul(block_size));
        let mut left = u64::from(size);
        if record.unit == 0 {
            // Up to the end of the sector, so that pieces join.
            runs.push(Run { at: Some(at), length: left });
            return;
        }
        let unit = u64::from(record.unit).saturating_mul(block_size);
        let step = unit.saturating_add(u64::from(record.gap).saturating_mul(block_size));
        while left > 0 && at < self.volume.disk.size() {
            let length = left.min(unit);
            runs.push(Run { at: Some(at), length });
            left = left.saturating_sub(length);
            at = at.saturating_add(step);
        }
    }

    fn extra(&self, record: &Record) -> Extra {
        match self.skip {
            Some(skip) => rock_ridge::read(&record.system_use, skip, |block, offset, length| {
                let at = self.place(block).saturating_add(offset as u64);
                self.volume.read(at, length.min(2048))
            }),
            None => Extra::default(),
        }
    }

    /// Rock Ridge's name first, then the other.
    fn name(&self, record: &Record, extra: &Extra) -> EntryName {
        let own = record.text(self.descriptor.names);
        match &extra.name {
            Some(name) if is_news(&own.text, name) => name.clone().also(own.text),
            Some(name) => name.clone(),
            None => own,
        }
    }

    fn file(&mut self, folder: &Folder, record: &Record, runs: Runs, size: u64, out: &mut Outcome<'_>) {
        let extra = self.extra(record);
        let own = self.name(record, &extra);
        let with = |text: &str| format!("{}{text}", folder.path);
        let name = EntryName {
            text: with(&own.text),
            others: own.others.iter().map(|other| with(other)).collect(),
            raw: own.raw.clone(),
        };
        if let Some(block) = extra.moved_to {
            let mut moved = record.clone();
            moved.blocks = (block, block);
            // The folder states its own size in its first record.
            let first = self.volume.read(self.place(block), 2048);
            if let Some(own) = Record::read(&first) {
                moved.sizes = own.sizes;
            }
            let is_hidden = folder.is_hidden || record.is_hidden();
            self.open(format!("{}/", name.text), &moved, is_hidden, folder.depth.saturating_add(1), out);
            return;
        }
        if let Some(target) = extra.link {
            self.tree.links.push((name, target));
            return;
        }
        if extra.is_special {
            out.fact("special-file", name.text);
            return;
        }
        let place = || self.volume.place(&format!("{} {}", self.tree.title, name.text));
        if record.unit > 0 {
            out.problem(Problem::odd("the file is interleaved", place()));
        }
        if extra.is_compressed {
            out.problem(Problem::unsupported("the file is compressed by zisofs", place()));
        }
        let is_torn = record.is_torn() && record.blocks.1 != 0;
        if is_torn {
            out.problem(Problem::odd("the two byte orders of the file's place or size differ", place()));
            let mut other = Runs::default();
            self.add(record, record.blocks.1, record.sizes.1, &mut other);
            self.tree.nodes.push(Node {
                name: name.clone(),
                runs: other,
                size: u64::from(record.sizes.1),
                is_hidden: folder.is_hidden || record.is_hidden(),
                detail: "by the big-endian fields",
                ..Node::default()
            });
        }
        let detail = match (record.is_associated(), is_torn) {
            (true, _) => "associated file",
            (_, true) => "by the little-endian fields",
            _ => "",
        };
        let is_hidden = folder.is_hidden || record.is_hidden();
        self.tree.nodes.push(Node { name, runs, size, is_hidden, detail, ..Node::default() });
    }
}
