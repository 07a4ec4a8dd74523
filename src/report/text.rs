//! The readable report: the verdict and its reasons first, then the tree with its evidence, then indicators.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::AnsiColor;

use super::{Language, Paint, Sink};
use crate::model::ioc::defang;
use crate::model::name::{escape, file_name};
use crate::model::report::{ArtifactReport, FindingReport, IocReport, Report};
use crate::model::{CoverageLevel, IocKind, Level, Severity};

/// Indicators shown; the rest are counted.
const MAX_IOCS: usize = 40;
/// Places named per indicator.
const MAX_PLACES: usize = 3;
/// Gaps of coverage shown; the rest are counted.
const MAX_GAPS: usize = 8;
/// Levels of the tree that are shown by indenting; the path says the rest.
const MAX_INDENT: usize = 64;
/// Parts of one parent shown that hold nothing and show nothing; the rest are counted.
const MAX_QUIET: usize = 4;
/// Artifacts shown; the rest are counted, except those with findings.
const MAX_ARTIFACTS: usize = 60;

/// Writes reports for people.
pub struct Text<W> {
    out: W,
    paint: Paint,
    language: Language,
    written: bool,
}

impl<W: Write> Text<W> {
    /// Writes to `out`.
    pub fn new(out: W, paint: Paint, language: Language) -> Self {
        Text { out, paint, language, written: false }
    }

    fn head(&mut self, report: &Report) -> io::Result<()> {
        let level = level_word(report.verdict.level, self.language);
        let level = self.paint.bold(level_color(report.verdict.level), level);
        writeln!(self.out, "{}", escape(&report.input))?;
        let score = self.language.pick("score", "スコア");
        let coverage = coverage_word(report.coverage.level, self.language);
        writeln!(self.out, "  {level}  {score} {}  {coverage}", report.verdict.score)?;
        for reason in &report.verdict.reasons {
            let points = format!("{:>4}", reason.points);
            writeln!(
                self.out,
                "  {} {}  {}",
                self.paint.color(AnsiColor::Yellow, &points),
                escape(&reason.text),
                self.paint.dim(&escape(&format!("[{} {}]", reason.artifact, reason.id))),
            )?;
        }
        if !report.verdict.reasons.is_empty() {
            writeln!(self.out, "  = {}", escape(&report.verdict.arithmetic))?;
        }
        if !report.verdict.without.is_empty() {
            writeln!(self.out, "  {}", self.paint.dim(&escape(&report.verdict.without)))?;
        }
        self.gaps(report)
    }

    fn gaps(&mut self, report: &Report) -> io::Result<()> {
        if report.coverage.reasons.is_empty() {
            return Ok(());
        }
        let title = self.language.pick("not read:", "読めなかったもの:");
        writeln!(self.out, "  {}", self.paint.bold(AnsiColor::Magenta, title))?;
        for gap in report.coverage.reasons.iter().take(MAX_GAPS) {
            writeln!(self.out, "    {} {}: {}", escape(&gap.artifact), gap.cause.as_str(), escape(&gap.text))?;
        }
        self.more(report.coverage.reasons.len().saturating_sub(MAX_GAPS))
    }

    fn more(&mut self, count: usize) -> io::Result<()> {
        if count > 0 {
            match self.language {
                Language::English => writeln!(self.out, "    … and {count} more")?,
                Language::Japanese => writeln!(self.out, "    … ほか {count} 件")?,
            }
        }
        Ok(())
    }

    fn tree(&mut self, report: &Report) -> io::Result<()> {
        writeln!(self.out)?;
        let mut findings = report.findings.iter().peekable();
        let mut rest = report.artifacts.iter().peekable();
        // Parts of one parent that hold nothing and show nothing, one after the other.
        let mut quiet = 0usize;
        let mut hidden = 0usize;
        let mut shown = 0usize;
        while let Some(artifact) = rest.next() {
            let mut own = Vec::new();
            while let Some(finding) = findings.next_if(|finding| finding.artifact == artifact.path) {
                own.push(finding);
            }
            let holds = rest.peek().is_some_and(|next| parent(&next.path) == artifact.path);
            quiet = if own.is_empty() && !holds { quiet.saturating_add(1) } else { 0 };
            if quiet > MAX_QUIET || (shown >= MAX_ARTIFACTS && own.is_empty()) {
                hidden = hidden.saturating_add(1);
            } else {
                shown = shown.saturating_add(1);
                self.artifact(artifact, &own)?;
            }
            let ends = rest.peek().is_none_or(|next| parent(&next.path) != parent(&artifact.path));
            let goes_on = rest.peek().is_some_and(|next| findings.peek().is_none_or(|f| f.artifact != next.path));
            if hidden > 0 && (ends || !goes_on) && shown < MAX_ARTIFACTS {
                self.quiet(&artifact.path, std::mem::take(&mut hidden))?;
            }
            if ends {
                quiet = 0;
            }
        }
        self.more(hidden)
    }

    fn quiet(&mut self, path: &str, count: usize) -> io::Result<()> {
        let indent = "  ".repeat(path.matches('.').count().saturating_add(1));
        let text = match self.language {
            Language::English => format!("… {count} more with nothing to say about"),
            Language::Japanese => format!("… ほか {count} 件（検出なし）"),
        };
        writeln!(self.out, "{indent}{}", self.paint.dim(&text))
    }

    fn artifact(&mut self, artifact: &ArtifactReport, findings: &[&FindingReport]) -> io::Result<()> {
        let depth = artifact.path.matches('.').count().min(MAX_INDENT);
        let indent = "  ".repeat(depth.saturating_add(1));
        let name = if artifact.name.is_empty() { "(no name)".to_owned() } else { escape(&artifact.name) };
        let also =
            if artifact.also.is_empty() { String::new() } else { escape(&format!("+{}", artifact.also.join("+"))) };
        let detail = if artifact.origin.detail.is_empty() {
            String::new()
        } else {
            self.paint.dim(&format!("  {}", escape(&artifact.origin.detail)))
        };
        writeln!(
            self.out,
            "{indent}{} {name}  {}{also}  {}{detail}",
            self.paint.dim(&escape(&artifact.path)),
            self.paint.color(AnsiColor::Cyan, &escape(&artifact.format)),
            size(artifact.size),
        )?;
        for finding in findings {
            let place = if finding.at.is_empty() { String::new() } else { format!(" ({})", escape(&finding.at)) };
            let observed =
                if finding.observed.is_empty() { String::new() } else { format!(": {}", escape(&finding.observed)) };
            writeln!(
                self.out,
                "{indent}    {} {}{observed}{}",
                self.paint.bold(severity_color(finding.severity), severity_mark(finding.severity, self.language)),
                escape(&finding.text),
                self.paint.dim(&format!("{place} [{}]", escape(&finding.id))),
            )?;
        }
        Ok(())
    }

    fn iocs(&mut self, report: &Report) -> io::Result<()> {
        // Digests and names of the artifacts themselves stand in the tree and below it.
        let own: BTreeSet<(&str, &str)> =
            report.artifacts.iter().map(|artifact| (artifact.path.as_str(), file_name(&artifact.name))).collect();
        let is_own_property = |ioc: &IocReport| match ioc.kind {
            IocKind::Sha256 => true,
            IocKind::FileName => own.contains(&(ioc.artifact.as_str(), ioc.value.as_str())),
            _ => false,
        };
        let shown: Vec<_> = report.iocs.iter().filter(|ioc| ioc.noise.is_none() && !is_own_property(ioc)).collect();
        if shown.is_empty() {
            return Ok(());
        }
        let mut hidden = 0usize;
        let title = self.language.pick("indicators", "侵害指標（IOC）");
        writeln!(self.out, "\n  {}", self.paint.bold(AnsiColor::Blue, title))?;
        // One indicator is one line, however many parts name it.
        let mut lines: Vec<(&IocReport, Vec<String>)> = Vec::new();
        for ioc in shown {
            let mut place = vec![ioc.artifact.clone()];
            place.extend(ioc.context.clone());
            if !ioc.at.is_empty() && ioc.context.as_deref().is_none_or(|context| !context.starts_with(&ioc.at)) {
                place.push(ioc.at.clone());
            }
            let place = place.join(", ");
            let has_room = lines.len() < MAX_IOCS;
            match lines.iter_mut().find(|(known, _)| known.kind == ioc.kind && known.value == ioc.value) {
                Some((_, places)) => places.push(place),
                None if has_room => lines.push((ioc, vec![place])),
                None => hidden = hidden.saturating_add(1),
            }
        }
        for (ioc, places) in &lines {
            let mut shown = escape(&places.iter().take(MAX_PLACES).cloned().collect::<Vec<_>>().join("; "));
            if places.len() > MAX_PLACES {
                shown.push_str("; …");
            }
            let value = escape(&defang(ioc.kind, &ioc.value));
            writeln!(self.out, "    {:<9} {value}  {}", ioc.kind.as_str(), self.paint.dim(&format!("[{shown}]")))?;
        }
        self.more(hidden)
    }

    fn digests(&mut self, report: &Report) -> io::Result<()> {
        let suspects: Vec<&ArtifactReport> = report
            .artifacts
            .iter()
            .filter(|artifact| {
                artifact.path == "0"
                    || artifact.size > 0
                        && report
                            .findings
                            .iter()
                            .any(|finding| finding.artifact == artifact.path && finding.severity >= Severity::Medium)
            })
            .take(MAX_IOCS)
            .collect();
        writeln!(self.out, "\n  {}", self.paint.bold(AnsiColor::Blue, "SHA-256"))?;
        for artifact in suspects {
            writeln!(
                self.out,
                "    {}  {} {}",
                escape(&artifact.sha256),
                self.paint.dim(&escape(&artifact.path)),
                escape(&artifact.name)
            )?;
        }
        Ok(())
    }
}

impl<W: Write> Sink for Text<W> {
    fn write(&mut self, report: &Report) -> io::Result<()> {
        if std::mem::replace(&mut self.written, true) {
            writeln!(self.out)?;
        }
        self.head(report)?;
        self.tree(report)?;
        self.iocs(report)?;
        self.digests(report)?;
        self.out.flush()
    }
}

/// The path of the artifact this one lies in; empty for the input.
fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// A level in words.
pub(crate) fn level_word(level: Level, language: Language) -> &'static str {
    match (level, language) {
        (Level::Clean, Language::English) => "CLEAN",
        (Level::Clean, Language::Japanese) => "問題なし (clean)",
        (Level::Unscannable, Language::English) => "UNSCANNABLE",
        (Level::Unscannable, Language::Japanese) => "検査不能 (unscannable)",
        (Level::Error, Language::English) => "ERROR",
        (Level::Error, Language::Japanese) => "検査失敗 (error)",
        (Level::Suspicious, Language::English) => "SUSPICIOUS",
        (Level::Suspicious, Language::Japanese) => "疑わしい (suspicious)",
        (Level::Malicious, Language::English) => "MALICIOUS",
        (Level::Malicious, Language::Japanese) => "悪意あり (malicious)",
    }
}

fn coverage_word(level: CoverageLevel, language: Language) -> &'static str {
    match (level, language) {
        (CoverageLevel::Complete, Language::English) => "everything was read",
        (CoverageLevel::Complete, Language::Japanese) => "すべて読み取り済み",
        (CoverageLevel::Partial, Language::English) => "NOT everything was read",
        (CoverageLevel::Partial, Language::Japanese) => "一部が読めていません",
        (CoverageLevel::Unscannable, Language::English) => "encrypted content was NOT read",
        (CoverageLevel::Unscannable, Language::Japanese) => "暗号化された部分が読めていません",
        (CoverageLevel::Error, Language::English) => "the scan FAILED in part",
        (CoverageLevel::Error, Language::Japanese) => "検査の一部が失敗しました",
    }
}

fn level_color(level: Level) -> AnsiColor {
    match level {
        Level::Clean => AnsiColor::Green,
        Level::Unscannable | Level::Error => AnsiColor::Magenta,
        Level::Suspicious => AnsiColor::Yellow,
        Level::Malicious => AnsiColor::Red,
    }
}

fn severity_color(severity: Severity) -> AnsiColor {
    match severity {
        Severity::Info | Severity::Low => AnsiColor::Blue,
        Severity::Medium => AnsiColor::Yellow,
        Severity::High | Severity::Critical => AnsiColor::Red,
    }
}

fn severity_mark(severity: Severity, language: Language) -> &'static str {
    match (severity, language) {
        (_, Language::English) => severity.as_str(),
        (Severity::Info, Language::Japanese) => "情報",
        (Severity::Low, Language::Japanese) => "低",
        (Severity::Medium, Language::Japanese) => "中",
        (Severity::High, Language::Japanese) => "高",
        (Severity::Critical, Language::Japanese) => "重大",
    }
}

/// Bytes in the unit a person would use.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes.saturating_mul(10) / 1024;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if tenths < 10_240 {
            break;
        }
        tenths /= 1024;
        unit = next;
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_write_them() {
        assert_eq!(size(312), "312 B");
        assert_eq!(size(4_200), "4.1 KiB");
        assert_eq!(size(3 << 20), "3.0 MiB");
    }

    /// A report comes from a worker that may have been taken over: every text of it is as hostile as the mail.
    #[test]
    fn nothing_of_a_report_reaches_the_terminal_raw() {
        let bad = "\u{1b}]0;x\u{7}".to_owned();
        let reason = crate::model::Reason { id: bad.clone(), artifact: bad.clone(), points: 1, text: bad.clone() };
        let gap = crate::model::CoverageReason {
            cause: crate::model::CoverageCause::Limit,
            artifact: bad.clone(),
            text: bad.clone(),
        };
        let word = || crate::model::report::Word::Owned(bad.clone());
        let report = Report {
            schema: word(),
            scanner: crate::model::report::ScannerInfo { name: word(), version: word(), rules: bad.clone() },
            input: bad.clone(),
            verdict: crate::model::Verdict {
                level: Level::Malicious,
                score: 1,
                reasons: vec![reason],
                arithmetic: bad.clone(),
                without: bad.clone(),
            },
            coverage: crate::model::Coverage::of(vec![gap]),
            artifacts: vec![ArtifactReport {
                path: format!("{bad}{}", ".0".repeat(100_000)),
                name: bad.clone(),
                other_names: vec![bad.clone()],
                format: word(),
                also: vec![word()],
                size: 1,
                md5: bad.clone(),
                sha1: bad.clone(),
                sha256: bad.clone(),
                origin: crate::model::report::OriginReport { kind: word(), detail: bad.clone() },
                facts: std::collections::BTreeMap::from([(word(), vec![bad.clone()])]),
            }],
            findings: vec![FindingReport {
                id: word(),
                artifact: format!("{bad}{}", ".0".repeat(100_000)),
                severity: Severity::High,
                at: bad.clone(),
                text: bad.clone(),
                observed: bad.clone(),
                decisive: true,
                attack: vec![bad.clone()],
            }],
            iocs: vec![IocReport {
                kind: IocKind::Url,
                value: bad.clone(),
                artifact: bad.clone(),
                at: bad.clone(),
                context: Some(bad.clone()),
                raw: Some(bad.clone()),
                noise: None,
            }],
            problems: vec![crate::model::report::ProblemReport {
                kind: word(),
                artifact: bad.clone(),
                at: bad.clone(),
                text: bad,
            }],
        };
        let mut out = Vec::new();
        let mut sink = Text::new(&mut out, Paint::Never, Language::English);
        sink.write(&report).unwrap();
        sink.finish().unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert!(shown.contains("\\u{1b}"), "{}", shown.len());
        assert!(!shown.contains(['\u{1b}', '\u{7}']));
    }
}
