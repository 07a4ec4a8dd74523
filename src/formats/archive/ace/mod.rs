//! ACE, whose unpacker was abandoned with a hole in it that was used for years. Headers are read, so that names are
//! judged and stored files looked into; the format's compression was never published.

mod analyze;
mod parser;
mod unpack;

pub use parser::{AceView, Entry};

use crate::formats::archive::rare::RareFormat;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// ACE.
pub const ACE: FormatId = FormatId("ace");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ACE,
    title: "ACE archive",
    family: Family::Archive,
    extensions: &["ace", "c00", "c01"],
    media_types: &["application/x-ace-compressed", "application/x-ace"],
    magic: &[Magic::at(7, b"**ACE**")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "acefile, the format as documented in its source",
        url: "https://github.com/droe/acefile",
    }],
    limitations: &["Compressed content (LZ77 and ACE 2.0 blocks) is not decoded; names and stored files are read."],
    unpacker: Some(&unpack::AceUnpacker),
    analyzers: &[&RareFormat, &analyze::AceAnalyzer],
};

/// Whether bytes begin with an archive's own header that no one wrote by chance.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    bytes.get(7..14) == Some(b"**ACE**") && parser::is_first_right(bytes)
}
