//! VHDX, the virtual disk of Hyper-V and Windows since 8.

mod blocks;

use super::volumes;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// VHDX.
pub const VHDX: FormatId = FormatId("vhdx");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: VHDX,
    title: "Virtual hard disk (VHDX)",
    extensions: &["vhdx", "avhdx"],
    media_types: &["application/x-vhdx"],
    magic: &[Magic::start(b"vhdxfile")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "MS-VHDX",
        url: "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-vhdx/",
    }],
    limitations: &[
        "The log of a disk that was not closed is not replayed.",
        "Of a differencing disk only blocks that are wholly in it are read.",
    ],
    unpacker: Some(&VhdxUnpacker),
    ..FormatSpec::of(Family::Disk)
};

struct VhdxUnpacker;

impl Unpacker for VhdxUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let image = blocks::open(parent.bytes.clone(), out)?;
        volumes::give(&image, out)
    }
}
