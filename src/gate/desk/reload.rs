//! Other workers take over without a pause: all of them are hired while the old ones work on, then each place changes
//! between two jobs. For that moment there are twice as many.

use std::sync::{Arc, PoisonError};

use tracing::{info, warn};

use super::board::{Board, Shared, Staffed, Status};
use super::hand::{Agency, House};

/// Whether workers are being replaced, and by which next: only the latest wish counts, however often it is uttered.
#[derive(Default)]
pub(super) struct Reload {
    is_running: bool,
    wanted: Option<Arc<dyn Agency>>,
}

impl Shared {
    /// Has the workers replaced by those of another agency. Returns at once; if they cannot be started, the old ones stay.
    pub(super) fn replace(self: &Arc<Self>, agency: Arc<dyn Agency>) {
        {
            let mut reload = self.reload.lock().unwrap_or_else(PoisonError::into_inner);
            reload.wanted = Some(agency);
            if reload.is_running {
                return;
            }
            reload.is_running = true;
        }
        let shared = self.clone();
        let started = std::thread::Builder::new().name("desk-reload".to_owned()).spawn(move || shared.follow_wishes());
        if let Err(error) = started {
            warn!(%error, "workers are not replaced");
            self.reload.lock().unwrap_or_else(PoisonError::into_inner).is_running = false;
            self.count(false);
        }
    }

    fn follow_wishes(&self) {
        loop {
            let wanted = {
                let mut reload = self.reload.lock().unwrap_or_else(PoisonError::into_inner);
                let wanted = reload.wanted.take();
                reload.is_running = wanted.is_some();
                wanted
            };
            let Some(agency) = wanted else { return };
            let has_changed = self.hire_all(&House::new(agency));
            self.count(has_changed);
        }
    }

    fn hire_all(&self, house: &Arc<House>) -> bool {
        let places = self.board().places.len();
        let mut hired = Vec::new();
        for _ in 0..places {
            if self.board().is_closed {
                return false;
            }
            match house.agency.hire() {
                Ok(hand) => hired.push(Staffed { hand, house: house.clone() }),
                Err(failure) => {
                    warn!(cause = %failure, "workers are not replaced");
                    return false;
                }
            }
        }
        let count = super::board::to_u64(hired.len());
        let old: Vec<Staffed> = {
            let mut board = self.board();
            if board.is_closed {
                return false;
            }
            let old = board.hand_out(hired);
            board.house = house.clone();
            board.stats.workers.hired = board.stats.workers.hired.saturating_add(count);
            old
        };
        self.call_all();
        drop(old);
        info!(rules = house.agency.rules(), workers = count, "workers are replaced");
        true
    }

    fn count(&self, has_changed: bool) {
        let workers = &mut self.board().stats.workers;
        let counter = if has_changed { &mut workers.reloads } else { &mut workers.reloads_failed };
        *counter = counter.saturating_add(1);
    }
}

impl Board {
    /// Gives each place its new worker; returns those that were given before and never taken.
    fn hand_out(&mut self, hired: Vec<Staffed>) -> Vec<Staffed> {
        let mut old = Vec::new();
        for (place, staffed) in self.places.iter_mut().zip(hired) {
            old.extend(place.spare.replace(staffed));
            if place.status == Status::Vacant {
                // It has a worker again, and must not turn work away any more.
                place.status = Status::Starting;
            }
        }
        old
    }
}
