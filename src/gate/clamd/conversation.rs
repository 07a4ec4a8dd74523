//! One connection: a command and its reply, unless the command opens a session.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::command::{self, Command, Ending, Next, Wanted};
use super::examiner::Examiner;
use super::instream::{Received, Receiving};
use super::line::Line;
use super::wire::Wire;
use super::{reply, session, stats, version};
use crate::config::{Cause, ErrorStyle};
use crate::gate::{Checkpoint, Door};

/// How long a command may take to come (clamd's `CommandReadTimeout`).
const COMMAND_TIME: Duration = Duration::from_secs(30);
/// After how long without a newline a bare command is taken as it is: clients from before framing send a packet and wait.
const LULL: Duration = Duration::from_millis(300);

/// What came instead of a command, or the command.
#[derive(Debug)]
pub(super) enum Read {
    /// A command.
    Command(Command),
    /// Nothing in time.
    TimedOut,
    /// Too long for one.
    TooLong,
    /// An open file that nobody asked for.
    UnaskedFile,
    /// The end.
    Ended,
}

/// Reads a command. Nothing is lost if the future is dropped.
pub(super) async fn read_command<W: Wire>(line: &mut Line<W>, until: Instant) -> io::Result<Read> {
    loop {
        let is_unasked = line.has_file() && line.unread().is_empty();
        if line.is_abused() || is_unasked {
            return Ok(Read::UnaskedFile);
        }
        let next = command::next(line.unread());
        match next {
            Next::Whole(command, used) => {
                line.skip(used);
                return Ok(Read::Command(command));
            }
            Next::TooLong => return Ok(Read::TooLong),
            Next::Bare(command, used) => {
                let until = until.min(Instant::now() + LULL);
                let is_all = line.is_ended() || timeout_at(until, line.more()).await.is_err();
                if is_all {
                    line.skip(used);
                    return Ok(Read::Command(command));
                }
            }
            Next::Part if line.is_ended() => return Ok(Read::Ended),
            Next::Part => match timeout_at(until, line.more()).await {
                Ok(more) => more?,
                Err(_) => return Ok(Read::TimedOut),
            },
        }
    }
}

/// Waits for the open file that follows FILDES, with one byte that means nothing.
pub(super) async fn read_file<W: Wire>(line: &mut Line<W>, until: Instant) -> io::Result<Option<OwnedFd>> {
    loop {
        if line.is_abused() {
            return Ok(None);
        }
        if line.has_file() {
            line.skip(1);
            return Ok(line.take_file());
        }
        if !line.unread().is_empty() || line.is_ended() {
            return Ok(None);
        }
        match timeout_at(until, line.more()).await {
            Ok(more) => more?,
            Err(_) => return Ok(None),
        }
    }
}

/// Returns when the daemon is stopping.
pub(super) async fn stopping(stop: &mut watch::Receiver<bool>) {
    // Whoever could say so being gone means the same.
    let _ = stop.wait_for(|is_stopping| *is_stopping).await;
}

/// The reply to a command that needs no work; nothing for others.
pub(super) fn at_once<W: Wire>(command: &Command, examiner: &Examiner, line: &Line<W>) -> Option<String> {
    let checkpoint = examiner.checkpoint();
    let is_allowed = examiner.door().control;
    let version = || version::with_rules(&checkpoint.desk().stats().rules);
    Some(match command.wanted {
        Wanted::Pong => reply::PONG.to_owned(),
        Wanted::Version => version(),
        Wanted::VersionCommands => format!("{}| COMMANDS: {COMMANDS}", version()),
        Wanted::Stats => stats::text(&checkpoint.desk().stats(), examiner.settings().queue.bytes),
        Wanted::Reload if is_allowed => {
            checkpoint.control().reload();
            reply::RELOADING.to_owned()
        }
        Wanted::Shutdown if is_allowed && line.is_near() => return None,
        Wanted::Reload | Wanted::Shutdown => reply::UNAVAILABLE.to_owned(),
        Wanted::Unknown => reply::UNKNOWN.to_owned(),
        Wanted::Path(..) | Wanted::Stream | Wanted::File | Wanted::Session | Wanted::End => return None,
    })
}

const COMMANDS: &str = "SCAN QUIT RELOAD PING CONTSCAN VERSIONCOMMANDS VERSION END SHUTDOWN MULTISCAN FILDES STATS \
                        IDSESSION INSTREAM ALLMATCHSCAN";

/// What is said of a stream that did not come whole, if anything, by someone that reads no more of it.
pub(super) fn refused_stream(received: &Received, examiner: &Examiner) -> Option<Vec<Vec<u8>>> {
    let cause = match received {
        Received::Whole(_) | Received::Cut => return None,
        Received::TooLarge if examiner.door().errors == ErrorStyle::Error => {
            return Some(vec![reply::STREAM_TOO_LARGE.as_bytes().to_vec()]);
        }
        Received::TooLarge => Cause::TooLarge,
        Received::NoRoom => Cause::Overload,
        Received::Slow => return Some(vec![reply::READ_TIMED_OUT.as_bytes().to_vec()]),
    };
    // The rest of it is not read, so that even what the configuration accepts cannot be called clean.
    let said = match examiner.unread(cause) {
        reply::Said::Clean => reply::Said::failed("not read."),
        said => said,
    };
    Some(said.lines(b"stream"))
}

/// Serves a connection.
pub(super) async fn run<W: Wire>(
    mut line: Line<W>,
    checkpoint: &Arc<Checkpoint>,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let _connected = checkpoint.metrics().connection(Door::Clamd);
    let examiner = Examiner::new(checkpoint.clone());
    let read = tokio::select! {
        read = read_command(&mut line, Instant::now() + COMMAND_TIME) => read?,
        () = stopping(&mut stop) => return Ok(()),
    };
    let command = match read {
        Read::Command(command) => command,
        Read::Ended => return Ok(()),
        Read::TimedOut => return last_word(line, reply::READ_TIMED_OUT, Ending::Newline).await,
        Read::TooLong => return last_word(line, reply::UNKNOWN, Ending::Newline).await,
        Read::UnaskedFile => return last_word(line, reply::UNASKED_FILE, Ending::Newline).await,
    };
    let ending = command.ending;
    if let Some(text) = at_once(&command, &examiner, &line) {
        return last_word(line, &text, ending).await;
    }
    match command.wanted {
        Wanted::Session => return session::run(line, examiner, stop).await,
        Wanted::Path(manner, path) => {
            let (sender, mut lines) = mpsc::unbounded_channel();
            // Given up when this connection ends.
            let mut work = JoinSet::new();
            work.spawn(async move { examiner.path(manner, path, sender).await });
            while let Some(text) = lines.recv().await {
                line.say(&reply::wire(None, &[text], ending)).await?;
            }
        }
        Wanted::Stream => {
            let mut receiving = Receiving::new(examiner.most(), examiner.share());
            let received = receiving.go_on(&mut line).await?;
            let lines = match refused_stream(&received, &examiner) {
                Some(lines) => lines,
                None => match received {
                    Received::Whole(bytes) => examiner.stream(bytes).await,
                    _ => return Ok(()),
                },
            };
            line.say(&reply::wire(None, &lines, ending)).await?;
        }
        Wanted::File if !line.brings_files() => return last_word(line, reply::NO_FILE_HERE, ending).await,
        Wanted::File => match read_file(&mut line, Instant::now() + COMMAND_TIME).await? {
            Some(file) => {
                let lines = examiner.passed(file).await;
                line.say(&reply::wire(None, &lines, ending)).await?;
            }
            None => return last_word(line, reply::NO_FILE, ending).await,
        },
        Wanted::Shutdown => {
            tracing::warn!(door = "clamd", "a client asked the daemon to stop");
            checkpoint.control().stop();
        }
        _ => {}
    }
    line.hang_up().await;
    Ok(())
}

async fn last_word<W: Wire>(mut line: Line<W>, text: &str, ending: Ending) -> io::Result<()> {
    line.say(&reply::text(None, text, ending)).await?;
    line.hang_up().await;
    Ok(())
}
