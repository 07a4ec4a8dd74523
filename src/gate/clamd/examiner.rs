//! Has things examined, and says what came of it as lines of a reply.

use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

use super::command::Manner;
use super::judgement::Rules;
use super::paths::{self, Barred, Entry, Named};
use super::received;
use super::reply::Said;
use super::share::Share;
use crate::config::{Action, Cause, Clamd, Settings};
use crate::gate::{Checkpoint, Door, Refused, Request};

/// Files of one MULTISCAN examined at once.
const AT_ONCE: usize = 4;
/// What is waited beyond the deadline for an answer that says so.
const MARGIN: Duration = Duration::from_millis(500);
/// What a stream is called in a report.
const STREAM: &str = "stream";

/// Has things examined under the settings in force when the connection began. Cheap to clone.
#[derive(Clone)]
pub(super) struct Examiner {
    checkpoint: Arc<Checkpoint>,
    settings: Arc<Settings>,
    door: Arc<Clamd>,
}

impl Examiner {
    /// With the checkpoint's settings.
    pub(super) fn new(checkpoint: Arc<Checkpoint>) -> Self {
        let settings = checkpoint.settings();
        let door = Arc::new(settings.clamd.clone().unwrap_or_default());
        Examiner { checkpoint, settings, door }
    }

    /// The checkpoint.
    pub(super) fn checkpoint(&self) -> &Arc<Checkpoint> {
        &self.checkpoint
    }

    /// The door's settings.
    pub(super) fn door(&self) -> &Clamd {
        &self.door
    }

    /// The settings.
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The largest stream or file taken.
    pub(super) fn most(&self) -> u64 {
        self.door.stream_max.min(self.settings.queue.max_input)
    }

    /// Room for something to be received.
    pub(super) fn share(&self) -> Share {
        Share::of(self.checkpoint.intake(), self.settings.clone())
    }

    fn rules(&self, every_name: bool) -> Rules<'_> {
        Rules { door: &self.door, actions: &self.settings.actions, every_name }
    }

    /// What is said where nothing was examined for this cause.
    pub(super) fn unread(&self, cause: Cause) -> Said {
        self.rules(false).unread(cause, "")
    }

    /// Examines a stream.
    pub(super) async fn stream(&self, bytes: Bytes) -> Vec<Vec<u8>> {
        // An empty stream is clean by the protocol.
        let said = if bytes.is_empty() { Said::Clean } else { self.examine(STREAM, bytes, false).await };
        said.lines(STREAM.as_bytes())
    }

    /// Examines an open file that a client passed.
    pub(super) async fn passed(&self, file: OwnedFd) -> Vec<Vec<u8>> {
        let about = format!("fd[{}]", file.as_raw_fd());
        self.file(file, STREAM, false).await.lines(about.as_bytes())
    }

    async fn file(&self, file: OwnedFd, name: &str, every_name: bool) -> Said {
        match received::read(file, self.most(), self.share()).await {
            Ok(bytes) if bytes.is_empty() => Said::Empty,
            Ok(bytes) => self.examine(name, bytes, every_name).await,
            Err(why) => self.rules(every_name).unread_file(&why),
        }
    }

    async fn examine(&self, name: &str, bytes: Bytes, every_name: bool) -> Said {
        let (began, size) = (Instant::now(), bytes.len());
        let Some(deadline) = began.checked_add(self.door.deadline) else { return self.unread(Cause::Timeout) };
        let request = Request { door: Door::Clamd, name: name.to_owned(), bytes, deadline, envelope: None };
        let within = self.door.deadline.saturating_add(MARGIN);
        let outcome = match tokio::time::timeout(within, self.checkpoint.examine(request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Refused::Expired),
        };
        let said = self.rules(every_name).judge(&outcome);
        let action = match &said {
            Said::Clean | Said::Empty => Action::Accept,
            Said::Found(_) => Action::Reject,
            Said::Failed(_) => Action::Defer,
        };
        self.checkpoint.metrics().acted(Door::Clamd, action);
        let report = outcome.as_ref().map_or("", |examined| examined.id.as_str());
        let level = outcome.as_ref().map_or("none", |examined| examined.report.verdict.level.as_str());
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &said {
            Said::Found(names) => {
                let found = names.first().map_or("", String::as_str);
                tracing::info!(door = "clamd", report, size, level, found, milliseconds, "answered FOUND");
            }
            Said::Failed(message) => {
                tracing::warn!(door = "clamd", report, size, level, message, milliseconds, "answered ERROR");
            }
            Said::Clean | Said::Empty => {
                tracing::info!(door = "clamd", report, size, level, milliseconds, "answered OK");
            }
        }
        said
    }

    /// Examines what a path names. At most as many lines are sent as a folder may have entries, and names a verdict reasons.
    pub(super) async fn path(&self, manner: Manner, path: Bytes, out: UnboundedSender<Vec<u8>>) {
        let roots = self.door.roots.clone();
        let asked = path.clone();
        let opened = tokio::task::spawn_blocking(move || paths::open(&asked, &roots)).await;
        let every_name = manner == Manner::EveryName;
        let said = match opened.unwrap_or(Err(Barred::Denied)) {
            Ok(Named::File(file)) => self.file(file, &name(&path), every_name).await,
            Ok(Named::Folder(folder, entries)) => match self.folder(manner, folder, entries, &out).await {
                Some(said) => said,
                None => return,
            },
            Err(barred) => Said::failed(barred.message()),
        };
        for line in said.lines(&path) {
            let _ = out.send(line);
        }
    }

    /// Examines a folder's files and sends a line for each that is not clean. What is to be said of the folder itself: that
    /// all is clean, or nothing.
    async fn folder(
        &self,
        manner: Manner,
        folder: OwnedFd,
        entries: Vec<Entry>,
        out: &UnboundedSender<Vec<u8>>,
    ) -> Option<Said> {
        let folder = Arc::new(folder);
        let at_once = if manner == Manner::AtOnce { AT_ONCE } else { 1 };
        let every_name = manner == Manner::EveryName;
        let mut entries = entries.into_iter();
        let mut work: JoinSet<(Bytes, Said)> = JoinSet::new();
        let mut is_clean = true;
        loop {
            while work.len() < at_once {
                let Some(entry) = entries.next() else { break };
                let (examiner, folder) = (self.clone(), folder.clone());
                work.spawn(async move {
                    let said = examiner.entry(&folder, &entry, every_name).await;
                    (entry.shown, said)
                });
            }
            let Some(done) = work.join_next().await else { break };
            let (shown, said) = match done {
                Ok(done) => done,
                Err(_) => return Some(self.unread(Cause::Failed)),
            };
            if matches!(said, Said::Clean | Said::Empty) {
                continue;
            }
            is_clean = false;
            for line in said.lines(&shown) {
                let _ = out.send(line);
            }
            if manner == Manner::UntilFound && matches!(said, Said::Found(_)) {
                return None;
            }
        }
        is_clean.then_some(Said::Clean)
    }

    async fn entry(&self, folder: &Arc<OwnedFd>, entry: &Entry, every_name: bool) -> Said {
        let (folder, opening) = (folder.clone(), entry.clone());
        let opened = tokio::task::spawn_blocking(move || paths::open_entry(&folder, &opening)).await;
        match opened.unwrap_or(Err(Barred::Denied)) {
            Ok(file) => self.file(file, &name(&entry.shown), every_name).await,
            // A pipe or socket in a folder cannot be opened by those who open files, either.
            Err(Barred::NotAFile) => Said::Empty,
            Err(barred) => Said::failed(barred.message()),
        }
    }
}

/// The last name of a path.
fn name(path: &[u8]) -> String {
    let last = path.rsplit(|byte| *byte == b'/').find(|name| !name.is_empty()).unwrap_or(path);
    String::from_utf8_lossy(last).into_owned()
}
