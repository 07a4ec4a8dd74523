//! STATS, in the form that clamdtop takes apart.

use crate::gate::desk::Stats;

/// What the desk counts, as clamd says it: its workers as threads, what waits as the queue, input bytes as pools.
pub(super) fn text(stats: &Stats, room: u64) -> String {
    let waiting = stats.small.waiting.saturating_add(stats.large.waiting);
    let workers = &stats.workers;
    let state = if workers.places > 0 && workers.vacant >= workers.places { "EXIT" } else { "VALID" };
    format!(
        "POOLS: 1\n\nSTATE: {state} PRIMARY\nTHREADS: live {}  idle {} max {} idle-timeout 30\nQUEUE: {waiting} items\n\
         \tSTATS 0.000000 \n\nMEMSTATS: heap N/A mmap N/A used N/A free N/A releasable N/A pools 1 pools_used {} \
         pools_total {}\nEND",
        workers.busy.saturating_add(workers.idle),
        workers.idle,
        workers.places,
        megabytes(stats.bytes),
        megabytes(room),
    )
}

/// `5.902M`.
fn megabytes(bytes: u64) -> String {
    format!("{}.{:03}M", bytes >> 20, (bytes & 0xf_ffff).saturating_mul(1_000) >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_line_for_line_that_of_clamd() {
        let mut stats = Stats { bytes: (5 << 20) + (1 << 19), ..Stats::default() };
        stats.workers.places = 10;
        stats.workers.idle = 1;
        stats.small.waiting = 3;
        let expected = "POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live 1  idle 1 max 10 idle-timeout 30\nQUEUE: 3 items\n\
            \tSTATS 0.000000 \n\nMEMSTATS: heap N/A mmap N/A used N/A free N/A releasable N/A pools 1 pools_used 5.500M \
            pools_total 512.000M\nEND";
        assert_eq!(text(&stats, 512 << 20), expected);
    }
}
