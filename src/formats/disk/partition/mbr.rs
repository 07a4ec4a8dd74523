//! The table in the first sector, and the chain of tables that extended partitions are.

use std::collections::HashSet;

use super::Partition;
use crate::formats::disk::source::{Disk, read_exact};
use crate::formats::fields::u32_at;
use crate::model::{Location, Problem};

/// Logical partitions followed; letters end at 26.
const MAX_LINKS: usize = 128;

/// One of the four rows of a table.
struct Row {
    kind: u8,
    first: u64,
    count: u64,
}

/// The partitions, primary ones first, then logical ones in the order of the chain.
pub(super) fn read(disk: &dyn Disk, problems: &mut Vec<Problem>) -> Vec<Partition> {
    let Some(rows) = rows(disk, 0) else { return Vec::new() };
    let mut found = Vec::new();
    for row in &rows {
        if is_extended(row.kind) {
            chain(disk, row.first, &mut found, problems);
        }
    }
    let primary = rows.iter().filter(|row| !is_extended(row.kind)).map(|row| partition(disk, row.first, row.count));
    let mut all: Vec<Partition> = primary.collect();
    all.append(&mut found);
    all
}

fn partition(disk: &dyn Disk, first: u64, count: u64) -> Partition {
    Partition { number: 0, start: first.saturating_mul(disk.sector()), size: count.saturating_mul(disk.sector()) }
}

/// Extended tables: the first row is a partition, relative to the table; the second the next table, relative to the
/// first of the chain.
fn chain(disk: &dyn Disk, base: u64, found: &mut Vec<Partition>, problems: &mut Vec<Problem>) {
    let mut seen = HashSet::new();
    let mut table = base;
    for _ in 0..MAX_LINKS {
        if !seen.insert(table) {
            problems.push(Problem::odd(
                "extended partitions form a loop",
                Location::offset(table.saturating_mul(disk.sector())),
            ));
            return;
        }
        let Some(rows) = rows(disk, table) else {
            let what = "the chain of extended partitions leads to no table";
            problems.push(Problem::damaged(what, Location::offset(table.saturating_mul(disk.sector()))));
            return;
        };
        let logical = rows.iter().filter(|row| !is_extended(row.kind));
        found.extend(logical.map(|row| partition(disk, table.saturating_add(row.first), row.count)));
        match rows.iter().find(|row| is_extended(row.kind)) {
            Some(next) => table = base.saturating_add(next.first),
            None => return,
        }
    }
}

fn is_extended(kind: u8) -> bool {
    matches!(kind, 0x05 | 0x0f | 0x85)
}

/// The used rows of the table in a sector; none where the sector is no table: programs begin with code too, and end
/// with the same two bytes.
fn rows(disk: &dyn Disk, sector: u64) -> Option<Vec<Row>> {
    let bytes = read_exact(disk, sector.checked_mul(disk.sector())?, 512)?;
    if bytes.get(510..) != Some(&[0x55, 0xaa]) {
        return None;
    }
    let mut rows = Vec::new();
    for raw in bytes.get(446..510)?.chunks_exact(16) {
        let (status, kind) = (*raw.first()?, *raw.get(4)?);
        let (first, count) = (u64::from(u32_at(raw, 8)?), u64::from(u32_at(raw, 12)?));
        if status & 0x7f != 0 {
            return None;
        }
        if kind == 0 || count == 0 {
            continue;
        }
        let start = sector.checked_add(first)?.checked_mul(disk.sector())?;
        if !is_extended(kind) && (start >= disk.size() || (first == 0 && sector == 0 && kind != 0x17 && kind != 0xcd)) {
            continue;
        }
        rows.push(Row { kind, first, count });
    }
    Some(rows).filter(|rows| !rows.is_empty() || sector > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::disk::source::Raw;

    /// A table in a sector: rows as (kind, first, count).
    type Made<'a> = (usize, &'a [(u8, u32, u32)]);

    /// A disk with tables in some sectors.
    fn disk(sectors: usize, tables: &[Made<'_>]) -> Raw {
        let mut bytes = vec![0u8; sectors * 512];
        for (sector, rows) in tables {
            for (index, (kind, first, count)) in rows.iter().enumerate() {
                let at = sector * 512 + 446 + index * 16;
                bytes[at + 4] = *kind;
                bytes[at + 8..at + 12].copy_from_slice(&first.to_le_bytes());
                bytes[at + 12..at + 16].copy_from_slice(&count.to_le_bytes());
            }
            bytes[sector * 512 + 510] = 0x55;
            bytes[sector * 512 + 511] = 0xaa;
        }
        Raw(bytes.into())
    }

    fn starts(disk: &Raw) -> (Vec<u64>, usize) {
        let mut problems = Vec::new();
        let found = read(disk, &mut problems);
        (found.iter().map(|partition| partition.start / 512).collect(), problems.len())
    }

    #[test]
    fn reads_primary_and_logical_partitions() {
        let disk = disk(
            64,
            &[(0, &[(0x0c, 1, 8), (0x05, 16, 40)]), (16, &[(0x06, 1, 8), (0x05, 16, 16)]), (32, &[(0x06, 1, 8)])],
        );
        assert_eq!(starts(&disk), (vec![1, 17, 33], 0));
    }

    #[test]
    fn a_loop_of_extended_partitions_ends() {
        let disk = disk(64, &[(0, &[(0x05, 16, 40)]), (16, &[(0x06, 1, 8), (0x05, 0, 16)])]);
        assert_eq!(starts(&disk), (vec![17], 1));
    }

    #[test]
    fn the_two_bytes_alone_are_no_table() {
        let mut bytes = vec![0x31u8; 512];
        bytes[510..].copy_from_slice(&[0x55, 0xaa]);
        assert_eq!(starts(&Raw(bytes.into())), (vec![], 0));
        assert_eq!(starts(&disk(4, &[(0, &[(0x0c, 9, 8)])])), (vec![], 0));
    }
}
