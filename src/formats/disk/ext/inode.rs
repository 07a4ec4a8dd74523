//! Where an inode's content lies: by extents, or by blocks that list blocks.

use super::layout::Layout;
use crate::formats::disk::content::{Run, Runs};
use crate::formats::disk::volume::Volume;
use crate::formats::fields::{u16_at, u32_at};

/// A file or folder.
#[derive(Debug, Default)]
pub(super) struct Inode {
    /// 0x4000 a folder, 0x8000 a file, 0xA000 a link.
    pub(super) kind: u16,
    pub(super) size: u64,
    pub(super) is_encrypted: bool,
    /// Content that stands in the inode.
    pub(super) inline: Option<Vec<u8>>,
    pub(super) runs: Runs,
}

/// Pieces of a file.
const MAX_PIECES: usize = 1 << 20;

/// Content while its pieces are gathered, in order.
struct Pieces<'a> {
    volume: &'a Volume<'a>,
    block: u64,
    runs: Runs,
    /// Blocks of content that have a place by now.
    done: u64,
    count: usize,
}

impl Pieces<'_> {
    /// Adds blocks; what was left out before them is a hole.
    fn add(&mut self, logical: u64, blocks: u64, place: Option<u64>) {
        self.count = self.count.saturating_add(1);
        let bytes = |blocks: u64| blocks.saturating_mul(self.block);
        let skipped = logical.saturating_sub(self.done);
        self.runs.push(Run { at: None, length: bytes(skipped) });
        self.runs.push(Run { at: place.map(bytes), length: bytes(blocks) });
        self.done = self.done.saturating_add(skipped).saturating_add(blocks);
    }

    /// A node of the tree of extents.
    fn extents(&mut self, node: &[u8], depth: u16) {
        if u16_at(node, 0) != Some(0xf30a) {
            return;
        }
        let count = usize::from(u16_at(node, 2).unwrap_or_default());
        let is_leaf = u16_at(node, 6) == Some(0);
        for raw in node.get(12..).unwrap_or_default().chunks_exact(12).take(count) {
            let logical = u64::from(u32_at(raw, 0).unwrap_or_default());
            if self.count >= MAX_PIECES {
                return;
            }
            let low = u64::from(u32_at(raw, if is_leaf { 8 } else { 4 }).unwrap_or_default());
            let high = u64::from(u16_at(raw, if is_leaf { 6 } else { 8 }).unwrap_or_default());
            let place = (high << 32) | low;
            if is_leaf {
                // Longer than this means that the blocks were not written yet.
                let length = u64::from(u16_at(raw, 4).unwrap_or_default());
                match length {
                    0..=32768 => self.add(logical, length, Some(place)),
                    _ => self.add(logical, length.saturating_sub(32768), None),
                }
            } else if depth < 5 {
                self.count = self.count.saturating_add(1);
                let at = place.saturating_mul(self.block);
                let node = self.volume.read(at, usize::try_from(self.block).unwrap_or_default());
                self.extents(&node, depth.saturating_add(1));
            }
        }
    }

    /// A block that lists blocks, or lists of them. `left` blocks of content are still without a place.
    fn listed(&mut self, place: u32, depth: u32, left: &mut u64) {
        let per_list = self.block / 4;
        let covers = per_list.saturating_pow(depth).min(*left);
        if *left == 0 || self.count >= MAX_PIECES {
            return;
        }
        if place == 0 || depth == 0 {
            let at = (place != 0).then_some(u64::from(place));
            self.add(self.done, covers, at);
            *left = left.saturating_sub(covers);
            return;
        }
        let at = u64::from(place).saturating_mul(self.block);
        let list = self.volume.read(at, usize::try_from(self.block).unwrap_or_default());
        if list.is_empty() {
            *left = 0;
            return;
        }
        for raw in list.chunks_exact(4) {
            self.listed(u32_at(raw, 0).unwrap_or_default(), depth.saturating_sub(1), left);
        }
    }
}

/// Reads an inode.
pub(super) fn read(volume: &Volume<'_>, layout: &Layout, number: u32) -> Option<Inode> {
    let bytes = layout.inode(volume, number)?;
    let flags = u32_at(&bytes, 32)?;
    let size = (u64::from(u32_at(&bytes, 108)?) << 32) | u64::from(u32_at(&bytes, 4)?);
    let kind = u16_at(&bytes, 0)? & 0xf000;
    let map = bytes.get(40..100)?;
    let mut inode = Inode { kind, size, is_encrypted: flags & 0x800 != 0, ..Inode::default() };
    let blocks = u32_at(&bytes, 28)?;
    let is_short_link = kind == 0xa000 && size < 60 && (blocks == 0 || flags & 0x8_0000 == 0);
    if flags & 0x1000_0000 != 0 || is_short_link {
        // What does not fit here stands in an attribute; such files have at most 160 bytes.
        let end = usize::try_from(size).unwrap_or(usize::MAX).min(60);
        inode.inline = Some(map.get(..end)?.to_vec());
        return Some(inode);
    }
    let mut pieces = Pieces { volume, block: layout.block, runs: Runs::default(), done: 0, count: 0 };
    if flags & 0x8_0000 != 0 {
        pieces.extents(map, 0);
        let all = size.div_ceil(layout.block);
        if pieces.done < all {
            pieces.add(all, 0, None);
        }
    } else {
        let mut left = size.div_ceil(layout.block);
        for (index, raw) in map.chunks_exact(4).enumerate() {
            let depth = u32::try_from(index.saturating_sub(11)).unwrap_or_default();
            pieces.listed(u32_at(raw, 0)?, depth, &mut left);
        }
    }
    inode.runs = pieces.runs;
    Some(inode)
}
