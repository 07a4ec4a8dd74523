//! Encoded scripts (.jse, .vbe). Recognised by their mark; what they say is not decoded.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Encoded script.
pub const ENCODED: FormatId = FormatId("script-encoded");

const EXTENSIONS: &[&str] = &["jse", "vbe"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ENCODED,
    title: "Encoded script",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &[],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "Microsoft, Script Encoder (withdrawn)",
        url: "https://learn.microsoft.com/en-us/previous-versions/windows/internet-explorer/ie-developer/windows-scripting/",
    }],
    limitations: &["The encoding is not undone."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::JAVASCRIPT,
        weight: Severity::High,
        title: "Encoded script",
        own_words: &[],
    }],
};

fn is_taken(artifact: &Artifact) -> bool {
    is_named(artifact, EXTENSIONS) || head(artifact).trim_start().starts_with("#@~^")
}
