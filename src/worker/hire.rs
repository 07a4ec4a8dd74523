//! Workers as seen by those who ask them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;

use super::analyst::Analyst;
use super::failure::Failure;
use super::isolated::Isolated;
use super::job::{Answer, Job};
use super::probe::{Probe, Probed};
use super::setup::{Setup, SetupError};
use super::stopper::Stopper;
use super::wire::Isolation;
use crate::sandbox::Enforced;

/// What workers are made from: one setup, and whether they are processes of their own.
pub struct Workshop {
    setup: Setup,
    rules: String,
    kind: Kind,
}

#[expect(clippy::large_enum_variant, reason = "one per workshop")]
enum Kind {
    /// Workers answer in this process.
    Here(Arc<Analyst>),
    /// Workers are processes.
    Isolated {
        isolation: Isolation,
        enforced: Enforced,
        /// The worker that tried the setup, until somebody hires it.
        first: Mutex<Option<Isolated>>,
    },
}

impl Workshop {
    /// A workshop whose workers answer in this process. Compiles the rules.
    pub fn without_isolation(setup: Setup) -> Result<Self, SetupError> {
        let analyst = Analyst::new(&setup)?;
        let rules = analyst.rules().to_owned();
        Ok(Workshop { setup, rules, kind: Kind::Here(Arc::new(analyst)) })
    }

    /// A workshop whose workers are confined processes. Starts the first, to learn that the setup is good.
    pub fn isolated(setup: Setup, isolation: Isolation) -> Result<Self, SetupError> {
        let first = Isolated::start(&setup, &isolation)?;
        let (rules, enforced) = (first.rules.clone(), first.enforced);
        Ok(Workshop { setup, rules, kind: Kind::Isolated { isolation, enforced, first: Mutex::new(Some(first)) } })
    }

    /// The setup.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Digest of the rules and policy, as reports carry it.
    pub fn rules(&self) -> &str {
        &self.rules
    }

    /// What keeps the workers in; nothing if they answer in this process.
    pub fn enforced(&self) -> Option<&Enforced> {
        match &self.kind {
            Kind::Here(_) => None,
            Kind::Isolated { enforced, .. } => Some(enforced),
        }
    }

    /// Starts a worker. With isolation this costs a process and compiling the rules.
    pub fn hire(self: &Arc<Self>) -> Result<Worker, Failure> {
        Ok(Worker { by: self.start()?, workshop: self.clone() })
    }

    fn start(&self) -> Result<By, Failure> {
        match &self.kind {
            Kind::Here(analyst) => Ok(By::This(analyst.clone())),
            Kind::Isolated { isolation, first, .. } => {
                let waiting = first.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(worker) = waiting.filter(Isolated::is_alive) {
                    return Ok(By::Process(worker));
                }
                match Isolated::start(&self.setup, isolation) {
                    Ok(worker) => Ok(By::Process(worker)),
                    Err(SetupError::NotStarted(failure)) => Err(failure),
                    Err(error) => Err(Failure::NotStarted(error.to_string())),
                }
            }
        }
    }

    fn recycle_after(&self) -> u64 {
        match &self.kind {
            Kind::Here(_) => u64::MAX,
            Kind::Isolated { isolation, .. } => isolation.recycle_after,
        }
    }
}

/// Who does a worker's jobs.
enum By {
    /// An analyst of this process.
    This(Arc<Analyst>),
    /// A process.
    Process(Isolated),
    /// Nobody any more.
    Nobody,
}

/// A worker: one job at a time. Dropped, its process is killed.
pub struct Worker {
    by: By,
    workshop: Arc<Workshop>,
}

impl Worker {
    /// Does a job, or fails; never later than a moment after the deadline if the worker is a process. After a failure the
    /// worker is gone and another must be hired.
    ///
    /// A process that ended while nothing was asked of it is replaced first: that is no failure of this job.
    pub fn ask(&mut self, job: Job, bytes: &Bytes, deadline: Instant) -> Result<Answer, Failure> {
        match self.take()? {
            By::This(analyst) => {
                self.by = By::This(analyst.clone());
                Ok(analyst.answer(job, bytes.clone()))
            }
            By::Process(worker) => {
                let (worker, answer) = worker.ask(job, bytes, deadline)?;
                self.by = By::Process(worker);
                Ok(answer)
            }
            By::Nobody => Err(gone()),
        }
    }

    /// Has a worker that was started with [`Isolation::probes`] try something.
    pub fn probe(&mut self, probe: Probe, bytes: &Bytes, deadline: Instant) -> Result<Probed, Failure> {
        match self.take()? {
            By::Process(worker) => {
                let (worker, probed) = worker.probe(probe, bytes, deadline)?;
                self.by = By::Process(worker);
                Ok(probed)
            }
            other => {
                self.by = other;
                Err(Failure::NotStarted("only processes are probed".to_owned()))
            }
        }
    }

    /// Who is to do the next job. Until it is done there is nobody.
    fn take(&mut self) -> Result<By, Failure> {
        match std::mem::replace(&mut self.by, By::Nobody) {
            By::Process(worker) if worker.is_stopped() => {
                drop(worker);
                Err(Failure::Crashed { how: "it was stopped".to_owned() })
            }
            By::Process(worker) if !worker.is_alive() => {
                drop(worker);
                self.workshop.start()
            }
            By::Nobody => Err(gone()),
            other => Ok(other),
        }
    }

    /// Whether it can be asked again: it has not failed, and has not done as many jobs as one may.
    pub fn is_fit(&self) -> bool {
        match &self.by {
            By::This(_) => true,
            By::Process(worker) => worker.is_alive() && worker.jobs() < self.workshop.recycle_after(),
            By::Nobody => false,
        }
    }

    /// A handle to kill it with while it is being asked, from another thread.
    pub fn stopper(&self) -> Stopper {
        match &self.by {
            By::Process(worker) => worker.stopper(),
            By::This(_) | By::Nobody => Stopper::default(),
        }
    }

    /// The id of its process, if it is one.
    pub fn pid(&self) -> Option<u32> {
        match &self.by {
            By::Process(worker) => Some(worker.pid()),
            By::This(_) | By::Nobody => None,
        }
    }
}

fn gone() -> Failure {
    Failure::NotStarted("this worker has failed before".to_owned())
}
