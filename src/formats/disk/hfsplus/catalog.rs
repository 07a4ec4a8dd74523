//! The catalog's files and folders, extents that are kept elsewhere, and attributes.

use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization;

use super::layout::{Fork, Layout, extents};
use super::tree;
use crate::formats::disk::content::Runs;
use crate::formats::disk::volume::{MAX_DEPTH, Volume};
use crate::formats::fields::{clipped, size_at, u16_be_at, u32_be_at};
use crate::stage::{Outcome, StageError};

/// A file.
#[derive(Debug, Clone, Default)]
pub(super) struct File {
    pub(super) id: u32,
    pub(super) parent: u32,
    pub(super) name: String,
    pub(super) kind: [u8; 8],
    pub(super) is_hidden: bool,
    /// The file a hard link stands for.
    pub(super) link: u32,
    pub(super) data: Fork,
    pub(super) resource: Fork,
}

struct Folder {
    parent: u32,
    name: String,
    is_hidden: bool,
}

/// Extents by their first block within a fork.
type Parts = BTreeMap<u32, Vec<(u32, u32)>>;

/// What the trees say.
pub(super) struct Catalog {
    pub(super) layout: Layout,
    pub(super) files: Vec<File>,
    folders: HashMap<u32, Folder>,
    /// By file and fork: 0 data, 0xFF resources.
    overflow: HashMap<(u32, u8), Parts>,
    /// The attribute that says how a file is compressed.
    pub(super) packed: HashMap<u32, Vec<u8>>,
}

/// The folder of the root.
const ROOT: u32 = 2;
/// Bytes of an attribute that are kept.
const MAX_ATTRIBUTE: usize = 64 << 10;

impl Catalog {
    /// Reads all trees.
    pub(super) fn read(volume: &Volume<'_>, layout: Layout, out: &mut Outcome<'_>) -> Result<Catalog, StageError> {
        let mut catalog = Catalog {
            files: Vec::new(),
            folders: HashMap::new(),
            overflow: HashMap::new(),
            packed: HashMap::new(),
            layout: layout.clone(),
        };
        let runs = layout.runs(&layout.overflow.extents);
        let overflow = &mut catalog.overflow;
        tree::leaves(volume, &runs, layout.overflow.size, "extents", out, |key, data| {
            let fork = key.first().copied().unwrap_or_default();
            if let (Some(file), Some(start)) = (u32_be_at(key, 2), u32_be_at(key, 6)) {
                overflow.entry((file, fork)).or_default().insert(start, extents(data));
            }
        })?;
        // The trees are files of their own numbers.
        let runs = catalog.runs(4, 0, &layout.catalog);
        let (files, folders) = (&mut catalog.files, &mut catalog.folders);
        tree::leaves(volume, &runs, layout.catalog.size, "catalog", out, |key, data| {
            let (Some(parent), Some(length)) = (u32_be_at(key, 0), u16_be_at(key, 4)) else { return };
            let name = name(clipped(key, 6, usize::from(length).saturating_mul(2)));
            match u16_be_at(data, 0) {
                Some(1) => {
                    let Some(id) = u32_be_at(data, 8) else { return };
                    let is_hidden = u16_be_at(data, 56).unwrap_or_default() & 0x4000 != 0;
                    folders.insert(id, Folder { parent, name, is_hidden });
                }
                Some(2) => files.extend(file(parent, name, data)),
                _ => {}
            }
        })?;
        let runs = catalog.runs(8, 0, &layout.attributes);
        let packed = &mut catalog.packed;
        tree::leaves(volume, &runs, layout.attributes.size, "attributes", out, |key, data| {
            let (Some(file), Some(length)) = (u32_be_at(key, 2), u16_be_at(key, 10)) else { return };
            let name = name(clipped(key, 12, usize::from(length).saturating_mul(2)));
            if name == "com.apple.decmpfs" && u32_be_at(data, 0) == Some(0x10) {
                let length = u32_be_at(data, 12).unwrap_or_default() as usize;
                packed.insert(file, clipped(data, 16, length.min(MAX_ATTRIBUTE)).to_vec());
            }
        })?;
        Ok(catalog)
    }

    /// Where a fork lies, with extents that did not fit into its own record.
    pub(super) fn runs(&self, file: u32, kind: u8, fork: &Fork) -> Runs {
        let mut all = fork.extents.clone();
        let mut covered = fork.covered();
        while covered < fork.blocks {
            let more = self.overflow.get(&(file, kind)).and_then(|parts| parts.get(&covered));
            let Some(more) = more.filter(|more| !more.is_empty()) else { break };
            all.extend(more);
            covered = more.iter().fold(covered, |sum, (_, count)| sum.saturating_add(*count));
        }
        self.layout.runs(&all)
    }

    /// The path of a folder with a slash at the end, and whether it or one around it is hidden.
    pub(super) fn path(&self, folder: u32) -> (String, bool) {
        let (mut steps, mut is_hidden) = (Vec::new(), false);
        let mut id = folder;
        while id != ROOT {
            match self.folders.get(&id).filter(|_| steps.len() < MAX_DEPTH) {
                Some(folder) => {
                    steps.push(folder.name.as_str());
                    is_hidden |= folder.is_hidden || folder.name.starts_with('.');
                    id = folder.parent;
                }
                None => {
                    steps.push("[lost]");
                    break;
                }
            }
        }
        steps.reverse();
        let path = steps.iter().map(|step| format!("{step}/")).collect();
        (path, is_hidden)
    }
}

/// Names are decomposed on the disk, and have colons where slashes are shown.
fn name(raw: &[u8]) -> String {
    let units: Vec<u16> = raw.chunks_exact(2).filter_map(|pair| u16_be_at(pair, 0)).collect();
    String::from_utf16_lossy(&units).nfc().collect()
}

/// TN1150 "Catalog File Records".
fn file(parent: u32, name: String, data: &[u8]) -> Option<File> {
    let kind: [u8; 8] = data.get(48..56)?.try_into().ok()?;
    Some(File {
        id: u32_be_at(data, 8)?,
        parent,
        is_hidden: u16_be_at(data, 56)? & 0x4000 != 0 || name.starts_with('.'),
        name,
        kind,
        link: u32_be_at(data, 44)?,
        data: Fork::read(data, 88)?,
        resource: Fork::read(data, 168)?,
    })
}

/// The header of a compression attribute: kind and size, little-endian, after its mark.
pub(super) fn packing(attribute: &[u8]) -> Option<(usize, u64)> {
    if !attribute.starts_with(b"fpmc") {
        return None;
    }
    Some((size_at(attribute, 4)?, crate::formats::fields::u64_at(attribute, 8)?))
}
