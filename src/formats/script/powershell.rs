//! PowerShell. Recognised by several lines of its own shapes: a cmdlet in a text is not a script.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// PowerShell.
pub const POWERSHELL: FormatId = FormatId("powershell");

const EXTENSIONS: &[&str] = &["ps1", "psm1", "psd1", "ps1xml", "psc1"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: POWERSHELL,
    title: "PowerShell",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &["application/x-powershell", "text/x-powershell"],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, PowerShell language specification",
        url: "https://learn.microsoft.com/en-us/powershell/scripting/lang-spec/chapter-01",
    }],
    limitations: &["It is read, not run."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::POWERSHELL,
        weight: Severity::High,
        title: "PowerShell",
        own_words: &["powershell", "pwsh"],
    }],
};

/// Assignments, parameters and blocks make up a good part of the lines.
fn is_taken(artifact: &Artifact) -> bool {
    if is_named(artifact, EXTENSIONS) {
        return true;
    }
    let head = head(artifact);
    let is_shape = |line: &str| {
        (line.starts_with('$') && line.contains('='))
            || [
                "param(",
                "param (",
                "function ",
                "write-host ",
                "import-module ",
                "[cmdletbinding(",
                "set-strictmode ",
                "#requires ",
            ]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let lines = head.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (shaped, all) = lines.fold((0usize, 0usize), |(shaped, all), line| {
        (shaped.saturating_add(usize::from(is_shape(line))), all.saturating_add(1))
    });
    let has_variable = head.contains("$_")
        || head.contains("$env:")
        || head.contains("-object")
        || head.contains("$true")
        || head.contains("::");
    shaped >= 3 && shaped.saturating_mul(3) >= all && has_variable
}
