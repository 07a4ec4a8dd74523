//! `sekisho isolation`: a worker tries to get out, and this says what came of it.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;

use super::args::{IsolationArgs, ListFormat};
use super::exit;
use crate::worker::{Isolation, Probe, Setup, Workshop};

/// How long the attempts may take together.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a worker, has it try everything, and writes what came of each attempt.
pub(super) fn run(options: &IsolationArgs) -> anyhow::Result<ExitCode> {
    let isolation = Isolation { probes: true, ..Isolation::default() };
    let workshop = Arc::new(Workshop::isolated(Setup::default(), isolation)?);
    let mut worker = workshop.hire()?;
    let deadline = Instant::now().checked_add(PATIENCE).unwrap_or_else(Instant::now);
    let input = Bytes::from_static(b"From: a@example.com\r\n\r\n");
    let attempts = worker.probe(Probe::Escape, &input, deadline).context("the worker got out or fell over")?.0;
    let is_shut = attempts.iter().all(|attempt| attempt.is_refused);
    let mut out = anstream::stdout().lock();
    match options.format {
        ListFormat::Json => {
            let enforced = workshop.enforced();
            let document = serde_json::json!({ "enforced": enforced, "attempts": attempts, "is_shut": is_shut });
            serde_json::to_writer_pretty(&mut out, &document)?;
            writeln!(out)?;
        }
        ListFormat::Text => {
            if let Some(enforced) = workshop.enforced() {
                writeln!(out, "{enforced}")?;
            }
            for attempt in &attempts {
                let outcome = match (attempt.is_refused, attempt.error.as_str()) {
                    (true, error) => format!("refused ({error})"),
                    (false, "") => "SUCCEEDED".to_owned(),
                    (false, error) => format!("NOT REFUSED ({error})"),
                };
                writeln!(out, "{:<36} {outcome}", attempt.what)?;
            }
        }
    }
    Ok(if is_shut { ExitCode::SUCCESS } else { ExitCode::from(exit::FOUND) })
}
