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
    /// How long a small input may expect to wait; a large one, until its deadline. The lane is closed to more, even if it has room: a queue that only ever
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
            // What a job costs beside the worker's own time makes it two to three times as long on a machine that is full.
            wait: Duration::from_millis(200),
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

    /// Whether one more that has so much time may wait in a lane.
    pub(super) fn is_open(&self, lane: Lane, crowd: Crowd, left: Duration) -> bool {
        let (most, wait, always) = match lane {
            Lane::Small => (self.small_waiting, self.wait.min(left), ALWAYS),
            Lane::Large => (self.large_waiting, left, 0),
        };
        crowd.waiting < most && (crowd.waiting < always || crowd.wait() <= wait)
    }
}

/// Those who wait in a lane, and what that means for one more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crowd {
    /// How many wait.
    pub(super) waiting: usize,
    /// Workers they can count on.
    pub(super) servers: usize,
    /// How long one takes.
    pub(super) mean: Duration,
}

impl Crowd {
    /// How long one more would wait before a worker took it, by what is known.
    fn wait(self) -> Duration {
        let turns = u32::try_from(self.waiting / self.servers.max(1)).unwrap_or(u32::MAX);
        self.mean.saturating_mul(turns)
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

    const LEFT: Duration = Duration::from_secs(100);

    fn crowd(waiting: usize, servers: usize, milliseconds: u64) -> Crowd {
        Crowd { waiting, servers, mean: Duration::from_millis(milliseconds) }
    }

    #[test]
    fn lanes_are_bounded_by_count() {
        let bounds = Bounds::new(&Queue { small_waiting: 3, large_waiting: 2, ..Queue::default() });
        assert!(bounds.is_open(Lane::Small, crowd(2, 1, 0), LEFT));
        assert!(!bounds.is_open(Lane::Small, crowd(3, 1, 0), LEFT));
        assert!(bounds.is_open(Lane::Large, crowd(1, 1, 60_000), LEFT));
        assert!(!bounds.is_open(Lane::Large, crowd(2, 1, 0), LEFT));
    }

    #[test]
    fn the_small_lane_closes_when_the_wait_would_be_long() {
        let bounds = Bounds::new(&Queue::default());
        assert!(bounds.is_open(Lane::Small, crowd(40, 1, 5), LEFT));
        assert!(!bounds.is_open(Lane::Small, crowd(41, 1, 5), LEFT));
        assert!(bounds.is_open(Lane::Small, crowd(81, 2, 5), LEFT));
        assert!(bounds.is_open(Lane::Small, crowd(15, 1, 2_000), LEFT), "a few may always wait");
    }

    #[test]
    fn nothing_is_let_in_that_would_only_expire() {
        let bounds = Bounds::new(&Queue::default());
        assert!(bounds.is_open(Lane::Large, crowd(10, 1, 10_000), LEFT));
        assert!(!bounds.is_open(Lane::Large, crowd(11, 1, 10_000), LEFT));
        assert!(bounds.is_open(Lane::Large, crowd(0, 1, 200_000), LEFT), "nobody is before it");
        assert!(!bounds.is_open(Lane::Small, crowd(30, 1, 5), Duration::from_millis(100)));
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
