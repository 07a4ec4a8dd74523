//! One job and all who wait for it. The same bytes under the same name and setup are one job, however many ask; when the last
//! of them has gone, so has the job: it leaves the queue, or its worker is killed, so that the retries of an impatient client
//! cannot pile up behind each other.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::board::{Shared, Status};
use super::key::Digest;
use super::lanes::Lane;
use crate::gate::checkpoint::{Examined, Refused};
use crate::model::PasswordHint;
use crate::worker::{Replacement, Rewritten, Stopper};

/// What is to be done.
pub(super) enum Errand {
    /// Scan the bytes.
    Scan {
        /// Their digest.
        content: Digest,
        /// What the report calls them.
        name: String,
        /// Passwords from elsewhere.
        offered: Vec<PasswordHint>,
    },
    /// Take attachments out of the message.
    Rewrite(Replacement),
}

/// What came of it.
#[derive(Clone)]
pub(super) enum Outcome {
    Examined(Examined),
    Refused(Refused),
    Rewritten(Option<Rewritten>),
}

/// Where a job stands.
pub(super) enum Phase {
    /// In its lane.
    Waiting,
    /// With a worker, which this ends.
    InWork(Stopper),
}

/// A job.
pub(super) struct Flight {
    pub(super) errand: Arc<Errand>,
    pub(super) bytes: Bytes,
    pub(super) lane: Lane,
    /// The earliest deadline of those who wait: its place in the lane.
    pub(super) due: Instant,
    /// The latest deadline of those who wait: when it is no use any more.
    pub(super) deadline: Instant,
    /// When it began to wait.
    pub(super) since: Instant,
    pub(super) phase: Phase,
    /// What others find it by.
    pub(super) key: Option<Digest>,
    /// It was more work than its size suggested.
    pub(super) is_handed_over: bool,
    /// Nobody waits for it, and its worker was killed.
    pub(super) is_given_up: bool,
    waiters: Vec<(u64, oneshot::Sender<Outcome>)>,
}

/// What is asked of the desk.
pub(super) struct Order {
    pub(super) errand: Errand,
    pub(super) bytes: Bytes,
    pub(super) deadline: Instant,
    /// What it is the same as others by.
    pub(super) key: Option<Digest>,
}

/// A claim to an answer. Dropping it gives the answer up.
pub(super) struct Ticket {
    shared: Arc<Shared>,
    flight: u64,
    waiter: u64,
    /// It joined a job that was there.
    pub(super) has_joined: bool,
    pub(super) answer: oneshot::Receiver<Outcome>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.shared.leave(self.flight, self.waiter);
    }
}

impl Ticket {
    /// Whether a worker is at it.
    pub(super) fn is_in_work(&self) -> bool {
        let board = self.shared.board();
        board.flights.get(&self.flight).is_some_and(|flight| matches!(flight.phase, Phase::InWork(_)))
    }
}

impl Flight {
    /// Answers all who wait.
    pub(super) fn answer(self, outcome: Outcome) {
        for (_, waiter) in self.waiters {
            // Whoever has gone in the meantime needs no answer.
            let _ = waiter.send(outcome.clone());
        }
    }
}

impl Shared {
    /// Joins the job for the same, or queues a new one if there is room.
    pub(super) fn submit(self: &Arc<Self>, order: Order) -> Result<Ticket, Refused> {
        let Order { errand, bytes, deadline, key } = order;
        let lane = self.bounds.lane(super::size(&bytes));
        let (sender, answer) = oneshot::channel();
        let mut guard = self.board();
        let board = &mut *guard;
        if board.is_closed || board.places.iter().all(|place| place.status == Status::Gone) {
            return Err(Refused::Stopping);
        }
        board.serial = board.serial.saturating_add(1);
        let waiter = board.serial;
        let known = key.and_then(|key| board.by_key.get(&key).copied());
        if let Some((id, flight)) = known.and_then(|id| Some((id, board.flights.get_mut(&id)?))) {
            flight.waiters.push((waiter, sender));
            flight.deadline = flight.deadline.max(deadline);
            if matches!(flight.phase, Phase::Waiting) && deadline < flight.due {
                board.lanes.remove(flight.lane, flight.due, id);
                flight.due = deadline;
                board.lanes.place(flight.lane, flight.due, id);
            }
            board.stats.joined = board.stats.joined.saturating_add(1);
            drop(guard);
            return Ok(Ticket { shared: self.clone(), flight: id, waiter, has_joined: true, answer });
        }
        // What was scanned already is half done, and its bytes are held in any case.
        let is_exempt = matches!(errand, Errand::Rewrite(_));
        if !is_exempt && !board.is_open(&self.bounds, lane, deadline) {
            return Err(Refused::Overloaded);
        }
        let id = waiter;
        let flight = Flight {
            errand: Arc::new(errand),
            bytes,
            lane,
            due: deadline,
            deadline,
            since: Instant::now(),
            phase: Phase::Waiting,
            key,
            is_handed_over: false,
            is_given_up: false,
            waiters: vec![(waiter, sender)],
        };
        board.flights.insert(id, flight);
        board.lanes.place(lane, deadline, id);
        if let Some(key) = key {
            board.by_key.insert(key, id);
        }
        drop(guard);
        self.call(lane);
        Ok(Ticket { shared: self.clone(), flight: id, waiter, has_joined: false, answer })
    }

    fn leave(&self, id: u64, waiter: u64) {
        let mut guard = self.board();
        let board = &mut *guard;
        let Some(flight) = board.flights.get_mut(&id) else { return };
        flight.waiters.retain(|(other, _)| *other != waiter);
        if Instant::now() < flight.deadline {
            board.stats.given_up = board.stats.given_up.saturating_add(1);
        }
        if !flight.waiters.is_empty() || flight.is_given_up {
            return;
        }
        match &flight.phase {
            Phase::Waiting => {
                board.lanes.remove(flight.lane, flight.due, id);
                let gone = board.take_out(id);
                drop(guard);
                drop(gone);
            }
            Phase::InWork(stopper) => {
                // Under the lock, so that the worker is still at this job and at no other.
                stopper.stop();
                flight.is_given_up = true;
                let key = flight.key;
                board.forget_key(key, id);
            }
        }
    }
}
