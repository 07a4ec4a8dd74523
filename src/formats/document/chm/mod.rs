//! Compiled help (CHM, "ITSF"): web pages and whatever else, in one LZX stream with a directory. `directory` lists the
//! entries, `section` decodes the stream with the `lzxd` crate, `unpack` gives the files, `analyze` looks at what pages
//! do.

mod directory;
mod section;
#[cfg(test)]
mod tests;
mod unpack;

pub use directory::{ChmView, Entry};

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// Compiled help.
pub const CHM: FormatId = FormatId("chm");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: CHM,
    title: "Compiled help (CHM)",
    family: Family::Document,
    extensions: &["chm", "chi", "chq", "chw", "its"],
    media_types: &["application/vnd.ms-htmlhelp", "application/x-chm"],
    magic: &[Magic::start(b"ITSF")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[
        Reference {
            title: "Microsoft's HTML Help (.chm) format, by Matthew Russotto",
            url: "https://www.russotto.net/chm/chmformat.html",
        },
        Reference {
            title: "MS-PATCH, LZX DELTA Compression and Decompression",
            url: "https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-patch/",
        },
    ],
    limitations: &["Indices and tables of the help compiler are given out as bytes, not read."],
    unpacker: Some(&unpack::ChmUnpacker),
    analyzers: &[],
};

/// An index of the help compiler. Nothing in it is shown or run; it is only searched.
pub const INDEX: FormatSpec = FormatSpec {
    id: FormatId("chm-index"),
    title: "Index of compiled help",
    probe: Probe::Text(|artifact| artifact.origin.detail == unpack::INDEX_PART),
    references: FORMAT.references,
    limitations: &["Searched as bytes."],
    ..FormatSpec::of(Family::Document)
};
