//! The arithmetic: findings of one branch to points, the worst branch to the score.

use std::collections::{BTreeMap, BTreeSet};

use super::policy::{Floor, Policy};
use crate::model::{ArtifactPath, ArtifactTree, Facet, Finding, Record};

/// A finding that counts, on its artifact.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    pub(super) finding: &'a Finding,
    pub(super) artifact: &'a ArtifactPath,
    pub(super) points: u32,
}

/// What one branch of the tree (an artifact and everything it lies in) comes to.
#[derive(Debug, Clone)]
pub(super) struct Branch<'a> {
    /// The innermost artifact of the branch.
    pub(super) path: ArtifactPath,
    /// What counts, each kind once with its weightiest observation, weightiest first.
    pub(super) items: Vec<Item<'a>>,
    /// Points per facet after caps.
    pub(super) facets: BTreeMap<Facet, u32>,
    /// Sum over facets.
    pub(super) sum: u32,
    /// A finding that alone decides, if there is one.
    pub(super) decisive: Option<Item<'a>>,
    /// The highest floor that holds: what the findings mean together.
    pub(super) floor: Option<&'a Floor>,
}

impl Branch<'_> {
    /// The score of the branch.
    pub(super) fn score(&self, policy: &Policy) -> u32 {
        let decisive = if self.decisive.is_some() { policy.thresholds.malicious } else { 0 };
        self.sum.max(decisive).max(self.floor.map_or(0, |floor| floor.score))
    }
}

/// The branch with the highest score, leaving out findings of the kinds in `without`; the first in tree order if
/// several score the same.
pub(super) fn worst<'a>(tree: &'a ArtifactTree, policy: &'a Policy, without: &BTreeSet<&str>) -> Option<Branch<'a>> {
    let mut worst: Option<(u32, Branch<'a>)> = None;
    for record in tree.records().iter().filter(|record| !record.findings.is_empty()) {
        let branch = branch(tree, record, policy, without);
        let score = branch.score(policy);
        if worst.as_ref().is_none_or(|(best, _)| score > *best) {
            worst = Some((score, branch));
        }
    }
    worst.map(|(_, branch)| branch)
}

fn branch<'a>(tree: &'a ArtifactTree, leaf: &'a Record, policy: &'a Policy, without: &BTreeSet<&str>) -> Branch<'a> {
    let mut records = vec![leaf];
    let mut next = leaf.path.parent();
    while let Some(path) = next {
        next = path.parent();
        records.extend(tree.get(&path));
    }
    // One kind seen many times is one trick: its weightiest observation counts.
    let mut by_kind: BTreeMap<&str, Item<'a>> = BTreeMap::new();
    for record in records {
        for finding in record.findings.iter().filter(|finding| !without.contains(finding.kind.id)) {
            let points = policy.points(finding.severity, finding.kind.confidence);
            let item = Item { finding, artifact: &record.path, points };
            let known = by_kind.get(finding.kind.id);
            if known.is_none_or(|known| (finding.decisive, points) > (known.finding.decisive, known.points)) {
                by_kind.insert(finding.kind.id, item);
            }
        }
    }
    let ids: BTreeSet<&str> = by_kind.keys().copied().collect();
    let mut items: Vec<Item<'a>> = by_kind.into_values().collect();
    items.sort_by_key(|item| std::cmp::Reverse((item.finding.decisive, item.points)));

    let mut facets = BTreeMap::new();
    for facet in Facet::ALL {
        let points = items.iter().filter(|item| item.finding.kind.facet == facet).map(|item| item.points);
        let (max, total) = points.fold((0u32, 0u32), |(max, total), p| (max.max(p), total.saturating_add(p)));
        let score = max.saturating_add(total.saturating_sub(max) / 4).min(policy.cap(facet));
        if score > 0 {
            facets.insert(facet, score);
        }
    }
    let sum = facets.values().fold(0u32, |sum, score| sum.saturating_add(*score));
    let decisive = items.iter().find(|item| item.finding.decisive).cloned();
    // Of floors with the same score the first in the policy is the most telling.
    let floor = policy.floors.iter().rev().filter(|floor| holds(floor, &ids)).max_by_key(|floor| floor.score);
    Branch { path: leaf.path.clone(), items, facets, sum, decisive, floor }
}

fn holds(floor: &Floor, ids: &BTreeSet<&str>) -> bool {
    floor.all.iter().all(|id| ids.contains(id.as_str()))
        && (floor.any.is_empty() || floor.any.iter().any(|id| ids.contains(id.as_str())))
}
