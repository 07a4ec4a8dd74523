//! One artifact through all stages.

use std::sync::Arc;

use bytes::Bytes;

use super::findings::{CONTAINS_ITSELF, ENCRYPTED_CONTENT, LIMIT_REACHED, STAGE_PANICKED};
use super::isolation::contain;
use super::repeats::Again;
use crate::analysis::ANALYZERS;
use crate::budget::Budget;
use crate::formats::document::html;
use crate::formats::text::plain;
use crate::formats::{FORMATS, LODGERS, spec};
use crate::identify::identify;
use crate::matching::RuleSet;
use crate::model::{Artifact, FormatId, Hints, Location, Problem, ProblemKind, Record};
use crate::stage::{Child, FormatSpec, Outcome, Reading, StageError};

/// The fact that says where the same bytes were unpacked.
const SAME_BYTES_AS: &str = "same-bytes-as";

/// Formats in which a password may stand for another file beside it.
const TEXTS: [FormatId; 2] = [plain::TEXT, html::HTML];
/// Bytes of a text that only brings a password; longer ones are about something else.
const MAX_TEXT: usize = 32 << 10;

/// What one artifact came to.
pub(super) struct Processed {
    pub(super) record: Record,
    pub(super) children: Vec<Child>,
    pub(super) hints: Arc<Hints>,
    /// Its bytes, if it is a short text: a password may stand in it.
    pub(super) text: Option<Bytes>,
    /// The artifact itself, if it was asked for.
    pub(super) kept: Option<Artifact>,
}

/// Which artifacts are kept for who asked; their bytes are shared and not copied.
pub type Keep = fn(&Artifact) -> bool;

/// Identifies, unpacks, analyses and matches one artifact. Nothing a stage does can stop the others.
pub(super) fn process(
    mut artifact: Artifact,
    ancestors: &[String],
    hints: Arc<Hints>,
    again: Option<&Again>,
    budget: &Budget,
    rules: &RuleSet,
    keep: Option<Keep>,
) -> Processed {
    let identified = contain(|| identify(&artifact, FORMATS));
    let mut panicked = None;
    match identified {
        Ok(identification) => {
            artifact.format = identification.format;
            artifact.also = identification.also;
        }
        Err(message) => panicked = Some(message),
    }
    if let Some(again) = again {
        let said = if artifact.origin.detail.is_empty() { "" } else { ", " };
        artifact.origin.detail.push_str(&format!("{said}the same bytes as {}", again.first));
    }
    let artifact = artifact;
    let mut out = Outcome::new(&artifact, hints.clone(), budget);
    if let Some(message) = panicked {
        say_panic(&mut out, "identification", &message);
    }

    let repeats = ancestors.contains(&artifact.digests.sha256) && !artifact.bytes.is_empty();
    let specs = specs_of(&artifact);
    if repeats {
        out.raise(CONTAINS_ITSELF, Location::whole(), artifact.digests.sha256.clone());
    } else {
        if let Some(again) = again {
            out.fact(SAME_BYTES_AS, again.first.to_string());
        }
        for spec in specs.iter().filter(|_| again.is_none()) {
            if let Some(unpacker) = spec.unpacker {
                run(&mut out, spec.title, |out| unpacker.unpack(&artifact, out));
            }
            for (_, unpacker) in LODGERS.iter().filter(|(host, _)| *host == spec.id) {
                run(&mut out, spec.title, |out| unpacker.unpack(&artifact, out));
            }
        }
        for spec in &specs {
            for analyzer in spec.analyzers.iter().filter(|analyzer| analyzer.wants(&artifact)) {
                run(&mut out, spec.title, |out| analyzer.analyze(&artifact, out));
            }
        }
        for analyzer in ANALYZERS.iter().filter(|analyzer| analyzer.wants(&artifact)) {
            run(&mut out, "general analysis", |out| analyzer.analyze(&artifact, out));
        }
        run(&mut out, "rule matching", |out| rules.scan(&artifact, out));
    }
    say_unread(&artifact, &specs, &mut out);

    let mut said = out.into_said();
    let locked = said.problems.iter().find(|problem| problem.kind == ProblemKind::Encrypted).cloned();
    let limited = said.problems.iter().find(|problem| problem.kind == ProblemKind::Limit).cloned();
    let mut record = Record::of(&artifact);
    for (kind, problem) in [(ENCRYPTED_CONTENT, locked), (LIMIT_REACHED, limited)] {
        if let Some(problem) = problem {
            said.findings.push(crate::model::Finding {
                kind,
                severity: kind.severity,
                at: problem.at,
                observed: problem.what,
                attack: kind.attack.iter().map(|id| (*id).to_owned()).collect(),
                decisive: kind.decisive,
            });
        }
    }
    record.findings = said.findings;
    record.iocs = said.iocs;
    record.problems = said.problems;
    record.facts = said.facts;
    let is_short_text = artifact.bytes.len() <= MAX_TEXT && TEXTS.contains(&artifact.format);
    let text = is_short_text.then(|| Bytes::copy_from_slice(&artifact.bytes));
    let kept = keep.is_some_and(|keep| keep(&artifact)).then_some(artifact);
    Processed { record, children: said.children, hints: said.hints.unwrap_or(hints), text, kept }
}

/// The specifications whose stages run: each format the bytes are valid as, after the broader ones it narrows.
fn specs_of(artifact: &Artifact) -> Vec<&'static FormatSpec> {
    let mut specs: Vec<&'static FormatSpec> = Vec::new();
    for id in std::iter::once(artifact.format).chain(artifact.also.iter().copied()) {
        let mut chain = Vec::new();
        let mut next = spec(id);
        while let Some(found) = next {
            if chain.iter().chain(&specs).any(|known: &&FormatSpec| known.id == found.id) {
                break;
            }
            chain.push(found);
            next = found.broader().and_then(spec);
        }
        specs.extend(chain.into_iter().rev());
    }
    specs
}

/// Runs one stage. Its error becomes a problem, its panic a finding.
fn run<'a>(out: &mut Outcome<'a>, stage: &str, work: impl FnOnce(&mut Outcome<'a>) -> Result<(), StageError>) {
    if let Err(exceeded) = out.budget().check_deadline() {
        out.problem(StageError::Limit(exceeded).into_problem());
        return;
    }
    match contain(|| work(out)) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => out.problem(error.into_problem()),
        Err(message) => say_panic(out, stage, &message),
    }
}

fn say_panic(out: &mut Outcome<'_>, stage: &str, message: &str) {
    out.raise(STAGE_PANICKED, Location::whole(), format!("{stage}: {message}"));
    out.problem(Problem::new(ProblemKind::Failed, format!("{stage} failed: {message}"), Location::whole()));
}

/// What nothing has read is said, so that it is never called clean.
fn say_unread(artifact: &Artifact, specs: &[&'static FormatSpec], out: &mut Outcome<'_>) {
    if artifact.format == FormatId::UNKNOWN {
        out.problem(Problem::unsupported("the content is of no known format", Location::whole()));
    }
    for spec in specs {
        if spec.reading == Reading::RecognisedOnly {
            out.problem(Problem::unsupported(format!("{} is recognised but not read", spec.title), Location::whole()));
        }
    }
}
