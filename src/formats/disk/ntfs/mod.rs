//! NTFS. `layout` reads the boot sector, `record` a record of the master file table and its attributes, `files` gathers
//! records to files, `paths` follows parents, `lznt1` unpacks, `walk` gives files and their named streams.

mod files;
mod layout;
mod lznt1;
mod paths;
mod record;
#[cfg(test)]
mod tests;
mod walk;

use super::volumes::{self, FileSystem, ImageUnpacker};
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// NTFS.
pub const NTFS: FormatId = FormatId("ntfs");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: NTFS,
    title: "Disk image (NTFS)",
    extensions: &["img", "ntfs", "dd", "raw", "bin"],
    probe: Probe::Structure(|artifact| volumes::starts_with(artifact, NTFS)),
    reading: Reading::Full,
    references: &[Reference {
        title: "NTFS documentation of the Linux-NTFS project",
        url: "https://flatcap.github.io/linux-ntfs/ntfs/",
    }],
    limitations: &[
        "Files encrypted by EFS and those compressed by the Windows overlay filter are said and not read.",
        "Deleted files are said, their content is not given.",
    ],
    unpacker: Some(&ImageUnpacker),
    ..FormatSpec::of(Family::Disk)
};

/// The file system.
pub(crate) const SYSTEM: FileSystem =
    FileSystem { id: NTFS, is: |disk| layout::Layout::read(disk).is_some(), give: walk::give };
