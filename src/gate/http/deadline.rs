//! Until when an answer is of use: what the client says, but never longer than the configuration allows.

use std::time::{Duration, Instant, SystemTime};

use axum::http::HeaderMap;

use super::problem::{Kind, Problem};

/// The header that carries a point in time, in seconds since 1970 (UTC), with or without a fraction.
pub(super) const HEADER: &str = "x-request-deadline";

/// The deadline of a request that was begun at `now`, when the clock showed `clock`. Of several the earliest counts.
pub(super) fn of(
    headers: &HeaderMap,
    timeout: Option<&str>,
    most: Duration,
    now: Instant,
    clock: SystemTime,
) -> Result<Instant, Problem> {
    let mut left = most;
    if let Some(timeout) = timeout {
        let asked = seconds(timeout).filter(|asked| !asked.is_zero()).ok_or_else(|| {
            Problem::new(Kind::BadRequest, "parameter timeout", "timeout is no number of seconds above 0.")
        })?;
        left = left.min(asked);
    }
    if let Some(value) = headers.get(HEADER) {
        let until = value.to_str().ok().and_then(seconds).ok_or_else(|| {
            Problem::new(
                Kind::BadRequest,
                "header X-Request-Deadline",
                "The deadline is no time in seconds since 1970.",
            )
        })?;
        let elapsed = clock.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        left = left.min(until.saturating_sub(elapsed));
    }
    if left.is_zero() {
        return Err(Problem::new(
            Kind::Deadline,
            "header X-Request-Deadline",
            "The deadline was past when the request came.",
        ));
    }
    Ok(now.checked_add(left).unwrap_or(now))
}

/// A count of seconds, as digits with at most one point.
fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let is_number = text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: f64 = text.parse().ok().filter(|_| is_number)?;
    Duration::try_from_secs_f64(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const MOST: Duration = Duration::from_secs(60);

    fn left(timeout: Option<&str>, header: Option<&str>) -> Result<Duration, Kind> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(HEADER, HeaderValue::from_str(header).unwrap());
        }
        let now = Instant::now();
        let clock = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        of(&headers, timeout, MOST, now, clock)
            .map(|deadline| deadline.duration_since(now))
            .map_err(|problem| problem.kind)
    }

    #[test]
    fn the_earliest_counts_and_the_limit_stays() {
        assert_eq!(left(None, None), Ok(MOST));
        assert_eq!(left(Some("4.5"), None), Ok(Duration::from_millis(4_500)));
        assert_eq!(left(Some("3600"), None), Ok(MOST));
        assert_eq!(left(None, Some("1010")), Ok(Duration::from_secs(10)));
        assert_eq!(left(Some("4"), Some("1010.5")), Ok(Duration::from_secs(4)));
        assert_eq!(left(Some("40"), Some("1010.5")), Ok(Duration::from_millis(10_500)));
        assert_eq!(left(None, Some("99999999999")), Ok(MOST));
    }

    #[test]
    fn what_is_past_or_no_time_is_refused() {
        assert_eq!(left(None, Some("999")), Err(Kind::Deadline));
        assert_eq!(left(None, Some("1000")), Err(Kind::Deadline));
        for text in ["", "-1", "0", "1e3", "NaN", "inf", "1.2.3", "0x10", "999999999999999999999999"] {
            assert_eq!(left(Some(text), None), Err(Kind::BadRequest), "{text}");
        }
        assert_eq!(left(None, Some("soon")), Err(Kind::BadRequest));
    }
}
