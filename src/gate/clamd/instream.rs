//! The chunks of INSTREAM: a length of four bytes, most significant first, and as many bytes, until a length of 0.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout_at};

use super::line::Line;
use super::share::Share;
use super::wire::Wire;

/// How long nothing may come (clamd's `ReadTimeout`).
const READ_TIME: Duration = Duration::from_secs(120);
/// How long a stream may take altogether, however steadily it drips.
const WHOLE_TIME: Duration = Duration::from_secs(600);

/// How a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Received {
    /// Well.
    Whole(Bytes),
    /// Larger than what is taken.
    TooLarge,
    /// Too much is being received from others at the moment.
    NoRoom,
    /// Too slow.
    Slow,
    /// The client went away.
    Cut,
}

/// A stream on its way. Memory follows what came, never what a length promises.
#[derive(Debug)]
pub(super) struct Receiving {
    most: u64,
    share: Share,
    body: BytesMut,
    left_of_chunk: usize,
    begun: Instant,
    last: Instant,
}

impl Receiving {
    /// A stream of at most so many bytes.
    pub(super) fn new(most: u64, share: Share) -> Self {
        let begun = Instant::now();
        Receiving { most, share, body: BytesMut::new(), left_of_chunk: 0, begun, last: begun }
    }

    /// Receives it. Can be dropped and asked again.
    pub(super) async fn go_on<W: Wire>(&mut self, line: &mut Line<W>) -> io::Result<Received> {
        loop {
            if let Some(received) = self.use_up(line) {
                return Ok(received);
            }
            if line.is_ended() {
                return Ok(Received::Cut);
            }
            let until = (self.last + READ_TIME).min(self.begun + WHOLE_TIME);
            match timeout_at(until, line.more()).await {
                Ok(more) => more?,
                Err(_) => return Ok(Received::Slow),
            }
            self.last = Instant::now();
        }
    }

    fn use_up<W: Wire>(&mut self, line: &mut Line<W>) -> Option<Received> {
        loop {
            if self.left_of_chunk == 0 {
                let (length, _) = line.unread().split_first_chunk::<4>()?;
                let length = u32::from_be_bytes(*length);
                line.skip(4);
                if length == 0 {
                    return Some(Received::Whole(std::mem::take(&mut self.body).freeze()));
                }
                let whole = (self.body.len() as u64).saturating_add(u64::from(length));
                if whole > self.most {
                    return Some(Received::TooLarge);
                }
                self.left_of_chunk = usize::try_from(length).unwrap_or(usize::MAX);
            }
            let here = line.unread().len().min(self.left_of_chunk);
            if here == 0 {
                return None;
            }
            if !self.share.grow_to((self.body.len() as u64).saturating_add(here as u64)) {
                return Some(Received::NoRoom);
            }
            self.body.extend_from_slice(line.unread().get(..here).unwrap_or_default());
            line.skip(here);
            self.left_of_chunk = self.left_of_chunk.saturating_sub(here);
        }
    }
}
