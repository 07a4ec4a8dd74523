//! ALZ, the own format of ALZip, which Korean offices used. `parser` walks the archive, `unpack` gives the files, also
//! those locked with zip's traditional cipher.

mod parser;
mod unpack;

pub use parser::{AlzView, Entry};

use crate::formats::archive::rare::RareFormat;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// ALZ.
pub const ALZ: FormatId = FormatId("alz");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ALZ,
    title: "ALZip archive",
    family: Family::Archive,
    extensions: &["alz", "a00", "a01"],
    media_types: &["application/x-alz-compressed", "application/x-alz"],
    magic: &[Magic::start(b"ALZ\x01")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "unalz, the format as its source has it",
        url: "https://sources.debian.org/src/unalz/0.65-9/UnAlz.h/",
    }],
    limitations: &["bzip2 as ALZip wrote it, without its headers, is not decoded."],
    unpacker: Some(&unpack::AlzUnpacker),
    analyzers: &[&RareFormat],
};
