//! Windows Script files and components (.wsf, .wsc, .sct): XML around scripts. Recognised by their elements.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Windows Script file.
pub const WSF: FormatId = FormatId("wsf");

const EXTENSIONS: &[&str] = &["wsf", "wsc", "sct", "wsh"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: WSF,
    title: "Windows Script file",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &["text/scriptlet"],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, Windows Script Host XML elements",
        url: "https://learn.microsoft.com/en-us/previous-versions/windows/internet-explorer/ie-developer/windows-scripting/",
    }],
    limitations: &["It is read, not run."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::MARKUP,
        weight: Severity::High,
        title: "Windows Script file",
        own_words: &[],
    }],
};

fn is_taken(artifact: &Artifact) -> bool {
    if is_named(artifact, EXTENSIONS) {
        return true;
    }
    let head = head(artifact);
    let starts = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with('<');
    let has = |tag: &str| head.contains(&format!("<{tag}>")) || head.contains(&format!("<{tag} "));
    starts
        && ((has("job") && head.contains("<script"))
            || has("scriptlet")
            || (has("component") && head.contains("<script")))
}
