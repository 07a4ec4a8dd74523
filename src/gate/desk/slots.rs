//! A place for a worker: a thread that keeps one at hand, takes what is most urgent, and asks it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tracing::{debug, warn};

use super::board::{Shared, Staffed, Status};
use super::cache::Kept;
use super::flight::{Errand, Outcome, Phase};
use super::hand::House;
use super::key;
use super::lanes::Lane;
use crate::gate::checkpoint::{Examined, Refused};
use crate::worker::{Answer, Failure, Job, Stopper, failure_report};

/// First pause after a worker could not be started; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A job on its way to a worker.
struct Taken {
    id: u64,
    errand: Arc<Errand>,
    bytes: Bytes,
    lane: Lane,
    began: Instant,
    /// When the worker is killed.
    kill: Instant,
    /// How long the scan may take by itself.
    granted: Duration,
    /// It is given up early and handed over if it turns out to be much work.
    is_trial: bool,
}

/// What a place is to do next.
enum Next {
    Work(Taken),
    /// Look again whether there is a worker, and the right one.
    Refit,
    Close,
}

/// When a worker is killed that should have answered by `deadline`: a tenth of the time before, at most a fifth of a second,
/// and what it takes to write the report of the failure, which digests the bytes.
fn kill_time(now: Instant, deadline: Instant, size: u64) -> Instant {
    let left = deadline.saturating_duration_since(now);
    // Three digests of 200 MB take about a second.
    let report = Duration::from_nanos(size.saturating_mul(5));
    let margin = (left / 10).min(Duration::from_millis(200)).saturating_add(report).min(left / 2);
    now.checked_add(left.saturating_sub(margin)).unwrap_or(deadline)
}

/// What a scan may take so that it ends by itself, with a report of what it saw, before it is killed and says nothing: three
/// quarters. It looks at its clock between steps, and what must be walked again may take a quarter more.
fn grant(left: Duration) -> Duration {
    left.saturating_mul(3) / 4
}

/// The life of a place.
pub(super) fn run(shared: &Arc<Shared>, index: usize) {
    let mut staff: Option<Staffed> = None;
    let mut pause = FIRST_PAUSE;
    let mut retry: Option<Instant> = None;
    let mut why = Failure::NotStarted(String::new());
    loop {
        if let Some(spare) = shared.spare(index) {
            staff = Some(spare);
        }
        if staff.as_ref().is_some_and(|staff| !staff.hand.is_fit()) {
            staff = None;
            let mut board = shared.board();
            board.stats.workers.recycled = board.stats.workers.recycled.saturating_add(1);
        }
        if staff.is_none() && retry.is_none_or(|at| at <= Instant::now()) {
            match shared.hire(index) {
                Ok(hired) => {
                    staff = Some(hired);
                    (pause, retry) = (FIRST_PAUSE, None);
                }
                Err(failure) => {
                    warn!(cause = %failure, pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX), "no worker");
                    why = failure;
                    retry = Instant::now().checked_add(pause);
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                }
            }
        }
        match shared.next(index, staff.as_ref().map(|staff| staff.hand.stopper()), retry) {
            Next::Close => break,
            Next::Refit => {}
            Next::Work(taken) => {
                // It may have died while it waited, which is not this job's fault.
                if staff.as_ref().is_some_and(|staff| !staff.hand.is_fit()) {
                    staff = shared.hire(index).map_err(|failure| why = failure).ok();
                    let stopper = staff.as_ref().map(|staff| staff.hand.stopper()).unwrap_or_default();
                    shared.go_on_with(index, &taken, stopper);
                }
                let (house, answer) = match &mut staff {
                    Some(staff) => (staff.house.clone(), ask(staff, &taken)),
                    None => (shared.board().house.clone(), Err(why.clone())),
                };
                if !shared.conclude(index, &taken, &house, answer) {
                    staff = None;
                }
            }
        }
    }
    drop(staff);
    shared.board().set(index, Status::Gone);
    shared.quiet.notify_waiters();
}

fn ask(staff: &mut Staffed, taken: &Taken) -> Result<Answer, Failure> {
    let job = match &*taken.errand {
        Errand::Scan { name, offered, .. } => {
            Job::Scan { name: name.clone(), is_cut: false, offered: offered.clone(), within: Some(taken.granted) }
        }
        Errand::Rewrite(replacement) => Job::Rewrite(replacement.clone()),
    };
    // A place that is lost to a panic would be lost for good.
    catch_unwind(AssertUnwindSafe(|| staff.hand.ask(job, &taken.bytes, taken.kill)))
        .unwrap_or_else(|_| Err(Failure::Crashed { how: "a panic in this process".to_owned() }))
}

impl Shared {
    fn spare(&self, index: usize) -> Option<Staffed> {
        self.board().places.get_mut(index)?.spare.take()
    }

    /// Has another worker do what was taken for the one before it.
    fn go_on_with(&self, index: usize, taken: &Taken, stopper: Stopper) {
        let mut board = self.board();
        board.set(index, Status::Busy(taken.lane));
        if let Some(flight) = board.flights.get_mut(&taken.id) {
            flight.phase = Phase::InWork(stopper);
        }
    }

    fn hire(&self, index: usize) -> Result<Staffed, Failure> {
        let house = {
            let mut board = self.board();
            board.set(index, Status::Starting);
            board.house.clone()
        };
        let hired = catch_unwind(AssertUnwindSafe(|| house.agency.hire()))
            .unwrap_or_else(|_| Err(Failure::NotStarted("a panic in this process".to_owned())));
        let workers = &mut self.board().stats.workers;
        match hired {
            Ok(hand) => {
                workers.hired = workers.hired.saturating_add(1);
                Ok(Staffed { hand, house })
            }
            Err(failure) => {
                workers.not_hired = workers.not_hired.saturating_add(1);
                Err(failure)
            }
        }
    }

    /// Waits for something to do. A place with a worker takes what it serves; one without takes only what nobody else
    /// could ever take, to say so.
    fn next(&self, index: usize, stopper: Option<Stopper>, retry: Option<Instant>) -> Next {
        let mut board = self.board();
        loop {
            let Some(place) = board.places.get(index) else { return Next::Close };
            if board.is_closed {
                return Next::Close;
            }
            if place.spare.is_some() {
                return Next::Refit;
            }
            let is_reserved = place.is_reserved;
            let status = if stopper.is_some() { Status::Idle } else { Status::Vacant };
            board.set(index, status);
            let found = match (&stopper, is_reserved) {
                (Some(_), true) => board.lanes.take_small(),
                (Some(_), false) => board.lanes.take_any(),
                (None, _) => [Lane::Small, Lane::Large]
                    .into_iter()
                    .find_map(|lane| (!board.is_served(lane)).then(|| board.lanes.take_from(lane)).flatten()),
            };
            let now = Instant::now();
            if let Some(id) = found {
                let Some(flight) = board.flights.get_mut(&id) else { continue };
                if flight.deadline <= now {
                    let expired = board.take_out(id);
                    drop(board);
                    if let Some(flight) = expired {
                        flight.answer(Outcome::Refused(Refused::Expired));
                    }
                    board = self.board();
                    continue;
                }
                flight.phase = Phase::InWork(stopper.unwrap_or_default());
                let waited = now.saturating_duration_since(flight.since);
                let mut taken = Taken {
                    id,
                    errand: flight.errand.clone(),
                    bytes: flight.bytes.clone(),
                    lane: flight.lane,
                    began: now,
                    kill: kill_time(now, flight.deadline, super::size(&flight.bytes)),
                    granted: Duration::ZERO,
                    is_trial: is_reserved && !flight.is_handed_over && matches!(*flight.errand, Errand::Scan { .. }),
                };
                board.set(index, Status::Busy(taken.lane));
                board.lane(taken.lane).waits.add(waited);
                self.allow(&mut taken, board.house.agency.wall_time(), board.is_served(Lane::Large));
                return Next::Work(taken);
            }
            board = match (&stopper, retry) {
                (Some(_), _) => self.wait(board, is_reserved),
                (None, Some(at)) if at > now => self.wait_vacant(board, at.saturating_duration_since(now)),
                (None, _) => return Next::Refit,
            };
        }
    }

    /// How long a job may take.
    fn allow(&self, taken: &mut Taken, wall_time: Duration, has_others: bool) {
        let left = taken.kill.saturating_duration_since(taken.began);
        taken.granted = grant(left).min(wall_time);
        taken.is_trial &= has_others && left > self.bounds.patience.saturating_mul(2);
        if taken.is_trial {
            taken.granted = taken.granted.min(grant(self.bounds.patience));
            taken.kill = taken.began.checked_add(self.bounds.patience).unwrap_or(taken.kill);
        }
    }

    /// Books what came of a job and tells who waits. Gives whether the worker may stay.
    fn conclude(&self, index: usize, taken: &Taken, house: &House, answer: Result<Answer, Failure>) -> bool {
        let took = taken.began.elapsed();
        // A scan that had all the time it was granted may have left something out; another run might say more.
        let ran_out = took >= taken.granted;
        if let Err(failure) = &answer {
            self.count_loss(failure);
        }
        let may_stay = answer.is_ok();
        let status = match &answer {
            Ok(_) => Status::Idle,
            // It only said that there is no worker. As an idle one it would keep the others from saying so.
            Err(Failure::NotStarted(_)) => Status::Vacant,
            Err(_) => Status::Starting,
        };
        let is_much =
            taken.is_trial && ran_out && !matches!(answer, Err(Failure::Crashed { .. } | Failure::OutOfMemory));
        if is_much && self.hand_over(index, taken) {
            return may_stay;
        }
        let outcome = match (answer, &*taken.errand) {
            (Ok(Answer::Scanned { report, letters }), Errand::Scan { content, name, offered }) => {
                let key = key::scan(*content, name, offered, house.stamp);
                let kept = Kept { report: Arc::new(*report), letters: letters.into() };
                if !ran_out {
                    self.keep(key, kept.clone());
                }
                self.poison.clear(content);
                Outcome::Examined(examined(key, kept))
            }
            (Ok(Answer::Rewritten(rewritten)), Errand::Rewrite(_)) => Outcome::Rewritten(rewritten),
            (_, Errand::Rewrite(_)) => Outcome::Rewritten(None),
            (answer, Errand::Scan { .. }) => {
                let other = || Failure::Crashed { how: "an answer to another question".to_owned() };
                self.failed(taken, house, answer.err().unwrap_or_else(other), took)
            }
        };
        let flight = {
            let mut board = self.board();
            board.set(index, status);
            let lane = board.lane(taken.lane);
            lane.done = lane.done.saturating_add(1);
            lane.work.add(took);
            board.pace(taken.lane).add(took);
            board.take_out(taken.id)
        };
        // A worker that was killed may have answered first, and is gone all the same. So it is when everything was closed.
        let was_stopped = flight.as_ref().is_none_or(|flight| flight.is_given_up);
        if let Some(flight) = flight {
            flight.answer(outcome);
        }
        may_stay && !was_stopped
    }

    /// Queues a small job that turned out to be much work as a large one. Not if nobody waits for it any more.
    fn hand_over(&self, index: usize, taken: &Taken) -> bool {
        let mut guard = self.board();
        let board = &mut *guard;
        let Some(flight) = board.flights.get_mut(&taken.id) else { return false };
        if flight.is_given_up {
            return false;
        }
        flight.phase = Phase::Waiting;
        flight.lane = Lane::Large;
        flight.is_handed_over = true;
        flight.since = Instant::now();
        board.lanes.place(Lane::Large, flight.due, taken.id);
        board.set(index, Status::Idle);
        board.small_pace.add(taken.began.elapsed());
        board.stats.handed_over = board.stats.handed_over.saturating_add(1);
        drop(guard);
        self.call(Lane::Large);
        true
    }

    /// The outcome of a scan that gave no answer, after holding it against the bytes where it is theirs.
    fn failed(&self, taken: &Taken, house: &House, failure: Failure, took: Duration) -> Outcome {
        let Errand::Scan { content, name, offered } = &*taken.errand else { return Outcome::Rewritten(None) };
        let is_given_up = {
            let mut board = self.board();
            let is_given_up = board.flights.get(&taken.id).is_none_or(|flight| flight.is_given_up);
            if is_given_up {
                board.stats.lost.given_up = board.stats.lost.given_up.saturating_add(1);
            }
            is_given_up
        };
        let key = key::scan(*content, name, offered, house.stamp);
        // A worker killed because it had little time, or because the caller had no patience, says nothing of the bytes,
        // unless it was at them for long.
        let is_theirs = match failure {
            Failure::NotStarted(_) => false,
            Failure::TimedOut => took >= self.bounds.fair,
            Failure::Crashed { .. } | Failure::OutOfMemory => !is_given_up || took >= self.bounds.fair,
        };
        if is_theirs {
            self.poison.add(content);
        }
        if is_given_up {
            debug!(id = key.id(), "nobody waits any more");
        } else {
            warn!(id = key.id(), size = taken.bytes.len(), took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), cause = %failure, "a scan failed");
        }
        let report = failure_report(name, &taken.bytes, &failure, house.agency.rules(), house.agency.language());
        let kept = Kept { report: Arc::new(report), letters: Arc::new([]) };
        let poison = self.poison.is_poison(content);
        Outcome::Examined(Examined { failure: Some(failure), poison, ..examined(key, kept) })
    }

    fn count_loss(&self, failure: &Failure) {
        let lost = &mut self.board().stats.lost;
        match failure {
            Failure::Crashed { .. } => lost.crashed = lost.crashed.saturating_add(1),
            Failure::OutOfMemory => lost.out_of_memory = lost.out_of_memory.saturating_add(1),
            Failure::TimedOut => lost.timed_out = lost.timed_out.saturating_add(1),
            Failure::NotStarted(_) => {}
        }
    }

    fn keep(&self, key: key::Digest, kept: Kept) {
        let gone = self.cache.lock().unwrap_or_else(PoisonError::into_inner).put(key, kept, Instant::now());
        drop(gone);
    }
}

/// A report as an answer.
pub(super) fn examined(key: key::Digest, kept: Kept) -> Examined {
    Examined {
        report: kept.report,
        id: key.id(),
        letters: kept.letters,
        failure: None,
        poison: None,
        from_cache: false,
    }
}
