//! What is counted of the store.

use std::sync::atomic::Ordering;

use super::Exposition;
use crate::gate::keeper::StoreCounts;

/// Adds what a store counted to a page; and the size of its quarantine in bytes, where it is known.
pub fn expose(counts: &StoreCounts, held: Option<u64>, page: &mut Exposition) {
    let events = [
        ("kept", &counts.kept),
        ("not-kept", &counts.not_kept),
        ("forgotten", &counts.forgotten),
        ("raised", &counts.raised),
        ("first-seen", &counts.first_seen),
        ("opened", &counts.opened),
    ];
    for (event, count) in events {
        page.add("sekisho_store_total", &[("event", event)], count.load(Ordering::Relaxed));
    }
    if let Some(held) = held {
        page.add("sekisho_quarantine_bytes", &[], held);
    }
}
