//! A connection with what was read from it and not used yet.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use tokio::time::{Instant, timeout, timeout_at};

use super::wire::Wire;

/// How long a client may take to accept a reply. Replies fit into the kernel's buffer, so only one that reads none of many
/// takes long.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// How long what a client still sends is thrown away after a reply that it does not wait for, so that the reply is not lost
/// in a reset.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// A connection with what was read from it and not used yet.
pub(super) struct Line<W> {
    wire: W,
    unread: BytesMut,
    file: Option<OwnedFd>,
    is_ended: bool,
    is_abused: bool,
}

impl<W: Wire> Line<W> {
    /// Nothing read yet.
    pub(super) fn new(wire: W) -> Self {
        Line { wire, unread: BytesMut::new(), file: None, is_ended: false, is_abused: false }
    }

    /// What was read and not used.
    pub(super) fn unread(&self) -> &[u8] {
        &self.unread
    }

    /// Uses some of it without looking.
    pub(super) fn skip(&mut self, count: usize) {
        self.unread.advance(count.min(self.unread.len()));
    }

    /// The open file that came.
    pub(super) fn take_file(&mut self) -> Option<OwnedFd> {
        self.file.take()
    }

    /// Whether an open file came that nobody asked for, or several.
    pub(super) fn is_abused(&self) -> bool {
        self.is_abused
    }

    /// Marks a file that came before anyone asked for one.
    pub(super) fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// Whether the client has said that it will send no more.
    pub(super) fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Reads more. Nothing is lost if the future is dropped.
    pub(super) async fn more(&mut self) -> io::Result<()> {
        let got = self.wire.read(&mut self.unread).await?;
        self.is_ended |= got.bytes == 0;
        if let Some(file) = got.file {
            self.is_abused |= self.file.replace(file).is_some();
        }
        self.is_abused |= got.is_excessive;
        Ok(())
    }

    /// Writes a reply, in one write.
    pub(super) async fn say(&mut self, reply: &[u8]) -> io::Result<()> {
        match timeout(WRITE_TIME, self.wire.write(reply)).await {
            Ok(done) => done,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its replies")),
        }
    }

    /// Ends the connection so that the last reply arrives even if the client is still sending.
    pub(super) async fn hang_up(&mut self) {
        self.wire.close().await;
        let until = Instant::now() + DRAIN_TIME;
        while !self.is_ended {
            self.unread.clear();
            self.file = None;
            if !matches!(timeout_at(until, self.more()).await, Ok(Ok(()))) {
                break;
            }
        }
    }

    /// Whether the other end is on this machine.
    pub(super) fn is_near(&self) -> bool {
        self.wire.is_near()
    }

    /// Whether open files can come over it.
    pub(super) fn brings_files(&self) -> bool {
        self.wire.brings_files()
    }
}
