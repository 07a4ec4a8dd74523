//! Partition tables: MBR with its chain of extended tables, GPT, and Apple's map.

mod apple;
mod gpt;
mod mbr;

use super::source::Disk;
use super::volumes::{self, ImageUnpacker};
use crate::model::{FormatId, Problem};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// An image of a whole disk.
pub const DISK: FormatId = FormatId("disk");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: DISK,
    title: "Disk image with partitions",
    extensions: &["img", "dd", "raw", "bin", "dsk", "ima"],
    media_types: &["application/x-raw-disk-image"],
    probe: Probe::Structure(volumes::is_partitioned),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "UEFI Specification 2.10, chapter 5, GUID Partition Table",
            url: "https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html",
        },
        Reference {
            title: "Inside Macintosh: Devices, chapter 3, partition map",
            url: "https://developer.apple.com/library/archive/documentation/mac/Devices/Devices-121.html",
        },
    ],
    limitations: &["Volumes of APFS, HFS, ReFS, XFS, btrfs, LVM and others are said and given as they are."],
    unpacker: Some(&ImageUnpacker),
    ..FormatSpec::of(Family::Disk)
};

/// A stretch of a disk that a table names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partition {
    /// Number, from 1, in the order of the table.
    pub(crate) number: usize,
    /// Byte offset.
    pub(crate) start: u64,
    /// Bytes.
    pub(crate) size: u64,
}

/// Partitions kept; GPT's usual table has room for 128.
const MAX_PARTITIONS: usize = 256;

/// The partitions of a disk and what is wrong with the table. Nothing where there is no table.
pub(crate) fn read(disk: &dyn Disk) -> (Vec<Partition>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut partitions = gpt::read_said(disk, &mut problems);
    if partitions.is_empty() {
        partitions = apple::read(disk);
    }
    if partitions.is_empty() {
        partitions = mbr::read(disk, &mut problems);
    }
    partitions.truncate(MAX_PARTITIONS);
    for (index, partition) in partitions.iter_mut().enumerate() {
        partition.number = index.saturating_add(1);
    }
    (partitions, problems)
}
