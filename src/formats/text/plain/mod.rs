//! Plain text in any of the encodings mail carries. The decoded text is a view that every analyzer of text shares.

mod parser;

pub use parser::TextView;

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Plain text.
pub const TEXT: FormatId = FormatId("text");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: TEXT,
    title: "Plain text",
    family: Family::Text,
    extensions: &["txt", "log", "csv", "tsv", "md", "ini", "cfg", "conf", "json", "yml", "yaml", "asc"],
    media_types: &["text/plain", "text/csv", "application/json"],
    magic: &[],
    probe: Probe::Text(is_text),
    reading: Reading::Full,
    references: &[Reference { title: "WHATWG Encoding Standard", url: "https://encoding.spec.whatwg.org/" }],
    limitations: &["UTF-7 and EBCDIC are read as ASCII."],
    unpacker: None,
    analyzers: &[],
};

/// Whether bytes are text: they decode, and hold next to no control characters.
pub fn is_text(artifact: &Artifact) -> bool {
    artifact.view::<TextView>().is_ok()
}
