//! The public face: bytes in, report out.

use std::sync::Arc;

use bytes::Bytes;

use super::assemble::assemble;
use super::crew::Crew;
use super::scheduler::walk;
use crate::correlate::CORRELATORS;
use crate::matching::RuleSet;
use crate::model::{
    ArtifactPath, EntryName, Hints, Limits, Location, Origin, OriginKind, PasswordHint, PasswordSource, Problem,
    ProblemKind, Report,
};
use crate::stage::Child;
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
    /// Threads all scans of this scanner may keep at work together, callers included; 0 means one per core.
    pub threads: usize,
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
    crew: Arc<Crew>,
}

impl Scanner {
    /// A scanner with the shipped rules and policy.
    pub fn new(options: ScanOptions) -> Result<Self, crate::matching::RuleError> {
        Ok(Scanner::with(options, RuleSet::shipped()?, Policy::shipped()))
    }

    /// A scanner with these rules and this policy.
    pub fn with(options: ScanOptions, rules: RuleSet, policy: Policy) -> Self {
        let crew = Crew::new(options.threads);
        Scanner { options, rules, policy, crew }
    }

    /// Scans one submission. Never fails: whatever the bytes are, a report comes back.
    pub fn scan(&self, submission: Submission) -> Report {
        self.scan_knowing(submission, None)
    }

    /// Scans the beginning of something that was too large to be read whole; the report says so.
    pub fn scan_cut(&self, submission: Submission) -> Report {
        let what = format!("the input is larger than {} bytes; the rest was not read", submission.bytes.len());
        self.scan_knowing(submission, Some(Problem::new(ProblemKind::Limit, what, Location::whole())))
    }

    /// The report of an input that could not be read at all.
    pub fn unreadable(&self, name: &str, why: &str) -> Report {
        let problem = Problem::new(ProblemKind::Unreadable, format!("cannot be read: {why}"), Location::whole());
        self.scan_knowing(Submission::new(name, Bytes::new()), Some(problem))
    }

    fn scan_knowing(&self, submission: Submission, problem: Option<Problem>) -> Report {
        let passwords = self
            .options
            .passwords
            .iter()
            .map(|text| PasswordHint { text: text.clone(), source: PasswordSource::CommandLine })
            .collect();
        let hints = Arc::new(Hints::new(passwords, None));
        let root = || Child {
            name: EntryName::new(crate::model::name::file_name(&submission.name)),
            origin: Origin::file(OriginKind::Input, ""),
            bytes: submission.bytes.clone(),
        };
        let mut tree = walk(root, &hints, &self.options.limits, self.rules, &self.crew);
        if let Some(problem) = problem
            && let Some(record) = tree.get_mut(&ArtifactPath::root())
        {
            record.problems.push(problem);
        }
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
