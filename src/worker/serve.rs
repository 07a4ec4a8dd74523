//! A worker from the inside: the door is shut in steps, then jobs are done until nobody asks any more.

use std::fs::File;
use std::os::fd::OwnedFd;

use bytes::Bytes;

use super::analyst::Analyst;
use super::job::{Answer, Job};
use super::probe;
use super::setup::Setup;
use super::wire::{Greeting, Orders, Reply, Request, Task, VERSION};
use crate::sandbox::{Channel, ConfineError, Confinement, Enforced, Frame, ReceiveError, memfd};

/// The largest setup taken: rules and word lists.
const MAX_ORDERS: u64 = 1 << 30;
/// The largest head of a request: names and offered passwords.
const MAX_REQUEST: u64 = 64 << 20;

/// Why a worker ends other than because nobody asks any more.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Standard input is no channel.
    #[error("this is started by sekisho itself, with a socket as its standard input: {0}")]
    NoChannel(std::io::Error),
    /// The channel broke or carried something else than was agreed.
    #[error("the channel broke: {0}")]
    Broken(String),
}

fn broken(error: impl std::fmt::Display) -> ServeError {
    ServeError::Broken(error.to_string())
}

/// Is a worker, on standard input. Must be called before the program has started a thread. `probes` says whether it also
/// tries what it must not be able to do.
pub fn serve(probes: bool) -> Result<(), ServeError> {
    // This closes every open file it does not know, so it comes before the channel is opened.
    let confinement = Confinement::of_worker();
    let channel = Channel::of_stdin().map_err(ServeError::NoChannel)?;
    let Some(analyst) = ready(&channel, confinement)? else { return Ok(()) };
    loop {
        let (frame, file) = match channel.receive(MAX_REQUEST, None) {
            Ok(received) => received,
            Err(ReceiveError::Closed) => return Ok(()),
            Err(error) => return Err(broken(error)),
        };
        let request: Request = serde_json::from_slice(&frame.head).map_err(broken)?;
        let file = file.ok_or_else(|| broken("a request without its input"))?;
        match request.task {
            Task::Job(job) => {
                let answer = answer(&analyst, job, file, request.size)?;
                reply(&channel, answer)?;
            }
            Task::Probe(probe) if probes => {
                let probed = probe::perform(probe, &File::from(file), &channel);
                send(&channel, &Reply::Probed(probed), Vec::new())?;
            }
            Task::Probe(_) => return Err(broken("a probe, and this worker does none")),
        }
    }
}

/// Closes the door and gets ready; nothing if it cannot work and has said so.
fn ready(channel: &Channel, confinement: Result<Confinement, ConfineError>) -> Result<Option<Analyst>, ServeError> {
    let greet = |greeting: &Greeting| -> Result<(), ServeError> {
        let head = serde_json::to_vec(greeting).map_err(broken)?;
        channel.send(&Frame { head, tail: Vec::new() }, None, None).map_err(broken)
    };
    let confinement = match confinement {
        Ok(confinement) => confinement,
        Err(error) => return greet(&Greeting::Unconfined(error.to_string())).map(|()| None),
    };
    let (frame, _) = channel.receive(MAX_ORDERS, None).map_err(broken)?;
    let orders: Orders = serde_json::from_slice(&frame.head).map_err(broken)?;
    drop(frame);
    if orders.version != VERSION {
        return greet(&Greeting::Unconfined(format!("the worker is version {VERSION}"))).map(|()| None);
    }
    match close(confinement, &orders) {
        Ok(Ok((analyst, enforced))) => {
            greet(&Greeting::Ready { rules: analyst.rules().to_owned(), enforced })?;
            Ok(Some(analyst))
        }
        Ok(Err(why)) => greet(&Greeting::Unusable(why)).map(|()| None),
        Err(error) => greet(&Greeting::Unconfined(error.to_string())).map(|()| None),
    }
}

/// What needs executable memory or is slow the first time, and then the rest of the door.
fn close(mut confinement: Confinement, orders: &Orders) -> Result<Result<(Analyst, Enforced), String>, ConfineError> {
    confinement.limit_memory(orders.memory)?;
    let analyst = match Analyst::new(&orders.setup) {
        Ok(analyst) => analyst,
        Err(error) => return Ok(Err(error.to_string())),
    };
    warm_up(&analyst);
    Ok(Ok((analyst, confinement.close()?)))
}

/// Scans something harmless, so that tables are built and the rules have their thread before the first mail waits.
fn warm_up(analyst: &Analyst) {
    const MAIL: &[u8] = b"From: a@example.com\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\n\r\nhttps://example.com/\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--b--\r\n";
    let job = Job::Scan { name: "message".to_owned(), is_cut: false, offered: Vec::new(), within: None };
    let _ = analyst.answer(job, Bytes::from_static(MAIL));
}

fn answer(analyst: &Analyst, job: Job, file: OwnedFd, size: u64) -> Result<Answer, ServeError> {
    let size = usize::try_from(size).map_err(broken)?;
    let bytes = memfd::read(&file, size).map_err(broken)?;
    if bytes.len() != size {
        return Err(broken("an input shorter than was said"));
    }
    drop(file);
    Ok(analyst.answer(job, bytes.into()))
}

fn reply(channel: &Channel, mut answer: Answer) -> Result<(), ServeError> {
    let tail = match &mut answer {
        Answer::Rewritten(Some(rewritten)) => std::mem::take(&mut rewritten.body),
        _ => Vec::new(),
    };
    send(channel, &Reply::Answer(answer), tail)
}

fn send(channel: &Channel, reply: &Reply, tail: Vec<u8>) -> Result<(), ServeError> {
    let head = serde_json::to_vec(reply).map_err(broken)?;
    channel.send(&Frame { head, tail }, None, None).map_err(broken)
}

/// A setup as a worker gets it: what it could not find out behind the door is found out before.
pub(super) fn for_worker(setup: &Setup) -> Setup {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = if setup.threads == 0 { cores() } else { setup.threads };
    Setup { threads, ..setup.clone() }
}
