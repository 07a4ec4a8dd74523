//! The tree, from the file set's root.

use std::collections::{HashSet, VecDeque};

use super::entry::{self, FileEntry};
use super::space::Space;
use super::structure::{self, tag, text};
use crate::formats::disk::trees::{Node, Tree};
use crate::formats::disk::volume::{MAX_DEPTH, MAX_ENTRIES, Volume};
use crate::formats::fields::{u16_at, u32_at};
use crate::model::{EntryName, Problem};
use crate::stage::{Outcome, StageError};

/// Bytes of a folder that are read.
const MAX_FOLDER: usize = 8 << 20;

struct Folder {
    path: String,
    entry: FileEntry,
    is_hidden: bool,
    depth: usize,
}

/// The tree, if the disk has a UDF volume.
pub(crate) fn tree(volume: &Volume<'_>, out: &mut Outcome<'_>) -> Result<Option<Tree>, StageError> {
    if !structure::is_there(volume.disk) {
        return Ok(None);
    }
    let Some(found) = structure::find(volume.disk) else {
        volume.damaged("no anchor of the UDF volume leads to its descriptors", "UDF", out);
        return Ok(None);
    };
    if !found.label.is_empty() {
        out.fact("volume-label", found.label.clone());
    }
    let (space, problems) = Space::new(volume, &found);
    for problem in problems {
        volume.damaged(problem, "UDF", out);
    }
    let mut tree = Tree { title: "UDF".to_owned(), ..Tree::default() };
    let root = address(&found.file_set).and_then(|(partition, block)| {
        // The file set descriptor, ECMA-167 4/14.1.
        let set = space.read(partition, block, 512);
        let (partition, block) = (tag(&set) == Some(256)).then(|| address(set.get(400..416)?)).flatten()?;
        entry::read(&space, partition, block)
    });
    let Some(root) = root else {
        tree.is_broken = true;
        volume.damaged("the root folder cannot be found", "UDF", out);
        return Ok(Some(tree));
    };
    let mut seen: HashSet<(u16, u32)> = HashSet::new();
    let mut count = 0usize;
    let mut folders = VecDeque::from([Folder { path: String::new(), entry: root, is_hidden: false, depth: 0 }]);
    while let Some(folder) = folders.pop_front() {
        out.budget().check_deadline()?;
        let bytes = space.content(&folder.entry, MAX_FOLDER);
        let mut rest = bytes.as_slice();
        // File identifiers, ECMA-167 4/14.4.
        while rest.len() >= 38 {
            let Some((length, name, flags, place)) = identifier(rest) else {
                tree.is_broken = true;
                volume.damaged("an entry of the folder is broken", &format!("UDF {}", folder.path), out);
                break;
            };
            rest = rest.get(length..).unwrap_or_default();
            count = count.saturating_add(1);
            if count > MAX_ENTRIES {
                tree.is_broken = true;
                volume.damaged(format!("more than {MAX_ENTRIES} entries"), "UDF", out);
                return Ok(Some(tree));
            }
            let path = format!("{}{name}", folder.path);
            if flags & 0x08 != 0 {
                continue;
            }
            if flags & 0x04 != 0 {
                out.fact("deleted-entry", path);
                continue;
            }
            let Some(entry) = entry::read(&space, place.0, place.1) else {
                tree.is_broken = true;
                volume.damaged("the entry leads to no file", &format!("UDF {path}"), out);
                continue;
            };
            if entry.strategy != 4 {
                let what = format!("allocation strategy {}", entry.strategy);
                out.problem(Problem::unsupported(what, volume.place(&format!("UDF {path}"))));
            }
            let is_hidden = folder.is_hidden || flags & 0x01 != 0;
            if flags & 0x02 != 0 || entry.kind == 4 {
                if is_hidden {
                    tree.hidden_folders.push(path.clone());
                }
                if !seen.insert(place) || folder.depth >= MAX_DEPTH {
                    let what = "the folder was read under another name, or lies too deep";
                    out.problem(Problem::odd(what, volume.place(&format!("UDF {path}"))));
                    continue;
                }
                let depth = folder.depth.saturating_add(1);
                folders.push_back(Folder { path: format!("{path}/"), entry, is_hidden, depth });
            } else if entry.kind == 12 {
                let target = link(&space.content(&entry, 4096));
                tree.links.push((EntryName::new(path), target));
            } else if matches!(entry.kind, 6..=9) {
                out.fact("special-file", path);
            } else {
                let FileEntry { size, runs, inline, .. } = entry;
                tree.nodes.push(Node { name: EntryName::new(path), runs, inline, size, is_hidden, detail: "" });
            }
        }
    }
    Ok(Some(tree))
}

/// Partition and block of a long allocation descriptor.
fn address(raw: &[u8]) -> Option<(u16, u32)> {
    Some((u16_at(raw, 8)?, u32_at(raw, 4)?))
}

/// Length, name, flags and place of a file identifier.
fn identifier(bytes: &[u8]) -> Option<(usize, String, u8, (u16, u32))> {
    if tag(bytes)? != 257 {
        return None;
    }
    let (flags, name_length) = (*bytes.get(18)?, usize::from(*bytes.get(19)?));
    let place = address(bytes.get(20..36)?)?;
    let start = usize::from(u16_at(bytes, 36)?).checked_add(38)?;
    let end = start.checked_add(name_length)?;
    let name = text(bytes.get(start..end)?);
    Some((end.next_multiple_of(4), name, flags, place))
}

/// The path a link's components make, ECMA-167 4/14.16.
fn link(bytes: &[u8]) -> String {
    let mut path = String::new();
    let mut rest = bytes;
    while let [kind, length, _, _, tail @ ..] = rest {
        let name = tail.get(..usize::from(*length)).unwrap_or(tail);
        if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        match kind {
            1 | 2 => path.push('/'),
            3 => path.push_str(".."),
            4 => path.push('.'),
            _ => path.push_str(&text(name)),
        }
        rest = tail.get(usize::from(*length)..).unwrap_or_default();
    }
    path
}
