//! FAT12, FAT16 and FAT32, with long names; and exFAT. `layout` reads the boot sector, `table` follows chains of clusters,
//! `folder` reads entries, `walk` gives the files.

mod exfat;
mod folder;
mod layout;
mod table;
#[cfg(test)]
mod tests;
mod walk;

pub use exfat::EXFAT_FORMAT;
pub(crate) use exfat::EXFAT_SYSTEM;

use super::volumes::{self, FileSystem, ImageUnpacker};
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// FAT.
pub const FAT: FormatId = FormatId("fat");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FAT,
    title: "Disk image (FAT)",
    extensions: &["img", "ima", "flp", "vfd", "bin", "dsk", "raw", "dd", "fat"],
    probe: Probe::Structure(|artifact| volumes::starts_with(artifact, FAT)),
    reading: Reading::Full,
    references: &[Reference {
        title: "ECMA-107, Volume and File Structure of Disk Cartridges",
        url: "https://ecma-international.org/publications-and-standards/standards/ecma-107/",
    }],
    limitations: &["Deleted entries are said, their content is not given."],
    unpacker: Some(&ImageUnpacker),
    ..FormatSpec::of(Family::Disk)
};

/// The file system.
pub(crate) const SYSTEM: FileSystem =
    FileSystem { id: FAT, is: |disk| layout::Layout::read(disk).is_some(), give: walk::give };
