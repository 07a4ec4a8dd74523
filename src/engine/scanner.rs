//! The public face: bytes in, report out.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::assemble::assemble;
use super::correspondence::Correspondence;
use super::crew::Crew;
use super::overheard;
use super::pipeline::Keep;
use super::scheduler::{Walked, walk};
use crate::correlate::CORRELATORS;
use crate::matching::RuleSet;
use crate::model::{
    Artifact, ArtifactPath, EntryName, Hints, Limits, Location, Origin, OriginKind, PasswordHint, PasswordSource,
    Problem, ProblemKind, Report,
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
    /// Words to try on locked content when nothing else opened it. Each costs a key derivation; the time limit bounds
    /// them.
    pub words: Vec<String>,
    /// The language of finding texts in the report.
    pub language: crate::report::Language,
    /// What is known of the recipients.
    pub site: crate::model::Site,
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
    words: Arc<[String]>,
    site: Arc<crate::model::Site>,
}

impl Scanner {
    /// A scanner with the shipped rules and policy.
    pub fn new(options: ScanOptions) -> Result<Self, crate::matching::RuleError> {
        Ok(Scanner::with(options, RuleSet::shipped()?, Policy::shipped()))
    }

    /// A scanner with these rules and this policy.
    pub fn with(options: ScanOptions, rules: RuleSet, policy: Policy) -> Self {
        let crew = Crew::new(options.threads);
        let words = options.words.as_slice().into();
        let site = Arc::new(options.site.clone());
        Scanner { options, rules, policy, crew, words, site }
    }

    /// Scans one submission. Never fails: whatever the bytes are, a report comes back.
    pub fn scan(&self, submission: Submission) -> Report {
        self.scan_knowing(submission, None, Vec::new())
    }

    /// As [`Scanner::scan`], for a submission that is one of many: what related messages offer opens its attachments.
    pub fn scan_among(&self, submission: Submission, others: &Correspondence) -> Report {
        let offered = others.passwords_for(&submission.bytes);
        self.scan_knowing(submission, None, offered)
    }

    /// Scans the beginning of something that was too large to be read whole; the report says so.
    pub fn scan_cut(&self, submission: Submission) -> Report {
        let problem = cut(&submission);
        self.scan_knowing(submission, Some(problem), Vec::new())
    }

    /// As [`Scanner::scan`], knowing whether this is only the beginning of something larger, what related messages offer,
    /// and how much time is left.
    pub fn scan_given(
        &self,
        submission: Submission,
        is_cut: bool,
        offered: Vec<PasswordHint>,
        within: Option<Duration>,
    ) -> Report {
        let problem = is_cut.then(|| cut(&submission));
        let mut limits = self.options.limits.clone();
        limits.wall_time = within.map_or(limits.wall_time, |within| within.min(limits.wall_time));
        self.scan_all(submission, &limits, problem, offered, None).0
    }

    /// Digest of the rules and policy in use, as reports carry it.
    pub fn rules(&self) -> &str {
        self.rules.digest()
    }

    /// The report of an input that could not be read at all.
    pub fn unreadable(&self, name: &str, why: &str) -> Report {
        let problem = Problem::new(ProblemKind::Unreadable, format!("cannot be read: {why}"), Location::whole());
        self.scan_knowing(Submission::new(name, Bytes::new()), Some(problem), Vec::new())
    }

    /// As [`Scanner::scan`], and gives the artifacts that are wanted, in tree order.
    pub fn scan_keeping(&self, submission: Submission, keep: Keep) -> (Report, Vec<Artifact>) {
        self.scan_all(submission, &self.options.limits, None, Vec::new(), Some(keep))
    }

    fn scan_knowing(&self, submission: Submission, problem: Option<Problem>, offered: Vec<PasswordHint>) -> Report {
        self.scan_all(submission, &self.options.limits, problem, offered, None).0
    }

    fn scan_all(
        &self,
        submission: Submission,
        limits: &Limits,
        problem: Option<Problem>,
        offered: Vec<PasswordHint>,
        keep: Option<Keep>,
    ) -> (Report, Vec<Artifact>) {
        let given = |text: &String| PasswordHint { text: text.clone(), source: PasswordSource::CommandLine };
        let passwords = self.options.passwords.iter().map(given).chain(offered).collect();
        let hints = Arc::new(Hints::new(passwords, None).with_words(self.words.clone()).with_site(self.site.clone()));
        let Walked { mut tree, kept, .. } = self.walk(&submission, &hints, limits, keep);
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
        let report = assemble(&submission.name, &tree, &self.policy, self.rules.digest(), self.options.language);
        (report, kept)
    }

    /// The tree; walked a second time if something stayed locked and a password was said elsewhere in it.
    fn walk(&self, submission: &Submission, hints: &Arc<Hints>, limits: &Limits, keep: Option<Keep>) -> Walked {
        let root = || {
            let name = EntryName::new(crate::model::name::file_name(&submission.name));
            Child::new(name, Origin::file(OriginKind::Input, ""), submission.bytes.clone())
        };
        let first = walk(root, hints, limits, self.rules, &self.crew, keep);
        let new = overheard::new_passwords(&first);
        if new.is_empty() {
            return first;
        }
        let wall_time = first.time_left.max(limits.wall_time / 4);
        let limits = Limits { wall_time, ..limits.clone() };
        let second = walk(root, &overheard::with(hints, new), &limits, self.rules, &self.crew, keep);
        if overheard::locked(&second) < overheard::locked(&first) { second } else { first }
    }
}

fn cut(submission: &Submission) -> Problem {
    let what = format!("the input is larger than {} bytes; the rest was not read", submission.bytes.len());
    Problem::new(ProblemKind::Limit, what, Location::whole())
}
