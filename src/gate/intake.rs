//! The memory that messages take while they come in: counted over all connections, so that many slow or large ones
//! together cannot take more than the queues may hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::Queue;

/// Bytes kept for messages that are coming in or being judged.
#[derive(Debug, Default)]
pub struct Intake {
    used: AtomicU64,
}

/// One message's share; given back when dropped.
#[derive(Debug)]
pub struct Held {
    intake: Arc<Intake>,
    bytes: u64,
}

impl Intake {
    /// Bytes in use.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// The share of a new message, of no bytes yet.
    pub fn hold(self: &Arc<Self>) -> Held {
        Held { intake: self.clone(), bytes: 0 }
    }
}

impl Held {
    /// Makes room for more bytes, if there is room. A quarter of it is for small messages alone, so that large ones cannot
    /// shut them out.
    pub fn grow(&mut self, by: u64, queue: &Queue) -> bool {
        let most = if self.bytes.saturating_add(by) <= queue.small { queue.bytes } else { queue.bytes / 4 * 3 };
        let before = self.intake.used.fetch_add(by, Ordering::Relaxed);
        if before.saturating_add(by) > most {
            self.intake.used.fetch_sub(by, Ordering::Relaxed);
            return false;
        }
        self.bytes += by;
        true
    }

    /// Gives everything back.
    pub fn release(&mut self) {
        self.intake.used.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = 0;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_messages_leave_room_for_small_ones_and_give_it_back() {
        let queue = Queue { small: 10, bytes: 100, ..Queue::default() };
        let intake = Arc::new(Intake::default());
        let mut large = intake.hold();
        assert!(large.grow(70, &queue));
        assert!(!large.grow(10, &queue), "the last quarter is not for large ones");
        let mut small = intake.hold();
        assert!(small.grow(10, &queue));
        assert!(!small.grow(1, &queue), "it is large then");
        assert_eq!(intake.used(), 80);
        drop(large);
        assert_eq!(intake.used(), 10);
        small.release();
        drop(small);
        assert_eq!(intake.used(), 0);
    }
}
