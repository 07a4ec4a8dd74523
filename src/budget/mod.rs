//! The running meter of [`Limits`]: every artifact is paid for here before it exists.

mod metered;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub use metered::{MeteredReader, MeteredWriter, Stop};

use crate::model::Limits;

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Exceeded {
    /// [`Limits::total_bytes`].
    #[error("the scan's total byte limit")]
    TotalBytes,
    /// [`Limits::artifact_bytes`].
    #[error("the byte limit of one artifact")]
    ArtifactBytes,
    /// [`Limits::expansion_ratio`].
    #[error("the expansion ratio limit")]
    Ratio,
    /// [`Limits::artifacts`].
    #[error("the artifact count limit")]
    Artifacts,
    /// [`Limits::depth`].
    #[error("the depth limit")]
    Depth,
    /// [`Limits::wall_time`].
    #[error("the time limit")]
    WallTime,
}

impl Exceeded {
    /// Whether what was cut off depends on which thread came first. The other limits are counted per artifact.
    pub const fn is_shared(self) -> bool {
        matches!(self, Exceeded::TotalBytes | Exceeded::Artifacts)
    }
}

/// The meter of one scan, shared by its threads.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    bytes: AtomicU64,
    artifacts: AtomicU64,
    started: Instant,
    shared_limit_hit: AtomicBool,
}

impl Budget {
    /// A fresh meter; the clock starts here.
    pub fn new(limits: Limits) -> Self {
        Budget {
            limits,
            bytes: AtomicU64::new(0),
            artifacts: AtomicU64::new(0),
            started: Instant::now(),
            shared_limit_hit: AtomicBool::new(false),
        }
    }

    /// The ceilings.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Pays for bytes of a new artifact.
    pub fn charge_bytes(&self, count: u64) -> Result<(), Exceeded> {
        self.charge(&self.bytes, count, self.limits.total_bytes, Exceeded::TotalBytes)
    }

    /// Pays for one more artifact.
    pub fn charge_artifact(&self) -> Result<(), Exceeded> {
        self.charge(&self.artifacts, 1, self.limits.artifacts, Exceeded::Artifacts)
    }

    /// Whether there is time left.
    pub fn check_deadline(&self) -> Result<(), Exceeded> {
        if self.started.elapsed() < self.limits.wall_time { Ok(()) } else { Err(Exceeded::WallTime) }
    }

    /// Time left before the deadline.
    pub fn time_left(&self) -> Duration {
        self.limits.wall_time.saturating_sub(self.started.elapsed())
    }

    /// Whether a limit was hit whose cut depends on thread order.
    pub fn hit_shared_limit(&self) -> bool {
        self.shared_limit_hit.load(Ordering::Relaxed)
    }

    /// Bytes paid for so far.
    pub fn bytes_used(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn charge(&self, meter: &AtomicU64, count: u64, ceiling: u64, exceeded: Exceeded) -> Result<(), Exceeded> {
        let paid = meter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(count).filter(|sum| *sum <= ceiling)
        });
        match paid {
            Ok(_) => Ok(()),
            Err(_) => {
                self.shared_limit_hit.store(true, Ordering::Relaxed);
                Err(exceeded)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pays_up_to_the_ceiling_and_no_further() {
        let budget = Budget::new(Limits { total_bytes: 10, ..Limits::default() });
        assert_eq!(budget.charge_bytes(10), Ok(()));
        assert!(!budget.hit_shared_limit());
        assert_eq!(budget.charge_bytes(1), Err(Exceeded::TotalBytes));
        assert_eq!(budget.bytes_used(), 10);
        assert!(budget.hit_shared_limit());
    }
}
