//! How much may wait. What is over is turned away at once: the mail server keeps the mail and comes again, which costs less
//! than an answer that comes when nobody waits for it any more.

use std::time::Duration;

use super::lanes::Lane;
use crate::config::Queue;

/// What may wait, and how long things may take.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    /// Bytes up to which an input is small.
    pub(super) small: u64,
    small_waiting: usize,
    large_waiting: usize,
    bytes: u64,
    max_input: u64,
    /// How long a small input may expect to wait. The lane is closed to more, even if it has room: a queue that only ever
    /// grows makes everything late and helps nobody.
    pub(super) wait: Duration,
    /// What a reserved place spends on a small input before it hands it over to the large lane: size is only a guess of
    /// the work, and a bomb of a few kilobytes must not hold up the mail behind it.
    pub(super) patience: Duration,
    /// Time in work from which on an unfinished scan counts against the bytes and not against the load.
    pub(super) fair: Duration,
}

/// Small inputs that may wait whatever is expected: a few slow ones say nothing about the rest.
const ALWAYS: usize = 16;
/// The part of the bytes that only small inputs may take, so that large ones never leave no room for them: an eighth.
const KEPT_FOR_SMALL: u64 = 8;

impl Bounds {
    pub(super) fn new(queue: &Queue) -> Self {
        Bounds {
            small: queue.small,
            small_waiting: queue.small_waiting,
            large_waiting: queue.large_waiting,
            bytes: queue.bytes,
            max_input: queue.max_input,
            wait: Duration::from_millis(500),
            patience: Duration::from_secs(2),
            fair: Duration::from_secs(10),
        }
    }

    /// The lane for an input of this size.
    pub(super) fn lane(&self, size: u64) -> Lane {
        if size <= self.small { Lane::Small } else { Lane::Large }
    }

    /// Whether an input of this size is taken at all.
    pub(super) fn is_readable(&self, size: u64) -> bool {
        size <= self.max_input
    }

    /// Whether there is room for this many more bytes beside those held.
    pub(super) fn has_room(&self, held: u64, size: u64) -> bool {
        let ceiling = match self.lane(size) {
            Lane::Small => self.bytes,
            Lane::Large => self.bytes.saturating_sub(self.bytes / KEPT_FOR_SMALL),
        };
        held.saturating_add(size) <= ceiling
    }

    /// Whether one more may wait in a lane where so many wait, for so many workers, each taking so long for one.
    pub(super) fn is_open(&self, lane: Lane, waiting: usize, servers: usize, mean: Duration) -> bool {
        match lane {
            Lane::Large => waiting < self.large_waiting,
            Lane::Small if waiting >= self.small_waiting => false,
            Lane::Small => {
                let turns = u32::try_from(waiting / servers.max(1)).unwrap_or(u32::MAX);
                waiting < ALWAYS || mean.saturating_mul(turns) <= self.wait
            }
        }
    }
}

/// How long one job takes of late: a mean in which each new one counts an eighth.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace(Duration);

impl Pace {
    /// Counts one.
    pub(super) fn add(&mut self, took: Duration) {
        self.0 = if self.0.is_zero() { took } else { self.0.saturating_mul(7).saturating_add(took) / 8 };
    }

    /// The mean; nothing before the first.
    pub(super) fn mean(self) -> Duration {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_bounded_by_count() {
        let bounds = Bounds::new(&Queue { small_waiting: 3, large_waiting: 2, ..Queue::default() });
        assert!(bounds.is_open(Lane::Small, 2, 1, Duration::ZERO));
        assert!(!bounds.is_open(Lane::Small, 3, 1, Duration::ZERO));
        assert!(bounds.is_open(Lane::Large, 1, 1, Duration::from_secs(60)));
        assert!(!bounds.is_open(Lane::Large, 2, 1, Duration::ZERO));
    }

    #[test]
    fn the_small_lane_closes_when_the_wait_would_be_long() {
        let bounds = Bounds::new(&Queue::default());
        assert!(bounds.is_open(Lane::Small, 100, 1, Duration::from_millis(5)));
        assert!(!bounds.is_open(Lane::Small, 101, 1, Duration::from_millis(5)));
        assert!(bounds.is_open(Lane::Small, 201, 2, Duration::from_millis(5)));
        assert!(bounds.is_open(Lane::Small, 15, 1, Duration::from_secs(2)), "a few may always wait");
    }

    #[test]
    fn large_inputs_leave_room_for_small_ones() {
        let bounds = Bounds::new(&Queue { bytes: 80 << 20, ..Queue::default() });
        assert!(bounds.has_room(20 << 20, 50 << 20));
        assert!(!bounds.has_room(21 << 20, 50 << 20));
        assert!(bounds.has_room(79 << 20, 1 << 20));
        assert!(!bounds.has_room(80 << 20, 1));
        assert!(!bounds.has_room(u64::MAX, u64::MAX));
    }

    #[test]
    fn the_pace_follows_what_happens() {
        let mut pace = Pace::default();
        assert_eq!(pace.mean(), Duration::ZERO);
        pace.add(Duration::from_millis(8));
        assert_eq!(pace.mean(), Duration::from_millis(8));
        pace.add(Duration::from_millis(16));
        assert_eq!(pace.mean(), Duration::from_millis(9));
    }
}
