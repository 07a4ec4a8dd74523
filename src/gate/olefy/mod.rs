//! The olefy door: what rspamd's `external_services` module (oletools) asks about macros in documents.
//!
//! Source: olefy.py of Heinlein Support and rspamd's `lua_scanners/oletools.lua`. One request a connection; the client
//! ends it by closing its sending half.

mod answer;
mod request;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{timeout, timeout_at};

use self::request::Request as Asked;
use super::{Checkpoint, Door, Refused, Request};
use crate::config::{Action, Olefy, Settings};

/// How long nothing may come.
const READ_TIME: Duration = Duration::from_secs(30);
/// How long a request may take altogether.
const WHOLE_TIME: Duration = Duration::from_secs(120);
/// How long a client may take to accept the reply.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// How long what a client still sends is thrown away, so that the reply is not lost in a reset.
const DRAIN_TIME: Duration = Duration::from_secs(5);
/// What is waited beyond the deadline for an answer that says so.
const MARGIN: Duration = Duration::from_millis(500);
/// Room for the header before the part.
const HEADER: u64 = 1_024;

/// Serves one connection until its request is answered, the client is too slow, or the daemon stops before it has asked.
pub async fn serve<S>(stream: S, checkpoint: Arc<Checkpoint>, stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let _open = checkpoint.metrics().connection(Door::Olefy);
    if let Err(error) = converse(stream, &checkpoint, stop).await {
        tracing::debug!(door = "olefy", %error, "the connection ended early");
    }
}

/// How reading a request ended.
enum Read {
    Whole(Bytes),
    Ping,
    TooLarge,
    NoRoom,
    Slow,
}

async fn converse<S>(mut stream: S, checkpoint: &Arc<Checkpoint>, mut stop: watch::Receiver<bool>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let settings = checkpoint.settings();
    let door = settings.olefy.clone().unwrap_or_default();
    let mut held = checkpoint.intake().hold();
    let most = door.body_max.min(settings.queue.max_input);
    let read = tokio::select! {
        read = read(&mut stream, most, |more| held.grow(more, &settings.queue)) => read?,
        _ = stop.wait_for(|is_stopping| *is_stopping) => return Ok(()),
    };
    let (reply, is_whole) = match read {
        Read::Ping => (Bytes::from_static(request::PONG), true),
        Read::Whole(bytes) => (answer(&bytes, checkpoint, &settings, &door).await, true),
        Read::TooLarge => (answer::refused(&Refused::TooLarge, &settings.actions), false),
        Read::NoRoom => (answer::refused(&Refused::Overloaded, &settings.actions), false),
        Read::Slow => return Ok(()),
    };
    timeout(WRITE_TIME, stream.write_all(&reply)).await??;
    stream.shutdown().await?;
    if !is_whole {
        drain(&mut stream).await;
    }
    Ok(())
}

async fn read<S: AsyncRead + Unpin>(
    stream: &mut S,
    most: u64,
    mut has_room: impl FnMut(u64) -> bool,
) -> io::Result<Read> {
    let until = tokio::time::Instant::now() + WHOLE_TIME;
    let mut bytes = BytesMut::new();
    loop {
        let before = bytes.len();
        bytes.reserve(before.clamp(8 << 10, 64 << 10));
        let soon = tokio::time::Instant::now() + READ_TIME;
        let count = match timeout_at(until.min(soon), stream.read_buf(&mut bytes)).await {
            Ok(count) => count?,
            Err(_) => return Ok(Read::Slow),
        };
        if bytes.as_ref() == request::PING {
            return Ok(Read::Ping);
        }
        if count == 0 {
            return Ok(Read::Whole(bytes.freeze()));
        }
        if bytes.len() as u64 > most.saturating_add(HEADER) {
            return Ok(Read::TooLarge);
        }
        if !has_room(count as u64) {
            return Ok(Read::NoRoom);
        }
    }
}

async fn drain<S: AsyncRead + Unpin>(stream: &mut S) {
    let until = tokio::time::Instant::now() + DRAIN_TIME;
    let mut nowhere = vec![0; 64 << 10];
    while matches!(timeout_at(until, stream.read(&mut nowhere)).await, Ok(Ok(count)) if count > 0) {}
}

async fn answer(bytes: &Bytes, checkpoint: &Arc<Checkpoint>, settings: &Settings, door: &Olefy) -> Bytes {
    let part = match request::parse(bytes) {
        Asked::Part(part) => part,
        Asked::Unknown => return answer::protocol_error(),
    };
    let (began, size) = (Instant::now(), part.len());
    if part.is_empty() {
        return answer::too_small();
    }
    let outcome = match began.checked_add(door.deadline) {
        Some(deadline) => {
            let name = "attachment".to_owned();
            let request = Request { door: Door::Olefy, name, bytes: part, deadline, envelope: None };
            let examining = checkpoint.examine(request);
            timeout(door.deadline.saturating_add(MARGIN), examining).await.unwrap_or(Err(Refused::Expired))
        }
        None => Err(Refused::Expired),
    };
    let answer = answer::of(&outcome, &settings.actions, size);
    checkpoint.metrics().acted(Door::Olefy, if answer.is_clean { Action::Accept } else { Action::Tag });
    let report = outcome.as_ref().map_or("", |examined| examined.id.as_str());
    let level = outcome.as_ref().map_or("none", |examined| examined.report.verdict.level.as_str());
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(door = "olefy", report, size, level, clean = answer.is_clean, milliseconds, "answered");
    answer.bytes
}
