//! VBScript, as Windows Script Host runs it. Recognised by several lines that only Basic has and an object being made.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named, lines_starting};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// VBScript.
pub const VBSCRIPT: FormatId = FormatId("vbscript");

const EXTENSIONS: &[&str] = &["vbs", "vb"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: VBSCRIPT,
    title: "VBScript",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &["text/vbscript", "application/x-vbs"],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, VBScript language reference",
        url: "https://learn.microsoft.com/en-us/previous-versions/windows/internet-explorer/ie-developer/scripting-articles/d1wf56tt(v=vs.84)",
    }],
    limitations: &["It is read, not run."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::BASIC,
        weight: Severity::High,
        title: "VBScript",
        own_words: &[],
    }],
};

/// Two statements of the language and an object being made.
fn is_taken(artifact: &Artifact) -> bool {
    if is_named(artifact, EXTENSIONS) {
        return true;
    }
    let head = head(artifact);
    let statements = lines_starting(
        &head,
        &["dim ", "set ", "on error resume next", "option explicit", "wscript.", "end sub", "end if"],
    );
    statements >= 2 && (head.contains("createobject(\"") || head.contains("wscript."))
}
