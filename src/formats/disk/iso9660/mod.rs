//! ISO 9660, the file system of CDs, with what others added: Joliet, Rock Ridge, El Torito, and UDF beside it.
//! `descriptors` finds the volumes, `record` reads an entry, `rock_ridge` what lies behind it, `tree` walks one tree,
//! `boot` finds boot images, `raw` reads images of whole sectors, `walk` puts all together.

mod boot;
mod descriptors;
pub(crate) mod raw;
mod record;
mod rock_ridge;
#[cfg(test)]
mod tests;
mod tree;
mod walk;

use super::trees::TREES_DIFFER;
use super::volumes::{self, FileSystem};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Kinds, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// ISO 9660.
pub const ISO: FormatId = FormatId("iso9660");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ISO,
    title: "CD image (ISO 9660)",
    extensions: &["iso", "img", "bin", "mdf", "nrg", "cdr", "toast", "udf"],
    media_types: &["application/x-iso9660-image", "application/x-cd-image"],
    probe: Probe::Structure(|artifact| volumes::starts_with(artifact, ISO)),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "ECMA-119",
            url: "https://ecma-international.org/publications-and-standards/standards/ecma-119/",
        },
        Reference { title: "Joliet Specification", url: "https://pismotec.com/cfs/jolspec.html" },
        Reference {
            title: "Rock Ridge Interchange Protocol 1.12",
            url: "https://web.archive.org/web/20170404043745/http://www.ymi.com/ymi/sites/default/files/pdf/Rockridge.pdf",
        },
        Reference {
            title: "El Torito Bootable CD-ROM Format Specification 1.0",
            url: "https://pdos.csail.mit.edu/6.828/2014/readings/boot-cdrom.pdf",
        },
    ],
    limitations: &["zisofs-compressed files are given as they are.", "HFS beside ISO 9660 is not read."],
    unpacker: Some(&IsoUnpacker),
    ..FormatSpec::of(Family::Disk)
};

/// The file system.
pub(crate) const SYSTEM: FileSystem = FileSystem { id: ISO, is: |disk| descriptors::is_there(disk), give: walk::give };

struct IsoUnpacker;

impl Unpacker for IsoUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES, TREES_DIFFER]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        volumes::give(volumes::open(&parent.bytes).as_ref(), out)
    }
}
