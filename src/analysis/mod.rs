//! Looks that do not depend on one format.

use crate::stage::Analyzer;

/// Analyzers run on every artifact, in this order.
pub const ANALYZERS: &[&dyn Analyzer] = &[];
