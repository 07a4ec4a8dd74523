//! One connection from its beginning to its end.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tracing::{debug, warn};

use super::connection::{Connection, Ended};
use super::examiner::Examiner;
use super::judge::judge;
use super::negotiate::LEADING_SPACE;
use super::reply::Reply;
use super::session::{Event, Session};
use crate::gate::checkpoint::{Checkpoint, Door};

/// Serves one connection of a mail server until it ends. Once `stop` is true, the mail in hand is finished and the
/// connection closed; the mail server then does with the next mail what it was told to do with a milter that is away.
pub async fn serve<S>(stream: S, checkpoint: Arc<Checkpoint>, stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let _open = checkpoint.metrics().connection(Door::Milter);
    converse(stream, &*checkpoint, stop).await;
}

/// As [`serve`].
pub(super) async fn converse<S, E>(stream: S, examiner: &E, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    E: Examiner,
{
    let mut connection = Connection::over(stream);
    match dialogue(&mut connection, examiner, &mut stop).await {
        Ok(()) | Err(Ended::Closed) => connection.close().await,
        Err(Ended::Failed(error)) => debug!(%error, "milter: connection lost"),
        // Closing is the only answer to what is not understood: the mail server then takes its default action.
        Err(why) => warn!(%why, "milter: connection dropped"),
    }
}

async fn dialogue<S, E>(
    connection: &mut Connection<S>,
    examiner: &E,
    stop: &mut watch::Receiver<bool>,
) -> Result<(), Ended>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    E: Examiner,
{
    let mut session = Session::new(examiner.intake().clone());
    loop {
        let command = if session.has_mail() {
            connection.command().await?
        } else {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stopping| *stopping) => return Ok(()),
                command = connection.command() => command?,
            }
        };
        match session.take(command, &examiner.settings())? {
            Event::Nothing => {}
            Event::GivenUp => debug!("milter: a mail was given up while it came in"),
            Event::Close => return Ok(()),
            Event::Reply(reply) => {
                if let Reply::Negotiate(agreed) = &reply {
                    connection.set_leading_space(agreed.has(LEADING_SPACE));
                }
                connection.say(&[reply]).await?;
            }
            Event::Judge(mail) => judge(connection, examiner, *mail).await?,
        }
    }
}
