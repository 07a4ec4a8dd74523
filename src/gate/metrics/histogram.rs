//! How long things took, in fixed steps.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::exposition::Exposition;

/// Upper ends of the steps, as written, and in microseconds. A small mail is read in a millisecond, the longest scan is cut
/// off after two minutes.
pub const BOUNDS: [(&str, u64); 16] = [
    ("0.001", 1_000),
    ("0.0025", 2_500),
    ("0.005", 5_000),
    ("0.01", 10_000),
    ("0.025", 25_000),
    ("0.05", 50_000),
    ("0.1", 100_000),
    ("0.25", 250_000),
    ("0.5", 500_000),
    ("1.0", 1_000_000),
    ("2.5", 2_500_000),
    ("5.0", 5_000_000),
    ("10.0", 10_000_000),
    ("30.0", 30_000_000),
    ("60.0", 60_000_000),
    ("120.0", 120_000_000),
];

/// Counts of durations by step, and their sum.
#[derive(Debug, Default)]
pub struct Histogram {
    steps: [AtomicU64; BOUNDS.len()],
    beyond: AtomicU64,
    microseconds: AtomicU64,
}

impl Histogram {
    /// Counts one.
    pub fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let step = BOUNDS.iter().position(|(_, bound)| micros <= *bound);
        step.and_then(|at| self.steps.get(at)).unwrap_or(&self.beyond).fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(micros, Ordering::Relaxed);
    }

    /// Adds it to a page under a name, with these labels besides `le`. The count is the sum of what is written in the same
    /// pass, so that the page agrees with itself while others count.
    pub fn expose(&self, page: &mut Exposition, name: &'static str, labels: &[(&'static str, &str)]) {
        let mut sum = 0u64;
        for ((bound, _), step) in BOUNDS.iter().zip(&self.steps) {
            sum = sum.saturating_add(step.load(Ordering::Relaxed));
            page.bucket(name, labels, bound, sum);
        }
        sum = sum.saturating_add(self.beyond.load(Ordering::Relaxed));
        page.bucket(name, labels, "+Inf", sum);
        page.sum_and_count(name, labels, self.microseconds.load(Ordering::Relaxed), sum);
    }
}
