//! The resource tree: type, name, language. Three levels deep by definition, so deeper ones are not followed and
//! loops end by themselves.

use std::fmt;
use std::ops::Range;

use super::header::Directory;
use super::sections::Image;
use crate::formats::fields::{range_in, size_at, u16_at};

/// One resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its type.
    pub kind: ResourceId,
    /// Its name.
    pub name: ResourceId,
    /// Windows language id.
    pub language: u32,
    /// Its bytes in the file, cut to what is there.
    pub range: Range<usize>,
}

/// A type or name: a number or a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceId {
    /// A text.
    Text(String),
    /// A number.
    Number(u32),
}

/// RT_ICON.
pub(super) const ICON: ResourceId = ResourceId::Number(3);
/// RT_GROUP_ICON.
pub(super) const GROUP_ICON: ResourceId = ResourceId::Number(14);
/// RT_VERSION.
pub(super) const VERSION: ResourceId = ResourceId::Number(16);
/// RT_MANIFEST.
pub(super) const MANIFEST: ResourceId = ResourceId::Number(24);

impl ResourceId {
    /// Whether resources of this type are parts of the user interface with a form of their own, which no one hides a
    /// file in without breaking it: cursors, bitmaps, icons, menus, dialogs, strings, fonts, accelerators, messages,
    /// versions, manifests.
    pub(super) fn is_interface(&self) -> bool {
        matches!(self, ResourceId::Number(1..=9 | 11 | 12 | 14 | 16 | 17 | 21 | 22 | 24))
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResourceId::Text(text) => f.write_str(text),
            ResourceId::Number(3) => f.write_str("RT_ICON"),
            ResourceId::Number(10) => f.write_str("RT_RCDATA"),
            ResourceId::Number(14) => f.write_str("RT_GROUP_ICON"),
            ResourceId::Number(16) => f.write_str("RT_VERSION"),
            ResourceId::Number(23) => f.write_str("RT_HTML"),
            ResourceId::Number(24) => f.write_str("RT_MANIFEST"),
            ResourceId::Number(number) => write!(f, "#{number}"),
        }
    }
}

impl Resource {
    /// The resource as a phrase: `RT_RCDATA #101`.
    pub fn label(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// Resources read; large programs have a few thousand.
const MAX_RESOURCES: usize = 8_192;
/// Directory entries looked at, over the whole tree.
const MAX_ENTRIES: usize = 32_768;

/// PE Format, "The .rsrc Section". Says in the second value that a cap cut it.
pub(super) fn read(image: Image<'_>) -> (Vec<Resource>, bool) {
    let Some(base) = image.header.directory(Directory::Resource).and_then(|(rva, _)| image.offset(rva)) else {
        return (Vec::new(), false);
    };
    let mut budget = MAX_ENTRIES;
    let mut resources = Vec::new();
    for (kind, below, is_folder) in entries(image.bytes, base, 0, &mut budget) {
        if !is_folder {
            continue;
        }
        for (name, below, is_folder) in entries(image.bytes, base, below, &mut budget) {
            let leaves = if is_folder {
                entries(image.bytes, base, below, &mut budget)
            } else {
                vec![(ResourceId::Number(0), below, false)]
            };
            for (language, below, is_folder) in leaves {
                if is_folder || resources.len() >= MAX_RESOURCES {
                    continue;
                }
                let at = base.saturating_add(below);
                let (Some(rva), Some(size)) = (size_at(image.bytes, at), size_at(image.bytes, at.saturating_add(4)))
                else {
                    continue;
                };
                let Some(start) = image.offset(rva) else { continue };
                resources.push(Resource {
                    kind: kind.clone(),
                    name: name.clone(),
                    language: match language {
                        ResourceId::Number(number) => number,
                        ResourceId::Text(_) => 0,
                    },
                    range: range_in(image.bytes, start, size),
                });
            }
        }
    }
    let is_cut = budget == 0 || resources.len() >= MAX_RESOURCES;
    (resources, is_cut)
}

/// One directory table: each entry's id, the offset below it (from the tree's start), whether that is a table again.
fn entries(bytes: &[u8], base: usize, table: usize, budget: &mut usize) -> Vec<(ResourceId, usize, bool)> {
    let at = base.saturating_add(table);
    let count = |offset: usize| u16_at(bytes, at.saturating_add(offset)).map_or(0, usize::from);
    let total = count(12).saturating_add(count(14));
    let mut entries = Vec::new();
    for index in 0..total {
        if *budget == 0 {
            break;
        }
        *budget = budget.saturating_sub(1);
        let entry = at.saturating_add(16).saturating_add(index.saturating_mul(8));
        let (Some(id), Some(below)) = (size_at(bytes, entry), size_at(bytes, entry.saturating_add(4))) else { break };
        let id = if id & 0x8000_0000 != 0 {
            text(bytes, base.saturating_add(id & 0x7fff_ffff))
        } else {
            ResourceId::Number(id as u32)
        };
        entries.push((id, below & 0x7fff_ffff, below & 0x8000_0000 != 0));
    }
    entries
}

/// A directory string: a count of UTF-16 units, then the units; names longer than 128 are cut.
fn text(bytes: &[u8], at: usize) -> ResourceId {
    let length = u16_at(bytes, at).map_or(0, usize::from).min(128);
    let units: Vec<u16> = (0..length)
        .map_while(|index| u16_at(bytes, at.saturating_add(2).saturating_add(index.saturating_mul(2))))
        .collect();
    ResourceId::Text(String::from_utf16_lossy(&units))
}
