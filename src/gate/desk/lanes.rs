//! Two queues by size. Within a lane the earliest deadline comes first.

use std::collections::BTreeSet;
use std::time::Instant;

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// What is small, and should never wait for what is not.
    Small,
    /// The rest.
    Large,
}

/// Small jobs in a row that a free-for-all place takes while large ones wait; then it takes a large one. Under a lasting
/// flood of small mail the large still move, and in a mixed load a large job delays at most one place at a time; the
/// reserved places take none.
const SMALL_IN_A_ROW: u32 = 4;

/// What waits, by ticket.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    small: BTreeSet<(Instant, u64)>,
    large: BTreeSet<(Instant, u64)>,
    in_a_row: u32,
}

impl Lanes {
    /// Queues a ticket that is due then.
    pub(super) fn place(&mut self, lane: Lane, due: Instant, ticket: u64) {
        self.of(lane).insert((due, ticket));
    }

    /// Takes a ticket out.
    pub(super) fn remove(&mut self, lane: Lane, due: Instant, ticket: u64) {
        self.of(lane).remove(&(due, ticket));
    }

    /// How many wait.
    pub(super) fn waiting(&self, lane: Lane) -> usize {
        match lane {
            Lane::Small => self.small.len(),
            Lane::Large => self.large.len(),
        }
    }

    /// The most urgent of a lane.
    pub(super) fn take_from(&mut self, lane: Lane) -> Option<u64> {
        self.of(lane).pop_first().map(|(_, ticket)| ticket)
    }

    /// The next job for a place that is reserved for small ones.
    pub(super) fn take_small(&mut self) -> Option<u64> {
        self.take_from(Lane::Small)
    }

    /// The next job for a place that takes any.
    pub(super) fn take_any(&mut self) -> Option<u64> {
        if self.large.is_empty() {
            self.in_a_row = 0;
            return self.take_from(Lane::Small);
        }
        if self.small.is_empty() || self.in_a_row >= SMALL_IN_A_ROW {
            self.in_a_row = 0;
            return self.take_from(Lane::Large);
        }
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.take_from(Lane::Small)
    }

    fn of(&mut self, lane: Lane) -> &mut BTreeSet<(Instant, u64)> {
        match lane {
            Lane::Small => &mut self.small,
            Lane::Large => &mut self.large,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_earliest_deadline_comes_first() {
        let now = Instant::now();
        let mut lanes = Lanes::default();
        lanes.place(Lane::Small, now + Duration::from_secs(2), 1);
        lanes.place(Lane::Small, now + Duration::from_secs(1), 2);
        lanes.place(Lane::Small, now + Duration::from_secs(1), 3);
        let order: Vec<u64> = std::iter::from_fn(|| lanes.take_small()).collect();
        assert_eq!(order, [2, 3, 1]);
    }

    #[test]
    fn small_ones_overtake_and_large_ones_do_not_starve() {
        let now = Instant::now();
        let mut lanes = Lanes::default();
        for ticket in 0..3 {
            lanes.place(Lane::Large, now, 100 + ticket);
        }
        for ticket in 0..20 {
            lanes.place(Lane::Small, now + Duration::from_secs(1), ticket);
        }
        let order: Vec<u64> = (0..15).filter_map(|_| lanes.take_any()).collect();
        assert_eq!(order, [0, 1, 2, 3, 100, 4, 5, 6, 7, 101, 8, 9, 10, 11, 102]);
    }

    #[test]
    fn a_reserved_place_takes_no_large_one() {
        let mut lanes = Lanes::default();
        lanes.place(Lane::Large, Instant::now(), 1);
        assert_eq!(lanes.take_small(), None);
        assert_eq!(lanes.take_any(), Some(1));
    }

    #[test]
    fn what_is_removed_does_not_come() {
        let now = Instant::now();
        let mut lanes = Lanes::default();
        lanes.place(Lane::Small, now, 1);
        lanes.remove(Lane::Small, now, 1);
        lanes.remove(Lane::Small, now, 2);
        assert_eq!(lanes.waiting(Lane::Small), 0);
        assert_eq!(lanes.take_any(), None);
    }
}
