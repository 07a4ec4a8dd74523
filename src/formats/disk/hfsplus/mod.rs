//! HFS+ and HFSX, the file system of macOS until 2017 and of most disk images since. `layout` reads the volume header
//! and forks, `tree` walks a B-tree, `catalog` gathers files, `packed` reads compressed files, `walk` gives all.

mod catalog;
mod layout;
mod packed;
mod tree;
mod walk;

use super::volumes::{self, FileSystem, ImageUnpacker};
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// HFS+.
pub const HFS_PLUS: FormatId = FormatId("hfsplus");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: HFS_PLUS,
    title: "Disk image (HFS+)",
    extensions: &["img", "dmg", "cdr", "dd", "raw", "hfs"],
    probe: Probe::Structure(|artifact| volumes::starts_with(artifact, HFS_PLUS)),
    reading: Reading::Full,
    references: &[Reference {
        title: "Technical Note TN1150, HFS Plus Volume Format",
        url: "https://developer.apple.com/library/archive/technotes/tn/tn1150.html",
    }],
    limitations: &["The journal is not replayed."],
    unpacker: Some(&ImageUnpacker),
    ..FormatSpec::of(Family::Disk)
};

/// The file system.
pub(crate) const SYSTEM: FileSystem =
    FileSystem { id: HFS_PLUS, is: |disk| layout::Layout::read(disk).is_some(), give: walk::give };
