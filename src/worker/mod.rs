//! What a scanning worker is asked and what it answers. The same [`Analyst`] answers inside a sandboxed process
//! ([`crate::sandbox`]) and, with isolation off, in the process that asks; whoever asks holds a [`Worker`] and cannot
//! tell, except that only a process can be killed at its deadline.

mod analyst;
mod failed;
mod failure;
mod findings;
mod hire;
mod isolated;
mod job;
mod probe;
mod serve;
mod setup;
mod stopper;
mod wire;

pub use analyst::Analyst;
pub use failed::report as failure_report;
pub use failure::Failure;
pub use findings::KINDS;
pub use hire::{Worker, Workshop};
pub use isolated::declare_program;
pub use job::{Answer, Job, Replacement, Rewritten};
pub use probe::{Probe, Probed};
pub use serve::{ServeError, serve};
pub use setup::{Setup, SetupError};
pub use stopper::Stopper;
pub use wire::Isolation;
