//! What crosses the channel between a supervisor and its worker: heads in JSON, and raw bytes where there are many.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::job::{Answer, Job};
use super::probe::{Probe, Probed};
use super::setup::Setup;
use crate::sandbox::Enforced;

/// Version of this program; a worker of another one is not talked to.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How workers are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isolation {
    /// The program to start as `… worker`; nothing means this one, if it has said that it can
    /// ([`super::declare_program`]).
    pub program: Option<PathBuf>,
    /// Address space of one worker, bytes.
    pub memory: u64,
    /// Jobs after which a worker is replaced.
    pub recycle_after: u64,
    /// The largest answer taken, bytes.
    pub max_answer: u64,
    /// How long a worker may take to get ready, rules compiled.
    pub ready_within: std::time::Duration,
    /// Whether workers can be asked to try what they must not be able to do.
    pub probes: bool,
}

impl Default for Isolation {
    fn default() -> Self {
        Isolation {
            program: None,
            memory: 4 << 30,
            recycle_after: 1_000,
            max_answer: 256 << 20,
            ready_within: std::time::Duration::from_secs(60),
            probes: false,
        }
    }
}

/// The first frame to a worker.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Orders {
    /// [`VERSION`] of the supervisor.
    pub(super) version: String,
    /// What decides its scans.
    pub(super) setup: Setup,
    /// Address space it may use, bytes.
    pub(super) memory: u64,
}

/// The first frame from a worker: the door is closed behind it, or it cannot work.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Greeting {
    /// It waits for jobs.
    Ready {
        /// Digest of the rules and policy.
        rules: String,
        /// What keeps it in.
        enforced: Enforced,
    },
    /// No scanner can be made of the setup.
    Unusable(String),
    /// It could not be confined.
    Unconfined(String),
}

/// What a worker is asked; the bytes it is about come as a sealed file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// Bytes in the file.
    pub(super) size: u64,
    /// What to do with them.
    pub(super) task: Task,
}

/// What to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Task {
    /// A job.
    Job(Job),
    /// Something it must not be able to do. Only a worker started for that does it.
    Probe(Probe),
}

/// What a worker answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// To a job. The body of a rewritten message follows as the frame's tail.
    Answer(Answer),
    /// To a probe.
    Probed(Probed),
}
