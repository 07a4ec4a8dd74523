//! The tree in parallel: each artifact is a task; its children become tasks as soon as it is done.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::pipeline::{Processed, process};
use crate::budget::Budget;
use crate::matching::RuleSet;
use crate::model::{Artifact, ArtifactTree, Hints, Limits, Location, Problem, ProblemKind, Record};

/// Unpacks and analyses a submission's whole tree.
///
/// Two limits are shared by all threads (total bytes, artifact count): what they cut off would depend on which thread
/// came first. When one of them is reached the tree is walked again on one thread, in tree order, so that the same
/// bytes give the same report. That costs at most the limits a second time.
pub(super) fn walk(root: impl Fn() -> Artifact, hints: Arc<Hints>, limits: &Limits, rules: &RuleSet) -> ArtifactTree {
    let budget = Budget::new(limits.clone());
    let tree = walk_parallel(root(), hints.clone(), &budget, rules);
    if !budget.hit_shared_limit() {
        return tree;
    }
    drop(tree);
    let again = Limits { wall_time: budget.time_left().max(limits.wall_time / 4), ..limits.clone() };
    walk_in_order(root(), hints, &Budget::new(again), rules)
}

struct Shared<'a> {
    budget: &'a Budget,
    rules: &'a RuleSet,
    records: Mutex<Vec<Record>>,
}

/// An artifact in waiting: it is hashed and identified by whichever thread takes it.
struct Task {
    make: Box<dyn FnOnce() -> Artifact + Send>,
    hints: Arc<Hints>,
    /// SHA-256 of everything it lies in.
    ancestors: Arc<Vec<String>>,
}

impl Task {
    fn root(root: Artifact, hints: Arc<Hints>) -> Self {
        Task { make: Box::new(|| root), hints, ancestors: Arc::new(Vec::new()) }
    }

    /// Does the work of one artifact; its children come back as tasks.
    fn run(self, budget: &Budget, rules: &RuleSet) -> (Record, Vec<Task>) {
        let artifact = (self.make)();
        let path = artifact.path.clone();
        let mut inside = self.ancestors.to_vec();
        inside.push(artifact.digests.sha256.clone());
        let inside = Arc::new(inside);
        let Processed { record, children, hints } = process(artifact, &self.ancestors, self.hints, budget, rules);
        let format = record.format;
        let tasks = children
            .into_iter()
            .zip(0u32..)
            .map(|(child, index)| {
                let path = path.child(index);
                let make = Box::new(move || Artifact::new(path, child.name, child.origin, child.bytes, format));
                Task { make, hints: hints.clone(), ancestors: inside.clone() }
            })
            .collect();
        (record, tasks)
    }
}

fn walk_parallel(root: Artifact, hints: Arc<Hints>, budget: &Budget, rules: &RuleSet) -> ArtifactTree {
    let shared = Shared { budget, rules, records: Mutex::new(Vec::new()) };
    // What the input itself exceeds is said by the walk in order.
    let _ = budget.charge_bytes(root.bytes.len() as u64);
    let _ = budget.charge_artifact();
    rayon::scope(|scope| visit(scope, &shared, Task::root(root, hints)));
    ArtifactTree::new(shared.records.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn visit<'s>(scope: &rayon::Scope<'s>, shared: &'s Shared<'s>, task: Task) {
    let (record, tasks) = task.run(shared.budget, shared.rules);
    shared.records.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    for task in tasks {
        scope.spawn(move |scope| visit(scope, shared, task));
    }
}

fn walk_in_order(root: Artifact, hints: Arc<Hints>, budget: &Budget, rules: &RuleSet) -> ArtifactTree {
    if let Err(exceeded) = budget.charge_bytes(root.bytes.len() as u64).and_then(|()| budget.charge_artifact()) {
        let mut record = Record::of(&root);
        let what = format!("the input alone exceeds {exceeded}");
        record.problems.push(Problem::new(ProblemKind::Limit, what, Location::whole()));
        return ArtifactTree::new(vec![record]);
    }
    let mut records = Vec::new();
    let mut queue = VecDeque::from([Task::root(root, hints)]);
    while let Some(task) = queue.pop_front() {
        let (record, tasks) = task.run(budget, rules);
        records.push(record);
        queue.extend(tasks);
    }
    ArtifactTree::new(records)
}
