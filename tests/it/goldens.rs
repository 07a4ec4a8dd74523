//! Walks `tests/goldens/*/case.toml`, scans each case's sample and compares the short report with `report.txt`.
//! `UPDATE_GOLDENS=1 cargo test goldens` rewrites them; read the diff.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use sekisho::engine::{ScanOptions, Scanner, Submission};
use sekisho::matching::RuleSet;
use sekisho::model::{Limits, Report, ioc::defang, name::escape};
use sekisho::verdict::Policy;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Id of the sample.
    sample: String,
    /// The level the report must have; the golden shows it too, this says what it should be.
    level: String,
    /// Passwords given by the user.
    #[serde(default)]
    passwords: Vec<String>,
}

/// The shipped rules, compiled once for all tests.
pub(crate) static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::shipped().expect("the shipped rules compile"));

fn scan(case: &Case) -> Report {
    let sample = sekisho_samples::find(&case.sample).unwrap_or_else(|| panic!("no sample {}", case.sample));
    // A report must not depend on how busy the machine is; what the clock cuts off is for the limit tests.
    let limits = Limits { wall_time: Duration::from_secs(3_600), ..Limits::default() };
    let options = ScanOptions { passwords: case.passwords.clone(), limits, ..ScanOptions::default() };
    let scanner = Scanner::with(options, *RULES, Policy::shipped());
    scanner.scan(Submission::new(sample.file_name, (sample.make)()))
}

/// The report as a short tree meant for review.
pub(crate) fn render(report: &Report) -> String {
    let mut out = String::new();
    for artifact in &report.artifacts {
        let _ = writeln!(
            out,
            "{:<10} {}  {}  {}{}{}",
            artifact.path,
            escape(&artifact.name),
            artifact.format,
            artifact.size,
            if artifact.origin.detail.is_empty() { "" } else { "  " },
            artifact.origin.detail,
        );
        for finding in report.findings.iter().filter(|finding| finding.artifact == artifact.path) {
            let place = if finding.at.is_empty() { String::new() } else { format!(" @ {}", escape(&finding.at)) };
            let _ = writeln!(
                out,
                "           - {} [{}]{place}: {}",
                finding.id,
                finding.severity.as_str(),
                escape(&finding.observed)
            );
        }
        for problem in report.problems.iter().filter(|problem| problem.artifact == artifact.path) {
            let place = if problem.at.is_empty() { String::new() } else { format!(" @ {}", escape(&problem.at)) };
            let _ = writeln!(out, "           ! {}{place}: {}", problem.kind, escape(&problem.text));
        }
        for ioc in report.iocs.iter().filter(|ioc| ioc.artifact == artifact.path) {
            if matches!(ioc.kind.as_str(), "sha256" | "file-name") {
                continue;
            }
            let how = ioc.context.as_deref().map(|context| format!(" ({context})")).unwrap_or_default();
            let noise = ioc.noise.as_deref().map(|noise| format!(" [noise: {noise}]")).unwrap_or_default();
            let _ = writeln!(
                out,
                "           > {} {}{how}{noise} @ {}",
                ioc.kind.as_str(),
                escape(&defang(ioc.kind, &ioc.value)),
                escape(&ioc.at)
            );
        }
    }
    let _ = writeln!(
        out,
        "verdict    {} {}  coverage {}",
        report.verdict.level.as_str(),
        report.verdict.score,
        report.coverage.level.as_str()
    );
    let _ = writeln!(out, "because    {}", report.verdict.arithmetic);
    out
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("tests/goldens exists")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("case.toml").is_file())
        .collect();
    cases.sort();
    cases
}

/// Every finding id some golden shows.
pub(crate) fn finding_ids() -> std::collections::BTreeSet<String> {
    let mut ids = std::collections::BTreeSet::new();
    for folder in cases() {
        let text = std::fs::read_to_string(folder.join("report.txt")).unwrap_or_default();
        for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("- ")) {
            ids.extend(line.split(' ').next().map(str::to_owned));
        }
    }
    ids
}

#[test]
fn every_case_gives_its_report() {
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = Vec::new();
    for folder in cases() {
        let text = std::fs::read_to_string(folder.join("case.toml")).expect("case.toml is readable");
        let case: Case = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let report = scan(&case);
        let got = render(&report);
        let golden = folder.join("report.txt");
        if report.verdict.level.as_str() != case.level {
            wrong.push(format!(
                "{}: is {}, should be {}\n{got}",
                folder.display(),
                report.verdict.level.as_str(),
                case.level
            ));
        }
        if update {
            std::fs::write(&golden, &got).expect("report.txt is writable");
        } else {
            let wanted = std::fs::read_to_string(&golden).unwrap_or_default();
            if wanted != got {
                wrong.push(format!("{}: report differs\n--- wanted\n{wanted}\n--- got\n{got}", folder.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases are wrong\n{}", wrong.len(), wrong.join("\n"));
}
