//! Cabinets of one set as one: what a joiner of attachments hands over becomes a cabinet without neighbours.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::parser::{Block, CabView, Home, is_header};
use crate::model::View;

/// Cabinets joined at most.
const MAX_PARTS: usize = 256;
/// Blocks joined at most; the field that counts them has sixteen bits.
const MAX_BLOCKS: usize = 0xffff;

/// A folder over all cabinets it lies in.
#[derive(Default)]
struct Whole {
    method: u16,
    /// Each block: unpacked size and packed pieces.
    blocks: Vec<(usize, Vec<u8>)>,
}

/// Cabinets among these files that follow each other in one set, from its first on: positions in the list, in order. A
/// set that holds a number twice is left alone.
pub(crate) fn sets<'b>(files: impl Iterator<Item = &'b Bytes>) -> Vec<Vec<usize>> {
    let mut by_set: BTreeMap<u16, BTreeMap<u16, Vec<usize>>> = BTreeMap::new();
    for (index, file) in files.enumerate() {
        if let Some(view) = is_header(file).then(|| CabView::parse(file).ok()).flatten()
            && is_part(&view)
        {
            by_set.entry(view.set.0).or_default().entry(view.set.1).or_default().push(index);
        }
    }
    let in_order = |numbers: BTreeMap<u16, Vec<usize>>| -> Vec<usize> {
        let expected = numbers.into_iter().zip(0u16..).take(MAX_PARTS);
        let one = expected.map_while(|((number, files), expected)| match files.as_slice() {
            [file] if number == expected => Some(*file),
            _ => None,
        });
        one.collect()
    };
    by_set.into_values().map(in_order).filter(|members| members.len() >= 2).collect()
}

fn is_part(view: &CabView) -> bool {
    let is_cut = view.files.iter().any(|file| !matches!(file.home, Home::Here(_)));
    is_cut || view.previous.is_some() || view.next.is_some()
}

/// The cabinets of a set, in any order, as one cabinet; none if they do not belong together or one is missing
/// between them. What continues before the first or after the last stays cut off.
pub fn join(parts: &[Bytes]) -> Option<Bytes> {
    if !(2..=MAX_PARTS).contains(&parts.len()) {
        return None;
    }
    let mut read: Vec<(&Bytes, CabView)> = Vec::new();
    for part in parts {
        read.push((part, CabView::parse(part).ok()?));
    }
    read.sort_by_key(|(_, view)| view.set.1);
    let follows = |pair: &[(&Bytes, CabView)]| match pair {
        [(_, a), (_, b)] => a.set.0 == b.set.0 && a.set.1.checked_add(1) == Some(b.set.1),
        _ => false,
    };
    if !read.windows(2).all(follows) {
        return None;
    }
    let mut folders: Vec<Whole> = Vec::new();
    // Each file's record, and its folder among all.
    let mut files: Vec<(&[u8], usize)> = Vec::new();
    for (bytes, view) in &read {
        let goes_on = view.files.iter().any(|file| matches!(file.home, Home::Before | Home::Through));
        // The first folder of a cabinet that continues another is the last one of that.
        let base = if goes_on { folders.len().saturating_sub(1) } else { folders.len() };
        for (index, folder) in view.folders.iter().enumerate() {
            if !(goes_on && index == 0 && !folders.is_empty()) {
                folders.push(Whole { method: folder.method, ..Whole::default() });
            }
            add_blocks(folders.last_mut()?, bytes, folder.start, folder.blocks, view.block_reserve);
        }
        for file in &view.files {
            // A file that lies in several cabinets is listed in each.
            if matches!(file.home, Home::Here(_) | Home::After) || files.is_empty() {
                let record = bytes.get(file.record.clone())?;
                files.push((record, base.saturating_add(file.folder(view.folders.len())?)));
            }
        }
    }
    write(&folders, &files)
}

fn add_blocks(whole: &mut Whole, bytes: &[u8], mut at: usize, count: u16, reserve: usize) {
    for _ in 0..count {
        let Some(block) = Block::read(bytes, at, reserve) else { return };
        let packed = bytes.get(block.packed.clone()).unwrap_or_default();
        match whole.blocks.last_mut().filter(|(size, _)| *size == 0) {
            Some((size, pieces)) => {
                *size = block.size;
                pieces.extend_from_slice(packed);
            }
            None => whole.blocks.push((block.size, packed.to_vec())),
        }
        at = block.end();
    }
}

fn write(folders: &[Whole], files: &[(&[u8], usize)]) -> Option<Bytes> {
    let lists: usize = files.iter().map(|(record, _)| record.len()).sum();
    let start = 36usize.checked_add(folders.len().checked_mul(8)?)?;
    let mut data_at = start.checked_add(lists)?;
    let mut out = b"MSCF\0\0\0\0".to_vec();
    let body: usize =
        folders.iter().flat_map(|whole| &whole.blocks).map(|(_, packed)| packed.len().saturating_add(8)).sum();
    out.extend(u32::try_from(data_at.checked_add(body)?).ok()?.to_le_bytes());
    out.extend([0; 4]);
    out.extend(u32::try_from(start).ok()?.to_le_bytes());
    out.extend([0, 0, 0, 0, 3, 1]);
    out.extend(u16::try_from(folders.len()).ok()?.to_le_bytes());
    out.extend(u16::try_from(files.len()).ok()?.to_le_bytes());
    out.extend([0; 6]);
    for whole in folders {
        if whole.blocks.len() > MAX_BLOCKS {
            return None;
        }
        out.extend(u32::try_from(data_at).ok()?.to_le_bytes());
        out.extend(u16::try_from(whole.blocks.len()).ok()?.to_le_bytes());
        out.extend(whole.method.to_le_bytes());
        let size: usize = whole.blocks.iter().map(|(_, packed)| packed.len().saturating_add(8)).sum();
        data_at = data_at.checked_add(size)?;
    }
    for (record, folder) in files {
        let (head, rest) = (record.get(..8)?, record.get(10..)?);
        out.extend_from_slice(head);
        out.extend(u16::try_from(*folder).ok()?.to_le_bytes());
        out.extend_from_slice(rest);
    }
    for (size, packed) in folders.iter().flat_map(|whole| &whole.blocks) {
        out.extend([0; 4]);
        out.extend(u16::try_from(packed.len()).ok()?.to_le_bytes());
        out.extend(u16::try_from(*size).ok()?.to_le_bytes());
        out.extend_from_slice(packed);
    }
    Some(out.into())
}
