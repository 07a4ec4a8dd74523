//! The one sink of every stage, and the only birthplace of artifacts.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::sync::Arc;

use bytes::Bytes;

use super::StageError;
use crate::budget::{Budget, Exceeded, MeteredReader, MeteredWriter, Stop};
use crate::knowledge::noise;
use crate::model::finding::MAX_OBSERVED;
use crate::model::hints::DocumentContext;
use crate::model::{
    Artifact, EntryName, Fact, Finding, FindingKind, Hints, Ioc, IocKind, Location, Origin, PasswordHint,
    PasswordSource, Problem, ProblemKind, Severity,
};

/// A child waiting to become an artifact.
#[derive(Debug)]
pub struct Child {
    /// What it is called.
    pub name: EntryName,
    /// How it came to be.
    pub origin: Origin,
    /// Its content, paid for.
    pub bytes: Bytes,
}

impl Child {
    /// A child that is one file.
    pub fn new(name: EntryName, origin: Origin, bytes: Bytes) -> Self {
        Child { name, origin, bytes }
    }
}

/// Everything stages said about one artifact.
#[derive(Debug, Default)]
pub struct Said {
    /// Children, in the container's order.
    pub children: Vec<Child>,
    /// Hints for the children, if the artifact is a message that offers any.
    pub hints: Option<Arc<Hints>>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Indicators.
    pub iocs: Vec<Ioc>,
    /// Problems.
    pub problems: Vec<Problem>,
    /// Facts.
    pub facts: Vec<Fact>,
}

/// Findings of one kind kept per artifact; the rest would only repeat them.
const MAX_SAME_KIND: usize = 50;
/// Macros a document may name; more start nothing new.
const MAX_EVENTS: usize = 64;
/// Indicators kept per artifact.
const MAX_IOCS: usize = 5_000;
/// Problems kept per artifact.
const MAX_PROBLEMS: usize = 500;
/// Facts kept per artifact.
const MAX_FACTS: usize = 2_000;

/// What every stage writes to. `child` pulls from a decoder and pays the budget while it pulls.
pub struct Outcome<'a> {
    budget: &'a Budget,
    depth: u64,
    size: u64,
    produced: u64,
    passwords: Arc<Hints>,
    said: Said,
    /// What [`Said::iocs`] holds, to drop repeats without walking the list.
    known_iocs: HashSet<(IocKind, String, Option<String>)>,
}

/// What came of trying passwords on a locked container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordTry {
    /// This one opened it.
    Opened(PasswordHint),
    /// None did.
    Locked,
}

impl<'a> Outcome<'a> {
    /// The sink for one artifact.
    pub fn new(artifact: &Artifact, hints: Arc<Hints>, budget: &'a Budget) -> Self {
        Outcome {
            budget,
            depth: artifact.path.depth(),
            size: artifact.bytes.len() as u64,
            produced: 0,
            passwords: hints,
            said: Said::default(),
            known_iocs: HashSet::new(),
        }
    }

    /// The scan's meter.
    pub fn budget(&self) -> &Budget {
        self.budget
    }

    /// Adds a child whose content a decoder gives. Stops at a limit or at a decoding error: what came before is kept
    /// as the child, and the problem is said. Only limits that concern the whole container come back as an error.
    pub fn child(&mut self, name: EntryName, origin: Origin, body: impl Read) -> Result<(), StageError> {
        self.child_checked(name, origin, body).map(|_| ())
    }

    /// As [`Outcome::child`], and says whether the decoder reached its end without an error.
    pub fn child_checked(&mut self, name: EntryName, origin: Origin, body: impl Read) -> Result<bool, StageError> {
        self.admit()?;
        let (allowance, beyond) = self.allowance();
        let (bytes, stop) = MeteredReader::new(body, self.budget, allowance, beyond).pull();
        self.keep(name, origin, bytes, stop)
    }

    /// As [`Outcome::child_checked`], for a decoder that pushes what it decodes.
    pub fn child_written(
        &mut self,
        name: EntryName,
        origin: Origin,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<bool, StageError> {
        self.admit()?;
        let (allowance, beyond) = self.allowance();
        let (bytes, stop) = MeteredWriter::new(self.budget, allowance, beyond).push(write);
        self.keep(name, origin, bytes, stop)
    }

    /// The content of the child given last.
    pub fn latest(&self) -> Option<&Bytes> {
        self.said.children.last().map(|child| &child.bytes)
    }

    /// The children given so far, in order.
    pub fn children(&self) -> &[Child] {
        &self.said.children
    }

    fn keep(
        &mut self,
        name: EntryName,
        origin: Origin,
        bytes: Vec<u8>,
        stop: Option<Stop>,
    ) -> Result<bool, StageError> {
        self.produced = self.produced.saturating_add(bytes.len() as u64);
        let place = Location::part(format!("entry {}", name.file_name()));
        self.said.children.push(Child::new(name, origin, bytes.into()));
        match stop {
            None => Ok(true),
            Some(Stop::Read(error)) => {
                self.problem(Problem::damaged(format!("content ends early: {error}"), place));
                Ok(false)
            }
            Some(Stop::Limit(Exceeded::ArtifactBytes)) => {
                self.problem(Problem::new(
                    ProblemKind::Limit,
                    format!("{} was reached; the rest of this entry was not read", Exceeded::ArtifactBytes),
                    place,
                ));
                Ok(false)
            }
            Some(Stop::Limit(exceeded)) => Err(StageError::Limit(exceeded)),
        }
    }

    /// Adds a child whose bytes are at hand: a slice of the parent, or something already decoded under a cap.
    pub fn child_bytes(&mut self, name: EntryName, origin: Origin, bytes: Bytes) -> Result<(), StageError> {
        self.admit()?;
        let (allowance, beyond) = self.allowance();
        let size = bytes.len() as u64;
        if size > allowance {
            return Err(StageError::Limit(beyond));
        }
        self.budget.charge_bytes(size)?;
        self.produced = self.produced.saturating_add(size);
        self.said.children.push(Child::new(name, origin, bytes));
        Ok(())
    }

    /// Decodes bytes for looking at (not as a child) under the same ceilings: what came before a stop is kept.
    pub fn pull(&mut self, body: impl Read) -> (Vec<u8>, Option<Stop>) {
        let (allowance, beyond) = self.allowance();
        let (bytes, stop) = MeteredReader::new(body, self.budget, allowance, beyond).pull();
        self.produced = self.produced.saturating_add(bytes.len() as u64);
        (bytes, stop)
    }

    /// As [`Outcome::pull`], for a decoder that pushes.
    pub fn take_written(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> (Vec<u8>, Option<Stop>) {
        let (allowance, beyond) = self.allowance();
        let (bytes, stop) = MeteredWriter::new(self.budget, allowance, beyond).push(write);
        self.produced = self.produced.saturating_add(bytes.len() as u64);
        (bytes, stop)
    }

    fn admit(&self) -> Result<(), Exceeded> {
        self.budget.check_deadline()?;
        if self.depth >= self.budget.limits().depth {
            return Err(Exceeded::Depth);
        }
        self.budget.charge_artifact()
    }

    /// Bytes the next child may have, and which limit it would reach beyond them.
    fn allowance(&self) -> (u64, Exceeded) {
        let limits = self.budget.limits();
        let by_ratio = self.size.saturating_mul(limits.expansion_ratio).max(limits.ratio_floor);
        let left = by_ratio.saturating_sub(self.produced);
        if left < limits.artifact_bytes {
            (left, Exceeded::Ratio)
        } else {
            (limits.artifact_bytes, Exceeded::ArtifactBytes)
        }
    }

    /// Says a finding.
    pub fn raise(&mut self, kind: &'static FindingKind, at: Location, observed: impl Into<String>) {
        self.raise_as(kind, kind.severity, kind.decisive, at, observed);
    }

    /// Says a finding whose weight differs from its kind's.
    pub fn raise_as(
        &mut self,
        kind: &'static FindingKind,
        severity: Severity,
        decisive: bool,
        at: Location,
        observed: impl Into<String>,
    ) {
        let attack = kind.attack.iter().map(|id| (*id).to_owned()).collect();
        self.push_finding(Finding { kind, severity, at, observed: shorten(observed.into()), attack, decisive });
    }

    /// Says a finding made elsewhere.
    pub fn push_finding(&mut self, finding: Finding) {
        let same = self.said.findings.iter().filter(|known| known.kind.id == finding.kind.id).count();
        let known = self.said.findings.iter().any(|known| {
            known.kind.id == finding.kind.id && known.at == finding.at && known.observed == finding.observed
        });
        if same < MAX_SAME_KIND && !known {
            self.said.findings.push(finding);
        }
    }

    /// Says an indicator. Repeats (same kind, value and context) and what exceeds the cap are dropped; what is known
    /// to be noise is marked.
    pub fn ioc(&mut self, mut ioc: Ioc) {
        if ioc.noise.is_none() {
            ioc.noise = noise::reason(&ioc);
        }
        if self.said.iocs.len() < MAX_IOCS && self.known_iocs.insert((ioc.kind, ioc.value.clone(), ioc.context.clone()))
        {
            self.said.iocs.push(ioc);
        }
    }

    /// Says a problem.
    pub fn problem(&mut self, problem: Problem) {
        if self.said.problems.len() < MAX_PROBLEMS && !self.said.problems.contains(&problem) {
            self.said.problems.push(problem);
        }
    }

    /// Says a fact.
    pub fn fact(&mut self, key: &'static str, value: impl Into<String>) {
        let fact = Fact { key, value: shorten(value.into()) };
        if self.said.facts.len() < MAX_FACTS && !self.said.facts.contains(&fact) {
            self.said.facts.push(fact);
        }
    }

    /// Offers hints to the children (and theirs); called by messages before their attachments exist.
    pub fn offer_passwords(&mut self, passwords: Vec<PasswordHint>) {
        let hints = Arc::new(Hints::new(passwords, Some(self.passwords.clone())));
        self.passwords = hints.clone();
        self.said.hints = Some(hints);
    }

    /// Tells the document's own parts which macros it names: run on opening, or by a click. Called by stages of documents.
    pub fn offer_event(&mut self, macro_name: &str, is_clicked: bool) {
        self.tell(|document| {
            let list = if is_clicked { &mut document.clicked } else { &mut document.opened };
            if list.len() < MAX_EVENTS && !list.iter().any(|known| known == macro_name) {
                list.push(macro_name.to_owned());
            }
        });
    }

    /// Tells the document's own parts which texts its macros can reach.
    pub fn offer_strings(&mut self, strings: Vec<(String, String)>) {
        self.tell(|document| document.strings = Arc::new(strings));
    }

    fn tell(&mut self, change: impl FnOnce(&mut DocumentContext)) {
        let hints = match self.said.hints.take() {
            Some(hints) => Hints::clone(&hints),
            None => Hints::new(Vec::new(), Some(self.passwords.clone())),
        };
        let mut document = hints.document().clone();
        change(&mut document);
        self.said.hints = Some(Arc::new(hints.with_document(document)));
    }

    /// What the document around this artifact tells its macro project.
    pub fn document(&self) -> &DocumentContext {
        self.passwords.document()
    }

    /// Password candidates for this container: those read in its own names first, then the messages' around it, then
    /// the short common list, then the words the user gave. Those can be many: ask the budget's clock between two.
    pub fn passwords(&self, own: &[PasswordHint], common: &[String]) -> Vec<PasswordHint> {
        let mut all: Vec<PasswordHint> = Vec::new();
        let common = common.iter().map(|text| PasswordHint { text: text.clone(), source: PasswordSource::CommonList });
        for hint in self.passwords.passwords().into_iter().chain(own.iter().cloned()).chain(common) {
            if !all.iter().any(|known| known.text == hint.text) {
                all.push(hint);
            }
        }
        let word = |text: &String| PasswordHint { text: text.clone(), source: PasswordSource::WordList };
        all.extend(self.passwords.words().iter().map(word));
        all
    }

    /// Whether a child so far is a part of these bytes, holds them, or begins with the same ones: for who looks through
    /// bytes after the format's own reader.
    pub fn has_given(&self, bytes: &Bytes) -> bool {
        const HEAD: usize = 512;
        let start = bytes.as_ptr() as usize;
        let end = start.saturating_add(bytes.len());
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        self.said.children.iter().any(|child| {
            let from = child.bytes.as_ptr() as usize;
            let overlaps = from < end && start < from.saturating_add(child.bytes.len());
            overlaps || child.bytes.starts_with(head)
        })
    }

    /// What is known of the recipients.
    pub fn site(&self) -> &crate::model::Site {
        self.passwords.site()
    }

    /// Names of findings said so far.
    pub fn shows(&self, id: &str) -> bool {
        self.said.findings.iter().any(|finding| finding.kind.id == id)
    }

    /// What was said.
    pub fn into_said(self) -> Said {
        self.said
    }
}

/// Evidence cut to [`MAX_OBSERVED`] characters.
fn shorten(text: String) -> String {
    match text.char_indices().nth(MAX_OBSERVED) {
        Some((index, _)) => format!("{}…", text.get(..index).unwrap_or_default()),
        None => text,
    }
}
