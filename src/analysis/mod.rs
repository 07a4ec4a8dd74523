//! Looks that do not depend on one format.

pub mod iocs;
pub mod names;
pub mod text;

use crate::stage::Analyzer;

/// Analyzers run on every artifact, in this order.
pub const ANALYZERS: &[&dyn Analyzer] = &[&names::Names, &iocs::Indicators];
