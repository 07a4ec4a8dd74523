//! The tree of one image: entries of a folder one after the other, each folder at the place its entry states.

use std::collections::{HashSet, VecDeque};

use super::header::Hash;
use crate::formats::disk::volume::{MAX_DEPTH, MAX_ENTRIES};
use crate::formats::fields::{clipped, size_at, u16_at, u32_at, u64_at, wide_at};
use crate::model::name::extension;
use crate::model::{EntryName, Location, Problem};

/// A file or folder.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: EntryName,
    pub(super) is_folder: bool,
    pub(super) is_hidden: bool,
    pub(super) is_reparse: bool,
    /// Name and hash of each stream; content has no name. Zeros are nothing.
    pub(super) streams: Vec<(String, Hash)>,
}

struct Folder {
    path: String,
    at: usize,
    is_hidden: bool,
    depth: usize,
}

/// The entries of an image, and what is wrong.
pub(super) fn entries(bytes: &[u8]) -> (Vec<Entry>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    // Security descriptors come first.
    let security = size_at(bytes, 0).unwrap_or_default().max(8).next_multiple_of(8);
    let root = size_at(bytes, security.saturating_add(16)).unwrap_or_default();
    let mut seen = HashSet::from([root]);
    let mut folders = VecDeque::from([Folder { path: String::new(), at: root, is_hidden: false, depth: 0 }]);
    if root == 0 {
        // An image without files has a root of no place; anything else is damage.
        folders.clear();
        if bytes.len() < security.saturating_add(102) {
            problems.push(Problem::damaged("the image's root folder is missing", Location::part("metadata")));
        }
    }
    while let Some(folder) = folders.pop_front() {
        let mut at = folder.at;
        loop {
            let Some(length) = u64_at(bytes, at) else {
                problems
                    .push(Problem::damaged("a folder leads out of the metadata", Location::part(folder.path.clone())));
                break;
            };
            if length <= 8 {
                break;
            }
            let Some((entry, next, inner)) = entry(bytes, at, length, &folder) else {
                problems
                    .push(Problem::damaged("an entry of the folder is broken", Location::part(folder.path.clone())));
                break;
            };
            at = next;
            if found.len() >= MAX_ENTRIES {
                problems.push(Problem::damaged(format!("more than {MAX_ENTRIES} entries"), Location::part("metadata")));
                return (found, problems);
            }
            if entry.is_folder && inner != 0 {
                if folder.depth >= MAX_DEPTH || !seen.insert(inner) {
                    let what = "the folder was read under another name, or lies too deep";
                    problems.push(Problem::odd(what, Location::part(entry.name.text.clone())));
                } else {
                    folders.push_back(Folder {
                        path: format!("{}/", entry.name.text),
                        at: inner,
                        is_hidden: entry.is_hidden,
                        depth: folder.depth.saturating_add(1),
                    });
                }
            }
            found.push(entry);
        }
    }
    (found, problems)
}

/// One entry, where the next begins, and where the folder it is begins.
fn entry(bytes: &[u8], at: usize, length: u64, folder: &Folder) -> Option<(Entry, usize, usize)> {
    let length = usize::try_from(length).ok().filter(|length| *length >= 102)?;
    let raw = bytes.get(at..at.checked_add(length)?)?;
    let attributes = u32_at(raw, 8)?;
    let inner = usize::try_from(u64_at(raw, 16)?).ok()?;
    let hash = Hash::try_from(clipped(raw, 64, 20)).ok()?;
    let (streams, short, long) = (u16_at(raw, 96)?, usize::from(u16_at(raw, 98)?), usize::from(u16_at(raw, 100)?));
    let text = wide_at(raw, 102, long / 2)?.0;
    let mut name = EntryName::new(format!("{}{text}", folder.path));
    if short > 0 {
        let at = long.checked_add(104)?;
        let text = wide_at(raw, at, short / 2).map(|(text, _)| text).unwrap_or_default();
        let cut: String = extension(&name.text).chars().take(3).collect();
        // The short name is news where its extension says something else than the long one's.
        if cut.is_ascii() && extension(&text) != cut {
            name = name.also(format!("{}{text}", folder.path));
        }
    }
    let mut entry = Entry {
        name,
        is_folder: attributes & 0x10 != 0,
        is_hidden: folder.is_hidden || attributes & 0x06 != 0,
        is_reparse: attributes & 0x400 != 0,
        streams: vec![(String::new(), hash)],
    };
    let mut next = at.checked_add(length)?.next_multiple_of(8);
    for _ in 0..streams {
        let length = usize::try_from(u64_at(bytes, next)?).ok().filter(|length| *length >= 38)?;
        let raw = bytes.get(next..next.checked_add(length)?)?;
        let hash = Hash::try_from(clipped(raw, 16, 20)).ok()?;
        let name_length = usize::from(u16_at(raw, 36)?);
        let name = wide_at(raw, 38, name_length / 2)?.0;
        match entry.streams.first_mut() {
            // Content may stand among the named streams instead.
            Some((known, content)) if name.is_empty() && known.is_empty() && *content == [0; 20] => *content = hash,
            _ if name.is_empty() => {}
            _ => entry.streams.push((name, hash)),
        }
        next = next.checked_add(length)?.next_multiple_of(8);
    }
    Some((entry, next, inner))
}
