//! Batch files of cmd.exe. Recognised by `@echo off` on the first line with code, or by labels and jumps.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Batch file.
pub const BATCH: FormatId = FormatId("batch");

const EXTENSIONS: &[&str] = &["bat", "cmd"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: BATCH,
    title: "Batch file",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &["application/x-bat", "application/bat"],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, Windows commands",
        url: "https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/windows-commands",
    }],
    limitations: &["It is read, not run."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::BATCH,
        weight: Severity::High,
        title: "Batch file",
        own_words: &[],
    }],
};

fn is_taken(artifact: &Artifact) -> bool {
    if is_named(artifact, EXTENSIONS) {
        return true;
    }
    let head = head(artifact);
    let first = head
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("::") && !line.starts_with("rem "));
    first.is_some_and(|line| {
        ["@echo off", "@setlocal", "setlocal ", "@cmd", "@powershell", "@start ", "@rem "]
            .iter()
            .any(|word| line.starts_with(word))
    })
}
