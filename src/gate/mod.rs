//! The daemon: doors that speak the protocols of mail servers, and the one desk behind them.
//!
//! A door ([`milter`], [`clamd`], [`http`], [`olefy`]) turns its protocol into a [`Request`] and gives it to the
//! [`Checkpoint`], which asks the [`desk`] for a scan, the history for what it knows, and answers with [`Examined`]. What is
//! done with a mail then follows from the [`disposition`] table.

pub mod checkpoint;
pub mod clamd;
pub mod control;
pub mod desk;
pub mod disposition;
pub mod http;
pub mod intake;
pub mod keeper;
mod keeping;
pub mod metrics;
pub mod milter;
pub mod olefy;
mod recall;
#[cfg(test)]
mod recall_tests;
mod record;
pub mod server;
pub mod stream;

pub use checkpoint::{Checkpoint, Door, Envelope, Examined, NotKept, Refused, Request};
pub use control::{Control, Order};
pub use keeper::Keeper;
