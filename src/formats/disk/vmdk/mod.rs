//! VMDK, the virtual disk of VMware, in one file: sparse, and the packed form for sending.

mod blocks;

use super::volumes;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker};

/// VMDK.
pub const VMDK: FormatId = FormatId("vmdk");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: VMDK,
    title: "Virtual disk (VMDK)",
    extensions: &["vmdk"],
    media_types: &["application/x-vmdk"],
    magic: &[Magic::start(b"KDMV"), Magic::start(b"COWD"), Magic::start(b"# Disk DescriptorFile")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "VMware Virtual Disk Format 5.0",
        url: "https://web.archive.org/web/20160624044121/https://www.vmware.com/support/developer/vddk/vmdk_50_technote.pdf",
    }],
    limitations: &["A descriptor whose disk is in other files, and disks of ESX (COWD), are said and not read."],
    unpacker: Some(&VmdkUnpacker),
    ..FormatSpec::of(Family::Disk)
};

struct VmdkUnpacker;

impl Unpacker for VmdkUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let image = blocks::open(parent.bytes.clone(), out)?;
        volumes::give(&image, out)
    }
}
