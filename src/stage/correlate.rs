//! Reasoning over the whole tree.

use super::Kinds;
use crate::model::{ArtifactPath, ArtifactTree, Finding};

/// Reasons over the finished tree: what two artifacts mean together.
pub trait Correlator: Send + Sync {
    /// Finding kinds it may raise.
    fn findings(&self) -> Kinds;

    /// Findings to add, each with the artifact it belongs to.
    fn correlate(&self, tree: &ArtifactTree) -> Vec<(ArtifactPath, Finding)>;
}
