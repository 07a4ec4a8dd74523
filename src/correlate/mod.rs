//! Reasoning over the whole tree: what two artifacts mean together.

use crate::stage::Correlator;

/// Correlators, in the order they run; each sees the findings of those before it.
pub const CORRELATORS: &[&dyn Correlator] = &[];
