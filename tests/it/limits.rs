//! Bombs and other things that want too much: they end within the limits, say so, and are never clean.

use std::time::Duration;

use sekisho::engine::{ScanOptions, Scanner, Submission};
use sekisho::model::{CoverageCause, Level, Limits, Report};
use sekisho::verdict::Policy;

use crate::goldens::RULES;

fn scan_with(limits: Limits, name: &str, bytes: Vec<u8>) -> Report {
    let scanner = Scanner::with(ScanOptions { limits, ..ScanOptions::default() }, *RULES, Policy::shipped());
    scanner.scan(Submission::new(name, bytes))
}

/// Limits small enough for a test, of the same shape as the real ones.
fn small() -> Limits {
    Limits {
        total_bytes: 32 << 20,
        artifact_bytes: 8 << 20,
        ratio_floor: 4 << 20,
        artifacts: 300,
        depth: 12,
        wall_time: Duration::from_secs(60),
        ..Limits::default()
    }
}

fn is_limited(report: &Report) -> bool {
    report.coverage.reasons.iter().any(|reason| reason.cause == CoverageCause::Limit)
        && report.findings.iter().any(|finding| finding.id == "limit-reached")
        && report.verdict.level != Level::Clean
}

fn bytes_of(report: &Report) -> u64 {
    report.artifacts.iter().map(|artifact| artifact.size).sum()
}
