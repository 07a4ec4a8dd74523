//! The verbs: what a stage is, what a format folder declares, and the one sink every stage writes into.

mod analyze;
mod correlate;
mod error;
mod format;
mod outcome;
mod unpack;

pub use analyze::Analyzer;
pub use correlate::Correlator;
pub use error::StageError;
pub use format::{Family, FormatSpec, Magic, Probe, Reading, Reference};
pub use outcome::{Child, Outcome, PasswordTry, Said};
pub use unpack::Unpacker;

/// The finding kinds a stage may raise; the catalogue gathers them.
pub type Kinds = &'static [&'static crate::model::FindingKind];
