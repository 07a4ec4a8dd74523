//! The tree in parallel, one level after the other: the artifacts of a level are hashed, compared with all before them,
//! and then read by whoever is free. What two levels mean to each other (the same bytes again, pieces of one file) is
//! decided between levels, by one thread, so that no report depends on which thread came first.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::crew::Crew;
use super::isolation::contain;
use super::joining::{Joined, join_pieces, settle};
use super::pipeline::{Keep, Processed, process};
use super::repeats::{Again, Repeats};
use crate::budget::Budget;
use crate::matching::RuleSet;
use crate::model::{
    Artifact, ArtifactPath, ArtifactTree, EntryName, FormatId, Hints, Limits, Location, Origin, Problem, ProblemKind,
    Record,
};
use crate::stage::Child;

/// A submission's tree, and what was overheard while walking it.
pub(super) struct Walked {
    /// The tree.
    pub(super) tree: ArtifactTree,
    /// Short texts in it, where a password may stand.
    pub(super) texts: Vec<Bytes>,
    /// What its messages offered to those inside them.
    pub(super) hints: Vec<Arc<Hints>>,
    /// What each artifact that stayed locked was tried with.
    pub(super) locked: Vec<Arc<Hints>>,
    /// Artifacts that were asked for, in tree order.
    pub(super) kept: Vec<Artifact>,
    /// What the clock leaves for looking again.
    pub(super) time_left: Duration,
}

/// Unpacks and analyses a submission's whole tree.
///
/// Two limits are shared by all threads (total bytes, artifact count): what they cut off would depend on which thread
/// came first. When one of them is reached the tree is walked again on one thread, in tree order, so that the same
/// bytes give the same report. That costs at most the limits a second time.
pub(super) fn walk(
    root: impl Fn() -> Child,
    hints: &Arc<Hints>,
    limits: &Limits,
    rules: RuleSet,
    crew: &Arc<Crew>,
    keep: Option<Keep>,
) -> Walked {
    let _pass = crew.join();
    let budget = Arc::new(Budget::new(limits.clone()));
    let walked = Walk::new(budget.clone(), rules, crew.clone(), keep).run(Task::root(root(), hints.clone()));
    if !budget.hit_shared_limit() {
        return walked;
    }
    let wall_time = budget.time_left().max(limits.wall_time / 4);
    drop(walked);
    let again = Arc::new(Budget::new(Limits { wall_time, ..limits.clone() }));
    Walk::new(again, rules, Crew::new(1), keep).run(Task::root(root(), hints.clone()))
}

/// An artifact in waiting.
pub(super) struct Task {
    pub(super) path: ArtifactPath,
    pub(super) child: Child,
    parent_format: FormatId,
    hints: Arc<Hints>,
    /// SHA-256 of everything it lies in.
    ancestors: Arc<Vec<String>>,
}

impl Task {
    fn root(child: Child, hints: Arc<Hints>) -> Self {
        let path = ArtifactPath::root();
        Task { path, child, parent_format: FormatId::UNKNOWN, hints, ancestors: Arc::default() }
    }

    /// A file put together from pieces, told the hints of one of them.
    pub(super) fn joined(path: ArtifactPath, child: Child, of: &Task) -> Self {
        Task { path, child, parent_format: of.parent_format, hints: of.hints.clone(), ancestors: of.ancestors.clone() }
    }

    fn hashed(self) -> Hashed {
        let Child { name, origin, bytes } = self.child;
        let artifact = Artifact::new(self.path, name, origin, bytes, self.parent_format);
        Hashed { artifact, hints: self.hints, ancestors: self.ancestors }
    }
}

/// An artifact with its digests, before it is read.
pub(super) struct Hashed {
    pub(super) artifact: Artifact,
    pub(super) hints: Arc<Hints>,
    pub(super) ancestors: Arc<Vec<String>>,
}

impl Hashed {
    /// The same, before it was hashed.
    fn task(&self) -> Task {
        let Artifact { path, name, origin, bytes, parent_format, .. } = &self.artifact;
        Task {
            path: path.clone(),
            child: Child::new(name.clone(), origin.clone(), bytes.clone()),
            parent_format: *parent_format,
            hints: self.hints.clone(),
            ancestors: self.ancestors.clone(),
        }
    }

    /// Reads it; what lies in it comes back as tasks.
    fn read(self, again: Option<&Again>, budget: &Budget, rules: &RuleSet, keep: Option<Keep>) -> Read {
        let Hashed { artifact, hints, ancestors } = self;
        let path = artifact.path.clone();
        let mut inside = ancestors.to_vec();
        inside.push(artifact.digests.sha256.clone());
        let inside = Arc::new(inside);
        let given = hints.clone();
        let Processed { record, children, hints, text, kept } =
            process(artifact, &ancestors, hints, again, budget, rules, keep);
        let offered = (!Arc::ptr_eq(&given, &hints)).then(|| hints.clone());
        let locked = record.problems.iter().any(|problem| problem.kind == ProblemKind::Encrypted).then_some(given);
        let tasks = children
            .into_iter()
            .zip(0u32..)
            .map(|(child, index)| Task {
                path: path.child(index),
                child,
                parent_format: record.format,
                hints: hints.clone(),
                ancestors: inside.clone(),
            })
            .collect();
        Read { record, tasks, text, offered, locked, kept }
    }
}

/// What reading one artifact came to.
struct Read {
    record: Record,
    tasks: Vec<Task>,
    text: Option<Bytes>,
    offered: Option<Arc<Hints>>,
    locked: Option<Arc<Hints>>,
    kept: Option<Artifact>,
}

/// Bytes of a level below which asking others for help costs more than hashing.
const WORTH_SHARING: usize = 64 << 10;
/// Texts kept of one tree.
const MAX_TEXTS: usize = 64;

/// One scan under way.
struct Walk {
    budget: Arc<Budget>,
    rules: RuleSet,
    crew: Arc<Crew>,
    records: Vec<Record>,
    texts: Vec<Bytes>,
    hints: Vec<Arc<Hints>>,
    locked: Vec<Arc<Hints>>,
    joined: Vec<Joined>,
    keep: Option<Keep>,
    kept: Vec<Artifact>,
}

impl Walk {
    fn new(budget: Arc<Budget>, rules: RuleSet, crew: Arc<Crew>, keep: Option<Keep>) -> Self {
        Walk {
            budget,
            rules,
            crew,
            records: Vec::new(),
            texts: Vec::new(),
            hints: Vec::new(),
            locked: Vec::new(),
            joined: Vec::new(),
            keep,
            kept: Vec::new(),
        }
    }

    fn run(mut self, root: Task) -> Walked {
        // The input itself is paid for like everything else. Alone over the limit, it is named and not read.
        let size = root.child.bytes.len() as u64;
        let mut level = match self.budget.charge_bytes(size).and_then(|()| self.budget.charge_artifact()) {
            Ok(()) => vec![root],
            Err(exceeded) => {
                let what = format!("the input alone exceeds {exceeded}");
                let record = unread(root.path, root.child.name, root.child.origin, ProblemKind::Limit, what);
                self.records.push(record);
                Vec::new()
            }
        };
        let mut repeats = Repeats::default();
        while !level.is_empty() {
            let hashed = self.hash(level);
            let again = repeats.find(&hashed);
            let guesses: Vec<Option<Task>> = hashed
                .iter()
                .zip(&again)
                .map(|(hashed, again)| again.as_ref().is_some_and(|again| again.is_guess).then(|| hashed.task()))
                .collect();
            let jobs: Vec<(Hashed, Option<Again>)> = hashed.into_iter().zip(again).collect();
            let (budget, rules, keep) = (self.budget.clone(), self.rules, self.keep);
            let read = self.crew.share(jobs, move |(hashed, again)| {
                let artifact = &hashed.artifact;
                let (path, name, origin) = (artifact.path.clone(), artifact.name.clone(), artifact.origin.clone());
                // Stages are contained one by one; this is for the engine's own mistakes.
                contain(|| hashed.read(again.as_ref(), &budget, &rules, keep)).unwrap_or_else(|message| Read {
                    record: unread(path, name, origin, ProblemKind::Failed, format!("the engine failed: {message}")),
                    tasks: Vec::new(),
                    text: None,
                    offered: None,
                    locked: None,
                    kept: None,
                })
            });
            level = Vec::new();
            for record in read.iter().map(|read| &read.record) {
                repeats.learn(record);
            }
            for (Read { record, tasks, text, offered, locked, kept }, guess) in read.into_iter().zip(guesses) {
                if let Some(task) = guess.filter(|_| repeats.stayed_locked(&record.digests.sha256)) {
                    // Its own passwords may open it: once more, and read this time.
                    level.push(task);
                    continue;
                }
                self.records.push(record);
                self.kept.extend(kept);
                level.extend(tasks);
                self.hints.extend(offered);
                self.locked.extend(locked);
                self.texts.extend(text.filter(|_| self.texts.len() < MAX_TEXTS));
            }
            self.joined.extend(join_pieces(&mut level, &self.records, &self.budget));
        }
        settle(&mut self.records, &self.joined);
        self.kept.sort_by(|a, b| a.path.cmp(&b.path));
        Walked {
            kept: self.kept,
            tree: ArtifactTree::new(self.records),
            texts: self.texts,
            hints: self.hints,
            locked: self.locked,
            time_left: self.budget.time_left(),
        }
    }

    fn hash(&self, level: Vec<Task>) -> Vec<Hashed> {
        let size: usize = level.iter().map(|task| task.child.bytes.len()).sum();
        if size < WORTH_SHARING {
            return level.into_iter().map(Task::hashed).collect();
        }
        self.crew.share(level, Task::hashed)
    }
}

/// The record of an artifact that was not read.
fn unread(path: ArtifactPath, name: EntryName, origin: Origin, kind: ProblemKind, what: String) -> Record {
    let artifact = Artifact::new(path, name, origin, Bytes::new(), FormatId::UNKNOWN);
    let mut record = Record::of(&artifact);
    record.problems.push(Problem::new(kind, what, Location::whole()));
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OriginKind;

    fn root(bytes: &[u8]) -> Child {
        let origin = Origin::file(OriginKind::Input, "");
        Child::new(EntryName::new("input.txt"), origin, Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn an_input_over_the_limit_is_named_and_not_read() {
        let limits = Limits { total_bytes: 4, ..Limits::default() };
        let Ok(rules) = RuleSet::compile(&[]) else { panic!("no rules always compile") };
        let tree = walk(|| root(b"12345"), &Arc::default(), &limits, rules, &Crew::new(2), None).tree;
        let records = tree.records();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].problems[0].kind, ProblemKind::Limit);
    }
}
