//! A connection that waits only so long: for the next request, for a whole head, and for a client that does not read.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a connection waits for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// For the first byte of a request. Longer than the 90 seconds for which common clients keep a connection, so that it is
    /// they who close it and never while a request is under way.
    pub idle: Duration,
    /// For the rest of a request's head, altogether.
    pub head: Duration,
    /// For the next piece of a body.
    pub body: Duration,
    /// For the client to take some more of a response.
    pub write: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Times {
            idle: Duration::from_secs(100),
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            write: Duration::from_secs(30),
        }
    }
}

/// Whether a request is being answered. While it is, nothing is expected of the client.
#[derive(Debug, Clone, Default)]
pub(super) struct Answering(Arc<AtomicBool>);

impl Answering {
    pub(super) fn set(&self, is: bool) {
        self.0.store(is, Ordering::Release);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// Nothing of the client.
    Nothing,
    /// The first byte of a request.
    Request,
    /// The rest of the head.
    Head,
}

/// A stream whose reads and writes fail when the client takes too long.
#[derive(Debug)]
pub(super) struct Patient<S> {
    stream: S,
    times: Times,
    answering: Answering,
    awaited: Awaited,
    read: Pin<Box<Sleep>>,
    is_write_timed: bool,
    write: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, times: Times, answering: Answering) -> Self {
        let now = Instant::now();
        Patient {
            stream,
            times,
            answering,
            awaited: Awaited::Nothing,
            read: Box::pin(sleep_until(now)),
            is_write_timed: false,
            write: Box::pin(sleep_until(now)),
        }
    }

    fn await_from_now(&mut self, awaited: Awaited) {
        self.awaited = awaited;
        let within = match awaited {
            Awaited::Nothing => return,
            Awaited::Request => self.times.idle,
            Awaited::Head => self.times.head,
        };
        let now = Instant::now();
        self.read.as_mut().reset(now.checked_add(within).unwrap_or(now));
    }

    /// The outcome of a write, or a failure if it has made no progress for too long.
    fn timed<T>(&mut self, context: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.is_write_timed = false;
            return outcome;
        }
        if !self.is_write_timed {
            self.is_write_timed = true;
            let now = Instant::now();
            self.write.as_mut().reset(now.checked_add(self.times.write).unwrap_or(now));
        }
        ready!(self.write.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match (this.answering.get(), this.awaited) {
            (true, _) => this.awaited = Awaited::Nothing,
            (false, Awaited::Nothing) => this.await_from_now(Awaited::Request),
            (false, Awaited::Request | Awaited::Head) => {}
        }
        let before = buffer.filled().len();
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Ready(outcome) => {
                if this.awaited == Awaited::Request && buffer.filled().len() > before {
                    this.await_from_now(Awaited::Head);
                }
                Poll::Ready(outcome)
            }
            Poll::Pending if this.awaited == Awaited::Nothing => Poll::Pending,
            Poll::Pending => {
                ready!(this.read.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.timed(context, outcome)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_flush(context);
        if outcome.is_ready() && this.awaited == Awaited::Nothing && !this.answering.get() {
            // A response went out. Whether the next request comes in time must be known though nobody asks for bytes:
            // hyper has asked, and waits to be told that there are some.
            this.await_from_now(Awaited::Request);
            let _ = this.read.as_mut().poll(context);
        }
        this.timed(context, outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_shutdown(context);
        this.timed(context, outcome)
    }
}
