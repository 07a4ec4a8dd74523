//! The tree in parallel: each artifact is a task; its children become tasks as soon as it is done.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::crew::Crew;
use super::isolation::contain;
use super::pipeline::{Processed, process};
use crate::budget::Budget;
use crate::matching::RuleSet;
use crate::model::{
    Artifact, ArtifactPath, ArtifactTree, EntryName, FormatId, Hints, Limits, Location, Origin, Problem, ProblemKind,
    Record,
};
use crate::stage::Child;

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
) -> ArtifactTree {
    let walk = Walk::start(Task::root(root(), hints.clone()), Budget::new(limits.clone()), rules);
    walk.work(Some(crew));
    if !walk.budget.hit_shared_limit() {
        return walk.finish();
    }
    let wall_time = walk.budget.time_left().max(limits.wall_time / 4);
    drop(walk);
    let again = Budget::new(Limits { wall_time, ..limits.clone() });
    let walk = Walk::start(Task::root(root(), hints.clone()), again, rules);
    walk.work(None);
    walk.finish()
}

/// An artifact in waiting: it is hashed and identified by whichever thread takes it.
struct Task {
    path: ArtifactPath,
    child: Child,
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

    /// Does the work of one artifact; its children come back as tasks.
    fn run(self, budget: &Budget, rules: &RuleSet) -> (Record, Vec<Task>) {
        let Child { name, origin, bytes } = self.child;
        let artifact = Artifact::new(self.path.clone(), name, origin, bytes, self.parent_format);
        let mut inside = self.ancestors.to_vec();
        inside.push(artifact.digests.sha256.clone());
        let inside = Arc::new(inside);
        let Processed { record, children, hints } = process(artifact, &self.ancestors, self.hints, budget, rules);
        let tasks = children
            .into_iter()
            .zip(0u32..)
            .map(|(child, index)| Task {
                path: self.path.child(index),
                child,
                parent_format: record.format,
                hints: hints.clone(),
                ancestors: inside.clone(),
            })
            .collect();
        (record, tasks)
    }
}

#[derive(Default)]
struct State {
    queue: VecDeque<Task>,
    running: usize,
    records: Vec<Record>,
}

/// One scan under way.
struct Walk {
    state: Mutex<State>,
    changed: Condvar,
    budget: Budget,
    rules: RuleSet,
}

impl Walk {
    fn start(root: Task, budget: Budget, rules: RuleSet) -> Arc<Self> {
        let mut state = State::default();
        // The input itself is paid for like everything else. Alone over the limit, it is named and not read.
        let size = root.child.bytes.len() as u64;
        match budget.charge_bytes(size).and_then(|()| budget.charge_artifact()) {
            Ok(()) => state.queue.push_back(root),
            Err(exceeded) => {
                let what = format!("the input alone exceeds {exceeded}");
                state.records.push(unread(root.path, root.child.name, root.child.origin, ProblemKind::Limit, what));
            }
        }
        Arc::new(Walk { state: Mutex::new(state), changed: Condvar::new(), budget, rules })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until the whole tree is done, with help from the crew; without a crew, alone and in tree order.
    fn work(self: &Arc<Self>, crew: Option<&Arc<Crew>>) {
        let _pass = crew.map(|crew| crew.join());
        loop {
            if let Some(task) = self.take() {
                self.run(task);
                if let Some(crew) = crew {
                    self.call_for_help(crew);
                }
                continue;
            }
            let mut state = self.state();
            while state.queue.is_empty() && state.running > 0 {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.queue.is_empty() && state.running == 0 {
                return;
            }
        }
    }

    fn call_for_help(self: &Arc<Self>, crew: &Arc<Crew>) {
        // One task is for the caller.
        for _ in 1..self.state().queue.len().min(64) {
            let walk = self.clone();
            crew.recruit(move || {
                while let Some(task) = walk.take() {
                    walk.run(task);
                }
            });
        }
    }

    /// The next task. The oldest first: a tree's wide levels are shared out, and one thread alone goes in tree order.
    fn take(&self) -> Option<Task> {
        let mut state = self.state();
        let task = state.queue.pop_front()?;
        state.running = state.running.saturating_add(1);
        Some(task)
    }

    fn run(&self, task: Task) {
        let (path, name, origin) = (task.path.clone(), task.child.name.clone(), task.child.origin.clone());
        // Stages are contained one by one; this is for the engine's own mistakes.
        let (record, tasks) = contain(|| task.run(&self.budget, &self.rules)).unwrap_or_else(|message| {
            let what = format!("the engine failed: {message}");
            (unread(path, name, origin, ProblemKind::Failed, what), Vec::new())
        });
        let mut state = self.state();
        state.records.push(record);
        state.queue.extend(tasks);
        state.running = state.running.saturating_sub(1);
        drop(state);
        self.changed.notify_all();
    }

    fn finish(&self) -> ArtifactTree {
        ArtifactTree::new(std::mem::take(&mut self.state().records))
    }
}

/// The record of an artifact that was not read.
fn unread(path: ArtifactPath, name: EntryName, origin: Origin, kind: ProblemKind, what: String) -> Record {
    let artifact = Artifact::new(path, name, origin, bytes::Bytes::new(), FormatId::UNKNOWN);
    let mut record = Record::of(&artifact);
    record.problems.push(Problem::new(kind, what, Location::whole()));
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OriginKind;

    fn root(bytes: &[u8]) -> Child {
        Child {
            name: EntryName::new("input.txt"),
            origin: Origin::file(OriginKind::Input, ""),
            bytes: bytes::Bytes::copy_from_slice(bytes),
        }
    }

    #[test]
    fn an_input_over_the_limit_is_named_and_not_read() {
        let limits = Limits { total_bytes: 4, ..Limits::default() };
        let Ok(rules) = RuleSet::compile(&[]) else { panic!("no rules always compile") };
        let tree = walk(|| root(b"12345"), &Arc::default(), &limits, rules, &Crew::new(2));
        let records = tree.records();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].problems[0].kind, ProblemKind::Limit);
    }
}
