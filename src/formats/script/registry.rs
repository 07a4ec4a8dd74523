//! Registry and set-up files (.reg, .inf): not programs, but opening one changes settings or installs.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// Registry or set-up file.
pub const REGISTRY: FormatId = FormatId("registry-file");

const EXTENSIONS: &[&str] = &["reg", "inf", "ins", "isp"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: REGISTRY,
    title: "Registry or set-up file",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &[],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, .reg files; INF files",
        url: "https://learn.microsoft.com/en-us/windows-hardware/drivers/install/overview-of-inf-files",
    }],
    limitations: &["It is read, not run."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::REGISTRY,
        weight: Severity::High,
        title: "Registry or set-up file",
        own_words: &[],
    }],
};

fn is_taken(artifact: &Artifact) -> bool {
    if is_named(artifact, EXTENSIONS) {
        return true;
    }
    let head = head(artifact);
    let head = head.trim_start();
    head.starts_with("windows registry editor version")
        || head.starts_with("regedit4")
        || (head.contains("[version]") && head.contains("signature") && head.contains("$chicago$"))
}
