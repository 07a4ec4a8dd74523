//! Scripts of Unix shells. Recognised by the interpreter line.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Shell script.
pub const SHELL: FormatId = FormatId("shell");

const EXTENSIONS: &[&str] = &["sh", "bash", "command", "ksh", "csh"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: SHELL,
    title: "Shell script",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &["application/x-sh", "text/x-shellscript"],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference {
        title: "POSIX.1, Shell command language",
        url: "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html",
    }],
    limitations: &["It is read, not run."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::SHELL,
        weight: Severity::Medium,
        title: "Shell script",
        own_words: &[],
    }],
};

fn is_taken(artifact: &Artifact) -> bool {
    if is_named(artifact, EXTENSIONS) {
        return true;
    }
    let head = head(artifact);
    let line = head.lines().next().unwrap_or_default();
    line.starts_with("#!") && !line.contains("python") && (line.contains("sh") || line.contains('/'))
}
