//! What the daemon counts, and how it is read: plain atomics, written as Prometheus text.
//!
//! Every label is one of a fixed list (doors, levels, causes, actions, lanes), so the number of series does not depend on
//! what peers send. The [`Checkpoint`](super::Checkpoint) counts what is examined; a door counts its connections and what
//! it did with a mail.

mod connection;
mod desk;
mod exposition;
mod families;
mod histogram;
mod labels;
mod store;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use connection::Connected;
pub use desk::expose as expose_desk;
pub use exposition::{Exposition, MEDIA_TYPE};
pub use families::{FAMILIES, Family, Kind, table};
pub use histogram::{BOUNDS, Histogram};
pub use labels::Lane;
pub use store::expose as expose_store;

use super::checkpoint::{Door, Examined, Refused};
use super::disposition;
use crate::config::Action;
use labels::{ACTIONS, CAUSES, LEVELS, REFUSALS, index};

/// Counters of one door.
#[derive(Debug, Default)]
struct OfDoor {
    levels: [AtomicU64; LEVELS.len()],
    causes: [AtomicU64; CAUSES.len()],
    actions: [AtomicU64; ACTIONS.len()],
    refusals: [AtomicU64; REFUSALS.len()],
    lanes: [Histogram; Lane::ALL.len()],
    abandoned: AtomicU64,
    bytes: AtomicU64,
    open: AtomicU64,
    opened: AtomicU64,
    turned_away: AtomicU64,
}

/// What the daemon counts. Cheap to write from anywhere: no locks.
#[derive(Debug, Default)]
pub struct Metrics {
    doors: [OfDoor; Door::ALL.len()],
    reloads: AtomicU64,
    reloads_failed: AtomicU64,
}

/// Adds one.
fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    fn door(&self, door: Door) -> Option<&OfDoor> {
        self.doors.get(index(&Door::ALL, &door)?)
    }

    /// Something was examined, or refused: `bytes` long, in `lane`, and it took so long from being asked to the answer.
    pub(super) fn examined(
        &self,
        door: Door,
        lane: Lane,
        bytes: usize,
        took: Duration,
        outcome: &Result<Examined, Refused>,
    ) {
        let Some(counters) = self.door(door) else { return };
        counters.bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        add(&counters.causes, &CAUSES, &disposition::cause(outcome));
        match outcome {
            Ok(examined) => {
                add(&counters.levels, &LEVELS, &examined.report.verdict.level);
                if let Some(lane) = index(&Lane::ALL, &lane).and_then(|at| counters.lanes.get(at)) {
                    lane.record(took);
                }
            }
            Err(refused) => add(&counters.refusals, &REFUSALS, refused),
        }
    }

    /// Whoever asked did not wait for the answer.
    pub(super) fn abandoned(&self, door: Door) {
        if let Some(counters) = self.door(door) {
            count(&counters.abandoned);
        }
    }

    /// A door did this with a mail.
    pub fn acted(&self, door: Door, action: Action) {
        if let Some(counters) = self.door(door) {
            add(&counters.actions, &ACTIONS, &action);
        }
    }

    /// A connection was taken. It counts as open until what is returned is dropped.
    #[must_use = "the connection counts as closed when this is dropped"]
    pub fn connection(self: &std::sync::Arc<Self>, door: Door) -> Connected {
        Connected::new(self.clone(), door)
    }

    /// A connection was refused, because as many as may be are open.
    pub fn turned_away(&self, door: Door) {
        if let Some(counters) = self.door(door) {
            count(&counters.turned_away);
        }
    }

    /// Connections that are open at a door.
    pub fn open(&self, door: Door) -> u64 {
        self.door(door).map_or(0, |counters| counters.open.load(Ordering::Relaxed))
    }

    /// The configuration and rules were read again; whether they could be put in force.
    pub fn reloaded(&self, ok: bool) {
        count(if ok { &self.reloads } else { &self.reloads_failed });
    }

    /// Adds everything counted here to a page.
    pub fn expose(&self, page: &mut Exposition) {
        for door in Door::ALL {
            let Some(counters) = self.door(door) else { continue };
            let at = [("door", door.as_str())];
            for (level, counter) in LEVELS.iter().zip(&counters.levels) {
                page.add("sekisho_examined_total", &[at[0], ("level", level.as_str())], load(counter));
            }
            for (cause, counter) in CAUSES.iter().zip(&counters.causes) {
                page.add("sekisho_outcomes_total", &[at[0], ("cause", labels::cause(*cause))], load(counter));
            }
            for (action, counter) in ACTIONS.iter().zip(&counters.actions) {
                page.add("sekisho_actions_total", &[at[0], ("action", labels::action(*action))], load(counter));
            }
            for (refused, counter) in REFUSALS.iter().zip(&counters.refusals) {
                page.add("sekisho_refused_total", &[at[0], ("reason", labels::refusal(*refused))], load(counter));
            }
            page.add("sekisho_abandoned_total", &at, load(&counters.abandoned));
            page.add("sekisho_input_bytes_total", &at, load(&counters.bytes));
            page.add("sekisho_connections_open", &at, load(&counters.open));
            page.add("sekisho_connections_total", &at, load(&counters.opened));
            page.add("sekisho_connections_refused_total", &at, load(&counters.turned_away));
            for (lane, histogram) in Lane::ALL.iter().zip(&counters.lanes) {
                histogram.expose(page, "sekisho_examine_seconds", &[at[0], ("lane", lane.as_str())]);
            }
        }
        page.add("sekisho_reloads_total", &[("result", "ok")], load(&self.reloads));
        page.add("sekisho_reloads_total", &[("result", "failed")], load(&self.reloads_failed));
    }
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// Adds one to the counter that stands where `value` stands in the list.
fn add<T: PartialEq>(counters: &[AtomicU64], list: &[T], value: &T) {
    if let Some(counter) = index(list, value).and_then(|at| counters.get(at)) {
        count(counter);
    }
}

#[cfg(test)]
mod tests;
