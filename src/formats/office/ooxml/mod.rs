//! Office Open XML: documents of Word, Excel, PowerPoint and Visio since 2007 as zip packages of XML parts. The zip
//! gives the parts as children (VBA projects and embedded objects are compound files among them); what is read here is
//! how they relate.
//!
//! `parser` `parts` the reading (with `office::xml`); `kinds` the kinds of document; `relations` what lies
//! outside; `fields` `sheets` `formulas` `addins` `ribbon` `actions` `queries` `facts` what to look at; `structure` how the
//! package is put together; `strings` `payload` what a document keeps for its macros.

mod actions;
mod addins;
mod facts;
mod fields;
mod formulas;
pub mod kinds;
mod macrosheets;
mod parser;
mod parts;
mod payload;
mod queries;
mod relations;
mod ribbon;
mod sheets;
mod strings;
mod structure;

pub use parser::{OoxmlView, Relation};

use crate::formats::archive::zip::{ZIP, ZipView};
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// A package of no narrower kind.
pub const OOXML: FormatId = FormatId("ooxml");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: OOXML,
    title: "Open Packaging Conventions package",
    family: Family::Office,
    extensions: &["docx", "xlsx", "pptx", "vsdx", "thmx", "nupkg", "vsix", "appx", "msix", "glox", "3mf"],
    media_types: &["application/vnd.openxmlformats-package"],
    magic: &[],
    probe: Probe::Within(ZIP, is_package),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "ECMA-376, Office Open XML",
            url: "https://ecma-international.org/publications-and-standards/standards/ecma-376/",
        },
        Reference {
            title: "MS-OFFMACRO2, Office Macro-Enabled File Format",
            url: "https://learn.microsoft.com/en-us/openspecs/office_standards/ms-offmacro2/",
        },
    ],
    limitations: &[
        "Formulas of worksheets are not read; of Power Query, calls that fetch or run something are said.",
        "Digital signatures are not checked.",
    ],
    unpacker: Some(&queries::Mashups),
    analyzers: &[
        &structure::Structure,
        &relations::Relations,
        &fields::Fields,
        &sheets::Sheets,
        &formulas::Formulas,
        &queries::Queries,
        &addins::AddIns,
        &ribbon::Ribbon,
        &actions::Actions,
        &payload::Payloads,
        &facts::Facts,
    ],
};

fn is_package(artifact: &Artifact) -> bool {
    artifact.view::<ZipView>().is_ok_and(|zip| parser::is_package(&zip))
}

#[cfg(test)]
mod tests;
