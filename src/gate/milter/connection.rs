//! The bytes of a connection, with a time limit on everything.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, timeout, timeout_at};

use super::command::{Command, CommandError};
use super::frame::{FrameError, take};
use super::reply::Reply;
use super::session::Violation;

/// How long nothing may be said. A mail server keeps the connection while its client thinks: five minutes for each
/// command (RFC 5321 4.5.3.2), ten between pieces of a message.
const IDLE: Duration = Duration::from_secs(660);
/// How long a frame that has begun may take.
const FRAME: Duration = Duration::from_secs(60);
/// How long the mail server may leave a reply unread.
const WRITE: Duration = Duration::from_secs(60);
/// Bytes read at once.
const READ: usize = 64 << 10;

/// Why a connection ends.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    /// The other side closed it between two frames, or said that it is done.
    #[error("closed")]
    Closed,
    /// The other side closed it within a frame.
    #[error("closed within a frame")]
    Cut,
    /// Nothing came for a long time.
    #[error("silent for too long")]
    Silent,
    /// A frame came too slowly.
    #[error("a frame that did not come to its end")]
    Stalled,
    /// A reply was not read.
    #[error("a reply that was not read")]
    Unread,
    /// A reading or writing error.
    #[error(transparent)]
    Failed(#[from] io::Error),
    /// Not a frame of the protocol.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Not a command of the protocol.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// Not what the protocol allows here.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// Something came while the mail server had to wait.
    #[error("a command while a reply is due")]
    Impatient,
}

/// A connection.
pub(super) struct Connection<S> {
    stream: S,
    buffer: BytesMut,
    // When the frame that has begun must be there.
    due: Option<Instant>,
    out: Vec<u8>,
    leading_space: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// A connection over this stream.
    pub(super) fn over(stream: S) -> Self {
        Connection { stream, buffer: BytesMut::new(), due: None, out: Vec::new(), leading_space: false }
    }

    /// Whether values of fields carry the space after the colon.
    pub(super) fn set_leading_space(&mut self, leading_space: bool) {
        self.leading_space = leading_space;
    }

    /// The next command. May be dropped and asked for again; nothing is lost by that.
    pub(super) async fn command(&mut self) -> Result<Command, Ended> {
        loop {
            if let Some(frame) = take(&mut self.buffer)? {
                self.due = None;
                return Ok(Command::read(frame)?);
            }
            // What a large frame took is not kept for the next.
            if self.buffer.is_empty() {
                self.buffer = BytesMut::new();
            }
            let in_frame = !self.buffer.is_empty();
            let until =
                if in_frame { *self.due.get_or_insert_with(|| Instant::now() + FRAME) } else { Instant::now() + IDLE };
            self.buffer.reserve(READ);
            match timeout_at(until, self.stream.read_buf(&mut self.buffer)).await {
                Ok(Ok(0)) => return Err(if in_frame { Ended::Cut } else { Ended::Closed }),
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => return Err(if in_frame { Ended::Stalled } else { Ended::Silent }),
            }
        }
    }

    /// Says these.
    pub(super) async fn say(&mut self, replies: &[Reply]) -> Result<(), Ended> {
        self.out.clear();
        for reply in replies {
            reply.put(self.leading_space, &mut self.out);
        }
        let write = async {
            self.stream.write_all(&self.out).await?;
            self.stream.flush().await
        };
        let written = timeout(WRITE, write).await;
        self.out = Vec::new();
        match written {
            Ok(result) => Ok(result?),
            Err(_) => Err(Ended::Unread),
        }
    }

    /// Ends the connection.
    pub(super) async fn close(mut self) {
        let _ = timeout(WRITE, self.stream.shutdown()).await;
    }
}
