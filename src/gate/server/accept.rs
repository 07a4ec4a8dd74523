//! Takes connections for a door. What happens to one never touches another: each has a task of its own, as many as may be
//! are open at once, and a panic ends one.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::gate::stream::{Bound, Stream};
use crate::gate::{Checkpoint, Door};

/// Waits after connections could not be taken (no descriptors left): the first, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Connections that are open at a door, over all its sockets.
#[derive(Debug, Clone, Default)]
pub(super) struct Open(Arc<AtomicUsize>);

impl Open {
    /// Counts one more until what is returned is dropped; nothing if there are as many as may be.
    fn one_more(&self, most: usize) -> Option<Self> {
        let counted = self
            .0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |open| open.checked_add(1).filter(|open| *open <= most));
        counted.is_ok().then(|| self.clone())
    }
}

/// Counts a connection for as long as it lives.
struct Counted(Open);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Takes connections until `stop`, then waits for those that are open.
pub(super) async fn take<S, F>(
    door: Door,
    bound: Bound,
    counted: Open,
    checkpoint: Arc<Checkpoint>,
    mut stop: watch::Receiver<bool>,
    serve: S,
) where
    S: Fn(Stream, Option<IpAddr>) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut open = JoinSet::new();
    let mut pause = FIRST_PAUSE;
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            Some(ended) = open.join_next(), if !open.is_empty() => {
                note(door, ended);
                continue;
            }
            accepted = bound.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                pause = FIRST_PAUSE;
                let Some(counted) = counted.one_more(most(door, &checkpoint)).map(Counted) else {
                    checkpoint.metrics().turned_away(door);
                    tracing::debug!(door = door.as_str(), "a connection was turned away: as many as may be are open");
                    continue;
                };
                let connection = serve(stream, peer);
                open.spawn(async move {
                    let _counted = counted;
                    connection.await;
                });
            }
            Err(error) if is_about_one_connection(&error) => {}
            Err(error) => {
                if pause == FIRST_PAUSE {
                    tracing::error!(door = door.as_str(), "connections cannot be taken: {error}");
                }
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    _ = stop.wait_for(|stop| *stop) => break,
                }
                pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            }
        }
    }
    drop(bound);
    while let Some(ended) = open.join_next().await {
        note(door, ended);
    }
}

/// Connections that may be open at once.
fn most(door: Door, checkpoint: &Checkpoint) -> usize {
    let settings = checkpoint.settings();
    let most = match door {
        Door::Milter => settings.milter.as_ref().map(|door| door.connections),
        Door::Clamd => settings.clamd.as_ref().map(|door| door.connections),
        Door::Olefy => settings.olefy.as_ref().map(|door| door.connections),
        // Most connections of programs are idle, and each keeps one.
        Door::Http | Door::Hook => settings.http.as_ref().map(|door| door.requests.saturating_mul(4)),
    };
    most.unwrap_or(usize::MAX)
}

fn note(door: Door, ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        // Where it happened the panic hook has said.
        tracing::error!(door = door.as_str(), "a connection ended by a panic");
    }
}

/// The peer was gone before its turn (accept(2)); the next may be fine.
fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
            | io::ErrorKind::NotConnected
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
    )
}
