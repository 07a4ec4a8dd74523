//! A body, read only as far as it may go.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use tokio::time::{Instant, timeout, timeout_at};

use super::problem::{Kind, Problem};
use crate::config::Queue;
use crate::gate::intake::Held;

/// Bytes a second a body must bring on average, after its first seconds.
const SLOWEST: u64 = 1_024;
/// What is read and thrown away of a body that is too large, so that the client gets to read why.
const DRAINED: u64 = 1 << 20;

/// Reads a body of at most `most` bytes, until `deadline`; `pause` is the longest that may pass between two pieces of it. Its
/// memory is `held`.
pub(super) async fn read(
    mut body: Body,
    headers: &HeaderMap,
    most: u64,
    pause: Duration,
    deadline: Instant,
    held: &mut Held,
    queue: &Queue,
) -> Result<Bytes, Problem> {
    let declared = declared(headers);
    if declared.is_some_and(|size| size > most) {
        return Err(too_large(most).closing());
    }
    let begun = Instant::now();
    let mut first: Option<Bytes> = None;
    let mut rest: Vec<u8> = Vec::new();
    let mut size = 0u64;
    loop {
        let next = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let frame = match timeout_at(deadline, timeout(pause, next)).await {
            Ok(Ok(Some(Ok(frame)))) => frame,
            Ok(Ok(None)) => break,
            // The client went away, or its chunks make no sense.
            Ok(Ok(Some(Err(_)))) => {
                return Err(Problem::new(Kind::BadRequest, "body", "The body ends too soon.").closing());
            }
            Ok(Err(_)) => return Err(slow().closing()),
            Err(_) => return Err(Problem::new(Kind::Deadline, "body", "The body was not there in time.").closing()),
        };
        let Ok(piece) = frame.into_data() else { continue };
        size = size.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if size > most {
            drop((first, rest));
            drain(&mut body).await;
            return Err(too_large(most).closing());
        }
        if !held.grow(u64::try_from(piece.len()).unwrap_or(u64::MAX), queue) {
            return Err(Problem::new(Kind::Overloaded, "body", "There is no memory left for more bodies.").closing());
        }
        let late = begun.elapsed().saturating_sub(pause);
        if size < late.as_secs().saturating_mul(SLOWEST) {
            return Err(slow().closing());
        }
        match &first {
            // A body that comes in one piece is not copied.
            None => first = Some(piece),
            Some(head) => {
                if rest.is_empty() {
                    rest.extend_from_slice(head);
                }
                rest.extend_from_slice(&piece);
            }
        }
    }
    Ok(if rest.is_empty() { first.unwrap_or_default() } else { rest.into() })
}

/// What the request says its body's length is.
fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(most: u64) -> Problem {
    Problem::new(Kind::TooLarge, "body", format!("The body has more than {most} bytes."))
}

fn slow() -> Problem {
    Problem::new(Kind::SlowBody, "body", "Too little of the body came for too long.")
}

/// Reads on for a moment and keeps nothing: a connection closed with bytes unread is reset, and the response lost.
async fn drain(body: &mut Body) {
    let mut left = DRAINED;
    let all = async {
        while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
            let size = frame.into_data().map_or(0, |piece| u64::try_from(piece.len()).unwrap_or(u64::MAX));
            left = left.saturating_sub(size);
            if left == 0 {
                break;
            }
        }
    };
    let _ = timeout(Duration::from_secs(1), all).await;
}
