use std::sync::Arc;

use super::samples::{examined, failed, finding, found, gap};
use super::*;
use crate::config::{Action, Actions, Cause, Settings};
use crate::formats::mail::rewrite::Rewritten;
use crate::gate::checkpoint::{Examined, Refused};
use crate::model::report::{ArtifactReport, OriginReport};
use crate::model::{CoverageCause, Level, Report, Severity};
use crate::report::Language;
use crate::worker::Failure;

const NONE: [&str; 0] = [];

fn plain(outcome: &Result<Examined, Refused>) -> Decision {
    decide(outcome, &Settings::default(), &[], NONE)
}

fn settings(changed: &[(Cause, Action)]) -> Settings {
    let mut actions = Actions::default();
    actions.table.extend(changed.iter().copied());
    Settings { actions, ..Settings::default() }
}

fn crashed() -> Failure {
    Failure::Crashed { how: "signal 11".into() }
}

/// An outcome for every cause but `Store`, which no examination has.
fn outcomes() -> Vec<(Cause, Result<Examined, Refused>)> {
    let poison = Examined { poison: Some(3), ..failed(crashed()) };
    let unread = |cause| Ok(examined(gap(cause), &[cause]));
    vec![
        (Cause::Clean, Ok(examined(Level::Clean, &[]))),
        (Cause::Malicious, Ok(found(Level::Malicious, &["program-file"]))),
        (Cause::Suspicious, Ok(found(Level::Suspicious, &["program-file"]))),
        (Cause::Encrypted, unread(CoverageCause::Encrypted)),
        (Cause::Limit, unread(CoverageCause::Limit)),
        (Cause::Unsupported, unread(CoverageCause::Unsupported)),
        (Cause::Damaged, unread(CoverageCause::Damaged)),
        (Cause::Failed, unread(CoverageCause::Failed)),
        (Cause::Crash, Ok(failed(crashed()))),
        (Cause::Memory, Ok(failed(Failure::OutOfMemory))),
        (Cause::Timeout, Ok(failed(Failure::TimedOut))),
        (Cause::Overload, Err(Refused::Overloaded)),
        (Cause::TooLarge, Err(Refused::TooLarge)),
        (Cause::Poison, Ok(poison)),
    ]
}

#[test]
fn every_cause_has_its_default_action_and_reply() {
    let expected = [
        (Cause::Clean, Action::Accept, None),
        (Cause::Malicious, Action::Reject, Some(550)),
        (Cause::Suspicious, Action::Quarantine, None),
        (Cause::Encrypted, Action::Tag, None),
        (Cause::Limit, Action::Tag, None),
        (Cause::Unsupported, Action::Tag, None),
        (Cause::Damaged, Action::Tag, None),
        (Cause::Failed, Action::Tag, None),
        (Cause::Crash, Action::Defer, Some(451)),
        (Cause::Memory, Action::Defer, Some(451)),
        (Cause::Timeout, Action::Defer, Some(451)),
        (Cause::Overload, Action::Defer, Some(451)),
        (Cause::TooLarge, Action::Tag, None),
        (Cause::Poison, Action::Quarantine, None),
    ];
    let decided: Vec<_> = outcomes()
        .iter()
        .map(|(cause, outcome)| {
            let decision = plain(outcome);
            assert_eq!(decision.cause, *cause);
            assert_eq!(decision.quarantine, decision.action == Action::Quarantine);
            assert_eq!(decision.replace, None);
            (decision.cause, decision.action, decision.reply.map(|reply| reply.code))
        })
        .collect();
    assert_eq!(decided, expected);
}

#[test]
fn nothing_but_clean_is_accepted_by_default() {
    for level in [Level::Clean, Level::Unscannable, Level::Error, Level::Suspicious, Level::Malicious] {
        for gap in [None, Some(CoverageCause::Damaged), Some(CoverageCause::Failed), Some(CoverageCause::Unreadable)] {
            for failure in [None, Some(crashed()), Some(Failure::TimedOut), Some(Failure::NotStarted("x".into()))] {
                for poison in [None, Some(3)] {
                    let mut outcome = examined(level, gap.as_slice());
                    outcome.failure.clone_from(&failure);
                    outcome.poison = poison;
                    let is_clean = level == Level::Clean && gap.is_none() && failure.is_none() && poison.is_none();
                    let what = format!("{level:?} {gap:?} {failure:?} {poison:?}");
                    let decision = plain(&Ok(outcome));
                    assert_eq!(decision.action == Action::Accept, is_clean, "{what}");
                    // What was not read at all never passes.
                    let is_blind = failure.is_some() || gap == Some(CoverageCause::Unreadable);
                    assert!(!is_blind || decision.action > Action::Replace, "{what}");
                }
            }
        }
    }
}

#[test]
fn every_configured_action_is_carried_out_for_every_cause() {
    for (cause, outcome) in outcomes() {
        for wanted in [Action::Accept, Action::Tag, Action::Quarantine, Action::Defer, Action::Reject] {
            let decision = decide(&outcome, &settings(&[(cause, wanted)]), &[], NONE);
            if cause != Cause::Crash || wanted >= Action::Defer {
                assert_eq!((decision.cause, decision.action), (cause, wanted));
            }
            assert_eq!(decision.reply.is_some(), decision.action >= Action::Defer);
        }
    }
}

/// A message with a program in a ZIP, a locked ZIP, a body, and a file found in the body's text.
fn mail(level: Level, reasons: &[&str]) -> Examined {
    let mut outcome = found(level, &[]);
    let mut report = (*outcome.report).clone();
    let artifact = |path: &str, kind: &'static str, sha256: &str| ArtifactReport {
        path: path.into(),
        sha256: sha256.into(),
        origin: OriginReport { kind: kind.into(), detail: String::new() },
        ..report.artifacts[0].clone()
    };
    report.artifacts = vec![
        artifact("0", "input", "message"),
        artifact("0.0", "mime-part", "body"),
        artifact("0.1", "mime-part", "zip"),
        artifact("0.1.0", "entry", "program"),
        artifact("0.2", "decoded", "uuencoded"),
        artifact("0.10", "mime-part", "locked"),
    ];
    for path in reasons {
        report.findings.push(finding("program-file", path, Severity::High));
        report.verdict.reasons.extend(found(level, &["program-file"]).report.verdict.reasons.clone());
        report.verdict.reasons.last_mut().unwrap().artifact = (*path).to_owned();
    }
    outcome.report = Arc::new(report);
    outcome
}

fn replacing() -> Settings {
    settings(&[(Cause::Malicious, Action::Replace), (Cause::Encrypted, Action::Replace)])
}

fn to_replace(outcome: Examined) -> Option<Vec<String>> {
    let decision = decide(&Ok(outcome), &replacing(), &[], NONE);
    let expected = if decision.replace.is_some() { Action::Replace } else { Action::Quarantine };
    assert_eq!(decision.action, expected);
    assert_eq!(decision.quarantine, decision.replace.is_none());
    decision.replace.map(|replace| replace.artifacts)
}

#[test]
fn the_part_that_made_the_verdict_is_to_be_replaced() {
    assert_eq!(to_replace(mail(Level::Malicious, &["0.1.0", "0.1", "0"])), Some(vec!["zip".to_owned()]));
}

#[test]
fn what_no_part_is_to_blame_for_is_quarantined() {
    for reasons in [&["0"][..], &[], &["0.2"], &["0.1", "0.2"], &["0.7"], &["1.1"], &["00.1"], &["0.01"]] {
        assert_eq!(to_replace(mail(Level::Malicious, reasons)), None, "{reasons:?}");
    }
}

#[test]
fn what_was_not_read_is_replaced_where_that_is_asked_for() {
    let with_gap = |level, artifact: &str, reasons: &[&str]| {
        let mut outcome = mail(level, reasons);
        let mut report = (*outcome.report).clone();
        report.coverage = examined(level, &[CoverageCause::Encrypted]).report.coverage.clone();
        report.coverage.reasons[0].artifact = artifact.to_owned();
        outcome.report = Arc::new(report);
        outcome
    };
    assert_eq!(to_replace(with_gap(Level::Unscannable, "0.10", &[])), Some(vec!["locked".to_owned()]));
    let both = to_replace(with_gap(Level::Malicious, "0.10", &["0.1.0"]));
    assert_eq!(both, Some(vec!["locked".to_owned(), "zip".to_owned()]));
    assert_eq!(to_replace(with_gap(Level::Malicious, "0", &["0.1.0"])), None);
}

#[test]
fn what_carries_weighty_findings_goes_with_it() {
    let mut outcome = mail(Level::Malicious, &["0.1.0"]);
    let mut report = (*outcome.report).clone();
    report.findings.push(finding("x", "0.10.3", Severity::Medium));
    report.findings.push(finding("x", "0.0", Severity::Low));
    report.findings.push(finding("x", "0", Severity::Critical));
    outcome.report = Arc::new(report);
    let replace = decide(&Ok(outcome), &replacing(), &[], NONE).replace.unwrap();
    assert_eq!((replace.artifacts, replace.also), (vec!["zip".to_owned()], vec!["locked".to_owned()]));
}

#[test]
fn the_notice_names_reason_and_report_and_leaves_the_rest_to_each_part() {
    let mut settings = replacing();
    let notice = |settings: &Settings| {
        decide(&Ok(mail(Level::Malicious, &["0.1"])), settings, &[], NONE).replace.unwrap().notice
    };
    let english = notice(&settings);
    assert!(english.contains("a program: opening it runs it") && english.contains("0123abcd"));
    assert!(english.contains("{name}") && english.contains("{size}") && english.contains("{sha256}"));
    settings.scan.language = Language::Japanese;
    assert!(notice(&settings).contains("理由: "));
    settings.actions.notice = "{name}: {reason} ({id})".into();
    assert_eq!(notice(&settings), "{name}: プログラムです。開くとそのまま実行されます (0123abcd)");
}

#[test]
fn failures_with_replace_are_quarantined() {
    let all: Vec<(Cause, Action)> = outcomes().iter().map(|(cause, _)| (*cause, Action::Replace)).collect();
    for (cause, outcome) in outcomes() {
        let decision = decide(&outcome, &settings(&all), &[], NONE);
        assert_eq!((decision.action, decision.replace), (Action::Quarantine, None), "{cause:?}");
    }
}

fn rewritten(left: Option<Report>) -> Rewritten {
    Rewritten {
        body: Vec::new(),
        headers: Vec::new(),
        removed: vec!["a.zip".into()],
        breaks: vec!["dkim".into()],
        left: left.map(Box::new),
    }
}

#[test]
fn a_rewritten_mail_passes_only_if_the_rest_would() {
    let outcome = Ok(mail(Level::Malicious, &["0.1"]));
    let settings = replacing();
    let confirm = |rewritten: Option<Rewritten>| {
        decide(&outcome, &settings, &[], ["X-Sekisho-Verdict"]).confirmed(rewritten.as_ref(), &outcome, &settings, &[])
    };
    let report = |outcome: Examined| (*outcome.report).clone();
    let good = confirm(Some(rewritten(Some(report(examined(Level::Clean, &[]))))));
    assert_eq!(good.action, Action::Replace);
    let last = good.headers_to_add.last().unwrap();
    assert_eq!(last, &("X-Sekisho-Removed".to_owned(), "1 part (signature broken: dkim)".to_owned()));
    let damaged = examined(Level::Unscannable, &[CoverageCause::Damaged]);
    assert_eq!(confirm(Some(rewritten(Some(report(damaged))))).action, Action::Replace);

    let encrypted = report(examined(Level::Unscannable, &[CoverageCause::Encrypted]));
    let suspicious = report(found(Level::Suspicious, &["program-file"]));
    let timed_out = report(failed(Failure::TimedOut));
    for left in [None, Some(None), Some(Some(encrypted)), Some(Some(suspicious)), Some(Some(timed_out))] {
        let bad = confirm(left.map(rewritten));
        assert_eq!((bad.action, bad.cause, bad.quarantine), (Action::Quarantine, Cause::Malicious, true));
        assert_eq!(bad.replace, None);
        assert!(bad.headers_to_add.contains(&("X-Sekisho-Action".to_owned(), "quarantine".to_owned())));
        assert_eq!(bad.headers_to_remove.len(), 1);
    }
}

#[test]
fn what_the_store_cannot_keep_is_deferred_unless_told_otherwise() {
    let suspicious = Ok(found(Level::Suspicious, &["program-file"]));
    let malicious = Ok(found(Level::Malicious, &["program-file"]));
    let after = |outcome: &Result<Examined, Refused>, wanted| {
        let settings = settings(&[(Cause::Store, wanted)]);
        let decision = decide(outcome, &settings, &[], NONE).not_kept(outcome, &settings, &[]);
        assert_eq!((decision.cause, decision.quarantine), (Cause::Store, false));
        assert_eq!(decision.reply.is_some(), decision.action >= Action::Defer);
        decision.action
    };
    assert_eq!(plain(&suspicious).not_kept(&suspicious, &Settings::default(), &[]).action, Action::Defer);
    assert_eq!(after(&suspicious, Action::Tag), Action::Tag);
    assert_eq!(after(&malicious, Action::Tag), Action::Defer);
    assert_eq!(after(&suspicious, Action::Quarantine), Action::Defer);
    assert_eq!(after(&suspicious, Action::Replace), Action::Defer);
    assert_eq!(after(&malicious, Action::Reject), Action::Reject);
}
