//! Drawings of AutoCAD: known by their version. What is embedded in them, a VBA project among it, is found by the search
//! that every file goes through.

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Reading, Reference};

/// DWG.
pub const DWG: FormatSpec = FormatSpec {
    id: FormatId("dwg"),
    title: "AutoCAD drawing",
    extensions: &["dwg", "dwt"],
    media_types: &["image/vnd.dwg", "application/acad"],
    magic: &[
        Magic::start(b"AC1009\0"),
        Magic::start(b"AC1012\0"),
        Magic::start(b"AC1014\0"),
        Magic::start(b"AC1015\0"),
        Magic::start(b"AC1018\0"),
        Magic::start(b"AC1021\0"),
        Magic::start(b"AC1024\0"),
        Magic::start(b"AC1027\0"),
        Magic::start(b"AC1032\0"),
    ],
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "Open Design Alliance, Specification for .dwg files",
        url: "https://www.opendesign.com/files/guestdownloads/OpenDesign_Specification_for_.dwg_files.pdf",
    }],
    limitations: &["Recognised only; compound files in it are carved."],
    ..FormatSpec::of(Family::Office)
};
