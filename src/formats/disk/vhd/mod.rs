//! VHD, the virtual disk of Virtual PC and Windows: fixed (the disk and a footer), dynamic (a table of blocks) and
//! differencing (what changed since a parent).

mod blocks;

use super::volumes;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Kinds, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// VHD.
pub const VHD: FormatId = FormatId("vhd");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: VHD,
    title: "Virtual hard disk (VHD)",
    extensions: &["vhd", "vpc", "avhd"],
    media_types: &["application/x-vhd"],
    probe: Probe::Structure(|artifact| blocks::footer(&artifact.bytes).is_some()),
    reading: Reading::Full,
    references: &[Reference {
        title: "Virtual Hard Disk Image Format Specification 1.0",
        url: "https://www.microsoft.com/en-us/download/details.aspx?id=23850",
    }],
    limitations: &["Of a differencing disk only what differs from its parent is read."],
    unpacker: Some(&VhdUnpacker),
    ..FormatSpec::of(Family::Disk)
};

struct VhdUnpacker;

impl Unpacker for VhdUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let image = blocks::Image::open(parent.bytes.clone(), out)?;
        volumes::give(&image, out)
    }
}
