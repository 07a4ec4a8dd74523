//! The superblock, and through the group descriptors the inodes.

use crate::formats::disk::source::{Disk, read_exact};
use crate::formats::disk::volume::Volume;
use crate::formats::fields::{u16_at, u32_at};

/// Where things lie.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) block: u64,
    per_group: u32,
    inode_size: u64,
    /// The first group descriptor.
    groups: u64,
    group_size: u64,
    /// Whether the journal holds what is not yet in its place.
    pub(super) needs_recovery: bool,
}

impl Layout {
    /// The layout, if the disk has a superblock 1,024 bytes in.
    pub(super) fn read(disk: &dyn Disk) -> Option<Layout> {
        let raw = read_exact(disk, 1024, 1024)?;
        if u16_at(&raw, 56)? != 0xef53 {
            return None;
        }
        let block = 1024u64.checked_shl(u32_at(&raw, 24)?).filter(|block| (1024..=65536).contains(block))?;
        let is_first = u32_at(&raw, 76)? == 0;
        let inode_size = if is_first { 128 } else { u64::from(u16_at(&raw, 88)?) };
        let incompatible = u32_at(&raw, 96)?;
        let group_size = match incompatible & 0x80 {
            0 => 32,
            _ => u64::from(u16_at(&raw, 254)?),
        };
        let per_group = u32_at(&raw, 40)?;
        if !(128..=4096).contains(&inode_size) || !(32..=1024).contains(&group_size) || per_group == 0 {
            return None;
        }
        let groups = u64::from(u32_at(&raw, 20)?).saturating_add(1).saturating_mul(block);
        let needs_recovery = incompatible & 0x04 != 0;
        Some(Layout { block, per_group, inode_size, groups, group_size, needs_recovery })
    }

    /// An inode's bytes.
    pub(super) fn inode(&self, volume: &Volume<'_>, number: u32) -> Option<Vec<u8>> {
        let index = number.checked_sub(1)?;
        let group = u64::from(index.checked_div(self.per_group)?);
        let at = self.groups.checked_add(group.checked_mul(self.group_size)?)?;
        let group = volume.read(at, usize::try_from(self.group_size).ok()?);
        let high = if self.group_size >= 64 { u32_at(&group, 40)? } else { 0 };
        let table = (u64::from(high) << 32) | u64::from(u32_at(&group, 8)?);
        let within = u64::from(index.checked_rem(self.per_group)?).checked_mul(self.inode_size)?;
        let at = table.checked_mul(self.block)?.checked_add(within)?;
        let bytes = volume.read(at, usize::try_from(self.inode_size).ok()?);
        (bytes.len() as u64 == self.inode_size && table > 0).then_some(bytes)
    }
}
