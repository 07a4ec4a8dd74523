//! Findings to verdict, by `rules/policy.toml`.

mod policy;
mod score;

pub use policy::Policy;
pub use score::judge;
