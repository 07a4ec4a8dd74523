//! The report of an input whose worker failed: a verdict of its own, never clean.

use bytes::Bytes;

use super::failure::Failure;
use super::findings::{SCAN_CRASHED, SCAN_OUT_OF_MEMORY, SCAN_TIMED_OUT};
use crate::model::report::{ArtifactReport, FindingReport, OriginReport, ProblemReport, SCHEMA_VERSION, ScannerInfo};
use crate::model::{Coverage, CoverageCause, CoverageReason, Digests, FindingKind, Level, Reason, Report, Verdict};
use crate::report::Language;

/// The report of bytes on which a worker failed. `rules` is the digest of the rules it was to apply.
pub fn report(name: &str, bytes: &Bytes, failure: &Failure, rules: &str, language: Language) -> Report {
    let (cause, text) = match failure {
        Failure::Crashed { .. } => (
            CoverageCause::Crashed,
            language.pick("the worker that read this died on it", "検査プロセスがこの入力の処理中に異常終了しました"),
        ),
        Failure::OutOfMemory => (
            CoverageCause::OutOfMemory,
            language
                .pick("reading this needed more memory than a worker may have", "検査に必要なメモリが上限を超えました"),
        ),
        Failure::TimedOut => (
            CoverageCause::TimedOut,
            language.pick("reading this was stopped at the deadline", "時間内に検査が終わらず、打ち切りました"),
        ),
        Failure::NotStarted(_) => (
            CoverageCause::Failed,
            language.pick("no worker could be started to read this", "検査プロセスを起動できませんでした"),
        ),
    };
    let text = match failure {
        Failure::Crashed { how } => format!("{text} ({how})"),
        Failure::NotStarted(why) => format!("{text} ({why})"),
        _ => text.to_owned(),
    };
    let kind = match failure {
        Failure::Crashed { .. } => Some(SCAN_CRASHED),
        Failure::OutOfMemory => Some(SCAN_OUT_OF_MEMORY),
        Failure::TimedOut => Some(SCAN_TIMED_OUT),
        // That says nothing of the input.
        Failure::NotStarted(_) => None,
    };
    let observed = match failure {
        Failure::Crashed { how } => how.clone(),
        _ => String::new(),
    };
    let findings: Vec<FindingReport> = kind.into_iter().map(|kind| finding(kind, &observed, language)).collect();
    let reasons = kind.into_iter().map(|kind| Reason {
        id: kind.id.to_owned(),
        artifact: "0".to_owned(),
        points: 0,
        text: language.title(kind).to_owned(),
    });
    let digests = Digests::of(bytes);
    let reason = CoverageReason { cause, artifact: "0".to_owned(), text: text.clone() };
    Report {
        schema: SCHEMA_VERSION.into(),
        scanner: ScannerInfo {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            rules: rules.to_owned(),
        },
        input: name.to_owned(),
        verdict: Verdict {
            level: Level::Error,
            score: 0,
            reasons: reasons.collect(),
            arithmetic: String::new(),
            without: String::new(),
        },
        coverage: Coverage::of(vec![reason]),
        artifacts: vec![ArtifactReport {
            path: "0".to_owned(),
            name: crate::model::name::file_name(name).to_owned(),
            other_names: Vec::new(),
            format: "unknown".into(),
            also: Vec::new(),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            md5: digests.md5,
            sha1: digests.sha1,
            sha256: digests.sha256,
            origin: OriginReport { kind: "input".into(), detail: String::new() },
            facts: Default::default(),
        }],
        findings,
        iocs: Vec::new(),
        problems: vec![ProblemReport { kind: "failed".into(), artifact: "0".to_owned(), at: String::new(), text }],
    }
}

fn finding(kind: &FindingKind, observed: &str, language: Language) -> FindingReport {
    FindingReport {
        id: kind.id.into(),
        artifact: "0".to_owned(),
        severity: kind.severity,
        at: String::new(),
        text: language.title(kind).to_owned(),
        observed: observed.to_owned(),
        decisive: false,
        attack: kind.attack.iter().map(|id| (*id).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_explains_itself_and_none_is_clean() {
        let failures = [
            (Failure::Crashed { how: "signal 11 (SIGSEGV)".to_owned() }, "scan-crashed"),
            (Failure::OutOfMemory, "scan-out-of-memory"),
            (Failure::TimedOut, "scan-timed-out"),
        ];
        for (failure, id) in failures {
            for language in [Language::English, Language::Japanese] {
                let report = report("message", &Bytes::from_static(b"x"), &failure, "rules", language);
                assert_eq!(report.verdict.level, Level::Error);
                assert_eq!(report.coverage.level, crate::model::CoverageLevel::Error);
                assert_eq!((report.verdict.reasons[0].id.as_str(), report.findings[0].id.as_ref()), (id, id));
            }
        }
        let nobody = Failure::NotStarted("no".to_owned());
        let report = report("message", &Bytes::new(), &nobody, "rules", Language::English);
        assert_eq!((report.verdict.level, report.findings.len()), (Level::Error, 0));
    }
}
