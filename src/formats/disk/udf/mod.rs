//! UDF, the file system of DVDs and of discs written by Windows: alone, or beside ISO 9660. `volume` finds the anchor
//! and the descriptors, `space` maps block numbers of all kinds of partitions, `entry` reads file entries, `walk` the tree.

mod entry;
mod space;
mod structure;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use walk::tree;

use super::trees::{self, TREES_DIFFER};
use super::volume::Volume;
use super::volumes::{self, FileSystem};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::model::{Artifact, FormatId, ParseError};
use crate::stage::{Family, FormatSpec, Kinds, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// UDF.
pub const UDF: FormatId = FormatId("udf");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: UDF,
    title: "Disc image (UDF)",
    extensions: &["udf", "iso", "img", "bin", "mdf", "nrg", "cdr"],
    media_types: &["application/x-udf-image"],
    probe: Probe::Structure(|artifact| volumes::starts_with(artifact, UDF)),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "ECMA-167",
            url: "https://ecma-international.org/publications-and-standards/standards/ecma-167/",
        },
        Reference { title: "OSTA Universal Disk Format 2.60", url: "http://www.osta.org/specs/pdf/udf260.pdf" },
    ],
    limitations: &["Named streams are not read, nor allocation strategy 4096 beyond the first entry."],
    unpacker: Some(&UdfUnpacker),
    ..FormatSpec::of(Family::Disk)
};

/// The file system where it stands alone; beside ISO 9660 it is read with that.
pub(crate) const SYSTEM: FileSystem =
    FileSystem { id: UDF, is: |disk| structure::is_there(disk) && !(super::iso9660::SYSTEM.is)(disk), give };

fn give(volume: &Volume<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let tree = tree(volume, out)?.ok_or_else(|| ParseError::new("no anchor of a UDF volume", 0))?;
    trees::give(volume, &[tree], out)
}

struct UdfUnpacker;

impl Unpacker for UdfUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES, TREES_DIFFER]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        volumes::give(volumes::open(&parent.bytes).as_ref(), out)
    }
}
