//! Apple's partition map, on older macOS images and hybrid discs.

use super::{MAX_PARTITIONS, Partition};
use crate::formats::disk::source::{Disk, read_exact};
use crate::formats::fields::{text_at, u16_be_at, u32_be_at};

/// The partitions that hold something: not the map itself, free space and drivers.
pub(super) fn read(disk: &dyn Disk) -> Vec<Partition> {
    let stated = read_exact(disk, 0, 4).filter(|bytes| bytes.starts_with(b"ER")).and_then(|bytes| u16_be_at(&bytes, 2));
    let sizes = stated.map(u64::from).into_iter().chain([512, 2048]);
    sizes.filter(|size| *size >= 512).find_map(|size| with_blocks_of(disk, size)).unwrap_or_default()
}

fn with_blocks_of(disk: &dyn Disk, block: u64) -> Option<Vec<Partition>> {
    let row = |index: u64| read_exact(disk, block.checked_mul(index)?, 136).filter(|row| row.starts_with(b"PM\0\0"));
    let count = u64::from(u32_be_at(&row(1)?, 4)?).min(MAX_PARTITIONS as u64);
    let mut found = Vec::new();
    for index in 1..=count {
        let Some(row) = row(index) else { break };
        let kind = text_at(&row, 48, 32).unwrap_or_default();
        let is_content =
            !matches!(kind.as_str(), "Apple_partition_map" | "Apple_Free" | "Apple_Void" | "Apple_Scratch")
                && !kind.starts_with("Apple_Driver")
                && !kind.starts_with("Apple_Patch");
        if is_content {
            let (start, size) = (u64::from(u32_be_at(&row, 8)?), u64::from(u32_be_at(&row, 12)?));
            found.push(Partition { number: 0, start: start.saturating_mul(block), size: size.saturating_mul(block) });
        }
    }
    Some(found)
}
