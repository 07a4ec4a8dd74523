//! `sekisho scan`.

use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use anyhow::Context as _;

use super::args::{Color, Format, LimitArgs, ScanArgs};
use super::inputs::{Input, gather};
use super::{exit, progress, rules, words};
use crate::engine::Correspondence;
use crate::matching::{RuleSet, shipped_sources};
use crate::model::{Limits, Report, Site};
use crate::report::{Json, JsonLines, Paint, Sink, Text};
use crate::verdict::Policy;
use crate::{ScanOptions, Scanner};

/// Scans everything named and writes reports in the order given.
pub(super) fn run(options: &ScanArgs) -> anyhow::Result<ExitCode> {
    let scanner = scanner(options)?;
    let inputs = gather(&options.paths);
    let others = correspondence(&inputs);
    let bar = progress::bar(inputs.len(), options.quiet);
    let threads = match options.threads {
        Some(threads) => usize::from(threads),
        None => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    };
    let limit = options.limits.max_total;
    let fail_on = options.fail_on.into();
    let mut sink = sink(options);
    let mut outcome = exit::Outcome::default();

    // As many inputs are in work as there are threads, so that memory stays bounded; threads without an input of their
    // own help with the artifacts of others. Reports are ready in any order and written in the order given.
    let next_input = AtomicUsize::new(0);
    let (sender, receiver) = sync_channel::<(usize, Report)>(64);
    let written = std::thread::scope(|scope| -> std::io::Result<()> {
        for _ in 0..threads.min(inputs.len()) {
            let (sender, next_input, inputs) = (sender.clone(), &next_input, &inputs);
            let (scanner, bar, others) = (&scanner, &bar, &others);
            scope.spawn(move || {
                loop {
                    let index = next_input.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = inputs.get(index) else { break };
                    let report = scan_one(scanner, others, input, limit);
                    bar.inc(1);
                    if sender.send((index, report)).is_err() {
                        // Writing failed; there is nobody left to scan for.
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = std::collections::BTreeMap::new();
        let mut next = 0usize;
        for (index, report) in receiver {
            waiting.insert(index, report);
            while let Some(report) = waiting.remove(&next) {
                outcome.add(&report, fail_on);
                bar.suspend(|| sink.write(&report))?;
                next = next.saturating_add(1);
            }
        }
        sink.finish()
    });
    bar.finish_and_clear();
    written.context("cannot write the report")?;
    Ok(outcome.code())
}

fn scanner(options: &ScanArgs) -> anyhow::Result<Scanner> {
    let mut sources = shipped_sources();
    for path in &options.rules {
        sources.extend(rules::read(path)?);
    }
    let rules = RuleSet::compile(&sources)?;
    let policy = match &options.policy {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            Policy::parse(&text).with_context(|| path.display().to_string())?
        }
        None => Policy::shipped(),
    };
    let options = ScanOptions {
        limits: limits(&options.limits),
        passwords: options.passwords.clone(),
        words: options.wordlist.as_deref().map(words::read).transpose()?.unwrap_or_default(),
        language: options.lang.into(),
        site: Site {
            authserv_ids: options.authserv_ids.clone(),
            own_domains: options.own_domains.clone(),
            partner_domains: options.partner_domains.clone(),
        },
        threads: options.threads.map_or(0, usize::from),
    };
    Ok(Scanner::with(options, rules, policy))
}

/// The limits the arguments ask for.
pub(super) fn limits(arguments: &LimitArgs) -> Limits {
    Limits {
        total_bytes: arguments.max_total,
        artifact_bytes: arguments.max_artifact,
        expansion_ratio: arguments.max_ratio,
        artifacts: arguments.max_artifacts,
        depth: arguments.max_depth,
        wall_time: Duration::from_secs(arguments.max_time),
        ..Limits::default()
    }
}

/// Bytes of a message that is listened to before the scan: one that only brings a password is short.
const MAX_HEARD: u64 = 256 << 10;

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

fn scan_one(scanner: &Scanner, others: &Correspondence, input: &Input, limit: u64) -> Report {
    match input.read(limit) {
        Ok((submission, false)) => scanner.scan_among(submission, others),
        Ok((submission, true)) => scanner.scan_cut(submission),
        Err(error) => scanner.unreadable(&input.name(), &error.to_string()),
    }
}

fn sink(options: &ScanArgs) -> Box<dyn Sink> {
    let out = std::io::stdout();
    let is_terminal = out.is_terminal();
    let out: Box<dyn Write> = Box::new(std::io::BufWriter::new(out));
    match options.format {
        Format::Text => {
            let wants_color = match options.color {
                Color::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
                Color::Always => true,
                Color::Never => false,
            };
            let paint = if wants_color { Paint::Always } else { Paint::Never };
            Box::new(Text::new(out, paint, options.lang.into()))
        }
        Format::Json => Box::new(Json::new(out)),
        Format::Jsonl => Box::new(JsonLines::new(out)),
    }
}
