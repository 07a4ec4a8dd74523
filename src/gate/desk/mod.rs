//! Hands work to workers: two lanes by size with workers reserved for the small one, bounded queues, the same bytes once at
//! a time, a cache of reports, deadlines that end the work, and workers replaced without a pause.
//!
//! Each worker has a place ([`slots`]), a thread that takes the most urgent job of the lanes it serves and blocks on the
//! worker's answer. Callers are async and wait for a message. All they share is the [`board`].

mod admission;
mod board;
mod cache;
mod flight;
mod hand;
mod key;
mod lanes;
mod poison;
mod reload;
mod slots;
mod stats;
#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::timeout_at;
use tracing::error;

pub use poison::DeathLog;
pub use stats::{BOUNDS, CacheStats, Histogram, LaneStats, LossStats, RefusedStats, Stats, WorkerStats};

use self::admission::Bounds;
use self::board::{Shared, Status, to_u64};
use self::cache::{Cache, Kept};
use self::flight::{Errand, Order, Outcome, Ticket};
use self::hand::{Agency, House, Staff};
use self::key::Digest;
use self::poison::Poison;
use super::checkpoint::{Examined, Refused, Request};
use crate::config::{Queue, Workers};
use crate::model::{PasswordHint, Report};
use crate::worker::{Failure, Replacement, Rewritten, Workshop, failure_report};

/// The desk. Cheap to clone; all clones are one, and with the last the workers go.
#[derive(Clone)]
pub struct Desk {
    shared: Arc<Shared>,
    _keeper: Arc<Keeper>,
}

/// Closes the desk when nobody can ask it any more.
struct Keeper(Arc<Shared>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Bytes that are digested where they are: less than handing them to another thread takes notice of.
const DIGEST_HERE: usize = 64 << 10;
/// Times a request looks for another job after the one it joined had less time than itself.
const ROUNDS: usize = 3;
/// The time that must be left for that.
const WORTH_ANOTHER: Duration = Duration::from_secs(1);
/// How long closed places may take to let their workers go.
const FAREWELL: Duration = Duration::from_secs(2);

impl Desk {
    /// Opens a desk and has its workers hired, which goes on after this returns.
    pub fn open(workshop: Arc<Workshop>, workers: &Workers, queue: &Queue) -> Self {
        Desk::open_remembering(workshop, workers, queue, None)
    }

    /// As [`Desk::open`], keeping there which bytes killed workers.
    pub fn open_remembering(
        workshop: Arc<Workshop>,
        workers: &Workers,
        queue: &Queue,
        deaths: Option<Arc<dyn DeathLog>>,
    ) -> Self {
        Desk::staffed(Arc::new(Staff(workshop)), workers, queue, Bounds::new(queue), deaths)
    }

    fn staffed(
        agency: Arc<dyn Agency>,
        workers: &Workers,
        queue: &Queue,
        bounds: Bounds,
        deaths: Option<Arc<dyn DeathLog>>,
    ) -> Self {
        let count = workers.count.max(1);
        // Somebody must take the large ones.
        let reserved = workers.reserved.min(count.saturating_sub(1));
        let places: Vec<bool> = (0..count).map(|index| index < reserved).collect();
        let cache = Cache::new(queue.cache, queue.cache_for);
        let poison = Poison::new(queue.poison_after, deaths);
        let shared = Shared::new(House::new(agency), &places, bounds, cache, poison);
        for index in 0..count {
            let place = shared.clone();
            let started =
                std::thread::Builder::new().name(format!("desk-{index}")).spawn(move || slots::run(&place, index));
            if let Err(error) = started {
                error!(%error, "a place for a worker cannot be opened");
                shared.board().set(index, Status::Gone);
            }
        }
        Desk { _keeper: Arc::new(Keeper(shared.clone())), shared }
    }

    /// Has a worker examine something. Never takes longer than until the deadline, and gives the work up if the future is
    /// dropped and nobody else waits for the same.
    pub async fn examine(&self, request: Request) -> Result<Examined, Refused> {
        self.examine_given(request, Vec::new()).await
    }

    /// As [`Desk::examine`], trying passwords that were offered elsewhere.
    pub async fn examine_given(&self, request: Request, offered: Vec<PasswordHint>) -> Result<Examined, Refused> {
        let refused = match self.try_examine(request, offered).await {
            Ok(examined) => return Ok(examined),
            Err(refused) => refused,
        };
        let counters = &mut self.shared.board().stats.refused;
        let counter = match refused {
            Refused::Overloaded => &mut counters.overloaded,
            Refused::Expired => &mut counters.expired,
            Refused::TooLarge => &mut counters.too_large,
            Refused::Stopping => &mut counters.stopping,
        };
        *counter = counter.saturating_add(1);
        Err(refused)
    }

    async fn try_examine(&self, request: Request, offered: Vec<PasswordHint>) -> Result<Examined, Refused> {
        let Request { name, bytes, deadline, .. } = request;
        let _caller = Caller::enter(&self.shared, &bytes, deadline)?;
        let last_line = last_line(deadline);
        let content = timeout_at(last_line.into(), digest(&bytes)).await.map_err(|_| Refused::Expired)??;
        for round in 1..=ROUNDS {
            let house = self.shared.board().house.clone();
            let key = key::scan(content, &name, &offered, house.stamp);
            if let Some(kept) = self.kept(&key) {
                return Ok(Examined { from_cache: true, ..slots::examined(key, kept) });
            }
            if let Some(deaths) = self.shared.poison.is_poison(&content) {
                self.count_poisoned();
                let failure = Failure::Crashed { how: format!("{deaths} times, so it is not read again") };
                let failed = failed(&house, key, &name, &bytes, failure).await?;
                return Ok(Examined { poison: Some(deaths), ..failed });
            }
            let errand = Errand::Scan { content, name: name.clone(), offered: offered.clone() };
            let order = Order { errand, bytes: bytes.clone(), deadline, key: Some(key) };
            let mut ticket = self.shared.submit(order)?;
            match timeout_at(last_line.into(), &mut ticket.answer).await {
                // Whoever it joined had less time.
                Ok(Ok(Outcome::Examined(Examined { failure: Some(Failure::TimedOut), .. })))
                    if ticket.has_joined
                        && round < ROUNDS
                        && deadline.saturating_duration_since(Instant::now()) > WORTH_ANOTHER => {}
                Ok(Ok(Outcome::Examined(examined))) => return Ok(examined),
                Ok(Ok(Outcome::Refused(refused))) => return Err(refused),
                Ok(_) => return Err(Refused::Stopping),
                Err(_) => return late(ticket, &house, key, &name, &bytes).await,
            }
        }
        Err(Refused::Expired)
    }

    /// Has a worker take attachments out of a message.
    pub async fn rewrite(&self, message: Bytes, replacement: Replacement, deadline: Instant) -> Option<Rewritten> {
        let _caller = Caller::enter_exempt(&self.shared, &message);
        let order = Order { errand: Errand::Rewrite(replacement), bytes: message, deadline, key: None };
        let mut ticket = self.shared.submit(order).ok()?;
        match timeout_at(last_line(deadline).into(), &mut ticket.answer).await {
            Ok(Ok(Outcome::Rewritten(rewritten))) => rewritten,
            _ => None,
        }
    }

    /// Puts workers of another workshop to work: they are hired while the old ones go on, and each takes over between two
    /// jobs. Returns at once. If they cannot be hired, the old ones stay.
    pub fn replace(&self, workshop: Arc<Workshop>) {
        self.shared.replace(Arc::new(Staff(workshop)));
    }

    /// Takes no more requests, answers those at the desk within this time, then turns the rest away and lets the workers go.
    pub async fn stop(&self, grace: Duration) {
        self.shared.board().is_stopping = true;
        self.until(grace, |board| board.callers == 0).await;
        self.shared.close();
        self.until(FAREWELL, |board| board.places.iter().all(|place| place.status == Status::Gone)).await;
    }

    /// A report by its id, if it is still at hand.
    pub fn report(&self, id: &str) -> Option<Arc<Report>> {
        self.shared.cache.lock().unwrap_or_else(PoisonError::into_inner).find(id, Instant::now())
    }

    /// What it counted, and how it stands.
    pub fn stats(&self) -> Stats {
        let mut stats = self.shared.board().snapshot();
        let cache = self.shared.cache.lock().unwrap_or_else(PoisonError::into_inner);
        stats.cache.entries = to_u64(cache.len());
        stats.cache.bytes = to_u64(cache.bytes());
        stats
    }

    fn kept(&self, key: &Digest) -> Option<Kept> {
        let kept = self.shared.cache.lock().unwrap_or_else(PoisonError::into_inner).get(key, Instant::now());
        let counters = &mut self.shared.board().stats.cache;
        let counter = if kept.is_some() { &mut counters.hits } else { &mut counters.misses };
        *counter = counter.saturating_add(1);
        kept
    }

    fn count_poisoned(&self) {
        let stats = &mut self.shared.board().stats;
        stats.poisoned = stats.poisoned.saturating_add(1);
    }

    async fn until(&self, at_most: Duration, is_done: fn(&board::Board) -> bool) {
        let wait = async {
            loop {
                let mut called = std::pin::pin!(self.shared.quiet.notified());
                // From here on no call is missed.
                called.as_mut().enable();
                if is_done(&self.shared.board()) {
                    return;
                }
                called.await;
            }
        };
        let _ = tokio::time::timeout(at_most, wait).await;
    }
}

/// Somebody at the desk, and the bytes they hold.
struct Caller<'a> {
    shared: &'a Shared,
    size: u64,
}

impl<'a> Caller<'a> {
    fn enter(shared: &'a Shared, bytes: &Bytes, deadline: Instant) -> Result<Self, Refused> {
        let size = size(bytes);
        if !shared.bounds.is_readable(size) {
            return Err(Refused::TooLarge);
        }
        if deadline <= Instant::now() {
            return Err(Refused::Expired);
        }
        let mut board = shared.board();
        if board.is_stopping {
            return Err(Refused::Stopping);
        }
        // Turned away before the digest where that costs much; what is short may still be known, or be joined.
        let lane = shared.bounds.lane(size);
        let has_turn = bytes.len() <= DIGEST_HERE || board.is_open(&shared.bounds, lane, deadline);
        if !has_turn || !shared.bounds.has_room(board.bytes, size) {
            return Err(Refused::Overloaded);
        }
        board.callers = board.callers.saturating_add(1);
        board.bytes = board.bytes.saturating_add(size);
        Ok(Caller { shared, size })
    }

    /// For what was let in before, so that its bytes are there anyway.
    fn enter_exempt(shared: &'a Shared, bytes: &Bytes) -> Self {
        let size = size(bytes);
        let mut board = shared.board();
        board.callers = board.callers.saturating_add(1);
        board.bytes = board.bytes.saturating_add(size);
        Caller { shared, size }
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        let mut board = self.shared.board();
        board.callers = board.callers.saturating_sub(1);
        board.bytes = board.bytes.saturating_sub(self.size);
        let is_last = board.callers == 0;
        drop(board);
        if is_last {
            self.shared.quiet.notify_waiters();
        }
    }
}

/// When a caller stops waiting whatever the worker does. It is killed before that; this is for one that cannot be, and
/// leaves time to say so before the deadline.
fn last_line(deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(Instant::now());
    let margin = (left / 20).min(Duration::from_millis(50));
    deadline.checked_sub(margin).unwrap_or(deadline)
}

fn size(bytes: &Bytes) -> u64 {
    to_u64(bytes.len())
}

/// The digest of some bytes, away from the threads that serve connections if it takes long.
async fn digest(bytes: &Bytes) -> Result<Digest, Refused> {
    if bytes.len() <= DIGEST_HERE {
        return Ok(Digest::of(bytes));
    }
    let bytes = bytes.clone();
    tokio::task::spawn_blocking(move || Digest::of(&bytes)).await.map_err(|_| Refused::Stopping)
}

/// What is said at the deadline: that it was in work, or that its turn never came.
async fn late(ticket: Ticket, house: &House, key: Digest, name: &str, bytes: &Bytes) -> Result<Examined, Refused> {
    let was_in_work = ticket.is_in_work();
    drop(ticket);
    if !was_in_work {
        return Err(Refused::Expired);
    }
    failed(house, key, name, bytes, Failure::TimedOut).await
}

/// A failure as an answer.
async fn failed(house: &House, key: Digest, name: &str, bytes: &Bytes, failure: Failure) -> Result<Examined, Refused> {
    let (rules, language) = (house.agency.rules().to_owned(), house.agency.language());
    let (name, bytes, cause) = (name.to_owned(), bytes.clone(), failure.clone());
    let make = move || failure_report(&name, &bytes, &cause, &rules, language);
    let report = tokio::task::spawn_blocking(make).await.map_err(|_| Refused::Stopping)?;
    let kept = Kept { report: Arc::new(report), letters: Arc::new([]) };
    Ok(Examined { failure: Some(failure), ..slots::examined(key, kept) })
}
