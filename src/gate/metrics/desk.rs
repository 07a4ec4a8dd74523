//! What the desk counts, on the same page.

use super::exposition::Exposition;
use crate::gate::desk::{BOUNDS, Histogram, LaneStats, Stats};

/// Adds what a desk counts to a page.
pub fn expose(stats: &Stats, page: &mut Exposition) {
    for (name, lane) in [("small", &stats.small), ("large", &stats.large)] {
        expose_lane(page, name, lane);
    }
    page.add("sekisho_desk_bytes", &[], stats.bytes);
    let workers = &stats.workers;
    for (state, count) in
        [("busy", workers.busy), ("idle", workers.idle), ("starting", workers.starting), ("vacant", workers.vacant)]
    {
        page.add("sekisho_workers", &[("state", state)], count);
    }
    page.add("sekisho_workers_started_total", &[], workers.hired);
    page.add("sekisho_workers_not_started_total", &[], workers.not_hired);
    page.add("sekisho_workers_recycled_total", &[], workers.recycled);
    for (cause, count) in [
        ("crashed", stats.lost.crashed),
        ("out-of-memory", stats.lost.out_of_memory),
        ("timed-out", stats.lost.timed_out),
        ("given-up", stats.lost.given_up),
    ] {
        page.add("sekisho_workers_lost_total", &[("cause", cause)], count);
    }
    for (result, count) in [("ok", workers.reloads), ("failed", workers.reloads_failed)] {
        page.add("sekisho_workers_replaced_total", &[("result", result)], count);
    }
    for (result, count) in [("hit", stats.cache.hits), ("miss", stats.cache.misses)] {
        page.add("sekisho_cache_lookups_total", &[("result", result)], count);
    }
    page.add("sekisho_cache_entries", &[], stats.cache.entries);
    page.add("sekisho_cache_bytes", &[], stats.cache.bytes);
    page.add("sekisho_joined_total", &[], stats.joined);
    page.add("sekisho_given_up_total", &[], stats.given_up);
    page.add("sekisho_poisoned_total", &[], stats.poisoned);
    page.add("sekisho_handed_over_total", &[], stats.handed_over);
    page.add("sekisho_build_info", &[("version", env!("CARGO_PKG_VERSION")), ("rules", &stats.rules)], 1);
}

fn expose_lane(page: &mut Exposition, name: &str, lane: &LaneStats) {
    let at = [("lane", name)];
    page.add("sekisho_lane_waiting", &at, lane.waiting);
    page.add("sekisho_lane_in_work", &at, lane.in_work);
    page.add("sekisho_lane_done_total", &at, lane.done);
    expose_histogram(page, "sekisho_lane_wait_seconds", &at, &lane.waits);
    expose_histogram(page, "sekisho_lane_work_seconds", &at, &lane.work);
}

fn expose_histogram(
    page: &mut Exposition,
    family: &'static str,
    labels: &[(&'static str, &str)],
    histogram: &Histogram,
) {
    let mut sum = 0u64;
    for (bound, count) in BOUNDS.iter().zip(&histogram.counts) {
        sum = sum.saturating_add(*count);
        // `{:?}` always has a point, as Prometheus itself writes bounds.
        page.bucket(family, labels, &format!("{bound:?}"), sum);
    }
    let micros = u64::try_from(histogram.sum.as_micros()).unwrap_or(u64::MAX);
    page.bucket(family, labels, "+Inf", histogram.count());
    page.sum_and_count(family, labels, micros, histogram.count());
}
