//! The volume header and forks, TN1150 "Volume Header" and "Fork Data Structure".

use crate::formats::disk::content::{Run, Runs};
use crate::formats::disk::source::{Disk, read_exact};
use crate::formats::fields::{u32_be_at, u64_be_at};

/// A fork: its size, and where its first eight extents are.
#[derive(Debug, Clone, Default)]
pub(super) struct Fork {
    pub(super) size: u64,
    /// Blocks it has in all; more than the extents here have if some are elsewhere.
    pub(super) blocks: u32,
    pub(super) extents: Vec<(u32, u32)>,
}

impl Fork {
    /// The fork stated in 80 bytes.
    pub(super) fn read(bytes: &[u8], at: usize) -> Option<Fork> {
        let raw = bytes.get(at..at.checked_add(80)?)?;
        Some(Fork { size: u64_be_at(raw, 0)?, blocks: u32_be_at(raw, 12)?, extents: extents(raw.get(16..)?) })
    }

    /// Blocks the extents here have.
    pub(super) fn covered(&self) -> u32 {
        self.extents.iter().fold(0u32, |sum, (_, count)| sum.saturating_add(*count))
    }
}

/// Eight extents: first block and count; none of them may be empty but the last.
pub(super) fn extents(raw: &[u8]) -> Vec<(u32, u32)> {
    let pairs = raw.chunks_exact(8).take(8).filter_map(|pair| Some((u32_be_at(pair, 0)?, u32_be_at(pair, 4)?)));
    pairs.take_while(|(_, count)| *count > 0).collect()
}

/// Where things lie.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) block: u64,
    pub(super) overflow: Fork,
    pub(super) catalog: Fork,
    pub(super) attributes: Fork,
}

impl Layout {
    /// The layout, if the disk has a volume header 1,024 bytes in.
    pub(super) fn read(disk: &dyn Disk) -> Option<Layout> {
        let header = read_exact(disk, 1024, 512)?;
        if !header.starts_with(b"H+\0\x04") && !header.starts_with(b"HX\0\x05") {
            return None;
        }
        let block = u64::from(u32_be_at(&header, 40)?);
        if !(512..=1 << 24).contains(&block) || !block.is_power_of_two() {
            return None;
        }
        let fork = |at| Fork::read(&header, at);
        Some(Layout { block, overflow: fork(192)?, catalog: fork(272)?, attributes: fork(352)? })
    }

    /// Extents as places on the disk.
    pub(super) fn runs(&self, extents: &[(u32, u32)]) -> Runs {
        let mut runs = Runs::default();
        for (first, count) in extents {
            let place = |blocks: u32| u64::from(blocks).saturating_mul(self.block);
            runs.push(Run { at: Some(place(*first)), length: place(*count) });
        }
        runs
    }
}
