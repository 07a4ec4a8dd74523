//! `sekisho scan`.

use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use anyhow::Context as _;
use rayon::prelude::*;

use super::args::{Color, Format, LimitArgs, ScanArgs};
use super::inputs::{Input, gather};
use super::{exit, progress, rules};
use crate::matching::{RuleSet, shipped_sources};
use crate::model::{Limits, Report};
use crate::report::{Json, JsonLines, Paint, Sink, Text};
use crate::verdict::Policy;
use crate::{ScanOptions, Scanner, Submission};

/// Scans everything named and writes reports in the order given.
pub(super) fn run(options: &ScanArgs) -> anyhow::Result<ExitCode> {
    let scanner = scanner(options)?;
    let inputs = gather(&options.paths);
    let bar = progress::bar(inputs.len(), options.quiet);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads.map_or(0, usize::from))
        .build()
        .context("cannot start threads")?;
    let limit = options.limits.max_total;
    let fail_on = options.fail_on.into();
    let mut sink = sink(options);
    let mut outcome = exit::Outcome::default();

    // Reports are ready in any order and written in the order given; a few may wait.
    let (sender, receiver) = sync_channel::<(usize, Report)>(64);
    let written = std::thread::scope(|scope| -> std::io::Result<()> {
        let sender = Mutex::new(sender);
        let (inputs, scanner, bar, pool) = (&inputs, &scanner, &bar, &pool);
        scope.spawn(move || {
            pool.install(|| {
                inputs.par_iter().enumerate().for_each(|(index, input)| {
                    let sender = sender.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
                    let report = scan_one(scanner, input, limit);
                    bar.inc(1);
                    // The receiver is gone only when writing failed; there is nobody left to tell.
                    let _ = sender.send((index, report));
                });
            });
        });
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
        language: options.lang.into(),
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

fn scan_one(scanner: &Scanner, input: &Input, limit: u64) -> Report {
    match input.read(limit) {
        Ok((bytes, false)) => scanner.scan(Submission::new(input.name(), bytes)),
        Ok((bytes, true)) => scanner.scan_cut(Submission::new(input.name(), bytes)),
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
