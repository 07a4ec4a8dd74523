//! HTML applications: pages that mshta.exe runs without the browser's walls. Recognised by their element, or the name.

use super::analyze::ScriptAnalyzer;
use super::dialect::Dialect;
use super::{head, is_named};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// HTML application.
pub const HTA: FormatId = FormatId("hta");

const EXTENSIONS: &[&str] = &["hta"];

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: HTA,
    title: "HTML application",
    family: Family::Script,
    extensions: EXTENSIONS,
    media_types: &["application/hta"],
    magic: &[],
    probe: Probe::Text(is_taken),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, HTML Applications",
        url: "https://learn.microsoft.com/en-us/previous-versions/ms536471(v=vs.85)",
    }],
    limitations: &["It is read, not run."],
    unpacker: Some(&crate::formats::document::html::Unpacker),
    analyzers: &[&ScriptAnalyzer {
        dialect: Dialect::MARKUP,
        weight: Severity::High,
        title: "HTML application",
        own_words: &[],
    }],
};

fn is_taken(artifact: &Artifact) -> bool {
    is_named(artifact, EXTENSIONS) || head(artifact).contains("<hta:application")
}
