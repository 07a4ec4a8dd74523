//! Text formats that hold data and start nothing: JSON. Known by name so that reports say what
//! they are and names that lie can be told.

use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

const fn data(
    id: &'static str,
    title: &'static str,
    extensions: &'static [&'static str],
    media_types: &'static [&'static str],
    check: fn(&Artifact) -> bool,
    references: &'static [Reference],
) -> FormatSpec {
    FormatSpec {
        id: FormatId(id),
        title,
        family: Family::Text,
        extensions,
        media_types,
        magic: &[],
        probe: Probe::Text(check),
        reading: Reading::Full,
        references,
        limitations: &["Content in base64 inside it is not decoded."],
        unpacker: None,
        analyzers: &[],
    }
}

/// JSON.
pub const JSON: FormatSpec = data(
    "json",
    "JSON",
    &["json", "geojson", "webmanifest", "map"],
    &["application/json", "text/json"],
    |artifact| {
        let head = head(artifact);
        let opens =
            head.starts_with("{\"") || head.starts_with("[{") || head.starts_with("[\"") || head.starts_with("{}");
        opens || (artifact.name.extension() == "json" && head.starts_with(['{', '[']))
    },
    &[Reference { title: "RFC 8259, JSON", url: "https://www.rfc-editor.org/rfc/rfc8259" }],
);

/// The first characters without blanks, lower case.
pub(super) fn head(artifact: &Artifact) -> String {
    match artifact.view::<TextView>() {
        Ok(view) => view
            .text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\u{feff}')
            .take(32)
            .collect::<String>()
            .to_lowercase(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial::{attachment, is_taken};

    #[test]
    fn each_is_told_by_its_start() {
        assert!(is_taken(&JSON, &attachment("a", b"{ \"a\": 1 }")));
        assert!(!is_taken(&JSON, &attachment("a.txt", b"[note] see below")));
    }
}
