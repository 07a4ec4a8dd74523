//! Flat OPC: the parts of an office document as elements of one XML file. Office opens it whatever its name. It becomes
//! the zip it stands for, one child, so that everything that reads packages reads these.

mod parser;
mod unpack;

use crate::formats::office::xml::root_has;
use crate::formats::text::xml::XML;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Flat OPC.
pub const FLAT_OPC: FormatId = FormatId("flat-opc");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FLAT_OPC,
    title: "Office document in one XML file (Flat OPC)",
    family: Family::Office,
    extensions: &["xml", "doc", "docx", "xls", "xlsx", "ppt", "pptx"],
    media_types: &["text/xml", "application/xml"],
    magic: &[],
    probe: Probe::Within(XML, |artifact| root_has(artifact, "schemas.microsoft.com/office/2006/xmlpackage")),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "ECMA-376 part 2, Open Packaging Conventions",
            url: "https://ecma-international.org/publications-and-standards/standards/ecma-376/",
        },
        Reference {
            title: "Microsoft, The Flat OPC Format",
            url: "https://learn.microsoft.com/en-us/archive/blogs/ericwhite/the-flat-opc-format",
        },
    ],
    limitations: &["Namespace declarations outside a part's own elements are not repeated in the part."],
    unpacker: Some(&unpack::FlatOpcUnpacker),
    analyzers: &[],
};
