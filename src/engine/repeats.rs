//! The same bytes again: unpacked once per scan, wherever they turn up.

use std::collections::HashMap;
use std::sync::Arc;

use super::scheduler::Hashed;
use crate::model::{ArtifactPath, Hints, ProblemKind, Record};

/// Where an artifact's bytes were met before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Again {
    /// The artifact that was unpacked.
    pub(super) first: ArtifactPath,
}

/// Digests met so far.
#[derive(Default)]
pub(super) struct Repeats {
    first: HashMap<String, Met>,
}

struct Met {
    path: ArtifactPath,
    hints: Arc<Hints>,
    /// Whether it stayed locked: other passwords may open it in another place.
    is_locked: bool,
    is_read: bool,
}

impl Repeats {
    /// For each artifact of a level, in tree order: where its bytes were met before, if unpacking them again can give
    /// nothing new. What lies in itself is not asked about: that is a cycle, and said as one.
    pub(super) fn find(&mut self, level: &[Hashed]) -> Vec<Option<Again>> {
        level.iter().map(|hashed| self.look_up(hashed)).collect()
    }

    fn look_up(&mut self, hashed: &Hashed) -> Option<Again> {
        let artifact = &hashed.artifact;
        let digest = &artifact.digests.sha256;
        if artifact.bytes.is_empty() || !artifact.volumes.is_empty() || hashed.ancestors.contains(digest) {
            return None;
        }
        match self.first.get(digest) {
            Some(met) if Arc::ptr_eq(&met.hints, &hashed.hints) || (met.is_read && !met.is_locked) => {
                Some(Again { first: met.path.clone() })
            }
            Some(_) => None,
            None => {
                let met =
                    Met { path: artifact.path.clone(), hints: hashed.hints.clone(), is_locked: false, is_read: false };
                self.first.insert(digest.clone(), met);
                None
            }
        }
    }

    /// What became of an artifact.
    pub(super) fn learn(&mut self, record: &Record) {
        if let Some(met) = self.first.get_mut(&record.digests.sha256)
            && met.path == record.path
        {
            met.is_read = true;
            met.is_locked = record.problems.iter().any(|problem| problem.kind == ProblemKind::Encrypted);
        }
    }
}
