//! Many inputs over all threads, reports in the order the inputs were given. Files are read here; what is in them is read
//! by workers, one per thread.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;

use super::inputs::Input;
use crate::engine::Correspondence;
use crate::formats::mail::letter::Letter;
use crate::model::Report;
use crate::report::Language;
use crate::worker::{Answer, Failure, Isolation, Job, Setup, Worker, Workshop, failure_report};

/// Reports that may be ready and not yet taken.
const QUEUE: usize = 64;
/// Bytes of a message that is listened to before the scan: one that only brings a password is short.
const MAX_HEARD: u64 = 256 << 10;
/// What a worker may take beyond the time limits of a scan, which it keeps by itself.
const GRACE: Duration = Duration::from_secs(30);

/// A scanned input.
pub(super) struct Scanned<'a> {
    /// The input.
    pub(super) input: &'a Input,
    /// What is to be said of it.
    pub(super) report: Report,
    /// How long its scan took, without reading the file. Other scans ran at the same time.
    pub(super) took: Duration,
}

/// Makes ready to scan this many inputs on this many threads. As many inputs are in work at once as there are threads;
/// where there are fewer inputs, each scan may use several.
pub(super) fn workshop(
    setup: Setup,
    threads: usize,
    inputs: usize,
    is_isolated: bool,
) -> anyhow::Result<Arc<Workshop>> {
    if !is_isolated {
        warn(setup.language)?;
        // Here all scans share the threads: one that has no input of its own helps with others.
        return Ok(Arc::new(Workshop::without_isolation(Setup { threads, ..setup })?));
    }
    let each = threads.checked_div(threads.min(inputs)).unwrap_or(threads).max(1);
    let workshop = Workshop::isolated(Setup { threads: each, ..setup }, Isolation::default());
    Ok(Arc::new(workshop.map_err(|error| match error {
        crate::worker::SetupError::NotStarted(_) => {
            anyhow::Error::from(error).context("--no-isolation scans without, at a risk")
        }
        other => other.into(),
    })?))
}

/// Says that hostile input is about to be read unconfined.
pub(super) fn warn(language: Language) -> std::io::Result<()> {
    let text = language.pick(
        "WARNING: isolation is off. A malicious file that exploits a defect of the scanner acts with your rights.",
        "警告: 隔離を無効にしています。検査ソフトの欠陥を突く悪意あるファイルは、あなたの権限で動作できます。",
    );
    std::io::Write::write_fmt(&mut anstream::stderr(), format_args!("sekisho: {text}\n"))
}

/// Scans everything and hands out the reports in order, until `take` fails. As many inputs are in work as there are
/// threads, so that memory stays bounded.
pub(super) fn scan_all(
    workshop: &Arc<Workshop>,
    inputs: &[Input],
    threads: usize,
    limit: u64,
    mut take: impl FnMut(&Scanned<'_>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let count = threads.min(inputs.len()).max(1);
    let mut hands: Vec<Hand> = (0..count).map(|_| Hand { workshop: workshop.clone(), worker: None }).collect();
    let heard = hear(&mut hands, inputs);
    let mut others = Correspondence::default();
    heard.values().for_each(|letters| others.learn_letters(letters.iter().cloned()));
    let next_input = AtomicUsize::new(0);
    let (sender, receiver) = sync_channel::<(usize, Scanned<'_>)>(QUEUE);
    std::thread::scope(|scope| {
        for mut hand in hands {
            let (sender, next_input, others, heard) = (sender.clone(), &next_input, &others, &heard);
            scope.spawn(move || {
                loop {
                    let index = next_input.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = inputs.get(index) else { break };
                    let scanned = hand.scan(input, limit, others, heard.get(&index));
                    if sender.send((index, scanned)).is_err() {
                        // Writing failed; there is nobody left to scan for.
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut next = 0usize;
        for (index, scanned) in receiver {
            waiting.insert(index, scanned);
            while let Some(scanned) = waiting.remove(&next) {
                take(&scanned)?;
                next = next.saturating_add(1);
            }
        }
        Ok::<(), std::io::Error>(())
    })
    .context("cannot write the report")
}

/// Threads to use: as many as asked for, else one per core.
pub(super) fn threads(asked: Option<u16>) -> usize {
    match asked {
        Some(threads) => usize::from(threads),
        None => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    }
}

/// The messages in short inputs, by input: what they offer each other opens attachments. Standard input can be read only
/// once and is left out.
fn hear(hands: &mut [Hand], inputs: &[Input]) -> BTreeMap<usize, Vec<Letter>> {
    if inputs.len() < 2 {
        return BTreeMap::new();
    }
    let next_input = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let listeners: Vec<_> = hands
            .iter_mut()
            .map(|hand| {
                scope.spawn(|| {
                    let mut heard = Vec::new();
                    while let Some((index, input)) = next(inputs, &next_input) {
                        if let Some(Ok((submission, false))) = input.is_short(MAX_HEARD).then(|| input.read(MAX_HEARD))
                        {
                            heard.push((index, hand.letters(&submission.bytes)));
                        }
                    }
                    heard
                })
            })
            .collect();
        listeners.into_iter().filter_map(|listener| listener.join().ok()).flatten().collect()
    })
}

fn next<'a>(inputs: &'a [Input], next_input: &AtomicUsize) -> Option<(usize, &'a Input)> {
    let index = next_input.fetch_add(1, Ordering::Relaxed);
    Some((index, inputs.get(index)?))
}

/// A thread's worker. One that failed or has worked long enough is replaced for the next job.
struct Hand {
    workshop: Arc<Workshop>,
    worker: Option<Worker>,
}

impl Hand {
    fn ask(&mut self, job: Job, bytes: &Bytes) -> Result<Answer, Failure> {
        if !self.worker.as_ref().is_some_and(Worker::is_fit) {
            self.worker = None;
            self.worker = Some(self.workshop.hire()?);
        }
        let Some(worker) = &mut self.worker else { return Err(Failure::NotStarted(String::new())) };
        // A tree may be walked twice, each time within the limit.
        let patience = self.workshop.setup().limits.wall_time.saturating_mul(2).saturating_add(GRACE);
        let now = Instant::now();
        worker.ask(job, bytes, now.checked_add(patience).unwrap_or(now))
    }

    fn letters(&mut self, bytes: &Bytes) -> Vec<Letter> {
        match self.ask(Job::Letters, bytes) {
            Ok(Answer::Letters(letters)) => letters,
            // What made the worker fail here makes it fail again when it is scanned, and is reported then.
            _ => Vec::new(),
        }
    }

    fn scan<'a>(
        &mut self,
        input: &'a Input,
        limit: u64,
        others: &Correspondence,
        heard: Option<&Vec<Letter>>,
    ) -> Scanned<'a> {
        let read = input.read(limit);
        let start = Instant::now();
        let (job, bytes) = match read {
            Ok((submission, is_cut)) => {
                let offered = match heard {
                    _ if is_cut || others.is_empty() => Vec::new(),
                    Some(letters) => others.passwords_among(letters),
                    None => others.passwords_among(&self.letters(&submission.bytes)),
                };
                (Job::Scan { name: submission.name, is_cut, offered, within: None }, submission.bytes)
            }
            Err(error) => (Job::Unreadable { name: input.name(), why: error.to_string() }, Bytes::new()),
        };
        let report = match self.ask(job, &bytes) {
            Ok(Answer::Scanned { report, .. }) => *report,
            Ok(_) => self.failed(input, &bytes, &Failure::Crashed { how: "an answer to something else".to_owned() }),
            Err(failure) => self.failed(input, &bytes, &failure),
        };
        Scanned { input, report, took: start.elapsed() }
    }

    fn failed(&self, input: &Input, bytes: &Bytes, failure: &Failure) -> Report {
        failure_report(&input.name(), bytes, failure, self.workshop.rules(), self.workshop.setup().language)
    }
}
