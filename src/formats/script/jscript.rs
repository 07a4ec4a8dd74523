//! JScript, as Windows Script Host runs it, and JavaScript in general. Recognised by the objects only the host has.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// JScript.
pub const JSCRIPT: FormatId = FormatId("jscript");

const EXTENSIONS: &[&str] = &["js", "mjs", "cjs"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: JSCRIPT,
    title: "JScript",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &["text/javascript", "application/javascript", "application/x-javascript"],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, Windows Script Host",
        url: "https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/hh875526(v=ws.11)",
    }],
    limitations: &["It is read, not run."],
    unpacker: None,
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::JAVASCRIPT,
        weight: Severity::High,
        title: "JScript",
        own_words: &[],
    }],
};

/// Objects of the host, and a declaration or call of the language.
fn is_taken(artifact: &Artifact) -> bool {
    if is_named(artifact, EXTENSIONS) {
        return true;
    }
    let head = head(artifact);
    let has_object = head.contains("new activexobject(") || head.contains("wscript.createobject(");
    has_object && ["var ", "function ", "try {", "try{", ");"].iter().filter(|word| head.contains(*word)).count() >= 2
}
