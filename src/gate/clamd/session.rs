//! IDSESSION: many commands over one connection, each reply with the command's number, in the order the work is done.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::command::{Command, Ending, Manner, Wanted};
use super::conversation::{Read, at_once, read_command, read_file, refused_stream, stopping};
use super::examiner::Examiner;
use super::instream::{Received, Receiving};
use super::line::Line;
use super::reply;
use super::wire::Wire;

/// How long a session may lie idle (clamd's `IdleTimeout`).
const IDLE_TIME: Duration = Duration::from_secs(30);
/// Work of one session at once; no more commands are read meanwhile.
const AT_ONCE: usize = 16;

/// What is being read.
enum Reading {
    Command,
    Stream(Receiving),
    File,
}

/// What was read.
enum Input {
    Command(Read),
    Stream(Received),
    File(Option<OwnedFd>),
}

async fn read<W: Wire>(line: &mut Line<W>, reading: &mut Reading, until: Instant) -> io::Result<Input> {
    Ok(match reading {
        Reading::Command => Input::Command(read_command(line, until).await?),
        Reading::Stream(receiving) => Input::Stream(receiving.go_on(line).await?),
        Reading::File => Input::File(read_file(line, until).await?),
    })
}

/// A session in progress.
struct Session<W> {
    line: Line<W>,
    examiner: Examiner,
    work: JoinSet<Bytes>,
    reading: Reading,
    /// Number and ending of the command last read.
    id: u64,
    ending: Ending,
}

impl<W: Wire> Session<W> {
    async fn say(&mut self, text: &str) -> io::Result<()> {
        self.line.say(&reply::text(Some(self.id), text, self.ending)).await
    }

    /// Begins what a command wants. False if the session ends with it.
    async fn begin(&mut self, command: Command) -> io::Result<bool> {
        self.id = self.id.saturating_add(1);
        self.ending = command.ending;
        match command.wanted {
            Wanted::End => return Ok(false),
            Wanted::Pong | Wanted::Version | Wanted::VersionCommands | Wanted::Stats => {
                let text = at_once(&command, &self.examiner, &self.line).unwrap_or_default();
                self.say(&text).await?;
            }
            Wanted::Stream => {
                self.reading = Reading::Stream(Receiving::new(self.examiner.most(), self.examiner.share()));
            }
            Wanted::File if self.line.brings_files() => self.reading = Reading::File,
            Wanted::File => {
                self.say(reply::NO_FILE_HERE).await?;
                return Ok(false);
            }
            Wanted::Path(Manner::UntilFound, path) => {
                let (id, ending, examiner) = (self.id, self.ending, self.examiner.clone());
                self.work.spawn(async move {
                    let (sender, mut lines) = mpsc::unbounded_channel();
                    examiner.path(Manner::UntilFound, path, sender).await;
                    let mut all = Vec::new();
                    while let Some(line) = lines.recv().await {
                        all.push(line);
                    }
                    reply::wire(Some(id), &all, ending)
                });
            }
            Wanted::Path(..) | Wanted::Reload | Wanted::Shutdown | Wanted::Session | Wanted::Unknown => {
                self.say(reply::NOT_IN_SESSION).await?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Goes on with what was read. False if the session ends with it.
    async fn take(&mut self, input: Input) -> io::Result<bool> {
        let (id, ending, examiner) = (self.id, self.ending, self.examiner.clone());
        match input {
            Input::Command(Read::Command(command)) => return self.begin(command).await,
            Input::Command(Read::Ended) | Input::Stream(Received::Cut) => return Ok(false),
            Input::Command(Read::TimedOut) => {
                self.line.say(&reply::text(None, reply::READ_TIMED_OUT, ending)).await?;
                return Ok(false);
            }
            Input::Command(Read::TooLong) => {
                self.line.say(&reply::text(None, reply::UNKNOWN, ending)).await?;
                return Ok(false);
            }
            Input::Command(Read::UnaskedFile) => {
                self.line.say(&reply::text(None, reply::UNASKED_FILE, ending)).await?;
                return Ok(false);
            }
            Input::Stream(Received::Whole(bytes)) => {
                self.work.spawn(async move { reply::wire(Some(id), &examiner.stream(bytes).await, ending) });
            }
            Input::Stream(received) => {
                let lines = refused_stream(&received, &examiner).unwrap_or_default();
                self.line.say(&reply::wire(Some(id), &lines, ending)).await?;
                return Ok(false);
            }
            Input::File(Some(file)) => {
                self.work.spawn(async move { reply::wire(Some(id), &examiner.passed(file).await, ending) });
            }
            Input::File(None) => {
                self.say(reply::NO_FILE).await?;
                return Ok(false);
            }
        }
        self.reading = Reading::Command;
        Ok(true)
    }
}

/// Serves a session until END, and what was begun before it.
pub(super) async fn run<W: Wire>(line: Line<W>, examiner: Examiner, mut stop: watch::Receiver<bool>) -> io::Result<()> {
    let mut session =
        Session { line, examiner, work: JoinSet::new(), reading: Reading::Command, id: 0, ending: Ending::Zero };
    let mut is_open = true;
    let mut last = Instant::now();
    while is_open || !session.work.is_empty() {
        let has_work = !session.work.is_empty();
        let reads = is_open && session.work.len() < AT_ONCE;
        // While there is work, it is the client that waits.
        let until = if has_work { Instant::now() + Duration::from_secs(3_600) } else { last + IDLE_TIME };
        tokio::select! {
            biased;
            Some(done) = session.work.join_next(), if has_work => {
                let done = done.map_err(io::Error::other)?;
                session.line.say(&done).await?;
                last = Instant::now();
            }
            input = read(&mut session.line, &mut session.reading, until), if reads => {
                is_open = session.take(input?).await?;
                last = Instant::now();
            }
            () = stopping(&mut stop), if is_open => is_open = false,
        }
    }
    session.line.hang_up().await;
    Ok(())
}
