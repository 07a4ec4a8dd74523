//! ext2, ext3 and ext4, the file systems of Linux. `layout` reads the superblock and finds inodes, `inode` where their
//! content lies, `walk` gives the files.

mod inode;
mod layout;
mod walk;

use super::volumes::{self, FileSystem, ImageUnpacker};
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// ext.
pub const EXT: FormatId = FormatId("ext");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: EXT,
    title: "Disk image (ext2, ext3, ext4)",
    extensions: &["img", "ext2", "ext3", "ext4", "dd", "raw", "bin"],
    probe: Probe::Structure(|artifact| volumes::starts_with(artifact, EXT)),
    reading: Reading::Full,
    references: &[Reference {
        title: "ext4 Data Structures and Algorithms",
        url: "https://www.kernel.org/doc/html/latest/filesystems/ext4/index.html",
    }],
    limitations: &["The journal is not replayed; files encrypted by fscrypt are said and not read."],
    unpacker: Some(&ImageUnpacker),
    ..FormatSpec::of(Family::Disk)
};

/// The file system.
pub(crate) const SYSTEM: FileSystem =
    FileSystem { id: EXT, is: |disk| layout::Layout::read(disk).is_some(), give: walk::give };
