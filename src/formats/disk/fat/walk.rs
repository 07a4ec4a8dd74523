//! From the root folder to every file.

use std::collections::{HashSet, VecDeque};

use super::folder::{Entry, entries};
use super::layout::{Layout, Width};
use super::table::{End, Table};
use crate::formats::disk::content::Runs;
use crate::formats::disk::volume::{self, MAX_DEPTH, MAX_ENTRIES, Volume};
use crate::model::{EntryName, ParseError, Problem};
use crate::stage::{Outcome, StageError};

/// Bytes of a folder: Windows allows 65,536 entries.
const MAX_FOLDER: u64 = 2 << 20;

/// A folder still to be read.
struct Folder {
    path: String,
    place: Place,
    is_hidden: bool,
    depth: usize,
}

enum Place {
    /// The root of FAT12 and FAT16.
    Fixed,
    Cluster(u32),
}

/// Gives every file of a volume.
pub(super) fn give(volume: &Volume<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let layout = Layout::read(volume.disk).ok_or_else(|| ParseError::new("no FAT boot sector", 0))?;
    let mut table = Table::new(volume.disk, &layout);
    let place = match layout.width {
        Width::TwentyEight => Place::Cluster(layout.root_cluster),
        _ => Place::Fixed,
    };
    if layout.size > volume.disk.size() {
        volume.damaged("the volume is larger than the image", layout.name(), out);
    }
    let mut seen = HashSet::new();
    let mut count = 0usize;
    let mut folders = VecDeque::from([Folder { path: String::new(), place, is_hidden: false, depth: 0 }]);
    while let Some(folder) = folders.pop_front() {
        out.budget().check_deadline()?;
        let bytes = read_folder(volume, &layout, &mut table, &folder, out);
        for entry in entries(&bytes, layout.width == Width::TwentyEight) {
            count = count.saturating_add(1);
            if count > MAX_ENTRIES {
                volume.damaged(format!("more than {MAX_ENTRIES} entries"), layout.name(), out);
                return Ok(());
            }
            let name = within(&folder.path, &entry.name);
            if entry.is_deleted {
                out.fact("deleted-entry", name.text);
            } else if entry.is_label() {
                out.fact("volume-label", entry.name.text);
            } else if entry.is_folder() {
                let is_hidden = folder.is_hidden || entry.is_hidden();
                if is_hidden {
                    volume.hidden_folder(&name.text, out);
                }
                if folder.depth >= MAX_DEPTH {
                    volume.damaged("folders are too deep", &name.text, out);
                } else if !seen.insert(entry.cluster) || entry.cluster == layout.root_cluster {
                    out.problem(Problem::odd("the folder was read under another name", volume.place(&name.text)));
                } else {
                    let place = Place::Cluster(entry.cluster);
                    let depth = folder.depth.saturating_add(1);
                    folders.push_back(Folder { path: format!("{}/", name.text), place, is_hidden, depth });
                }
            } else {
                give_file(volume, &layout, &mut table, &entry, name, folder.is_hidden, out)?;
            }
        }
    }
    Ok(())
}

fn within(path: &str, name: &EntryName) -> EntryName {
    let with = |text: &str| format!("{path}{text}");
    EntryName { text: with(&name.text), others: name.others.iter().map(|o| with(o)).collect(), raw: name.raw.clone() }
}

fn read_folder(
    volume: &Volume<'_>,
    layout: &Layout,
    table: &mut Table<'_>,
    folder: &Folder,
    out: &mut Outcome<'_>,
) -> Vec<u8> {
    let runs = match folder.place {
        Place::Fixed => Runs::one(layout.root, layout.root_size),
        Place::Cluster(cluster) => {
            let (runs, end) = table.chain(cluster, MAX_FOLDER);
            if end == End::Broken {
                volume.damaged("the folder's chain of clusters is broken", &folder.path, out);
            }
            runs
        }
    };
    let mut bytes = Vec::new();
    for run in runs.iter() {
        let Some(at) = run.at else { continue };
        let part = volume.read(at, usize::try_from(run.length).unwrap_or(usize::MAX));
        let is_last = part.is_empty() || part.chunks_exact(32).any(|raw| raw.first() == Some(&0));
        bytes.extend(part);
        if is_last || bytes.len() as u64 >= MAX_FOLDER {
            break;
        }
    }
    bytes
}

fn give_file(
    volume: &Volume<'_>,
    layout: &Layout,
    table: &mut Table<'_>,
    entry: &Entry,
    name: EntryName,
    is_hidden: bool,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let size = u64::from(entry.size);
    let (runs, _) = table.chain(entry.cluster, size);
    let mut said = volume::Entry::new(name, layout.name());
    said.is_hidden = is_hidden || entry.is_hidden();
    volume.give(&said, runs.reader(volume.disk, size, size), out)
}
