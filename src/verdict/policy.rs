//! Weights, thresholds and floors: what `rules/policy.toml` says.

/// The policy.
#[derive(Debug, Clone, Default)]
pub struct Policy {}

impl Policy {
    /// The shipped policy.
    pub fn shipped() -> Self {
        Policy {}
    }
}
