//! `sekisho scan`.

use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use super::args::{Color, Format, LimitArgs, ScanArgs};
use super::inputs::gather;
use super::{exit, progress, workload};
use crate::config::{rule_sources, words};
use crate::model::{Limits, Site};
use crate::report::{Json, JsonLines, Paint, Sink, Text};
use crate::verdict::{Policy, SHIPPED};
use crate::worker::Setup;

/// Scans everything named and writes reports in the order given.
pub(super) fn run(options: &ScanArgs) -> anyhow::Result<ExitCode> {
    let inputs = gather(&options.paths);
    let bar = progress::bar(inputs.len(), options.quiet);
    let threads = workload::threads(options.threads);
    let workshop = workload::workshop(setup(options)?, threads, inputs.len(), !options.no_isolation)?;
    let limit = options.limits.max_total;
    let fail_on = options.fail_on.into();
    let mut sink = sink(options);
    let mut outcome = exit::Outcome::default();

    let written = workload::scan_all(&workshop, &inputs, threads, limit, |scanned| {
        outcome.add(&scanned.report, fail_on);
        bar.inc(1);
        bar.suspend(|| sink.write(&scanned.report))
    })
    .and_then(|()| sink.finish().context("cannot write the report"));
    bar.finish_and_clear();
    written?;
    Ok(outcome.code())
}

fn setup(options: &ScanArgs) -> anyhow::Result<Setup> {
    let mut sources = Vec::new();
    for path in &options.rules {
        sources.extend(rule_sources(path)?);
    }
    let policy = match &options.policy {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            // Only to say which file it is about.
            Policy::parse(&text).with_context(|| path.display().to_string())?;
            text
        }
        None => SHIPPED.to_owned(),
    };
    Ok(Setup {
        limits: limits(&options.limits),
        passwords: options.passwords.clone(),
        words: options.wordlist.as_deref().map(words).transpose()?.unwrap_or_default(),
        language: options.lang.into(),
        site: Site {
            authserv_ids: options.authserv_ids.clone(),
            own_domains: options.own_domains.clone(),
            partner_domains: options.partner_domains.clone(),
        },
        rules: sources,
        policy,
        ..Setup::default()
    })
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
