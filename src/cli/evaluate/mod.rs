//! `sekisho evaluate`: what the scanner says of a collection and how long it takes, by kind of file. `figures` counts,
//! `answers` compares with what is known of the files, this file writes.

mod answers;
mod figures;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use self::answers::Answers;
use self::figures::{Figures, Group};
use super::args::{EvaluateArgs, ListFormat};
use super::inputs::gather;
use super::{exit, progress, scan, workload};
use crate::model::{CoverageLevel, Level, Report};
use crate::worker::Setup;

/// Slowest files named with `--list`.
const SLOWEST: usize = 10;

/// Scans the collection and writes the figures.
pub(super) fn run(options: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    let answers = options.answers.as_deref().map(Answers::read).transpose()?.unwrap_or_default();
    let setup =
        Setup { limits: scan::limits(&options.limits), passwords: options.passwords.clone(), ..Setup::default() };
    let inputs = gather(&options.paths);
    let threads = usize::from(options.threads);
    let workshop = workload::workshop(setup, threads, inputs.len(), !options.no_isolation)?;
    let bar = progress::bar(inputs.len(), options.quiet);
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let is_text = options.format == ListFormat::Text;
    let fail_on: Level = options.fail_on.into();
    let mut figures = Figures::default();
    let mut failed = 0u64;
    workload::scan_all(&workshop, &inputs, threads, options.limits.max_total, |scanned| {
        bar.inc(1);
        let name = scanned.input.name();
        let wrong = answers.wrong(Path::new(&name), &scanned.report);
        figures.add(&name, &scanned.report, scanned.took, wrong.as_ref().map(|wrong| wrong.len() as u64));
        let wrong = wrong.unwrap_or_default();
        let is_above = scanned.report.verdict.level >= Level::Suspicious && scanned.report.verdict.level >= fail_on;
        let has_failed = figures::has_failed(&scanned.report);
        failed = failed.saturating_add(u64::from(is_above || has_failed || !wrong.is_empty()));
        if is_text {
            for line in &wrong {
                bar.suspend(|| writeln!(out, "wrong       {name}: {line}"))?;
            }
            if options.list {
                bar.suspend(|| say(&mut out, &name, &scanned.report))?;
            }
        }
        Ok(())
    })
    .context("cannot write the figures")?;
    bar.finish_and_clear();
    match options.format {
        ListFormat::Text => table(&mut out, &figures, options.list)?,
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &figures.to_json())?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(if failed > 0 { ExitCode::from(exit::FOUND) } else { ExitCode::SUCCESS })
}

/// A line for a file that is not clean and complete.
fn say(out: &mut impl Write, name: &str, report: &Report) -> std::io::Result<()> {
    if report.verdict.level >= Level::Suspicious {
        let reasons: Vec<&str> = report.verdict.reasons.iter().map(|reason| reason.id.as_str()).collect();
        writeln!(out, "{:<11} {name}: {} ({})", report.verdict.level.as_str(), report.verdict.score, reasons.join(", "))
    } else if report.coverage.level != CoverageLevel::Complete {
        let why = report.coverage.reasons.first().map(|reason| reason.text.as_str()).unwrap_or_default();
        writeln!(out, "{:<11} {name}: {why}", report.coverage.level.as_str())
    } else {
        Ok(())
    }
}

fn table(out: &mut impl Write, figures: &Figures, is_listed: bool) -> std::io::Result<()> {
    if is_listed {
        for (name, took) in figures.slowest(SLOWEST) {
            writeln!(out, "{:<11} {name}", milliseconds(took))?;
        }
    }
    writeln!(
        out,
        "{:<22} {:>6} {:>6} {:>6} {:>6} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9} {:>9}",
        "kind",
        "files",
        "clean",
        "susp.",
        "malic.",
        "complete",
        "partial",
        "locked",
        "median ms",
        "mean ms",
        "p99 ms",
        "max ms"
    )?;
    for (kind, group) in figures.groups() {
        row(out, kind, group)?;
    }
    row(out, "all", &figures.all())?;
    row(out, "with macros", &figures.with_macros)?;
    if figures.panicked > 0 {
        writeln!(out, "{} files on which a stage failed", figures.panicked)?;
    }
    if figures.answered > 0 {
        writeln!(out, "{} of {} files with known answers have a wrong one", figures.wrong, figures.answered)?;
    }
    Ok(())
}

fn row(out: &mut impl Write, kind: &str, group: &Group) -> std::io::Result<()> {
    let times = group.times();
    writeln!(
        out,
        "{kind:<22} {:>6} {:>6} {:>6} {:>6} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9} {:>9}",
        group.files,
        group.clean,
        group.suspicious,
        group.malicious,
        group.complete,
        group.partial,
        group.locked,
        milliseconds(times.median),
        milliseconds(times.mean),
        milliseconds(times.p99),
        milliseconds(times.max),
    )
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}
