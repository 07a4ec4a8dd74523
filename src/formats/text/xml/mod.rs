//! XML that no narrower format claims. Read as text; told apart where opening it starts something (consoles, settings
//! shortcuts, build projects, installers' manifests). XML that is a whole office document is
//! read by `office`.

mod analyze;

use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// XML.
pub const XML: FormatId = FormatId("xml");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: XML,
    title: "XML",
    family: Family::Text,
    extensions: &[
        "xml",
        "xsd",
        "xsl",
        "xslt",
        "rss",
        "rdf",
        "kml",
        "gpx",
        "xbrl",
        "msc",
        "csproj",
        "vbproj",
        "settingcontent-ms",
        "application",
        "appinstaller",
        "jnlp",
        "wsb",
        "contact",
    ],
    media_types: &["text/xml", "application/xml"],
    magic: &[],
    probe: Probe::Text(is_xml),
    reading: Reading::Full,
    references: &[Reference { title: "W3C Extensible Markup Language (XML) 1.0", url: "https://www.w3.org/TR/xml/" }],
    limitations: &["Entities are not replaced.", "Binary content in base64 is not decoded."],
    unpacker: None,
    analyzers: &[&analyze::XmlAnalyzer],
};

/// Whether the text starts with an XML declaration, or with an element and ends with one.
fn is_xml(artifact: &Artifact) -> bool {
    let Ok(view) = artifact.view::<TextView>() else { return false };
    let text = view.text.trim_start_matches('\u{feff}').trim();
    let opens = text.strip_prefix('<').and_then(|rest| rest.chars().next());
    text.starts_with("<?xml")
        || (opens.is_some_and(|c| c.is_alphabetic() || c == '!') && text.ends_with('>') && text.contains("</"))
}
