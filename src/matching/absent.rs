//! Stands in for the rules in a program built without them, and says so.

use super::{RuleError, RuleSource};
use crate::model::{Artifact, Location, Problem};
use crate::stage::{Outcome, StageError};

/// No rules.
#[derive(Clone, Copy)]
pub struct RuleSet;

impl RuleSet {
    /// No rules.
    pub fn shipped() -> Result<Self, RuleError> {
        Ok(RuleSet)
    }

    /// No rules, whatever the sources.
    pub fn compile(_sources: &[RuleSource]) -> Result<Self, RuleError> {
        Ok(RuleSet)
    }

    /// Nothing to digest.
    pub fn digest(&self) -> &str {
        ""
    }

    /// Says once per scan that rules were not applied.
    pub fn scan(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        if artifact.path.depth() == 0 {
            out.problem(Problem::unsupported("this program was built without rule matching", Location::whole()));
        }
        Ok(())
    }
}
