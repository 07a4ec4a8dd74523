//! DMG, the disk image of macOS (UDIF): a trailer, a property list with tables of chunks, and packed chunks.
//! `trailer` finds the tables, `chunks` reads through them, `adc` decodes the oldest packing, `analyze` judges.

mod adc;
mod analyze;
mod chunks;
#[cfg(test)]
mod tests;
mod trailer;

use super::volumes;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Kinds, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// DMG.
pub const DMG: FormatId = FormatId("dmg");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: DMG,
    title: "macOS disk image",
    extensions: &["dmg", "smi", "img", "iso", "cdr"],
    media_types: &["application/x-apple-diskimage"],
    probe: Probe::Structure(|artifact| trailer::is_there(&artifact.bytes)),
    reading: Reading::Full,
    references: &[Reference { title: "Demystifying the DMG File Format", url: "http://newosxbook.com/DMG.html" }],
    limitations: &[
        "Encrypted images are said and not opened.",
        "Images whose tables are in a resource fork, and parts of split images, are not read.",
        "APFS volumes are given as they are.",
    ],
    unpacker: Some(&DmgUnpacker),
    analyzers: &[&analyze::FromMail],
    ..FormatSpec::of(Family::Disk)
};

struct DmgUnpacker;

impl Unpacker for DmgUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let image = trailer::open(parent.bytes.clone(), out)?;
        volumes::give(&image, out)
    }
}
