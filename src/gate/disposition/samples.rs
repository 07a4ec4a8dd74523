//! Outcomes for tests.

use std::sync::Arc;

use bytes::Bytes;

use crate::gate::checkpoint::Examined;
use crate::model::report::FindingReport;
use crate::model::{Coverage, CoverageCause, CoverageLevel, CoverageReason, Level, Reason, Report, Severity};
use crate::report::Language;
use crate::worker::{Failure, failure_report};

fn with(report: Report) -> Examined {
    Examined {
        report: Arc::new(report),
        id: "0123abcd".to_owned(),
        letters: Arc::new([]),
        failure: None,
        poison: None,
        from_cache: false,
    }
}

/// The report of a message that could be anything.
pub(in crate::gate) fn report() -> Report {
    let bytes = Bytes::from_static(b"Subject: x\r\n\r\nx");
    let mut report = failure_report("message", &bytes, &Failure::TimedOut, "rules", Language::English);
    report.verdict.level = Level::Clean;
    report.coverage = Coverage::of(Vec::new());
    report.problems.clear();
    report.findings.clear();
    report.verdict.reasons.clear();
    report
}

/// An outcome of this level with these gaps.
pub(in crate::gate) fn examined(level: Level, gaps: &[CoverageCause]) -> Examined {
    let mut report = report();
    report.verdict.level = level;
    let reason = |cause: &CoverageCause| CoverageReason { cause: *cause, artifact: "0.1".into(), text: String::new() };
    report.coverage = Coverage::of(gaps.iter().map(reason).collect());
    with(report)
}

/// An outcome with these findings in its first attachment.
pub(in crate::gate) fn found(level: Level, ids: &[&str]) -> Examined {
    let mut report = report();
    report.verdict.level = level;
    report.verdict.score = if level == Level::Malicious { 120 } else { 60 };
    for id in ids {
        let reason = Reason { id: (*id).into(), artifact: "0.1".into(), points: 50, text: format!("{id}: evidence") };
        report.verdict.reasons.push(reason);
        report.findings.push(finding(id, "0.1", Severity::High));
    }
    with(report)
}

/// A finding.
pub(in crate::gate) fn finding(id: &str, artifact: &str, severity: Severity) -> FindingReport {
    FindingReport {
        id: id.to_owned().into(),
        artifact: artifact.into(),
        severity,
        at: String::new(),
        text: String::new(),
        observed: String::new(),
        decisive: false,
        attack: Vec::new(),
    }
}

/// An outcome of a worker that failed.
pub(in crate::gate) fn failed(failure: Failure) -> Examined {
    let report = failure_report("message", &Bytes::from_static(b"x"), &failure, "rules", Language::English);
    Examined { failure: Some(failure), ..with(report) }
}

/// The level of a report whose only gap is this.
pub(in crate::gate) fn gap(cause: CoverageCause) -> Level {
    match cause.level() {
        CoverageLevel::Complete => Level::Clean,
        CoverageLevel::Partial | CoverageLevel::Unscannable => Level::Unscannable,
        CoverageLevel::Error => Level::Error,
    }
}
