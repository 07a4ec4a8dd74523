//! What an outcome counts as.

use super::recipients::action;
use crate::config::{Actions, Cause};
use crate::gate::checkpoint::{Examined, Refused};
use crate::model::{CoverageCause, CoverageLevel, Level, Report};
use crate::worker::Failure;

/// The most telling of the causes of an outcome, whatever is done for it; what it is treated for is
/// [`super::Decision::cause`].
pub fn cause(outcome: &Result<Examined, Refused>) -> Cause {
    causes(outcome).first().copied().unwrap_or(Cause::Crash)
}

/// The cause whose action is the strictest; the first of those.
pub(super) fn strictest(causes: &[Cause], actions: &Actions, recipients: &[String]) -> Cause {
    let ranked = causes.iter().rev().map(|cause| (action(actions, *cause, recipients), *cause));
    // Of equals `max_by_key` takes the last, which is the first of the list.
    ranked.max_by_key(|(action, _)| *action).map_or(Cause::Crash, |(_, cause)| cause)
}

/// Everything an outcome counts as, the most telling first; never empty. [`Cause::Clean`] stands alone, and only where the
/// level is clean, everything was read, and no worker failed.
///
/// Bytes that have killed workers too often are [`Cause::Poison`] and not the failure that made them so: that would be
/// asked for again for ever.
pub fn causes(outcome: &Result<Examined, Refused>) -> Vec<Cause> {
    match outcome {
        Err(Refused::TooLarge) => vec![Cause::TooLarge],
        Err(Refused::Overloaded | Refused::Expired | Refused::Stopping) => vec![Cause::Overload],
        Ok(examined) if examined.poison.is_some() => vec![Cause::Poison],
        Ok(examined) => {
            let mut found = of_report(&examined.report);
            if let Some(failure) = &examined.failure {
                let failure = of_failure(failure);
                found.retain(|cause| !matches!(cause, Cause::Clean) && *cause != failure);
                let after_verdict = found.partition_point(|cause| *cause <= Cause::Suspicious);
                found.insert(after_verdict, failure);
            }
            found
        }
    }
}

/// Everything a report counts as.
pub(super) fn of_report(report: &Report) -> Vec<Cause> {
    let mut found: Vec<Cause> = report.coverage.reasons.iter().map(|reason| of_gap(reason.cause)).collect();
    match report.verdict.level {
        Level::Malicious => found.push(Cause::Malicious),
        Level::Suspicious => found.push(Cause::Suspicious),
        Level::Clean if report.coverage.level == CoverageLevel::Complete => {}
        // Something was not read and nothing says what. The same as a worker that died: nothing is known.
        Level::Clean | Level::Unscannable | Level::Error if found.is_empty() => found.push(Cause::Crash),
        Level::Clean | Level::Unscannable | Level::Error => {}
    }
    if found.is_empty() {
        found.push(Cause::Clean);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A worker that could not be started has read no more than one that died.
fn of_failure(failure: &Failure) -> Cause {
    match failure {
        Failure::Crashed { .. } | Failure::NotStarted(_) => Cause::Crash,
        Failure::OutOfMemory => Cause::Memory,
        Failure::TimedOut => Cause::Timeout,
    }
}

fn of_gap(gap: CoverageCause) -> Cause {
    match gap {
        CoverageCause::Damaged => Cause::Damaged,
        CoverageCause::Unsupported => Cause::Unsupported,
        CoverageCause::Limit => Cause::Limit,
        CoverageCause::Encrypted => Cause::Encrypted,
        CoverageCause::Failed => Cause::Failed,
        // Nothing at all is known of these.
        CoverageCause::Unreadable | CoverageCause::Crashed => Cause::Crash,
        CoverageCause::OutOfMemory => Cause::Memory,
        CoverageCause::TimedOut => Cause::Timeout,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Action;
    use crate::gate::disposition::samples::{examined, failed, gap};
    use std::collections::BTreeSet;

    /// What an outcome is treated for by default, and the most telling of its causes.
    fn only(outcome: Result<Examined, Refused>) -> Cause {
        let treated_for = strictest(&causes(&outcome), &Actions::default(), &[]);
        assert_eq!(cause(&outcome), treated_for);
        treated_for
    }

    fn treated_for(outcome: &Result<Examined, Refused>, actions: &Actions) -> Cause {
        strictest(&causes(outcome), actions, &[])
    }

    #[test]
    fn every_refusal_has_its_cause() {
        assert_eq!(only(Err(Refused::Overloaded)), Cause::Overload);
        assert_eq!(only(Err(Refused::Expired)), Cause::Overload);
        assert_eq!(only(Err(Refused::Stopping)), Cause::Overload);
        assert_eq!(only(Err(Refused::TooLarge)), Cause::TooLarge);
    }

    #[test]
    fn every_failure_has_its_cause() {
        assert_eq!(only(Ok(failed(Failure::Crashed { how: "signal 11".into() }))), Cause::Crash);
        assert_eq!(only(Ok(failed(Failure::OutOfMemory))), Cause::Memory);
        assert_eq!(only(Ok(failed(Failure::TimedOut))), Cause::Timeout);
        // Its report says "a stage failed", which is let through tagged; that no worker could be started is not.
        assert_eq!(only(Ok(failed(Failure::NotStarted("fork".into())))), Cause::Crash);
    }

    #[test]
    fn a_failure_with_a_clean_report_is_not_clean() {
        let mut outcome = examined(Level::Clean, &[]);
        outcome.failure = Some(Failure::TimedOut);
        assert_eq!(only(Ok(outcome)), Cause::Timeout);
    }

    #[test]
    fn poison_is_no_failure_to_be_tried_again() {
        let mut outcome = failed(Failure::Crashed { how: "signal 11".into() });
        outcome.poison = Some(3);
        assert_eq!(causes(&Ok(outcome)), [Cause::Poison]);
    }

    #[test]
    fn clean_needs_the_level_and_the_coverage() {
        assert_eq!(causes(&Ok(examined(Level::Clean, &[]))), [Cause::Clean]);
        for level in [Level::Unscannable, Level::Error] {
            assert_eq!(causes(&Ok(examined(level, &[]))), [Cause::Crash], "{level:?} without a reason");
        }
        assert_eq!(causes(&Ok(examined(Level::Clean, &[CoverageCause::Damaged]))), [Cause::Damaged]);
        let mut outcome = examined(Level::Clean, &[]);
        let mut report = (*outcome.report).clone();
        report.coverage.level = CoverageLevel::Partial;
        outcome.report = std::sync::Arc::new(report);
        assert_eq!(causes(&Ok(outcome)), [Cause::Crash]);
    }

    #[test]
    fn every_gap_has_its_cause() {
        for (of, becomes) in [
            (CoverageCause::Damaged, Cause::Damaged),
            (CoverageCause::Unsupported, Cause::Unsupported),
            (CoverageCause::Limit, Cause::Limit),
            (CoverageCause::Encrypted, Cause::Encrypted),
            (CoverageCause::Failed, Cause::Failed),
            (CoverageCause::Unreadable, Cause::Crash),
            (CoverageCause::Crashed, Cause::Crash),
            (CoverageCause::OutOfMemory, Cause::Memory),
            (CoverageCause::TimedOut, Cause::Timeout),
        ] {
            assert_eq!(causes(&Ok(examined(gap(of), &[of]))), [becomes], "{of:?}");
        }
    }

    #[test]
    fn of_several_causes_the_strictest_action_counts() {
        let outcome = Ok(examined(Level::Suspicious, &[CoverageCause::Encrypted, CoverageCause::Damaged]));
        assert_eq!(causes(&outcome), [Cause::Suspicious, Cause::Encrypted, Cause::Damaged]);
        let mut actions = Actions::default();
        assert_eq!(treated_for(&outcome, &actions), Cause::Suspicious);
        let _ = actions.table.insert(Cause::Suspicious, Action::Tag);
        // Of equals the most telling.
        assert_eq!(treated_for(&outcome, &actions), Cause::Suspicious);
        let _ = actions.table.insert(Cause::Damaged, Action::Reject);
        assert_eq!(treated_for(&outcome, &actions), Cause::Damaged);
    }

    #[test]
    fn nothing_found_in_addition_makes_the_treatment_milder() {
        let gaps = [CoverageCause::Damaged, CoverageCause::Encrypted, CoverageCause::Failed, CoverageCause::TimedOut];
        let all = [Action::Accept, Action::Tag, Action::Replace, Action::Quarantine, Action::Defer, Action::Reject];
        for of_suspicious in all {
            for of_gap in all {
                let mut actions = Actions::default();
                let _ = actions.table.insert(Cause::Suspicious, of_suspicious);
                for cause in [Cause::Damaged, Cause::Encrypted, Cause::Failed, Cause::Timeout] {
                    let _ = actions.table.insert(cause, of_gap);
                }
                for one in gaps {
                    let alone = Ok(examined(gap(one), &[one]));
                    let with = Ok(examined(Level::Suspicious, &[one]));
                    let of = |outcome| action(&actions, treated_for(outcome, &actions), &[]);
                    assert!(of(&with) >= of(&alone), "{one:?}: {of_suspicious:?} and {of_gap:?}");
                }
            }
        }
    }

    #[test]
    fn by_default_only_clean_is_accepted() {
        let actions = Actions::default();
        let accepted: BTreeSet<Cause> =
            actions.table.iter().filter(|(_, action)| **action == Action::Accept).map(|(cause, _)| *cause).collect();
        assert_eq!(accepted, BTreeSet::from([Cause::Clean]));
    }
}
