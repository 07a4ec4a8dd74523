//! The only place that knows all stages: it runs them over the tree and hands the tree to the verdict.

mod assemble;
mod correspondence;
mod crew;
mod findings;
mod isolation;
mod joining;
mod overheard;
mod pipeline;
mod repeats;
mod scanner;
mod scheduler;

pub use correspondence::Correspondence;
pub use findings::{KINDS, LIMIT_REACHED, STAGE_PANICKED};
pub use pipeline::Keep;
pub use scanner::{ScanOptions, Scanner, Submission};
