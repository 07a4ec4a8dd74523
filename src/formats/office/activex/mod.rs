//! The data of ActiveX controls in a part of its own (`word/activeX/activeX1.bin`): a class, then what the control wrote
//! of itself (MS-OAX 2.2, `persistStreamInit`). Controls that write storages are compound files and are read as such.

mod analyze;
mod findings;

use crate::formats::fields::clsid_at;
use crate::knowledge::clsids::Clsid;
use crate::model::{Artifact, FormatId, OriginKind};
use crate::stage::{Family, FormatSpec, Probe, Reference};

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("activex"),
    title: "Data of an ActiveX control",
    media_types: &["application/vnd.ms-office.activeX"],
    probe: Probe::Text(is_control),
    references: &[Reference {
        title: "MS-OAX 2.2, ActiveX persistence",
        url: "https://learn.microsoft.com/en-us/openspecs/office_standards/ms-oax/",
    }],
    limitations: &["Properties are searched for texts; only the class is read as what it is."],
    analyzers: &[&analyze::Control],
    ..FormatSpec::of(Family::Office)
};

/// Size of the class at the start.
const CLASS: usize = 16;

/// The class of a control.
fn class_of(artifact: &Artifact) -> Option<Clsid> {
    clsid_at(&artifact.bytes, 0).map(Clsid)
}

/// Whether an artifact is named as Office names these parts, lies in another file, and has a class at its start.
fn is_control(artifact: &Artifact) -> bool {
    let name = artifact.name.file_name().to_ascii_lowercase();
    let is_named = name.starts_with("activex") && name.ends_with(".bin");
    let is_part = !matches!(artifact.origin.kind, OriginKind::Input | OriginKind::MimePart);
    is_named && is_part && class_of(artifact).is_some_and(|class| !class.is_none())
}
