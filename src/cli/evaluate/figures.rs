//! Counts and times of a collection.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::report::Word;
use crate::model::{CoverageLevel, Level, Report};

/// Formats whose artifacts are macro code.
const MACRO_FORMATS: &[&str] = &["vba", "xlm", "basic"];

/// Findings that say that the scanner failed.
const FAILURES: &[&str] = &["stage-panicked", "scan-crashed", "scan-out-of-memory", "scan-timed-out"];

/// Whether a stage, or the whole scan, failed.
pub(super) fn has_failed(report: &Report) -> bool {
    report.findings.iter().any(|finding| FAILURES.contains(&finding.id.as_ref()))
}

/// What was said of the files of one kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// How many there are.
    pub(super) files: u64,
    /// Verdict clean.
    pub(super) clean: u64,
    /// Verdict suspicious.
    pub(super) suspicious: u64,
    /// Verdict malicious.
    pub(super) malicious: u64,
    /// Read completely.
    pub(super) complete: u64,
    /// Read in part, or not because something failed.
    pub(super) partial: u64,
    /// Locked content remains.
    pub(super) locked: u64,
    took: Vec<Duration>,
}

/// Times of a group; zero for an empty one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    pub(super) median: Duration,
    pub(super) mean: Duration,
    pub(super) p99: Duration,
    pub(super) max: Duration,
}

impl Group {
    fn add(&mut self, report: &Report, took: Duration) {
        self.files = self.files.saturating_add(1);
        let verdict = match report.verdict.level {
            Level::Clean => Some(&mut self.clean),
            Level::Suspicious => Some(&mut self.suspicious),
            Level::Malicious => Some(&mut self.malicious),
            Level::Unscannable | Level::Error => None,
        };
        if let Some(count) = verdict {
            *count = count.saturating_add(1);
        }
        let coverage = match report.coverage.level {
            CoverageLevel::Complete => &mut self.complete,
            CoverageLevel::Partial | CoverageLevel::Error => &mut self.partial,
            CoverageLevel::Unscannable => &mut self.locked,
        };
        *coverage = coverage.saturating_add(1);
        self.took.push(took);
    }

    fn merge(&mut self, other: &Group) {
        let pairs = [
            (&mut self.files, other.files),
            (&mut self.clean, other.clean),
            (&mut self.suspicious, other.suspicious),
            (&mut self.malicious, other.malicious),
            (&mut self.complete, other.complete),
            (&mut self.partial, other.partial),
            (&mut self.locked, other.locked),
        ];
        for (sum, count) in pairs {
            *sum = sum.saturating_add(count);
        }
        self.took.extend_from_slice(&other.took);
    }

    /// Median, mean, 99th percentile and maximum of the scan times.
    pub(super) fn times(&self) -> Times {
        let mut took = self.took.clone();
        took.sort_unstable();
        let at = |percent: usize| {
            let index = took.len().saturating_sub(1).saturating_mul(percent) / 100;
            took.get(index).copied().unwrap_or_default()
        };
        let count = u32::try_from(took.len()).unwrap_or(u32::MAX).max(1);
        Times { median: at(50), mean: took.iter().sum::<Duration>() / count, p99: at(99), max: at(100) }
    }
}

/// Everything that was counted.
#[derive(Debug, Default)]
pub(super) struct Figures {
    by_kind: BTreeMap<Word, Group>,
    by_time: Vec<(Duration, String)>,
    /// Files that hold macro code somewhere.
    pub(super) with_macros: Group,
    /// Files on which a stage failed.
    pub(super) panicked: u64,
    /// Files with known answers.
    pub(super) answered: u64,
    /// Of those, files with a wrong answer.
    pub(super) wrong: u64,
}

impl Figures {
    /// Takes a report into account. `wrong` are the wrong answers, if any are known of the file.
    pub(super) fn add(&mut self, name: &str, report: &Report, took: Duration, wrong: Option<u64>) {
        let kind = report.artifacts.first().map_or(Word::Borrowed("unreadable"), |first| first.format.clone());
        self.by_kind.entry(kind).or_default().add(report, took);
        if report.artifacts.iter().any(|artifact| MACRO_FORMATS.contains(&artifact.format.as_ref())) {
            self.with_macros.add(report, took);
        }
        let has_failed = has_failed(report);
        self.panicked = self.panicked.saturating_add(u64::from(has_failed));
        self.answered = self.answered.saturating_add(u64::from(wrong.is_some()));
        self.wrong = self.wrong.saturating_add(u64::from(wrong.is_some_and(|wrong| wrong > 0)));
        self.by_time.push((took, name.to_owned()));
    }

    /// Groups by format of the file, in name order.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        self.by_kind.iter().map(|(kind, group)| (kind.as_ref(), group))
    }

    /// All files.
    pub(super) fn all(&self) -> Group {
        let mut all = Group::default();
        self.by_kind.values().for_each(|group| all.merge(group));
        all
    }

    /// The files whose scan took longest, the longest first.
    pub(super) fn slowest(&self, count: usize) -> Vec<(&str, Duration)> {
        let mut all: Vec<&(Duration, String)> = self.by_time.iter().collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.into_iter().take(count).map(|(took, name)| (name.as_str(), *took)).collect()
    }

    /// The figures for programs; times in milliseconds.
    pub(super) fn to_json(&self) -> serde_json::Value {
        let group = |group: &Group| {
            let times = group.times();
            let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
            serde_json::json!({
                "files": group.files, "clean": group.clean, "suspicious": group.suspicious,
                "malicious": group.malicious, "complete": group.complete, "partial": group.partial,
                "locked": group.locked, "median_ms": milliseconds(times.median), "mean_ms": milliseconds(times.mean),
                "p99_ms": milliseconds(times.p99), "max_ms": milliseconds(times.max),
            })
        };
        let kinds: serde_json::Map<String, serde_json::Value> =
            self.groups().map(|(kind, of)| (kind.to_owned(), group(of))).collect();
        serde_json::json!({
            "kinds": kinds, "all": group(&self.all()), "with_macros": group(&self.with_macros),
            "failed": self.panicked, "answered": self.answered, "wrong": self.wrong,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_files() {
        let group = Group { took: (1..=100).rev().map(Duration::from_millis).collect(), ..Group::default() };
        let times = group.times();
        assert_eq!((times.median, times.p99, times.max), (ms(50), ms(99), ms(100)));
        assert_eq!(times.mean, Duration::from_micros(50_500));
        assert_eq!(Group::default().times().max, Duration::ZERO);
    }

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }
}
