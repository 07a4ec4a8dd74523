//! What all requests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::patience::Times;
use super::problem::{Kind, Problem};
use crate::config::Http;
use crate::gate::checkpoint::Checkpoint;

/// What all requests share.
pub(super) struct Hall {
    pub(super) checkpoint: Arc<Checkpoint>,
    pub(super) times: Times,
    busy: AtomicUsize,
}

impl Hall {
    pub(super) fn new(checkpoint: Arc<Checkpoint>, times: Times) -> Arc<Self> {
        Arc::new(Hall { checkpoint, times, busy: AtomicUsize::new(0) })
    }

    /// The settings of this door. Those of a door that is not set up are the default ones, with no key.
    pub(super) fn settings(&self) -> Http {
        self.checkpoint.settings().http.clone().unwrap_or_default()
    }

    /// A place for a request that brings a body, if there is one.
    pub(super) fn place(self: &Arc<Self>) -> Result<Place, Problem> {
        let most = self.settings().requests;
        let place = Place(self.clone());
        if self.busy.fetch_add(1, Ordering::AcqRel) >= most {
            return Err(Problem::new(Kind::Busy, "server", format!("{most} requests are being answered.")).closing());
        }
        Ok(place)
    }
}

/// A place, free again when dropped.
pub(super) struct Place(Arc<Hall>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::AcqRel);
    }
}
