//! One artifact against the rules.

use std::cell::RefCell;
use std::time::Duration;

use yara_x::{MetaValue, Rule, Rules, ScanError, Scanner};

use super::{RuleSet, YARA_RULE_MATCHED};
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, Finding, Location, Problem, ProblemKind, Severity};
use crate::stage::{Outcome, StageError};

/// Matches kept per pattern; a rule needs to know "often", not "how often".
const MAX_MATCHES_PER_PATTERN: usize = 1_000;
/// Patterns named in a finding's evidence.
const MAX_SHOWN: usize = 4;

thread_local! {
    /// Scanners of this thread, by rule set. Making one costs more than scanning a small artifact with it.
    static SCANNERS: RefCell<Vec<(*const Rules, Scanner<'static>)>> = const { RefCell::new(Vec::new()) };
}

impl RuleSet {
    /// Matches an artifact's bytes, and its decoded text where that differs.
    pub fn scan(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        if artifact.bytes.is_empty() {
            return Ok(());
        }
        // Taken out while in use: should a scan panic, the scanner is dropped with it and the next one starts afresh.
        let key = std::ptr::from_ref(self.rules);
        let kept = SCANNERS.with_borrow_mut(|kept| {
            kept.iter().position(|(rules, _)| *rules == key).map(|index| kept.swap_remove(index).1)
        });
        let mut scanner = kept.unwrap_or_else(|| {
            let mut scanner = Scanner::new(self.rules);
            scanner.max_matches_per_pattern(MAX_MATCHES_PER_PATTERN);
            scanner
        });
        set_externals(&mut scanner, artifact)?;
        scanner.set_timeout(out.budget().time_left().max(Duration::from_secs(1)));
        let mut seen = Vec::new();
        scan_bytes(&mut scanner, &artifact.bytes, None, &mut seen, out);
        if let Ok(view) = artifact.view::<TextView>()
            && !view.is_verbatim
        {
            scan_bytes(&mut scanner, view.text.as_bytes(), Some("decoded text"), &mut seen, out);
        }
        SCANNERS.with_borrow_mut(|kept| kept.push((key, scanner)));
        Ok(())
    }
}

fn set_externals(scanner: &mut Scanner<'static>, artifact: &Artifact) -> Result<(), StageError> {
    let name = artifact.name.file_name();
    let extension = artifact.name.extension();
    let depth = i64::try_from(artifact.path.depth()).unwrap_or(i64::MAX);
    let set = |scanner: &mut Scanner<'static>| -> Result<(), yara_x::errors::VariableError> {
        scanner.set_global("file_name", name)?;
        scanner.set_global("file_extension", extension.as_str())?;
        scanner.set_global("detected_type", artifact.format.as_str())?;
        scanner.set_global("parent_type", artifact.parent_format.as_str())?;
        scanner.set_global("depth", depth)?;
        scanner.set_global("is_file", artifact.origin.is_file)?;
        Ok(())
    };
    set(scanner).map_err(|error| StageError::Unsupported(format!("rules: {error}")))
}

fn scan_bytes(
    scanner: &mut Scanner<'static>,
    bytes: &[u8],
    part: Option<&str>,
    seen: &mut Vec<String>,
    out: &mut Outcome<'_>,
) {
    match scanner.scan(bytes) {
        Ok(results) => {
            for rule in results.matching_rules() {
                let name = format!("{}:{}", rule.namespace(), rule.identifier());
                if !seen.contains(&name) {
                    out.push_finding(finding(&rule, part));
                    seen.push(name);
                }
            }
        }
        Err(ScanError::Timeout) => {
            out.problem(Problem::new(ProblemKind::Limit, "rule matching ran out of time", Location::whole()));
        }
        Err(error) => {
            out.problem(Problem::new(ProblemKind::Failed, format!("rule matching: {error}"), Location::whole()));
        }
    }
}

fn finding(rule: &Rule<'_, '_>, part: Option<&str>) -> Finding {
    let mut severity = Severity::Medium;
    let (mut title, mut attack, mut decisive) = (None, Vec::new(), false);
    for (key, value) in rule.metadata() {
        match (key, value) {
            ("severity", MetaValue::String(text)) => severity = parse_severity(text).unwrap_or(severity),
            ("title", MetaValue::String(text)) => title = Some(text),
            ("attack", MetaValue::String(text)) => {
                attack = text.split([',', ' ']).filter(|id| !id.is_empty()).map(str::to_owned).collect();
            }
            ("decisive", MetaValue::Bool(flag)) => decisive = flag,
            _ => {}
        }
    }
    let shown: Vec<String> = rule
        .patterns()
        .filter_map(|pattern| {
            let first = pattern.matches().next()?;
            Some(format!("{} at {:#x}", pattern.identifier(), first.range().start))
        })
        .take(MAX_SHOWN)
        .collect();
    let first = rule.patterns().find_map(|pattern| pattern.matches().next().map(|found| found.range().start));
    let mut at = first.map_or_else(Location::whole, Location::at);
    at.part = part.map(str::to_owned);
    let mut observed = rule.identifier().to_owned();
    if let Some(title) = title {
        observed.push_str(": ");
        observed.push_str(title);
    }
    if !shown.is_empty() {
        observed.push_str(&format!(" ({})", shown.join(", ")));
    }
    Finding { kind: YARA_RULE_MATCHED, severity, at, observed, attack, decisive }
}

/// A rule's `severity` meta value.
pub(super) fn parse_severity(text: &str) -> Option<Severity> {
    Some(match text {
        "info" => Severity::Info,
        "low" => Severity::Low,
        "medium" => Severity::Medium,
        "high" => Severity::High,
        "critical" => Severity::Critical,
        _ => return None,
    })
}
