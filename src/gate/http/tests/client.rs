//! A door on a loopback port and a client that writes what it likes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::config::{Http, Queue, Settings, Workers};
use crate::gate::checkpoint::Checkpoint;
use crate::gate::desk::Desk;
use crate::gate::http::{Reception, Times};
use crate::worker::{Setup, Workshop};

/// Longer than anything takes on a loaded machine.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// Times no test waits for.
pub(super) const PATIENT: Times = Times { idle: LONG, head: LONG, body: LONG, write: LONG };

/// An open door.
pub(super) struct Open {
    pub(super) address: SocketAddr,
    pub(super) checkpoint: Arc<Checkpoint>,
    pub(super) stop: watch::Sender<bool>,
    pub(super) served: JoinHandle<()>,
}

/// Settings with the key `secret`.
pub(super) fn settings() -> Settings {
    let digest = Sha256::digest(b"secret").iter().map(|byte| format!("{byte:02x}")).collect();
    let http = Http { keys: vec![(digest, "test".to_owned())], ..Http::default() };
    Settings { http: Some(http), ..Settings::default() }
}

/// The door settings of settings.
pub(super) fn http(settings: &mut Settings) -> &mut Http {
    settings.http.get_or_insert_default()
}

impl Open {
    pub(super) async fn with(settings: Settings, times: Times) -> Open {
        let workshop = Arc::new(Workshop::without_isolation(Setup::default()).unwrap());
        let desk = Desk::open(workshop, &Workers::default(), &Queue::default());
        let checkpoint = Checkpoint::new(desk, settings);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let reception = Reception::within(checkpoint.clone(), times);
        let served = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            let mut stopping = stopped.clone();
            loop {
                let accepted = tokio::select! {
                    _ = stopping.wait_for(|stopping| *stopping) => break,
                    accepted = listener.accept() => accepted,
                };
                connections.spawn(reception.clone().serve(accepted.unwrap().0, stopped.clone()));
            }
            while connections.join_next().await.is_some() {}
        });
        Open { address, checkpoint, stop, served }
    }

    pub(super) async fn patient() -> Open {
        Open::with(settings(), PATIENT).await
    }

    pub(super) async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(self.address).await.unwrap(), seen: Vec::new() }
    }

    /// The response to one request on a connection of its own.
    pub(super) async fn ask(&self, head: &str, body: &[u8]) -> Answer {
        let mut client = self.connect().await;
        client.send(format!("{head}\r\nHost: sekisho\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes()).await;
        client.send(body).await;
        client.answer(head.starts_with("HEAD")).await.expect("a response")
    }

    /// The value of a series.
    pub(super) async fn series(&self, name: &str) -> f64 {
        let page = self.ask("GET /metrics HTTP/1.1\r\nX-Api-Key: secret", b"").await;
        let line = page.text().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
        line.expect("the series").parse().unwrap()
    }
}

/// A connection.
pub(super) struct Client {
    pub(super) stream: TcpStream,
    seen: Vec<u8>,
}

/// A response.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The last part of a problem's type.
    pub(super) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.head);
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        problem["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
    }
}

impl Client {
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        // The door may answer and close before it has read everything.
        let _ = self.stream.write_all(bytes).await;
    }

    /// The next response; nothing if the connection ends instead.
    pub(super) async fn answer(&mut self, is_head: bool) -> Option<Answer> {
        loop {
            let end = self.seen.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
            if let Some(end) = end {
                let head = String::from_utf8(self.seen[..end].to_vec()).unwrap();
                let status = head[9..12].parse().unwrap();
                let answer = Answer { status, head, body: Vec::new() };
                let length: usize = answer.header("content-length").map_or(0, |text| text.parse().unwrap());
                let length = if is_head { 0 } else { length };
                if self.seen.len() >= end + length {
                    let body = self.seen[end..end + length].to_vec();
                    self.seen.drain(..end + length);
                    return Some(Answer { body, ..answer });
                }
            }
            if !self.read_more().await {
                return None;
            }
        }
    }

    /// Whether the door closes the connection.
    pub(super) async fn is_closed(&mut self) -> bool {
        while self.read_more().await {}
        true
    }

    async fn read_more(&mut self) -> bool {
        let mut buffer = [0; 8_192];
        match timeout(LONG, self.stream.read(&mut buffer)).await.expect("the door answers or closes") {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.seen.extend_from_slice(&buffer[..count]);
                true
            }
        }
    }
}
