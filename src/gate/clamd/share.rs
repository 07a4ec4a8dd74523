//! The room one stream or file takes while it is received.

use std::sync::Arc;

use crate::config::Settings;
use crate::gate::intake::{Held, Intake};

/// A share of the room all doors have, of no bytes at first; given back when dropped.
#[derive(Debug)]
pub(super) struct Share {
    held: Held,
    settings: Arc<Settings>,
    bytes: u64,
}

impl Share {
    /// Of this room, within the queue's settings.
    pub(super) fn of(intake: &Arc<Intake>, settings: Arc<Settings>) -> Self {
        Share { held: intake.hold(), settings, bytes: 0 }
    }

    /// Makes it at least this large. False if there is no room.
    #[must_use]
    pub(super) fn grow_to(&mut self, bytes: u64) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let has_room = self.held.grow(more, &self.settings.queue);
        if has_room {
            self.bytes = self.bytes.max(bytes);
        }
        has_room
    }
}
