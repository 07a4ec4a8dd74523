//! GUID partition tables, UEFI 2.10 chapter 5.3; the copy at the end of the disk where the first one is broken.

use super::{MAX_PARTITIONS, Partition};
use crate::formats::disk::source::{Disk, read, read_exact};
use crate::formats::fields::{u32_at, u64_at};
use crate::model::{Location, Problem};

/// The partitions in the order of the table.
pub(super) fn read_header(disk: &dyn Disk, at: u64, sector: u64) -> Option<Vec<Partition>> {
    let header = read_exact(disk, at, 92)?;
    if !header.starts_with(b"EFI PART") {
        return None;
    }
    let table = u64_at(&header, 72)?.checked_mul(sector)?;
    let (count, size) = (u32_at(&header, 80)? as usize, u32_at(&header, 84)? as usize);
    if !(128..=4096).contains(&size) {
        return None;
    }
    let rows = read(disk, table, count.min(MAX_PARTITIONS).checked_mul(size)?);
    let mut found = Vec::new();
    for row in rows.chunks_exact(size) {
        let is_used = row.get(..16).is_some_and(|kind| kind.iter().any(|byte| *byte != 0));
        let (first, last) = (u64_at(row, 32)?, u64_at(row, 40)?);
        if is_used && first > 0 && last >= first {
            let count = last.saturating_sub(first).saturating_add(1);
            found.push(Partition {
                number: 0,
                start: first.saturating_mul(sector),
                size: count.saturating_mul(sector),
            });
        }
    }
    Some(found)
}

/// The partitions by the first header, or by its copy.
pub(super) fn read_any(disk: &dyn Disk) -> Option<(Vec<Partition>, bool)> {
    for sector in [512, 4096, 2048] {
        if let Some(found) = read_header(disk, sector, sector) {
            return Some((found, true));
        }
    }
    // The copy counts only where a protective table says that there was a first one.
    if read(disk, 450, 1) != [0xee] {
        return None;
    }
    let copy = |sector: u64| read_header(disk, disk.size().checked_sub(sector)?, sector);
    Some((copy(512).or_else(|| copy(4096))?, false))
}

/// As [`read_any`], saying what is odd.
pub(super) fn read_said(disk: &dyn Disk, problems: &mut Vec<Problem>) -> Vec<Partition> {
    match read_any(disk) {
        Some((found, true)) => found,
        Some((found, false)) => {
            problems.push(Problem::odd("the partition table is broken; its copy was read", Location::offset(512)));
            found
        }
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::disk::source::Raw;

    fn table() -> Vec<u8> {
        let mut header = b"EFI PART".to_vec();
        header.resize(512, 0);
        header[72..80].copy_from_slice(&2u64.to_le_bytes());
        header[80..84].copy_from_slice(&128u32.to_le_bytes());
        header[84..88].copy_from_slice(&128u32.to_le_bytes());
        let mut row = vec![7u8; 16];
        row.resize(128, 0);
        row[32..40].copy_from_slice(&34u64.to_le_bytes());
        row[40..48].copy_from_slice(&41u64.to_le_bytes());
        let mut disk = vec![0u8; 512];
        disk[450] = 0xee;
        disk.extend(&header);
        disk.extend(row);
        disk.resize(512 * 64, 0);
        let copy = disk.len() - 512;
        disk[copy..].copy_from_slice(&header);
        disk
    }

    #[test]
    fn reads_the_table_or_its_copy() {
        let expected = vec![Partition { number: 0, start: 34 * 512, size: 8 * 512 }];
        let mut bytes = table();
        let mut problems = Vec::new();
        assert_eq!(read_said(&Raw(bytes.clone().into()), &mut problems), expected);
        bytes[512] = 0;
        assert!(problems.is_empty());
        assert_eq!(read_said(&Raw(bytes.into()), &mut problems), expected);
        assert_eq!(problems.len(), 1);
    }
}
