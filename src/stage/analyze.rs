//! Looking at an artifact.

use super::{Kinds, Outcome, StageError};
use crate::model::Artifact;

/// Looks at one artifact and says what it sees. Format folders have analyzers of their format; `analysis/` has those
/// that look at every artifact.
pub trait Analyzer: Send + Sync {
    /// Finding kinds it may raise.
    fn findings(&self) -> Kinds {
        &[]
    }

    /// Whether there is anything to look at here.
    fn wants(&self, artifact: &Artifact) -> bool {
        let _ = artifact;
        true
    }

    /// Looks.
    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError>;
}
