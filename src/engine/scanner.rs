//! The public face: bytes in, report out.

use std::sync::Arc;

use bytes::Bytes;

use super::assemble::assemble;
use super::scheduler::walk;
use crate::correlate::CORRELATORS;
use crate::matching::RuleSet;
use crate::model::{
    Artifact, ArtifactPath, EntryName, FormatId, Hints, Limits, Origin, OriginKind, PasswordHint, PasswordSource,
    Report,
};
use crate::verdict::Policy;

/// Something to scan.
#[derive(Debug, Clone)]
pub struct Submission {
    /// What it is called in the report; its file name also feeds the name checks.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

impl Submission {
    /// Bytes under a name.
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Submission { name: name.into(), bytes: bytes.into() }
    }
}

/// How to scan.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Ceilings.
    pub limits: Limits,
    /// Passwords to try first on locked content.
    pub passwords: Vec<String>,
    /// The language of finding texts in the report.
    pub language: crate::report::Language,
}

/// A scanner: rules compiled once, shared by all threads.
///
/// ```
/// use sekisho::{ScanOptions, Scanner, Submission};
///
/// let scanner = Scanner::new(ScanOptions::default()).unwrap();
/// let report = scanner.scan(Submission::new("note.txt", &b"see you tomorrow"[..]));
/// assert_eq!(report.verdict.level.as_str(), "clean");
/// ```
pub struct Scanner {
    options: ScanOptions,
    rules: RuleSet,
    policy: Policy,
}

impl Scanner {
    /// A scanner with the shipped rules and policy.
    pub fn new(options: ScanOptions) -> Result<Self, crate::matching::RuleError> {
        Ok(Scanner::with(options, RuleSet::shipped()?, Policy::shipped()))
    }

    /// A scanner with these rules and this policy.
    pub fn with(options: ScanOptions, rules: RuleSet, policy: Policy) -> Self {
        Scanner { options, rules, policy }
    }

    /// Scans one submission. Never fails: whatever the bytes are, a report comes back.
    pub fn scan(&self, submission: Submission) -> Report {
        let passwords = self
            .options
            .passwords
            .iter()
            .map(|text| PasswordHint { text: text.clone(), source: PasswordSource::CommandLine })
            .collect();
        let hints = Arc::new(Hints::new(passwords, None));
        let root = || {
            Artifact::new(
                ArtifactPath::root(),
                EntryName::new(crate::model::name::file_name(&submission.name)),
                Origin::file(OriginKind::Input, ""),
                submission.bytes.clone(),
                FormatId::UNKNOWN,
            )
        };
        let mut tree = walk(root, hints, &self.options.limits, &self.rules);
        for correlator in CORRELATORS {
            for (path, finding) in correlator.correlate(&tree) {
                if let Some(record) = tree.get_mut(&path) {
                    record.findings.push(finding);
                }
            }
        }
        assemble(&submission.name, &tree, &self.policy, self.rules.digest(), self.options.language)
    }
}
