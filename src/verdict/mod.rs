//! Findings to verdict, by `rules/policy.toml`.

mod explain;
mod policy;
mod score;

use std::collections::BTreeSet;

pub use policy::{Floor, Policy, PolicyError, SHIPPED, Thresholds};

use crate::model::{ArtifactTree, Coverage, CoverageLevel, Level, Verdict};
use crate::report::Language;

/// Judges a tree: the word, the score, the reasons, the arithmetic, and what would have made it clean.
pub fn judge(tree: &ArtifactTree, coverage: &Coverage, policy: &Policy, language: Language) -> Verdict {
    let worst = score::worst(tree, policy, &BTreeSet::new());
    let score = worst.as_ref().map_or(0, |branch| branch.score(policy));
    let level = level(score, coverage, policy);
    Verdict {
        level,
        score,
        reasons: worst.as_ref().map(|branch| explain::reasons(branch, policy, language)).unwrap_or_default(),
        arithmetic: explain::arithmetic(worst.as_ref(), language),
        without: explain::without(tree, coverage, policy, level, language),
    }
}

fn level(score: u32, coverage: &Coverage, policy: &Policy) -> Level {
    if score >= policy.thresholds.malicious {
        Level::Malicious
    } else if score >= policy.thresholds.suspicious {
        Level::Suspicious
    } else {
        match coverage.level {
            CoverageLevel::Complete => Level::Clean,
            CoverageLevel::Partial | CoverageLevel::Unscannable => Level::Unscannable,
            CoverageLevel::Error => Level::Error,
        }
    }
}

#[cfg(test)]
mod tests;
