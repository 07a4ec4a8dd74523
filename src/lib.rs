//! Sekisho opens e-mail attachments before people do. It unpacks a mail recursively, identifies every part by
//! content, inspects programs, macros, objects and scripts, matches YARA-X rules, extracts indicators, and gives a
//! verdict with its coverage: it never says clean about what it did not read. It runs nothing.
//!
//! The layers, lowest first; each imports only from those above it in this list:
//! [`model`] the nouns, [`knowledge`] the tables under `rules/`, [`budget`] the meter of limits, [`stage`] the verbs,
//! [`formats`] one folder per format, [`identify`], [`analysis`], [`matching`], [`correlate`], [`report`] the sinks,
//! [`verdict`], [`engine`] which runs them all, [`cli`]. [`catalog`] gathers everything registered.

#[deny(clippy::disallowed_methods)]
pub mod analysis;
#[deny(clippy::disallowed_methods)]
pub mod budget;
pub mod catalog;
pub mod cli;
pub mod config;
#[deny(clippy::disallowed_methods)]
pub mod correlate;
pub mod engine;
#[deny(clippy::disallowed_methods)]
pub mod formats;
pub mod gate;
#[deny(clippy::disallowed_methods)]
pub mod identify;
#[deny(clippy::disallowed_methods)]
pub mod knowledge;
#[deny(clippy::disallowed_methods)]
pub mod matching;
#[deny(clippy::disallowed_methods)]
pub mod model;
pub mod report;
pub mod sandbox;
#[deny(clippy::disallowed_methods)]
pub mod stage;
pub mod store;
#[deny(clippy::disallowed_methods)]
pub mod verdict;
pub mod worker;

pub use engine::{ScanOptions, Scanner, Submission};
pub use model::{Coverage, Limits, Report, Verdict};
