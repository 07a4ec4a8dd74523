//! Open connections, counted by a guard.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Metrics, count};
use crate::gate::checkpoint::Door;

/// A connection that counts as open for as long as this is held.
#[derive(Debug)]
pub struct Connected {
    metrics: Arc<Metrics>,
    door: Door,
}

impl Connected {
    pub(super) fn new(metrics: Arc<Metrics>, door: Door) -> Self {
        if let Some(counters) = metrics.door(door) {
            count(&counters.opened);
            count(&counters.open);
        }
        Connected { metrics, door }
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        if let Some(counters) = self.metrics.door(self.door) {
            counters.open.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
