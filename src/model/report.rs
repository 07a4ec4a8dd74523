//! The report: the one document every sink writes, with a version.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::coverage::Coverage;
use super::finding::Severity;
use super::ioc::IocKind;
use super::verdict::Verdict;

/// Version of the report's shape. The first number changes when a field is removed or means something else.
pub const SCHEMA_VERSION: &str = "1.0";

/// A word of ours: borrowed where the report is made, owned where it was read back.
pub type Word = Cow<'static, str>;

/// What one scan has to say about one input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Sekisho report")]
pub struct Report {
    /// Version of this document's shape.
    pub schema: Word,
    /// Version of the program and digest of the rules it used; same versions and bytes give the same report.
    pub scanner: ScannerInfo,
    /// Name of the input as given.
    pub input: String,
    /// What to make of it.
    pub verdict: Verdict,
    /// How much of it was read.
    pub coverage: Coverage,
    /// Every artifact, in tree order.
    pub artifacts: Vec<ArtifactReport>,
    /// Every finding, in tree order.
    pub findings: Vec<FindingReport>,
    /// Every indicator, by artifact.
    pub iocs: Vec<IocReport>,
    /// What was odd, damaged, locked or left out.
    pub problems: Vec<ProblemReport>,
}

/// What made the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScannerInfo {
    /// `sekisho`.
    pub name: Word,
    /// Program version.
    pub version: Word,
    /// SHA-256 of the rules and policy in use.
    pub rules: String,
}

/// One artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ArtifactReport {
    /// Position in the tree: `0.1.0`.
    pub path: String,
    /// Name as shown to a person, raw; human sinks escape it.
    pub name: String,
    /// Other names the container stores for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<String>,
    /// Format by content.
    pub format: Word,
    /// Other formats the same bytes are valid as.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Word>,
    /// Bytes.
    pub size: u64,
    /// MD5, hexadecimal.
    pub md5: String,
    /// SHA-1, hexadecimal.
    pub sha1: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// How it came to be.
    pub origin: OriginReport,
    /// Properties read from it (`imphash`, `pe-import`, …), each with its values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<Word, Vec<String>>,
}

/// How an artifact came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OriginReport {
    /// `input`, `mime-part`, `message`, `entry`, `stream`, `resource`, `overlay`, `embedded`, `decoded`.
    pub kind: Word,
    /// A few words: method, media type, password source.
    pub detail: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingReport {
    /// The finding's id; `sekisho explain <id>` describes it.
    pub id: Word,
    /// Path of the artifact.
    pub artifact: String,
    /// Weight.
    pub severity: Severity,
    /// Where in the artifact; empty for the whole.
    #[serde(rename = "where")]
    pub at: String,
    /// What was seen, in the report's language.
    pub text: String,
    /// The evidence itself, raw.
    pub observed: String,
    /// Alone enough for "malicious".
    pub decisive: bool,
    /// MITRE ATT&CK technique ids.
    pub attack: Vec<String>,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IocReport {
    /// The sort.
    pub kind: IocKind,
    /// Canonical value, raw.
    pub value: String,
    /// Path of the artifact.
    pub artifact: String,
    /// Where in the artifact.
    #[serde(rename = "where")]
    pub at: String,
    /// How it was found, if not plainly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The spelling found, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Why it is likely noise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<String>,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProblemReport {
    /// `odd`, `damaged`, `unsupported`, `encrypted`, `limit`, `failed`, `unreadable`.
    pub kind: Word,
    /// Path of the artifact.
    pub artifact: String,
    /// Where in the artifact.
    #[serde(rename = "where")]
    pub at: String,
    /// What.
    pub text: String,
}
