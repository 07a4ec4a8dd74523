//! ARC of System Enhancement Associates, the archive of the eighties. `parser` walks the archive, `squeeze` decodes the
//! prefix code of squeezed files, `runs` the run lengths under most methods, `unpack` gives the files.

mod parser;
mod runs;
mod squeeze;
mod unpack;

pub use parser::{ArcView, Entry};

use crate::formats::archive::rare::RareFormat;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// ARC.
pub const ARC: FormatId = FormatId("arc");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ARC,
    title: "ARC archive",
    family: Family::Archive,
    extensions: &["arc", "ark", "pak"],
    media_types: &["application/x-arc", "application/x-freearc"],
    magic: &[],
    probe: Probe::Structure(|artifact| parser::is_archive(&artifact.bytes)),
    reading: Reading::Full,
    references: &[
        Reference { title: "arc.doc of ARC 5.21", url: "https://github.com/hyc/arc" },
        Reference { title: "ARC file format", url: "http://fileformats.archiveteam.org/wiki/ARC_(compression_format)" },
    ],
    limitations: &["The methods before crunch 8 (5, 6, 7) and those of PAK (10, 11) are not decoded."],
    unpacker: Some(&unpack::ArcUnpacker),
    analyzers: &[&RareFormat],
};
