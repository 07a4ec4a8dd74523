//! For tests: a mail server that follows a script, and a checkpoint that does what the test says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::examiner::Examiner;
use super::server::converse;
use crate::config::{Action, Cause, Settings};
use crate::gate::checkpoint::{Envelope, Examined, NotKept, Refused, Request};
use crate::gate::intake::Intake;
use crate::worker::{Replacement, Rewritten};

pub(super) const POSTFIX: &[u8] = &[0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff];
pub(super) const OLD: &[u8] = &[0, 0, 0, 2, 0, 0, 0, 0x3f, 0, 0, 0, 0x7f];
pub(super) const STALWART: &[u8] = &[0, 0, 0, 6, 0, 0, 0, 0xff, 0, 0, 0, 0x42];

/// A checkpoint that does what the test says.
pub(super) struct Fake {
    pub(super) settings: Settings,
    pub(super) outcome: Result<Examined, Refused>,
    /// How long a scan takes.
    pub(super) takes: Duration,
    pub(super) kept: Result<String, NotKept>,
    pub(super) rewritten: Option<Rewritten>,
    /// The one release mark that is good.
    pub(super) mark: String,
    pub(super) intake: Arc<Intake>,
    /// What was asked, in order.
    pub(super) asked: Mutex<Vec<Asked>>,
    /// Scans that were given up before their end.
    pub(super) given_up: AtomicUsize,
}

/// What a checkpoint was asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Asked {
    Examine(Bytes, Envelope),
    Quarantine(Bytes, Envelope, Cause),
    Rewrite(Replacement),
    Acted(Action),
}

impl Fake {
    /// One whose every scan ends so.
    pub(super) fn with(outcome: Result<Examined, Refused>) -> Self {
        Fake {
            settings: Settings::default(),
            outcome,
            takes: Duration::ZERO,
            kept: Ok("1".to_owned()),
            rewritten: None,
            mark: "7 abcd".to_owned(),
            intake: Arc::default(),
            asked: Mutex::default(),
            given_up: AtomicUsize::new(0),
        }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn acted(&self) -> Vec<Action> {
        let acted = |asked: Asked| match asked {
            Asked::Acted(action) => Some(action),
            _ => None,
        };
        self.asked().into_iter().filter_map(acted).collect()
    }

    /// The messages that were scanned.
    pub(super) fn scanned(&self) -> Vec<Bytes> {
        let scanned = |asked: Asked| match asked {
            Asked::Examine(bytes, _) => Some(bytes),
            _ => None,
        };
        self.asked().into_iter().filter_map(scanned).collect()
    }

    fn note(&self, asked: Asked) {
        self.asked.lock().unwrap().push(asked);
    }
}

struct InWork<'a>(&'a AtomicUsize, bool);

impl Drop for InWork<'_> {
    fn drop(&mut self) {
        if !self.1 {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Examiner for Fake {
    fn settings(&self) -> Arc<Settings> {
        Arc::new(self.settings.clone())
    }

    fn intake(&self) -> &Arc<Intake> {
        &self.intake
    }

    async fn examine(&self, request: Request) -> Result<Examined, Refused> {
        self.note(Asked::Examine(request.bytes, request.envelope.unwrap_or_default()));
        let mut work = InWork(&self.given_up, false);
        tokio::time::sleep(self.takes).await;
        work.1 = true;
        self.outcome.clone()
    }

    async fn quarantine(
        &self,
        message: Bytes,
        envelope: &Envelope,
        _examined: &Examined,
        cause: Cause,
    ) -> Result<String, NotKept> {
        self.note(Asked::Quarantine(message, envelope.clone(), cause));
        tokio::time::sleep(self.takes).await;
        self.kept.clone()
    }

    async fn rewrite(&self, _message: Bytes, replacement: Replacement, _deadline: Instant) -> Option<Rewritten> {
        self.note(Asked::Rewrite(replacement));
        tokio::time::sleep(self.takes).await;
        self.rewritten.clone()
    }

    async fn released(&self, mark: &str) -> bool {
        self.mark == mark
    }

    fn acted(&self, action: Action) {
        self.note(Asked::Acted(action));
    }
}

/// A frame as a test writes it.
pub(super) type Said = (char, Vec<u8>);

/// A mail server that follows a script.
pub(super) struct Peer {
    pub(super) stream: DuplexStream,
    pub(super) stop: watch::Sender<bool>,
    pub(super) door: JoinHandle<()>,
}

impl Peer {
    /// One that talks to the door in front of this checkpoint.
    pub(super) fn of(fake: &Arc<Fake>) -> Self {
        let (stream, other) = duplex(1 << 20);
        let (stop, stopping) = watch::channel(false);
        let fake = fake.clone();
        let door = tokio::spawn(async move { converse(other, &*fake, stopping).await });
        Peer { stream, stop, door }
    }

    /// One that has made its offer.
    pub(super) async fn offering(fake: &Arc<Fake>, offer: &[u8]) -> Self {
        let mut peer = Peer::of(fake);
        peer.tell('O', offer).await;
        assert_eq!(peer.hear().await.0, 'O');
        peer
    }

    pub(super) async fn tell(&mut self, code: char, payload: &[u8]) {
        let mut bytes = u32::try_from(payload.len() + 1).unwrap().to_be_bytes().to_vec();
        bytes.push(u8::try_from(code).unwrap());
        bytes.extend_from_slice(payload);
        self.stream.write_all(&bytes).await.unwrap();
    }

    /// The next frame.
    pub(super) async fn hear(&mut self) -> Said {
        self.try_hear().await.expect("a frame")
    }

    /// The next frame; nothing if the door has closed the connection.
    pub(super) async fn try_hear(&mut self) -> Option<Said> {
        let length = self.stream.read_u32().await.ok()?;
        let mut frame = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut frame).await.ok()?;
        Some((char::from(frame[0]), frame.split_off(1)))
    }

    /// Tells a mail up to its end, hearing the replies of an old mail server if it is one.
    pub(super) async fn mail(&mut self, recipients: &[&str], fields: &[(&str, &str)], body: &[u8], replies: bool) {
        self.step('M', b"<alice@example.net>\0", replies).await;
        for recipient in recipients {
            self.step('R', format!("<{recipient}>\0").as_bytes(), replies).await;
        }
        for (name, value) in fields {
            self.step('L', format!("{name}\0{value}\0").as_bytes(), replies).await;
        }
        self.step('N', b"", replies).await;
        for piece in body.chunks(65_535) {
            self.step('B', piece, replies).await;
        }
        self.tell('E', b"").await;
    }

    pub(super) async fn step(&mut self, code: char, payload: &[u8], reply: bool) {
        self.tell(code, payload).await;
        if reply {
            assert_eq!(self.hear().await, ('c', vec![]), "to {code}");
        }
    }

    /// What is said up to the final reply, with it.
    pub(super) async fn verdict(&mut self) -> Vec<Said> {
        let mut said = Vec::new();
        loop {
            let frame = self.hear().await;
            let is_final = matches!(frame.0, 'c' | 'a' | 'd' | 'r' | 't' | 'y');
            said.push(frame);
            if is_final {
                return said;
            }
        }
    }
}

/// The codes of what was said.
pub(super) fn codes(said: &[Said]) -> String {
    said.iter().map(|(code, _)| *code).collect()
}

/// The payload as text, its zero bytes shown as `|` and its first four bytes as a number where that is what they are.
pub(super) fn text((code, payload): &Said) -> String {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\0', "|");
    match (code, payload.split_first_chunk::<4>()) {
        ('i' | 'm', Some((index, rest))) => format!("{code}{} {}", u32::from_be_bytes(*index), shown(rest)),
        _ => format!("{code} {}", shown(payload)),
    }
}
