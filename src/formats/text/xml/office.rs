//! Office documents in one XML file: Flat OPC and Word 2003. Office opens them by content whatever their name.

use super::XML;
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Flat OPC: the parts of a document as elements.
pub const FLAT_OPC: FormatSpec = FormatSpec {
    id: FormatId("flat-opc"),
    title: "Office document in one XML file (Flat OPC)",
    family: Family::Office,
    extensions: &["xml", "doc", "docx"],
    media_types: &["text/xml", "application/xml"],
    magic: &[],
    probe: Probe::Within(XML, |artifact| head_has(artifact, "<pkg:package")),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "ECMA-376 part 2, Open Packaging Conventions",
        url: "https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    }],
    limitations: &["Its parts are not taken out."],
    unpacker: None,
    analyzers: &[],
};

/// Word 2003 XML; macros are in `w:binData`.
pub const WORD_2003: FormatSpec = FormatSpec {
    id: FormatId("word-2003-xml"),
    title: "Word 2003 XML document",
    family: Family::Office,
    extensions: &["xml", "doc"],
    media_types: &["text/xml", "application/xml", "application/msword"],
    magic: &[],
    probe: Probe::Within(XML, |artifact| {
        head_has(artifact, "schemas.microsoft.com/office/word/2003/wordml") || head_has(artifact, "<w:worddocument")
    }),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "Microsoft, WordprocessingML 2003",
        url: "https://learn.microsoft.com/en-us/openspecs/",
    }],
    limitations: &["Macros and objects in it are not taken out."],
    unpacker: None,
    analyzers: &[],
};

fn head_has(artifact: &Artifact, needle: &str) -> bool {
    artifact
        .view::<TextView>()
        .is_ok_and(|view| view.text.chars().take(4096).collect::<String>().to_ascii_lowercase().contains(needle))
}
