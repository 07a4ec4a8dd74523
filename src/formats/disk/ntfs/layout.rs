//! The boot sector.

use crate::formats::disk::source::{Disk, read_exact};
use crate::formats::fields::{u16_at, u64_at};

/// Where things lie, in bytes.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) cluster: u64,
    /// The master file table's first record.
    pub(super) table: u64,
    /// The copy of its first records.
    pub(super) mirror: u64,
    /// Bytes of a record.
    pub(super) record: usize,
}

impl Layout {
    /// The layout, if the disk starts with an NTFS boot sector.
    pub(super) fn read(disk: &dyn Disk) -> Option<Layout> {
        let boot = read_exact(disk, 0, 512)?;
        if boot.get(3..11) != Some(b"NTFS    ") {
            return None;
        }
        let sector = u64::from(u16_at(&boot, 11)?);
        if !(256..=4096).contains(&sector) || !sector.is_power_of_two() {
            return None;
        }
        // Large clusters are stated as a negative power of two.
        let per_cluster = match *boot.get(13)? {
            count @ 0..=0x80 => u64::from(count),
            power => 1u64.checked_shl(256u32.saturating_sub(u32::from(power)))?,
        };
        let cluster = sector.checked_mul(per_cluster)?;
        if !(256..=2 << 20).contains(&cluster) || !cluster.is_power_of_two() {
            return None;
        }
        let record = match *boot.get(64)? {
            count @ 0..=0x7f => u64::from(count).checked_mul(cluster)?,
            power => 1u64.checked_shl(256u32.saturating_sub(u32::from(power)))?,
        };
        let record = usize::try_from(record).ok().filter(|record| (256..=65536).contains(record))?;
        let place = |offset| u64_at(&boot, offset)?.checked_mul(cluster);
        Some(Layout { cluster, table: place(48)?, mirror: place(56)?, record })
    }
}
