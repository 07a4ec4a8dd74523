//! Workers as seen by those who ask them.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use super::analyst::Analyst;
use super::job::{Answer, Job};
use super::setup::{Setup, SetupError};
use super::stopper::Stopper;

/// Why a worker gave no answer. Each becomes a verdict of its own ([`super::failure_report`]).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The worker died: `signal 11 (SIGSEGV)`, `exit status 101`, `a reply that cannot be read`.
    #[error("the worker died: {how}")]
    Crashed {
        /// How.
        how: String,
    },
    /// The worker asked for more memory than it may have.
    #[error("the worker ran out of memory")]
    OutOfMemory,
    /// The worker was stopped at the deadline.
    #[error("the worker was stopped at the deadline")]
    TimedOut,
    /// No worker could be started.
    #[error("no worker could be started: {0}")]
    NotStarted(String),
}

/// What workers are made from: one setup, and whether they are processes of their own.
pub struct Workshop {
    setup: Setup,
    rules: String,
    analyst: Option<Arc<Analyst>>,
}

impl Workshop {
    /// A workshop whose workers answer in this process. Compiles the rules.
    pub fn without_isolation(setup: Setup) -> Result<Self, SetupError> {
        let analyst = Analyst::new(&setup)?;
        let rules = analyst.rules().to_owned();
        Ok(Workshop { setup, rules, analyst: Some(Arc::new(analyst)) })
    }

    /// The setup.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Digest of the rules and policy, as reports carry it.
    pub fn rules(&self) -> &str {
        &self.rules
    }

    /// Starts a worker. With isolation this costs a process and compiling the rules.
    pub fn hire(self: &Arc<Self>) -> Result<Worker, Failure> {
        match &self.analyst {
            Some(analyst) => Ok(Worker { analyst: analyst.clone() }),
            None => Err(Failure::NotStarted("isolation is not available".to_owned())),
        }
    }
}

/// A worker: one job at a time.
pub struct Worker {
    analyst: Arc<Analyst>,
}

impl Worker {
    /// Does a job, or fails; never later than a moment after the deadline if the worker is a process. After a failure the
    /// worker is gone and another must be hired.
    pub fn ask(&mut self, job: Job, bytes: &Bytes, deadline: Instant) -> Result<Answer, Failure> {
        let _ = deadline;
        Ok(self.analyst.answer(job, bytes.clone()))
    }

    /// Whether it can be asked again: it has not failed, and has not done as many jobs as one may.
    pub fn is_fit(&self) -> bool {
        true
    }

    /// A handle to kill it with while it is being asked, from another thread.
    pub fn stopper(&self) -> Stopper {
        Stopper::default()
    }

    /// The id of its process, if it is one.
    pub fn pid(&self) -> Option<u32> {
        None
    }
}
