//! Rich Text Format (Microsoft, RTF 1.9.1), read as Word reads it: any word is taken, lengths lie, objects stand in any
//! group.
//!
//! `tokenizer` braces, words and text; `hex` the digits of objects and pictures; `text` code pages; `parser` the one
//! pass over the tokens, `view` what it gathers; `objects` other readings of an object's digits; `unpack` children;
//! `analyze` and `findings` what loads, links and hides.

mod analyze;
mod findings;
mod hex;
mod objects;
mod parser;
mod text;
mod tokenizer;
mod unpack;
mod view;

#[cfg(test)]
mod tests;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// RTF.
pub const RTF: FormatId = FormatId("rtf");

/// The format. Word opens anything that starts with these four characters.
pub const FORMAT: FormatSpec = FormatSpec {
    id: RTF,
    title: "Rich Text Format",
    family: Family::Document,
    extensions: &["rtf", "doc", "wbk"],
    media_types: &["application/rtf", "text/rtf"],
    magic: &[Magic::start(b"{\\rt")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[
        Reference {
            title: "Microsoft, Rich Text Format Specification 1.9.1",
            url: "https://www.loc.gov/preservation/digital/formats/fdd/fdd000473.shtml",
        },
        Reference {
            title: "MS-OLEDS 2.2, OLE1.0 Format Structures",
            url: "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-oleds/",
        },
    ],
    limitations: &[
        "Pictures are searched for files that are no pictures, and not given out themselves.",
        "Where groups can be read in two ways, the other reading is tried for objects only.",
    ],
    unpacker: Some(&unpack::RtfUnpacker),
    analyzers: &[&analyze::RtfAnalyzer],
};
