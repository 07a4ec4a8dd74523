//! OpenDocument (ODF 1.3, ISO/IEC 26300): documents of LibreOffice and OpenOffice, as zip packages or as one XML file.
//! Entries of a package are the zip's children; what is read here is what they mean together.
//!
//! `reading` one XML part; `parser` `flat` the views; `unpack` macros and embedded content; `macros` `links` what is
//! said of them; `kinds` the kinds of document; `findings` declares what is raised.

mod findings;
mod flat;
pub mod kinds;
mod links;
mod macros;
mod parser;
mod reading;
#[cfg(test)]
mod tests;
mod unpack;

pub use flat::FlatView;
pub use parser::OdfView;

use crate::formats::archive::zip::{ZIP, ZipView};
use crate::formats::text::plain::TextView;
use crate::formats::text::xml::XML;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reference};

/// A package of no narrower kind.
pub const ODF: FormatId = FormatId("opendocument");

const REFERENCES: &[Reference] = &[Reference {
    title: "OASIS, Open Document Format for Office Applications 1.3",
    url: "https://docs.oasis-open.org/office/OpenDocument/v1.3/",
}];

/// The package.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ODF,
    title: "OpenDocument file",
    extensions: &["odt", "ods", "odp", "odg", "odf", "odb", "odm", "odi", "oth", "ott", "ots", "otp", "otg"],
    media_types: &["application/vnd.oasis.opendocument"],
    probe: Probe::Within(ZIP, is_package),
    references: REFERENCES,
    limitations: &[
        "Encrypted documents are recognised, not opened.",
        "Signatures are named, not checked.",
        "Scripts in Python, JavaScript and BeanShell are read as the files they are; calls between them and Basic are not followed.",
    ],
    unpacker: Some(&unpack::PackageUnpacker),
    analyzers: &[&links::PackageLinks],
    ..FormatSpec::of(Family::Office)
};

/// The same in one XML file.
pub const FLAT: FormatSpec = FormatSpec {
    id: FormatId("opendocument-flat"),
    title: "OpenDocument in one XML file",
    extensions: &["fodt", "fods", "fodp", "fodg", "xml"],
    media_types: &[
        "application/vnd.oasis.opendocument.text-flat-xml",
        "application/vnd.oasis.opendocument.spreadsheet-flat-xml",
        "application/vnd.oasis.opendocument.presentation-flat-xml",
        "application/vnd.oasis.opendocument.graphics-flat-xml",
    ],
    probe: Probe::Within(XML, is_flat),
    limitations: &[],
    unpacker: Some(&unpack::FlatUnpacker),
    analyzers: &[&links::FlatLinks],
    ..FORMAT
};

/// Most zips have none of the three entries; they are not read twice.
fn is_package(artifact: &Artifact) -> bool {
    let may_be = artifact.view::<ZipView>().is_ok_and(|zip| {
        ["mimetype", "content.xml", "META-INF/manifest.xml"].iter().any(|name| zip.entry_by_name(name).is_some())
    });
    may_be && artifact.view::<OdfView>().is_ok()
}

/// The root element and its namespace, behind a declaration and other names. Parts of packages have roots of their own:
/// `document-content`.
fn is_flat(artifact: &Artifact) -> bool {
    artifact.view::<TextView>().is_ok_and(|view| {
        let head = view.lower_head();
        let is_root = |(at, word): (usize, &str)| {
            let after = head.get(at.saturating_add(word.len())..).and_then(|rest| rest.chars().next());
            after.is_some_and(|c| c.is_whitespace() || c == '>')
        };
        head.match_indices(":document").any(is_root) && head.contains("urn:oasis:names:tc:opendocument:xmlns")
    })
}
