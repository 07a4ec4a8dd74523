//! From the root folder to every file.

use std::collections::{HashSet, VecDeque};
use std::io::Read;

use super::inode::{self, Inode};
use super::layout::Layout;
use crate::formats::archive::old_names;
use crate::formats::disk::volume::{Entry, MAX_DEPTH, MAX_ENTRIES, Volume};
use crate::formats::fields::{u16_at, u32_at};
use crate::model::{EntryName, ParseError, Problem};
use crate::stage::{Outcome, StageError};

/// The inode of the root folder.
const ROOT: u32 = 2;
/// Bytes of a folder that are read.
const MAX_FOLDER: u64 = 16 << 20;

struct Folder {
    path: String,
    inode: Inode,
    depth: usize,
}

/// Gives every file of a volume.
pub(super) fn give(volume: &Volume<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let layout = Layout::read(volume.disk).ok_or_else(|| ParseError::new("no ext superblock", 1024))?;
    if layout.needs_recovery {
        volume.damaged("the volume was not closed; what is only in its journal is not read", "ext", out);
    }
    let Some(root) = inode::read(volume, &layout, ROOT) else {
        volume.damaged("the root folder cannot be read", "ext", out);
        return Ok(());
    };
    let mut seen = HashSet::from([ROOT]);
    let mut count = 0usize;
    let mut folders = VecDeque::from([Folder { path: String::new(), inode: root, depth: 0 }]);
    while let Some(folder) = folders.pop_front() {
        let size = folder.inode.size.min(MAX_FOLDER);
        let bytes = match &folder.inode.inline {
            // The number of the folder above it comes first.
            Some(bytes) => bytes.get(4..).unwrap_or_default().to_vec(),
            None => out.pull(folder.inode.runs.reader(volume.disk, size, size)).0,
        };
        if folder.inode.inline.is_none() && (bytes.len() as u64) < folder.inode.size {
            volume.damaged("the folder ends early", &folder.path, out);
        }
        for (number, name) in entries(&bytes, layout.block) {
            out.budget().check_deadline()?;
            count = count.saturating_add(1);
            if count > MAX_ENTRIES {
                volume.damaged(format!("more than {MAX_ENTRIES} entries"), "ext", out);
                return Ok(());
            }
            let name = EntryName { text: format!("{}{}", folder.path, name.text), ..name };
            let Some(inode) = inode::read(volume, &layout, number) else {
                volume.damaged("the entry leads to no inode", &name.text, out);
                continue;
            };
            match inode.kind {
                0x4000 => {
                    if !seen.insert(number) || folder.depth >= MAX_DEPTH {
                        let what = "the folder was read under another name, or lies too deep";
                        out.problem(Problem::odd(what, volume.place(&name.text)));
                        continue;
                    }
                    let depth = folder.depth.saturating_add(1);
                    folders.push_back(Folder { path: format!("{}/", name.text), inode, depth });
                }
                0x8000 => give_file(volume, name, &inode, out)?,
                0xa000 => {
                    let target = match inode.inline {
                        Some(bytes) => bytes,
                        None => out.pull(inode.runs.reader(volume.disk, inode.size, inode.size).take(4096)).0,
                    };
                    volume.link(&name, &old_names::decode(&target).text, out);
                }
                _ => out.fact("special-file", name.text),
            }
        }
    }
    Ok(())
}

/// Inode and name of each entry of a folder. Entries do not cross blocks.
fn entries(bytes: &[u8], block: u64) -> Vec<(u32, EntryName)> {
    let mut found = Vec::new();
    for block in bytes.chunks(usize::try_from(block).unwrap_or(usize::MAX).max(1)) {
        let mut rest = block;
        while let (Some(number), Some(length)) = (u32_at(rest, 0), u16_at(rest, 4)) {
            let length = usize::from(length);
            let name_length = usize::from(rest.get(6).copied().unwrap_or_default());
            let name = rest.get(8..name_length.saturating_add(8)).unwrap_or_default();
            if number != 0 && !name.is_empty() && name != b"." && name != b".." {
                found.push((number, old_names::decode(name)));
            }
            if length < 8 {
                break;
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }
    found
}

fn give_file(volume: &Volume<'_>, name: EntryName, inode: &Inode, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let entry = Entry::new(name, "ext");
    if inode.is_encrypted {
        out.problem(Problem::encrypted("the file is encrypted (fscrypt)", volume.place(&entry.name.text)));
        return volume.give(&entry, std::io::empty(), out);
    }
    match &inode.inline {
        Some(bytes) => {
            if (bytes.len() as u64) < inode.size {
                volume.damaged("the rest of the file is in an attribute", &entry.name.text, out);
            }
            volume.give(&entry, bytes.as_slice(), out)
        }
        None => volume.give(&entry, inode.runs.reader(volume.disk, inode.size, inode.size), out),
    }
}
