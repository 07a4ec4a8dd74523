//! QCOW2, the virtual disk of QEMU; versions 2 and 3.

mod blocks;

use super::volumes;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// QCOW2.
pub const QCOW: FormatId = FormatId("qcow2");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: QCOW,
    title: "Virtual disk (QCOW2)",
    extensions: &["qcow2", "qcow", "img"],
    media_types: &["application/x-qemu-disk"],
    magic: &[Magic::start(b"QFI\xfb")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "QCOW2 image format",
        url: "https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst",
    }],
    limitations: &[
        "Encrypted images, those with an external data file, and version 1 are said and not read.",
        "Of an image with a backing file only what differs from it is read; snapshots are not.",
    ],
    unpacker: Some(&QcowUnpacker),
    ..FormatSpec::of(Family::Disk)
};

struct QcowUnpacker;

impl Unpacker for QcowUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let image = blocks::open(parent.bytes.clone(), out)?;
        volumes::give(&image, out)
    }
}
