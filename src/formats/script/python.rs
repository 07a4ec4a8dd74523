//! Python. Recognised by the interpreter line or the name.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Python script.
pub const PYTHON: FormatId = FormatId("python");

const EXTENSIONS: &[&str] = &["py", "pyw"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: PYTHON,
    title: "Python script",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &["text/x-python"],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference { title: "Python language reference", url: "https://docs.python.org/3/reference/" }],
    limitations: &["It is read, not run."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::SHELL,
        weight: Severity::Medium,
        title: "Python script",
        own_words: &[],
    }],
};

fn is_taken(artifact: &Artifact) -> bool {
    if is_named(artifact, EXTENSIONS) {
        return true;
    }
    let head = head(artifact);
    let line = head.lines().next().unwrap_or_default();
    line.starts_with("#!") && line.contains("python")
}
