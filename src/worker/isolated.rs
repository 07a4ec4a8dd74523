//! A worker from the outside: a process that is asked, waited for until the deadline, and not believed.

use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::failure::{Failure, how_it_ended};
use super::job::{Answer, Job};
use super::probe::{Probe, Probed};
use super::serve::for_worker;
use super::setup::{Setup, SetupError};
use super::stopper::Stopper;
use super::wire::{Greeting, Isolation, Orders, Reply, Request, Task, VERSION};
use crate::sandbox::{Channel, Ended, Enforced, Frame, Process, ReceiveError, memfd};

/// The largest greeting taken: messages about rules that do not compile.
const MAX_GREETING: u64 = 16 << 20;
/// This program, also when another has taken its place on the disk.
const THIS_PROGRAM: &str = "/proc/self/exe";

/// Whether this program understands `worker`. Another one that links this library would do whatever it does when it is
/// started with that word.
static IS_SEKISHO: AtomicBool = AtomicBool::new(false);

/// States that this program, started as `… worker`, calls [`super::serve`].
pub fn declare_program() {
    IS_SEKISHO.store(true, Ordering::Relaxed);
}

/// A worker process that is ready.
#[derive(Debug)]
pub(super) struct Isolated {
    process: Process,
    jobs: u64,
    is_stopped: Arc<AtomicBool>,
    max_answer: u64,
    /// Digest of its rules and policy.
    pub(super) rules: String,
    /// What keeps it in.
    pub(super) enforced: Enforced,
}

impl Isolated {
    /// Starts one and waits until it is ready.
    pub(super) fn start(setup: &Setup, isolation: &Isolation) -> Result<Self, SetupError> {
        let not_started = |why: String| SetupError::NotStarted(Failure::NotStarted(why));
        let arguments: &[&str] = if isolation.probes { &["worker", "--probes"] } else { &["worker"] };
        let program = match &isolation.program {
            Some(program) => program.as_path(),
            None if IS_SEKISHO.load(Ordering::Relaxed) => Path::new(THIS_PROGRAM),
            None => return Err(not_started("this program is none that can be a worker".to_owned())),
        };
        let process = Process::start(program, "sekisho", arguments).map_err(|error| not_started(error.to_string()))?;
        let orders = Orders { version: VERSION.to_owned(), setup: for_worker(setup), memory: isolation.memory };
        let head = serde_json::to_vec(&orders).map_err(|error| not_started(error.to_string()))?;
        let deadline = Some(Instant::now() + isolation.ready_within);
        // A worker that cannot be confined says so before it reads its orders.
        let _ = process.channel().send(&Frame { head, tail: Vec::new() }, None, deadline);
        let (frame, _) = match process.channel().receive(MAX_GREETING, deadline) {
            Ok(received) => received,
            Err(ReceiveError::Closed) => return Err(not_started(ended_early(&process.wait()))),
            Err(error) => return Err(not_started(error.to_string())),
        };
        match serde_json::from_slice(&frame.head) {
            Ok(Greeting::Ready { rules, enforced }) => Ok(Isolated {
                process,
                jobs: 0,
                is_stopped: Arc::default(),
                max_answer: isolation.max_answer,
                rules,
                enforced,
            }),
            Ok(Greeting::Unusable(why)) => Err(SetupError::Unusable(why)),
            Ok(Greeting::Unconfined(why)) => Err(not_started(why)),
            Err(error) => Err(not_started(format!("it said something unexpected: {error}"))),
        }
    }

    /// Jobs it has done.
    pub(super) fn jobs(&self) -> u64 {
        self.jobs
    }

    pub(super) fn is_alive(&self) -> bool {
        self.process.is_alive()
    }

    /// What kills it from another thread.
    pub(super) fn stopper(&self) -> Stopper {
        let (killer, is_stopped) = (self.process.killer(), self.is_stopped.clone());
        Stopper::new(move || {
            is_stopped.store(true, Ordering::Relaxed);
            killer.kill();
        })
    }

    /// Whether it was killed by its stopper: then it was meant to end, even if nothing was asked of it yet.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Has it do a job. If it fails it is gone.
    pub(super) fn ask(self, job: Job, bytes: &[u8], deadline: Instant) -> Result<(Self, Answer), Failure> {
        let sort = expected(&job);
        let (worker, reply, tail) = self.exchange(Task::Job(job), bytes, deadline)?;
        match reply {
            Reply::Answer(mut answer) if sort_of(&answer) == sort => {
                if let Answer::Rewritten(Some(rewritten)) = &mut answer {
                    rewritten.body = tail;
                }
                Ok((worker, answer))
            }
            _ => Err(Failure::Crashed { how: "an answer to something else".to_owned() }),
        }
    }

    /// Has it try something.
    pub(super) fn probe(self, probe: Probe, bytes: &[u8], deadline: Instant) -> Result<(Self, Probed), Failure> {
        match self.exchange(Task::Probe(probe), bytes, deadline)? {
            (worker, Reply::Probed(probed), _) => Ok((worker, probed)),
            _ => Err(Failure::Crashed { how: "an answer to something else".to_owned() }),
        }
    }

    fn exchange(mut self, task: Task, bytes: &[u8], deadline: Instant) -> Result<(Self, Reply, Vec<u8>), Failure> {
        let request = Request { size: bytes.len() as u64, task };
        let not_asked = |why: String| Failure::NotStarted(why);
        let head = serde_json::to_vec(&request).map_err(|error| not_asked(error.to_string()))?;
        let input = memfd::sealed(bytes).map_err(|error| not_asked(format!("no memory for the input: {error}")))?;
        self.jobs = self.jobs.saturating_add(1);
        let channel: &Channel = self.process.channel();
        let sent = channel.send(&Frame { head, tail: Vec::new() }, Some(input.as_fd()), Some(deadline));
        let received = match sent {
            Ok(()) => channel.receive(self.max_answer, Some(deadline)),
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => Err(ReceiveError::TimedOut),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(ReceiveError::Closed),
            Err(error) => Err(ReceiveError::Io(error)),
        };
        drop(input);
        let (frame, _) = match received {
            Ok(received) => received,
            Err(ReceiveError::TimedOut) => {
                drop(self.process);
                return Err(Failure::TimedOut);
            }
            Err(ReceiveError::Closed) => return Err(how_it_ended(&self.process.wait())),
            Err(error @ ReceiveError::TooLarge(_)) => {
                let how = format!("its answer was too large: {error}");
                return Err(Failure::Crashed { how });
            }
            Err(ReceiveError::Io(error)) => return Err(Failure::Crashed { how: error.to_string() }),
        };
        self.process.listen();
        let Ok(reply) = serde_json::from_slice(&frame.head) else {
            return Err(Failure::Crashed { how: "an answer that cannot be read".to_owned() });
        };
        Ok((self, reply, frame.tail))
    }
}

/// An answer of the sort this job gets.
fn expected(job: &Job) -> Sort {
    match job {
        Job::Scan { .. } | Job::Unreadable { .. } => Sort::Scanned,
        Job::Letters => Sort::Letters,
        Job::Rewrite(_) => Sort::Rewritten,
    }
}

fn sort_of(answer: &Answer) -> Sort {
    match answer {
        Answer::Scanned { .. } => Sort::Scanned,
        Answer::Letters(_) => Sort::Letters,
        Answer::Rewritten(_) => Sort::Rewritten,
    }
}

/// Sorts of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Scanned,
    Letters,
    Rewritten,
}

fn ended_early(ended: &Ended) -> String {
    let said = ended.said.lines().last().unwrap_or_default();
    match how_it_ended(ended) {
        Failure::Crashed { how } if said.is_empty() => format!("it ended before it was ready: {how}"),
        Failure::Crashed { how } => format!("it ended before it was ready: {how}: {said}"),
        other => other.to_string(),
    }
}
