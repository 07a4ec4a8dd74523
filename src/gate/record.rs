//! One line of the log for what clients have examined: enough to find it again and to see what came of it, and nothing of
//! what it says. The milter door writes its own line, once it knows what was done with the mail.

use std::time::Duration;

use super::checkpoint::{Door, Examined, Refused};
use super::disposition::cause;

/// Writes the line.
pub(super) fn write(door: Door, size: usize, took: Duration, outcome: &Result<Examined, Refused>) {
    if door == Door::Milter {
        return;
    }
    let examined = outcome.as_ref().ok();
    tracing::info!(
        id = examined.map_or("-", |examined| examined.id.as_str()),
        verdict = examined.map_or("error", |examined| examined.report.verdict.level.as_str()),
        cause = cause(outcome).as_str(),
        bytes = size,
        ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        cached = examined.is_some_and(|examined| examined.from_cache),
        failure = examined.and_then(|examined| examined.failure.as_ref()).map(tracing::field::display),
        "{}: examined",
        door.as_str()
    );
}
