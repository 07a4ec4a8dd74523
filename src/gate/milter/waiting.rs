//! Waiting for work while the mail server waits for its reply.

use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until};

use super::command::Command;
use super::connection::{Connection, Ended};
use super::reply::Reply;

/// How often progress is told at most: a setting of nothing must not become a flood.
const OFTEN: Duration = Duration::from_secs(1);

/// What came of something the mail server waits for.
pub(super) enum Waited<T> {
    /// This.
    Done(T),
    /// The mail server gave the mail up, and the work with it. It may go on with another.
    GivenUp,
}

/// Waits for something and tells the mail server now and then that it is worked on. If the mail server gives up, so is
/// the work: its future is dropped.
pub(super) async fn wait<S, T>(
    connection: &mut Connection<S>,
    every: Duration,
    work: impl Future<Output = T> + Send,
) -> Result<Waited<T>, Ended>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut work = pin!(work);
    let every = every.max(OFTEN);
    let mut next = Instant::now() + every;
    loop {
        tokio::select! {
            biased;
            done = &mut work => return Ok(Waited::Done(done)),
            command = connection.command() => {
                return match command? {
                    Command::Abort => Ok(Waited::GivenUp),
                    Command::Quit => Err(Ended::Closed),
                    _ => Err(Ended::Impatient),
                };
            }
            () = sleep_until(next) => {
                connection.say(&[Reply::Progress]).await?;
                next = Instant::now() + every;
            }
        }
    }
}

/// Waits for something that must not be given up, whatever the mail server does.
pub(super) async fn see_through<S, T>(
    connection: &mut Connection<S>,
    every: Duration,
    work: impl Future<Output = T> + Send,
) -> T
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut work = pin!(work);
    let every = every.max(OFTEN);
    let mut next = Instant::now() + every;
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = sleep_until(next) => {
                // That nobody listens shows when the final reply is said.
                tokio::select! {
                    done = &mut work => return done,
                    _ = connection.say(&[Reply::Progress]) => {}
                }
                next = Instant::now() + every;
            }
        }
    }
}
