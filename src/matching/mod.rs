//! YARA-X behind our own types: rules compiled once, one scanner per thread, matches as findings. The only importer of
//! `yara_x`; without the `yara` feature every scan says that rules were not applied.

mod error;
mod finding;
mod source;

#[cfg(feature = "yara")]
mod compile;
#[cfg(feature = "yara")]
mod lint;
#[cfg(feature = "yara")]
mod scan;

#[cfg(not(feature = "yara"))]
mod absent;

#[cfg(not(feature = "yara"))]
pub use absent::RuleSet;
#[cfg(feature = "yara")]
pub use compile::RuleSet;
pub use error::RuleError;
pub use finding::{KINDS, YARA_RULE_MATCHED};
#[cfg(feature = "yara")]
pub use lint::{Complaint, lint};
pub use source::{RuleSource, shipped_sources};
