//! What the desk counts, for metrics and health.

use std::time::Duration;

/// Upper bounds of a histogram's buckets, in seconds; what is longer counts in one more.
pub const BOUNDS: [f64; 14] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// How often something took how long.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Histogram {
    /// How many were within each of [`BOUNDS`] and not within the one before it, then how many were longer than all.
    pub counts: [u64; BOUNDS.len() + 1],
    /// All durations together.
    pub sum: Duration,
}

impl Histogram {
    /// Counts one.
    pub(super) fn add(&mut self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        if let Some(count) = self.counts.get_mut(bucket) {
            *count = count.saturating_add(1);
        }
        self.sum = self.sum.saturating_add(duration);
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// One lane.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LaneStats {
    /// Jobs that wait.
    pub waiting: u64,
    /// Jobs workers are at.
    pub in_work: u64,
    /// Jobs that were answered, by a report or a failure.
    pub done: u64,
    /// How long jobs waited before a worker took them.
    pub waits: Histogram,
    /// How long workers took.
    pub work: Histogram,
}

/// The workers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkerStats {
    /// Places for workers.
    pub places: u64,
    /// Those at work.
    pub busy: u64,
    /// Those that wait for work.
    pub idle: u64,
    /// Places whose worker is being started.
    pub starting: u64,
    /// Places for which no worker can be started at present.
    pub vacant: u64,
    /// Workers started so far, the first ones included.
    pub hired: u64,
    /// Attempts to start one that failed.
    pub not_hired: u64,
    /// Workers replaced because they had done as many jobs as one may.
    pub recycled: u64,
    /// Times all workers were replaced by those of another setup.
    pub reloads: u64,
    /// Times that failed, so that the old ones stayed.
    pub reloads_failed: u64,
}

/// Workers that were lost, by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LossStats {
    /// Died by themselves.
    pub crashed: u64,
    /// Asked for more memory than they may have.
    pub out_of_memory: u64,
    /// Were killed at the deadline.
    pub timed_out: u64,
    /// Were killed because nobody waited for the answer any more.
    pub given_up: u64,
}

/// The kept reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Requests answered by a kept report.
    pub hits: u64,
    /// Requests for which none was kept.
    pub misses: u64,
    /// Reports kept.
    pub entries: u64,
    /// Bytes they take, estimated.
    pub bytes: u64,
}

/// Requests that were not examined, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefusedStats {
    /// Too much was waiting.
    pub overloaded: u64,
    /// Their turn did not come before their deadline.
    pub expired: u64,
    /// Too large.
    pub too_large: u64,
    /// The daemon was stopping.
    pub stopping: u64,
}

/// What a desk counted since it was opened, and how it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// Small inputs.
    pub small: LaneStats,
    /// Large inputs.
    pub large: LaneStats,
    /// Bytes of all inputs that wait or are in work.
    pub bytes: u64,
    /// The workers.
    pub workers: WorkerStats,
    /// Workers lost.
    pub lost: LossStats,
    /// Kept reports.
    pub cache: CacheStats,
    /// Requests that joined one for the same bytes.
    pub joined: u64,
    /// Requests whose caller went away before the answer.
    pub given_up: u64,
    /// Requests answered without a scan because their bytes had killed workers too often.
    pub poisoned: u64,
    /// Small inputs that turned out to be much work and were handed over to the large lane.
    pub handed_over: u64,
    /// Requests not examined.
    pub refused: RefusedStats,
    /// Digest of the rules in force.
    pub rules: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_in_the_first_bucket_that_holds_it() {
        let mut histogram = Histogram::default();
        histogram.add(Duration::from_millis(1));
        histogram.add(Duration::from_micros(1_001));
        histogram.add(Duration::from_secs(61));
        assert_eq!(histogram.counts[0], 1);
        assert_eq!(histogram.counts[1], 1);
        assert_eq!(histogram.counts[BOUNDS.len()], 1);
        assert_eq!(histogram.count(), 3);
        assert_eq!(histogram.sum, Duration::from_micros(61_002_001));
    }
}
