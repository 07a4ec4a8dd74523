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

#[test]
fn a_gzip_bomb_is_stopped_while_it_inflates() {
    let bomb = sekisho_samples::archive::gzip::zeros("zeros.bin", 1 << 30);
    assert!(bomb.len() < 2 << 20);
    let report = scan_with(small(), "zeros.gz", bomb);
    assert!(is_limited(&report), "{:?}", report.coverage);
    assert!(bytes_of(&report) <= small().total_bytes);
}

#[test]
fn a_nest_deeper_than_the_limit_is_cut_there() {
    let bomb = sekisho_samples::archive::zip::nest(40, "end.txt", "deep");
    let report = scan_with(small(), "nest.zip", bomb);
    assert!(is_limited(&report), "{:?}", report.coverage);
    assert_eq!(report.artifacts.len() as u64, small().depth + 1);
}

#[test]
fn a_hundred_thousand_entries_stop_at_the_artifact_limit() {
    let bomb = sekisho_samples::archive::zip::many_entries(100_000);
    let report = scan_with(small(), "many.zip", bomb);
    assert!(is_limited(&report), "{:?}", report.coverage);
    assert_eq!(report.artifacts.len() as u64, small().artifacts);
}

#[test]
fn a_declared_size_of_two_gibibytes_allocates_nothing() {
    let report = scan_with(small(), "liar.zip", sekisho_samples::archive::zip::claims_two_gibibytes());
    assert!(bytes_of(&report) < 1 << 20);
    assert_ne!(report.verdict.level, Level::Clean);
}

#[test]
fn a_mime_tree_of_ten_thousand_levels_ends() {
    for bomb in [sekisho_samples::mail::deep_mime(10_000), sekisho_samples::mail::deep_messages(10_000)] {
        let report = scan_with(small(), "deep.eml", bomb);
        assert!(is_limited(&report), "{:?}", report.coverage);
        assert!(bytes_of(&report) <= small().total_bytes);
    }
}

#[test]
fn an_archive_that_contains_itself_is_unpacked_once() {
    let report = scan_with(small(), "quine.gz", sekisho_samples::archive::quine::gzip());
    assert!(report.findings.iter().any(|finding| finding.id == "archive-contains-itself"), "{report:?}");
    assert_eq!(report.artifacts.len(), 2);
}

#[test]
fn shared_limits_cut_at_the_same_place_whatever_the_threads() {
    let bomb = sekisho_samples::archive::zip::many_entries(2_000);
    let report = |threads| {
        let options = ScanOptions { limits: small(), threads, ..ScanOptions::default() };
        Scanner::with(options, *RULES, Policy::shipped()).scan(Submission::new("many.zip", bomb.clone()))
    };
    let alone = report(1);
    assert!(is_limited(&alone));
    for _ in 0..3 {
        assert_eq!(report(4), alone);
    }
}

#[test]
fn no_time_is_no_clean() {
    let limits = Limits { wall_time: Duration::ZERO, ..Limits::default() };
    let report = scan_with(limits, "note.txt", b"see you tomorrow".to_vec());
    assert!(is_limited(&report), "{:?}", report.coverage);
}
