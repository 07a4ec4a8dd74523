//! What the desk knows at one moment: who waits, who works. Everything here is short, and nothing blocks under its lock.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::admission::{Bounds, Crowd, Pace};
use super::cache::Cache;
use super::flight::{Flight, Outcome, Phase};
use super::hand::{Hand, House};
use super::key::Digest;
use super::lanes::{Lane, Lanes};
use super::poison::Poison;
use super::reload::Reload;
use super::stats::{LaneStats, Stats};
use crate::gate::checkpoint::Refused;

/// Whether a place has a worker, and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// One is being started.
    Starting,
    /// It waits for work.
    Idle,
    /// It is at work of this lane.
    Busy(Lane),
    /// None could be started.
    Vacant,
    /// The place is closed.
    Gone,
}

/// A worker and the house it is of.
pub(super) struct Staffed {
    pub(super) hand: Box<dyn Hand>,
    pub(super) house: Arc<House>,
}

/// A place for one worker.
pub(super) struct Place {
    /// It takes small inputs only.
    pub(super) is_reserved: bool,
    pub(super) status: Status,
    /// The worker that is to take over before the next job.
    pub(super) spare: Option<Staffed>,
}

impl Place {
    /// Whether it has a worker, or may have one at any moment.
    fn is_staffed(&self) -> bool {
        !matches!(self.status, Status::Vacant | Status::Gone)
    }
}

/// The state of the desk.
pub(super) struct Board {
    pub(super) house: Arc<House>,
    pub(super) lanes: Lanes,
    pub(super) flights: HashMap<u64, Flight>,
    pub(super) by_key: HashMap<Digest, u64>,
    pub(super) places: Vec<Place>,
    pub(super) small_pace: Pace,
    pub(super) large_pace: Pace,
    pub(super) serial: u64,
    /// Requests at the desk, and the bytes they hold.
    pub(super) callers: u64,
    pub(super) bytes: u64,
    /// No new requests.
    pub(super) is_stopping: bool,
    /// No more work at all.
    pub(super) is_closed: bool,
    pub(super) stats: Stats,
}

/// What callers and places share.
pub(super) struct Shared {
    board: Mutex<Board>,
    /// Work a reserved place may take.
    small_work: Condvar,
    /// Work any other place may take.
    any_work: Condvar,
    /// Something for places without a worker.
    vacancy: Condvar,
    /// The last caller has gone, or the last place was closed.
    pub(super) quiet: Notify,
    pub(super) cache: Mutex<Cache>,
    pub(super) poison: Poison,
    pub(super) bounds: Bounds,
    pub(super) reload: Mutex<Reload>,
}

impl Shared {
    pub(super) fn new(house: Arc<House>, reserved: &[bool], bounds: Bounds, cache: Cache, poison: Poison) -> Arc<Self> {
        let place = |is_reserved: &bool| Place { is_reserved: *is_reserved, status: Status::Starting, spare: None };
        let board = Board {
            house,
            lanes: Lanes::default(),
            flights: HashMap::new(),
            by_key: HashMap::new(),
            places: reserved.iter().map(place).collect(),
            small_pace: Pace::default(),
            large_pace: Pace::default(),
            serial: 0,
            callers: 0,
            bytes: 0,
            is_stopping: false,
            is_closed: false,
            stats: Stats::default(),
        };
        Arc::new(Shared {
            board: Mutex::new(board),
            small_work: Condvar::new(),
            any_work: Condvar::new(),
            vacancy: Condvar::new(),
            quiet: Notify::new(),
            cache: Mutex::new(cache),
            poison,
            bounds,
            reload: Mutex::default(),
        })
    }

    pub(super) fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a place to work that was queued in a lane. A place that is called and finds nothing goes back to wait.
    pub(super) fn call(&self, lane: Lane) {
        if lane == Lane::Small {
            self.small_work.notify_one();
        }
        self.any_work.notify_one();
        self.vacancy.notify_all();
    }

    /// Calls every place: something concerns them all.
    pub(super) fn call_all(&self) {
        self.small_work.notify_all();
        self.any_work.notify_all();
        self.vacancy.notify_all();
    }

    /// Waits until a place of this sort is called.
    pub(super) fn wait<'a>(&self, board: MutexGuard<'a, Board>, is_reserved: bool) -> MutexGuard<'a, Board> {
        let condvar = if is_reserved { &self.small_work } else { &self.any_work };
        condvar.wait(board).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is something for a place without a worker, or this long.
    pub(super) fn wait_vacant<'a>(&self, board: MutexGuard<'a, Board>, at_most: Duration) -> MutexGuard<'a, Board> {
        self.vacancy.wait_timeout(board, at_most).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Ends everything: who waits is turned away, who works is stopped, places close.
    pub(super) fn close(&self) {
        let gone: Vec<Flight> = {
            let mut board = self.board();
            board.is_closed = true;
            board.lanes = Lanes::default();
            board.by_key.clear();
            let gone: Vec<Flight> = board.flights.drain().map(|(_, flight)| flight).collect();
            for flight in &gone {
                if let Phase::InWork(stopper) = &flight.phase {
                    stopper.stop();
                }
            }
            for place in &mut board.places {
                place.spare = None;
            }
            gone
        };
        for flight in gone {
            flight.answer(Outcome::Refused(Refused::Stopping));
        }
        self.call_all();
    }
}

impl Board {
    /// Sets what a place does.
    pub(super) fn set(&mut self, index: usize, status: Status) {
        if let Some(place) = self.places.get_mut(index) {
            place.status = status;
        }
    }

    /// Whether a place could take work of this lane: at once or after what it is at.
    pub(super) fn is_served(&self, lane: Lane) -> bool {
        let can = |place: &&Place| lane == Lane::Small || !place.is_reserved;
        self.places.iter().filter(can).any(Place::is_staffed)
    }

    /// Whether one more with this deadline may wait.
    pub(super) fn is_open(&self, bounds: &Bounds, lane: Lane, deadline: Instant) -> bool {
        let (servers, pace) = match lane {
            Lane::Small => (self.servers(), self.small_pace),
            Lane::Large => {
                (self.places.iter().filter(|place| !place.is_reserved && place.is_staffed()).count(), self.large_pace)
            }
        };
        let crowd = Crowd { waiting: self.lanes.waiting(lane), servers, mean: pace.mean() };
        bounds.is_open(lane, crowd, deadline.saturating_duration_since(Instant::now()))
    }

    /// How long jobs of a lane take of late.
    pub(super) fn pace(&mut self, lane: Lane) -> &mut Pace {
        match lane {
            Lane::Small => &mut self.small_pace,
            Lane::Large => &mut self.large_pace,
        }
    }

    /// Places small inputs can count on: the reserved ones, and while nothing large waits those that are not at it.
    fn servers(&self) -> usize {
        let has_large = self.lanes.waiting(Lane::Large) > 0;
        let is_at_large = |place: &Place| place.status == Status::Busy(Lane::Large);
        let counts = |place: &&Place| place.is_staffed() && !is_at_large(place) && (place.is_reserved || !has_large);
        self.places.iter().filter(counts).count()
    }

    /// Takes a job out of the books.
    pub(super) fn take_out(&mut self, id: u64) -> Option<Flight> {
        let flight = self.flights.remove(&id)?;
        self.forget_key(flight.key, id);
        Some(flight)
    }

    /// Lets nobody join a job any more.
    pub(super) fn forget_key(&mut self, key: Option<Digest>, id: u64) {
        if let Some(key) = key.filter(|key| self.by_key.get(key) == Some(&id)) {
            self.by_key.remove(&key);
        }
    }

    /// The counters of a lane.
    pub(super) fn lane(&mut self, lane: Lane) -> &mut LaneStats {
        match lane {
            Lane::Small => &mut self.stats.small,
            Lane::Large => &mut self.stats.large,
        }
    }

    /// The counters with how things stand.
    pub(super) fn snapshot(&self) -> Stats {
        let count =
            |wanted: fn(Status) -> bool| to_u64(self.places.iter().filter(|place| wanted(place.status)).count());
        let mut stats = self.stats.clone();
        stats.small.waiting = to_u64(self.lanes.waiting(Lane::Small));
        stats.large.waiting = to_u64(self.lanes.waiting(Lane::Large));
        stats.small.in_work = count(|status| status == Status::Busy(Lane::Small));
        stats.large.in_work = count(|status| status == Status::Busy(Lane::Large));
        stats.bytes = self.bytes;
        stats.workers.places = to_u64(self.places.len());
        stats.workers.busy = stats.small.in_work.saturating_add(stats.large.in_work);
        stats.workers.idle = count(|status| status == Status::Idle);
        stats.workers.starting = count(|status| status == Status::Starting);
        stats.workers.vacant = count(|status| status == Status::Vacant);
        self.house.agency.rules().clone_into(&mut stats.rules);
        stats
    }
}

/// Counts are far from either limit.
pub(super) fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
