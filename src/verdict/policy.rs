//! Weights, thresholds and floors: what `rules/policy.toml` says.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Confidence, Facet, Severity};

/// The shipped policy, as text.
pub const SHIPPED: &str = include_str!("../../rules/policy.toml");

/// How findings become a verdict.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Scores from which on the level changes.
    pub thresholds: Thresholds,
    points: BTreeMap<Severity, u32>,
    confidence: BTreeMap<Confidence, u32>,
    facets: BTreeMap<Facet, u32>,
    /// What several findings mean together.
    #[serde(default, rename = "floor")]
    pub floors: Vec<Floor>,
}

/// Scores from which on the level changes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here on suspicious.
    pub suspicious: u32,
    /// From here on malicious.
    pub malicious: u32,
}

/// Findings that together set a least score.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// Kebab-case name, printed as the reason.
    pub id: String,
    /// What it means, in English.
    pub title: String,
    /// The same in Japanese.
    pub ja: String,
    /// Findings that must all be on one branch.
    pub all: Vec<String>,
    /// Of these at least one, if any are named.
    #[serde(default)]
    pub any: Vec<String>,
    /// The least score.
    pub score: u32,
}

/// A policy that does not parse.
#[derive(Debug, thiserror::Error)]
#[error("policy: {0}")]
pub struct PolicyError(#[from] toml::de::Error);

impl Policy {
    /// Reads a policy.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Ok(toml::from_str(text)?)
    }

    /// The shipped policy.
    #[expect(clippy::panic, reason = "part of the program; a test reads it")]
    pub fn shipped() -> Self {
        match Policy::parse(SHIPPED) {
            Ok(policy) => policy,
            Err(error) => panic!("rules/policy.toml: {error}"),
        }
    }

    /// Points of one finding before caps.
    pub fn points(&self, severity: Severity, confidence: Confidence) -> u32 {
        let points = self.points.get(&severity).copied().unwrap_or(0);
        let percent = self.confidence.get(&confidence).copied().unwrap_or(100);
        points.saturating_mul(percent) / 100
    }

    /// The most one facet can bring.
    pub fn cap(&self, facet: Facet) -> u32 {
        self.facets.get(&facet).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_policy_weighs_every_severity_and_facet() {
        let policy = Policy::shipped();
        assert_eq!(policy.points(Severity::High, Confidence::High), 50);
        assert_eq!(policy.points(Severity::Medium, Confidence::Medium), 18);
        for facet in Facet::ALL {
            assert!(policy.cap(facet) > 0, "{facet:?}");
        }
        assert!(policy.cap(Facet::Identity) < policy.thresholds.suspicious);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place() {
        let error = Policy::parse("[thresholds]\nsuspicous = 1\n").unwrap_err().to_string();
        assert!(error.contains("suspicous"), "{error}");
    }
}
