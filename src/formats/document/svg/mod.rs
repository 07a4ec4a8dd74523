//! Scalable Vector Graphics (W3C SVG 2). A picture to its recipient, a web page to the browser that opens it: script,
//! links and embedded pages are read as those of HTML are. The picture is not drawn.

mod analyze;

use super::html::HtmlView;
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// SVG.
pub const SVG: FormatId = FormatId("svg");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: SVG,
    title: "Scalable Vector Graphics",
    family: Family::Document,
    extensions: &["svg"],
    media_types: &["image/svg+xml", "image/svg"],
    magic: &[],
    probe: Probe::Text(is_svg),
    reading: Reading::Full,
    references: &[Reference { title: "W3C Scalable Vector Graphics (SVG) 2", url: "https://www.w3.org/TR/SVG2/" }],
    limitations: &["Scripts are read, not run.", "Entities declared in a document type are not replaced."],
    unpacker: Some(&super::html::Unpacker),
    analyzers: &[&analyze::SvgAnalyzer],
};

/// Whether the first element is `svg`.
fn is_svg(artifact: &Artifact) -> bool {
    let Ok(view) = artifact.view::<TextView>() else { return false };
    let mut rest = view.text.as_str();
    // Declarations, comments and a document type may come first.
    for _ in 0..32 {
        let Some(at) = rest.find('<') else { return false };
        let before = rest.get(..at).unwrap_or_default();
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        if !before.chars().all(|c| c.is_whitespace() || matches!(c, '\u{feff}' | ']' | '>')) {
            return false;
        }
        let end = match rest.get(..3) {
            Some("!--") => rest.split_once("-->"),
            _ if rest.starts_with(['?', '!']) => rest.split_once('>'),
            _ => {
                let name = rest.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
                return name.rsplit(':').next().is_some_and(|name| name.eq_ignore_ascii_case("svg"));
            }
        };
        let Some((_, after)) = end else { return false };
        rest = after;
    }
    false
}

/// The same reading as a web page's.
type SvgView = HtmlView;
