//! The boot sector: where tables, the root folder and clusters lie.

use crate::formats::disk::source::{Disk, read_exact};
use crate::formats::fields::{u16_at, u32_at};

/// Bits of a cluster number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    Twelve,
    Sixteen,
    /// Of 32 bits the upper four are reserved.
    TwentyEight,
}

/// Where things lie, in bytes.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) width: Width,
    /// The first table.
    pub(super) table: u64,
    pub(super) table_size: u64,
    /// The root folder of FAT12 and FAT16: a fixed stretch.
    pub(super) root: u64,
    pub(super) root_size: u64,
    /// The root folder of FAT32.
    pub(super) root_cluster: u32,
    /// Cluster 2.
    pub(super) data: u64,
    pub(super) cluster_size: u64,
    /// Clusters are numbered 2 to this.
    pub(super) last_cluster: u32,
    /// Bytes the volume says it has.
    pub(super) size: u64,
}

impl Layout {
    /// The layout, if the disk starts with a FAT boot sector. ECMA-107, 9.
    pub(super) fn read(disk: &dyn Disk) -> Option<Layout> {
        let boot = read_exact(disk, 0, 512)?;
        let is_code = matches!(boot.first()?, 0xeb | 0xe9);
        let sector = u64::from(u16_at(&boot, 11)?);
        let per_cluster = u64::from(*boot.get(13)?);
        let reserved = u64::from(u16_at(&boot, 14)?);
        let tables = u64::from(*boot.get(16)?);
        let root_entries = u64::from(u16_at(&boot, 17)?);
        let media = *boot.get(21)?;
        let small_table = u64::from(u16_at(&boot, 22)?);
        let is_shaped = (512..=4096).contains(&sector)
            && sector.is_power_of_two()
            && per_cluster.is_power_of_two()
            && reserved > 0
            && (1..=2).contains(&tables)
            && (media == 0xf0 || media >= 0xf8);
        if !is_code || !is_shaped {
            return None;
        }
        let sectors = match u64::from(u16_at(&boot, 19)?) {
            0 => u64::from(u32_at(&boot, 32)?),
            few => few,
        };
        let is_wide = small_table == 0;
        let table_sectors = if is_wide { u64::from(u32_at(&boot, 36)?) } else { small_table };
        if table_sectors == 0 || (is_wide && root_entries != 0) || (!is_wide && root_entries == 0) {
            return None;
        }
        let root_sector = reserved.checked_add(tables.checked_mul(table_sectors)?)?;
        let root_size = root_entries.checked_mul(32)?;
        let data_sector = root_sector.checked_add(root_size.div_ceil(sector))?;
        let clusters = sectors.checked_sub(data_sector)?.checked_div(per_cluster)?;
        let width = match clusters {
            _ if is_wide => Width::TwentyEight,
            0..4085 => Width::Twelve,
            _ => Width::Sixteen,
        };
        let last_cluster = u32::try_from(clusters.saturating_add(1)).unwrap_or(u32::MAX).min(0x0fff_fff6);
        Some(Layout {
            width,
            table: reserved.checked_mul(sector)?,
            table_size: table_sectors.checked_mul(sector)?,
            root: root_sector.checked_mul(sector)?,
            root_size,
            root_cluster: if is_wide { u32_at(&boot, 44)? } else { 0 },
            data: data_sector.checked_mul(sector)?,
            cluster_size: per_cluster.checked_mul(sector)?,
            last_cluster,
            size: sectors.checked_mul(sector)?,
        })
    }

    /// Where a cluster lies, if there is one of that number.
    pub(super) fn place(&self, cluster: u32) -> Option<u64> {
        if cluster > self.last_cluster {
            return None;
        }
        self.data.checked_add(u64::from(cluster.checked_sub(2)?).checked_mul(self.cluster_size)?)
    }

    /// Its name.
    pub(super) fn name(&self) -> &'static str {
        match self.width {
            Width::Twelve => "FAT12",
            Width::Sixteen => "FAT16",
            Width::TwentyEight => "FAT32",
        }
    }
}
