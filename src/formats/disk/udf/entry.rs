//! File entries and extended file entries with their allocation descriptors, ECMA-167 4/14.9, 4/14.14 and 4/14.17.

use super::space::Space;
use super::structure::tag;
use crate::formats::disk::content::{Run, Runs};
use crate::formats::fields::{size_at, u16_at, u32_at, u64_at};

/// A file or folder.
#[derive(Debug, Default)]
pub(super) struct FileEntry {
    /// 4 a folder, 5 a file, 12 a link, 248 to 250 the volume's own.
    pub(super) kind: u8,
    pub(super) size: u64,
    pub(super) runs: Runs,
    /// Content that stands in the entry.
    pub(super) inline: Option<Vec<u8>>,
    pub(super) strategy: u16,
}

/// Extents of descriptors that follow one another.
const MAX_CONTINUATIONS: usize = 1024;

/// The entry in a block.
pub(super) fn read(space: &Space<'_>, partition: u16, block: u32) -> Option<FileEntry> {
    let bytes = space.read(partition, block, usize::try_from(space.block).ok()?);
    let (attributes, start) = match tag(&bytes)? {
        261 => (168, 176usize),
        266 => (208, 216),
        _ => return None,
    };
    let (attributes, length) = (size_at(&bytes, attributes)?, size_at(&bytes, attributes.checked_add(4)?)?);
    let start = start.checked_add(attributes)?;
    let descriptors = bytes.get(start..start.checked_add(length)?.min(bytes.len()))?;
    let mut entry = FileEntry {
        kind: *bytes.get(27)?,
        size: u64_at(&bytes, 56)?,
        strategy: u16_at(&bytes, 20)?,
        ..FileEntry::default()
    };
    match u16_at(&bytes, 34)? & 7 {
        3 => entry.inline = Some(descriptors.to_vec()),
        form @ 0..=2 => allocate(space, partition, form, descriptors.to_vec(), &mut entry.runs),
        _ => return None,
    }
    Some(entry)
}

/// Adds where content lies.
fn allocate(space: &Space<'_>, partition: u16, form: u16, first: Vec<u8>, runs: &mut Runs) {
    let width = match form {
        0 => 8,
        1 => 16,
        _ => 20,
    };
    let mut next = Some(first);
    for _ in 0..MAX_CONTINUATIONS {
        let Some(descriptors) = next.take() else { return };
        for raw in descriptors.chunks_exact(width) {
            let Some(field) = u32_at(raw, 0) else { return };
            let (length, kind) = (field & 0x3fff_ffff, field >> 30);
            if length == 0 {
                return;
            }
            let at = if form == 2 { 12 } else { 4 };
            let block = u32_at(raw, at).unwrap_or_default();
            let partition = if form == 0 { partition } else { u16_at(raw, at.saturating_add(4)).unwrap_or(partition) };
            match kind {
                0 => space.add(partition, block, u64::from(length), runs),
                3 => {
                    let table = space.read(partition, block, length as usize);
                    if tag(&table) == Some(258) {
                        let end = size_at(&table, 20).unwrap_or_default().saturating_add(24).min(table.len());
                        next = Some(table.get(24..end).unwrap_or_default().to_vec());
                    }
                    break;
                }
                _ => runs.push(Run { at: None, length: u64::from(length) }),
            }
        }
    }
}
