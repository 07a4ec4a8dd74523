//! Many inputs over all threads, reports in the order the inputs were given.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use super::inputs::Input;
use crate::Scanner;
use crate::engine::Correspondence;
use crate::model::Report;

/// Reports that may be ready and not yet taken.
const QUEUE: usize = 64;
/// Bytes of a message that is listened to before the scan: one that only brings a password is short.
const MAX_HEARD: u64 = 256 << 10;

/// A scanned input.
pub(super) struct Scanned<'a> {
    /// The input.
    pub(super) input: &'a Input,
    /// What is to be said of it.
    pub(super) report: Report,
    /// How long its scan took, without reading the file. Other scans ran at the same time.
    pub(super) took: Duration,
}

/// Scans everything and hands out the reports in order, until `take` fails. As many inputs are in work as there are
/// threads, so that memory stays bounded; threads without an input of their own help with the artifacts of others.
pub(super) fn scan_all(
    scanner: &Scanner,
    inputs: &[Input],
    threads: usize,
    limit: u64,
    mut take: impl FnMut(&Scanned<'_>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let others = correspondence(inputs);
    let next_input = AtomicUsize::new(0);
    let (sender, receiver) = sync_channel::<(usize, Scanned<'_>)>(QUEUE);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(inputs.len()) {
            let (sender, next_input, others) = (sender.clone(), &next_input, &others);
            scope.spawn(move || {
                loop {
                    let index = next_input.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = inputs.get(index) else { break };
                    if sender.send((index, scan_one(scanner, others, input, limit))).is_err() {
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
        Ok(())
    })
}

/// Threads to use: as many as asked for, else one per core.
pub(super) fn threads(asked: Option<u16>) -> usize {
    match asked {
        Some(threads) => usize::from(threads),
        None => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    }
}

fn scan_one<'a>(scanner: &Scanner, others: &Correspondence, input: &'a Input, limit: u64) -> Scanned<'a> {
    let read = input.read(limit);
    let start = Instant::now();
    let report = match read {
        Ok((submission, false)) => scanner.scan_among(submission, others),
        Ok((submission, true)) => scanner.scan_cut(submission),
        Err(error) => scanner.unreadable(&input.name(), &error.to_string()),
    };
    Scanned { input, report, took: start.elapsed() }
}

/// What the messages among the inputs offer each other. Standard input can be read only once and is left out.
fn correspondence(inputs: &[Input]) -> Correspondence {
    let mut others = Correspondence::default();
    if inputs.len() > 1 {
        for input in inputs.iter().filter(|input| input.is_short(MAX_HEARD)) {
            if let Ok((submission, false)) = input.read(MAX_HEARD) {
                others.learn(&submission.bytes);
            }
        }
    }
    others
}
