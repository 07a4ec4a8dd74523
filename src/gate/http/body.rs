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
/// What is kept of the beginning of a body that is too large, where it is of use.
const BEGINNING: usize = 1 << 20;

/// What came of a body.
#[derive(Debug)]
pub(super) enum Taken {
    /// All of it.
    Whole(Bytes),
    /// It is too large: how it begins. The rest was read and thrown away.
    Beginning(Bytes),
}

/// Reads a body of at most `most` bytes, until `deadline`; `pause` is the longest that may pass between two pieces of it. Its
/// memory is `held`. One that says it is larger is not read at all.
pub(super) async fn read(
    body: Body,
    headers: &HeaderMap,
    most: u64,
    pause: Duration,
    deadline: Instant,
    held: &mut Held,
    queue: &Queue,
) -> Result<Bytes, Problem> {
    if declared(headers).is_some_and(|size| size > most) {
        return Err(too_large(most).closing());
    }
    let mut reader = Reader { body, pause, deadline, begun: Instant::now(), size: 0 };
    match reader.upto(most, held, queue).await? {
        Taken::Whole(body) => Ok(body),
        Taken::Beginning(_) => {
            // A connection closed with bytes unread is reset, and the response lost.
            let _ = timeout(Duration::from_secs(1), reader.drain(DRAINED)).await;
            Err(too_large(most).closing())
        }
    }
}

/// As [`read`], but of a body that is too large the beginning is given. At most four times as much as may be kept is read to
/// get to its end.
pub(super) async fn take(
    body: Body,
    headers: &HeaderMap,
    most: u64,
    pause: Duration,
    deadline: Instant,
    held: &mut Held,
    queue: &Queue,
) -> Result<Taken, Problem> {
    let furthest = most.saturating_mul(4);
    if declared(headers).is_some_and(|size| size > furthest) {
        return Err(too_large(most).closing());
    }
    let mut reader = Reader { body, pause, deadline, begun: Instant::now(), size: 0 };
    let taken = reader.upto(most, held, queue).await?;
    if matches!(taken, Taken::Beginning(_)) && !reader.drain(furthest).await? {
        return Err(too_large(most).closing());
    }
    Ok(taken)
}

/// Reads a body piece by piece.
struct Reader {
    body: Body,
    pause: Duration,
    deadline: Instant,
    begun: Instant,
    size: u64,
}

impl Reader {
    /// The next piece; nothing at the end.
    async fn piece(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let next = poll_fn(|context| Pin::new(&mut self.body).poll_frame(context));
            let frame = match timeout_at(self.deadline, timeout(self.pause, next)).await {
                Ok(Ok(Some(Ok(frame)))) => frame,
                Ok(Ok(None)) => return Ok(None),
                // The client went away, or its chunks make no sense.
                Ok(Ok(Some(Err(_)))) => {
                    return Err(Problem::new(Kind::BadRequest, "body", "The body ends too soon.").closing());
                }
                Ok(Err(_)) => return Err(slow().closing()),
                Err(_) => return Err(Problem::new(Kind::Deadline, "body", "The body was not there in time.").closing()),
            };
            let Ok(piece) = frame.into_data() else { continue };
            self.size = self.size.saturating_add(len(&piece));
            let late = self.begun.elapsed().saturating_sub(self.pause);
            if self.size < late.as_secs().saturating_mul(SLOWEST) {
                return Err(slow().closing());
            }
            return Ok(Some(piece));
        }
    }

    /// The body if it has at most so many bytes, or how it begins.
    async fn upto(&mut self, most: u64, held: &mut Held, queue: &Queue) -> Result<Taken, Problem> {
        let mut first = Bytes::new();
        let mut rest: Vec<u8> = Vec::new();
        while let Some(piece) = self.piece().await? {
            if self.size > most {
                let mut beginning = if rest.is_empty() { first.to_vec() } else { rest };
                beginning.extend_from_slice(&piece);
                beginning.truncate(BEGINNING);
                beginning.shrink_to_fit();
                held.release();
                return Ok(Taken::Beginning(beginning.into()));
            }
            if !held.grow(len(&piece), queue) {
                return Err(
                    Problem::new(Kind::Overloaded, "body", "There is no memory left for more bodies.").closing()
                );
            }
            if first.is_empty() {
                // A body that comes in one piece is not copied.
                first = piece;
                continue;
            }
            if rest.is_empty() {
                rest.extend_from_slice(&first);
            }
            rest.extend_from_slice(&piece);
        }
        Ok(Taken::Whole(if rest.is_empty() { first } else { rest.into() }))
    }

    /// Reads on and keeps nothing, until `furthest` bytes were read altogether; whether that was the end.
    async fn drain(&mut self, furthest: u64) -> Result<bool, Problem> {
        let furthest = furthest.saturating_add(self.size);
        while self.piece().await?.is_some() {
            if self.size > furthest {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn len(piece: &Bytes) -> u64 {
    u64::try_from(piece.len()).unwrap_or(u64::MAX)
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
