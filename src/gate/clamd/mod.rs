//! The clamd door: what rspamd, amavis, Exim, MailScanner, Haraka, clamdscan and Nextcloud speak to an antivirus daemon.
//!
//! Source: clamd(8) and the replies of ClamAV 1.4.6. One command a connection ([`conversation`]), or many between IDSESSION
//! and END ([`session`]). The name after FOUND is the only thing clients see of a report, so [`names`] follows the grammar
//! they branch on; what is not read is never answered OK unless the configuration says so ([`judgement`]).

mod command;
mod conversation;
mod examiner;
mod in_words;
mod instream;
mod judgement;
mod line;
mod names;
mod paths;
mod received;
mod reply;
mod session;
mod share;
mod stats;
#[cfg(test)]
mod tests;
mod version;
mod wire;

use std::sync::Arc;

pub use in_words::in_words;
use tokio::sync::watch;

use self::wire::{Local, Plain, Wire};
use super::{Checkpoint, stream::Stream};

/// Serves one connection until the client is done, is too slow, or the daemon stops: work in hand is finished then, new
/// commands are not read.
pub async fn serve(stream: Stream, checkpoint: Arc<Checkpoint>, stop: watch::Receiver<bool>) {
    match stream {
        Stream::Unix(stream) => talk(Local::new(stream), checkpoint, stop).await,
        Stream::Tcp(stream) => {
            let is_near = stream.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback());
            talk(Plain::new(stream, is_near), checkpoint, stop).await;
        }
    }
}

async fn talk<W: Wire>(wire: W, checkpoint: Arc<Checkpoint>, stop: watch::Receiver<bool>) {
    if let Err(error) = conversation::run(line::Line::new(wire), &checkpoint, stop).await {
        tracing::debug!(door = "clamd", %error, "the connection ended early");
    }
}
