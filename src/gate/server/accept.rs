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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::config::{Clamd, Queue, Settings, Workers};
    use crate::gate::desk::Desk;
    use crate::worker::{Setup, Workshop};

    async fn door(connections: usize) -> (Bound, std::net::SocketAddr, Arc<Checkpoint>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let workshop = Arc::new(Workshop::without_isolation(Setup::default()).unwrap());
        let workers = Workers { count: 1, reserved: 0, ..Workers::default() };
        let desk = Desk::open(workshop, &workers, &Queue::default());
        let clamd = Clamd { connections, ..Clamd::default() };
        let settings = Settings { clamd: Some(clamd), ..Settings::default() };
        (Bound::Tcp(listener), address, Checkpoint::new(desk, settings))
    }

    /// Answers each byte with itself; an x makes it panic.
    async fn echo(mut stream: Stream, _: Option<IpAddr>) {
        while let Ok(byte) = stream.read_u8().await {
            assert_ne!(byte, b'x', "as was asked for");
            if stream.write_u8(byte).await.is_err() {
                return;
            }
        }
    }

    #[tokio::test]
    async fn a_panic_ends_one_connection_and_no_other() {
        let (bound, address, checkpoint) = door(10).await;
        let (stop, stopped) = watch::channel(false);
        let taking = tokio::spawn(take(Door::Clamd, bound, Open::default(), checkpoint, stopped, echo));
        let mut calm = TcpStream::connect(address).await.unwrap();
        calm.write_u8(b'1').await.unwrap();
        assert_eq!(calm.read_u8().await.unwrap(), b'1');
        let mut mad = TcpStream::connect(address).await.unwrap();
        mad.write_u8(b'x').await.unwrap();
        assert!(mad.read_u8().await.is_err(), "closed");
        calm.write_u8(b'2').await.unwrap();
        assert_eq!(calm.read_u8().await.unwrap(), b'2');
        let mut next = TcpStream::connect(address).await.unwrap();
        next.write_u8(b'3').await.unwrap();
        assert_eq!(next.read_u8().await.unwrap(), b'3');
        // It ends when those that are open have.
        stop.send_replace(true);
        calm.write_u8(b'4').await.unwrap();
        assert_eq!(calm.read_u8().await.unwrap(), b'4');
        assert!(!taking.is_finished());
        drop((calm, next));
        taking.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn the_cap_is_one_for_all_sockets_of_a_door_and_frees_again() {
        let (bound, address, checkpoint) = door(2).await;
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other_address = other.local_addr().unwrap();
        let (_stop, stopped) = watch::channel(false);
        let open = Open::default();
        tokio::spawn(take(Door::Clamd, bound, open.clone(), checkpoint.clone(), stopped.clone(), echo));
        tokio::spawn(take(Door::Clamd, Bound::Tcp(other), open, checkpoint, stopped, echo));
        let says = |mut stream: TcpStream| async move {
            let answered = stream.write_u8(b'1').await.is_ok() && stream.read_u8().await.is_ok_and(|byte| byte == b'1');
            answered.then_some(stream)
        };
        let first = says(TcpStream::connect(address).await.unwrap()).await.expect("taken");
        let _second = says(TcpStream::connect(other_address).await.unwrap()).await.expect("taken");
        assert!(says(TcpStream::connect(address).await.unwrap()).await.is_none(), "turned away");
        assert!(says(TcpStream::connect(other_address).await.unwrap()).await.is_none(), "turned away");
        drop(first);
        // The place is free once the daemon has noticed; until then it turns away.
        while says(TcpStream::connect(address).await.unwrap()).await.is_none() {
            tokio::task::yield_now().await;
        }
    }
}
