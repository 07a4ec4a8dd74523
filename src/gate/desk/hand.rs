//! Who does the work: workers of a workshop, or in tests a script.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::key::Digest;
use crate::report::Language;
use crate::worker::{Answer, Failure, Job, Stopper, Worker, Workshop};

/// Somebody who does one job at a time.
pub(super) trait Hand: Send {
    /// Does a job, or fails; blocks until then.
    fn ask(&mut self, job: Job, bytes: &Bytes, deadline: Instant) -> Result<Answer, Failure>;
    /// Whether it can be asked again.
    fn is_fit(&self) -> bool;
    /// A handle to end its work from another thread.
    fn stopper(&self) -> Stopper;
}

impl Hand for Worker {
    fn ask(&mut self, job: Job, bytes: &Bytes, deadline: Instant) -> Result<Answer, Failure> {
        Worker::ask(self, job, bytes, deadline)
    }

    fn is_fit(&self) -> bool {
        Worker::is_fit(self)
    }

    fn stopper(&self) -> Stopper {
        Worker::stopper(self)
    }
}

/// Where hands come from. All of one agency give the same answers.
pub(super) trait Agency: Send + Sync {
    /// Starts one; takes as long as a process and the rules take.
    fn hire(&self) -> Result<Box<dyn Hand>, Failure>;
    /// Digest of the rules, as reports carry it.
    fn rules(&self) -> &str;
    /// What sets its answers apart from those of other agencies.
    fn fingerprint(&self) -> String;
    /// The language of its reports.
    fn language(&self) -> Language;
    /// The most a scan may take by its setup.
    fn wall_time(&self) -> Duration;
}

/// The workers of a workshop.
pub(super) struct Staff(pub(super) Arc<Workshop>);

impl Agency for Staff {
    fn hire(&self) -> Result<Box<dyn Hand>, Failure> {
        Ok(Box::new(self.0.hire()?))
    }

    fn rules(&self) -> &str {
        self.0.rules()
    }

    fn fingerprint(&self) -> String {
        self.0.setup().fingerprint()
    }

    fn language(&self) -> Language {
        self.0.setup().language
    }

    fn wall_time(&self) -> Duration {
        self.0.setup().limits.wall_time
    }
}

/// An agency in force, and the stamp its reports are kept under.
pub(super) struct House {
    pub(super) agency: Arc<dyn Agency>,
    pub(super) stamp: Digest,
}

impl House {
    pub(super) fn new(agency: Arc<dyn Agency>) -> Arc<Self> {
        let version = env!("CARGO_PKG_VERSION");
        let stamp = Digest::of_parts([version.as_bytes(), agency.rules().as_bytes(), agency.fingerprint().as_bytes()]);
        Arc::new(House { agency, stamp })
    }
}
