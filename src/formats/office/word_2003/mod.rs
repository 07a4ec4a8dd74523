//! Word 2003 XML (WordprocessingML 2003): a whole document in one XML file, macros and objects in base64. Word opens it
//! whatever its name.
//!
//! `unpack` gives what is in `binData`, `objects` what lies in the compound file of all objects; `analyze` reads fields, links, templates and properties.

mod analyze;
mod objects;
#[cfg(test)]
mod tests;
mod unpack;

pub use objects::StoredObjects;

use crate::formats::office::xml::root_has;
use crate::formats::text::xml::XML;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Word 2003 XML.
pub const WORD_2003: FormatId = FormatId("word-2003-xml");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: WORD_2003,
    title: "Word 2003 XML document",
    family: Family::Office,
    extensions: &["xml", "doc"],
    media_types: &["text/xml", "application/xml", "application/msword"],
    magic: &[],
    probe: Probe::Within(XML, |artifact| {
        root_has(artifact, "schemas.microsoft.com/office/word/2003/wordml") || root_has(artifact, "<w:worddocument")
    }),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, WordprocessingML 2003",
        url: "https://learn.microsoft.com/en-us/previous-versions/office/developer/office-2003/aa212812(v=office.11)",
    }],
    limitations: &["Style sheets and schemas that a document names are given as indicators and not fetched."],
    unpacker: Some(&unpack::BinaryData),
    analyzers: &[&analyze::Document],
};
