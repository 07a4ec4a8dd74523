//! Findings: what was observed, declared once beside the code that observes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::location::Location;

/// How much a finding weighs; `rules/policy.toml` turns it into points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, worth nothing.
    Info,
    /// Common in honest mail too.
    Low,
    /// Unusual in honest mail.
    Medium,
    /// Rare in honest mail.
    High,
    /// Not seen in honest mail.
    Critical,
}

impl Severity {
    /// Lower-case name, as in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// The aspect of an attack a finding speaks of. Points are capped per facet, so that one trick seen five ways counts
/// once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    /// Who sent it. Alone it never leaves clean.
    Identity,
    /// It pretends to be something else.
    Deceive,
    /// It hides what it is.
    Conceal,
    /// It starts by itself.
    Trigger,
    /// It can run commands.
    Execute,
    /// It reaches out.
    Network,
    /// It abuses a known weakness.
    Exploit,
    /// It is known.
    Reputation,
    /// It is malformed or unusual.
    Structure,
}

impl Facet {
    /// Lower-case name, as in `rules/policy.toml`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Facet::Identity => "identity",
            Facet::Deceive => "deceive",
            Facet::Conceal => "conceal",
            Facet::Trigger => "trigger",
            Facet::Execute => "execute",
            Facet::Network => "network",
            Facet::Exploit => "exploit",
            Facet::Reputation => "reputation",
            Facet::Structure => "structure",
        }
    }

    /// Every facet, in report order.
    pub const ALL: [Facet; 9] = [
        Facet::Identity,
        Facet::Deceive,
        Facet::Conceal,
        Facet::Trigger,
        Facet::Execute,
        Facet::Network,
        Facet::Exploit,
        Facet::Reputation,
        Facet::Structure,
    ];
}

/// How sure the observation is; lower confidence weighs less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint.
    Low,
    /// Likely.
    Medium,
    /// Read directly from the bytes.
    High,
}

/// The declaration of a finding: made with [`finding_kind!`](crate::finding_kind), gathered by the catalogue, printed
/// by `sekisho explain` and in `docs/findings.md`.
#[derive(Debug)]
pub struct FindingKind {
    /// Kebab-case; completes the sentence "this artifact shows …".
    pub id: &'static str,
    /// What was seen, in one line of English.
    pub title: &'static str,
    /// The same in Japanese.
    pub title_ja: &'static str,
    /// Why it matters to the recipient, in Japanese, one or two sentences.
    pub why_ja: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// The aspect it speaks of.
    pub facet: Facet,
    /// How sure it is.
    pub confidence: Confidence,
    /// Alone enough for "malicious".
    pub decisive: bool,
    /// MITRE ATT&CK technique ids.
    pub attack: &'static [&'static str],
    /// The doc comment: five headings in Markdown.
    pub doc: &'static str,
    /// Source file of the declaration.
    pub file: &'static str,
}

/// Headings every finding's documentation has, in this order.
pub const DOC_HEADINGS: [&str; 5] =
    ["What it is", "Why it matters", "How we see it", "When it is innocent", "References"];

impl FindingKind {
    /// The text under one of the [`DOC_HEADINGS`], joined to one paragraph per blank-line-separated block.
    pub fn section(&self, heading: &str) -> Option<String> {
        let mut lines =
            self.doc.lines().map(str::trim).skip_while(|line| line.trim_start_matches('#').trim() != heading);
        lines.next()?;
        let text: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
        Some(text.join("\n").trim().to_owned())
    }
}

/// One observation in one artifact.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is.
    pub kind: &'static FindingKind,
    /// Weight, if this observation's differs from its kind's (a YARA rule brings its own).
    pub severity: Severity,
    /// Where.
    pub at: Location,
    /// What was observed, raw, at most [`MAX_OBSERVED`] characters; sinks escape it.
    pub observed: String,
    /// ATT&CK ids, the kind's own unless the observation brings others.
    pub attack: Vec<String>,
    /// Alone enough for "malicious".
    pub decisive: bool,
}

/// Characters of evidence kept with a finding.
pub const MAX_OBSERVED: usize = 160;

/// Declares a finding kind from its documentation and its facts.
///
/// The doc comment must have the headings of [`DOC_HEADINGS`](crate::model::finding::DOC_HEADINGS). Expands to a
/// `const`: a `static` cannot be promoted into the `&[&KIND]` slices that stages return.
#[macro_export]
macro_rules! finding_kind {
    ($(#[doc = $doc:literal])+ $vis:vis const $name:ident = {
        id: $id:literal,
        title: $title:literal,
        ja: $title_ja:literal,
        why_ja: $why_ja:literal,
        severity: $severity:ident,
        facet: $facet:ident,
        confidence: $confidence:ident,
        $(decisive: $decisive:literal,)?
        attack: [$($attack:literal),* $(,)?] $(,)?
    }) => {
        $(#[doc = $doc])+
        $vis const $name: &$crate::model::FindingKind = &$crate::model::FindingKind {
            id: $id,
            title: $title,
            title_ja: $title_ja,
            why_ja: $why_ja,
            severity: $crate::model::Severity::$severity,
            facet: $crate::model::Facet::$facet,
            confidence: $crate::model::Confidence::$confidence,
            decisive: false $(|| $decisive)?,
            attack: &[$($attack),*],
            doc: concat!($($doc, "\n"),+),
            file: file!(),
        };
    };
}
