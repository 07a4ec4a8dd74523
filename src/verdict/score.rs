//! Adding up.

use super::Policy;
use crate::model::{ArtifactTree, Coverage, Level, Verdict};
use crate::report::Language;

/// The verdict on a tree.
pub fn judge(_tree: &ArtifactTree, _coverage: &Coverage, _policy: &Policy, _language: Language) -> Verdict {
    Verdict { level: Level::Clean, score: 0, reasons: Vec::new(), arithmetic: String::new(), without: String::new() }
}
