//! Confinement of a process ([`Confinement`]) and what a confined process is talked to through: a child of the same
//! program ([`Process`]), frames over a socket ([`Channel`]), inputs as sealed files ([`memfd`]). Knows nothing of mail.

mod attempts;
mod channel;
mod confine;
mod enforced;
mod landlock;
pub mod memfd;
mod process;
mod rlimits;
mod seccomp;

pub use attempts::{Attempt, attempt_everything};
pub use channel::{Channel, Frame, ReceiveError};
pub use confine::{ConfineError, Confinement};
pub use enforced::{Enforced, Extent};
pub use process::{Ended, Killer, Process};
