//! What is known of the files of a collection, and whether the reports agree. A file of answers has one JSON object per
//! line; `docs/evaluation.md` lists the keys.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use crate::model::Report;

/// A line of the file.
#[derive(Debug, Deserialize)]
struct Row {
    /// The file, relative to the file of answers.
    path: PathBuf,
    #[serde(default)]
    expect: Expected,
}

/// What is known of a file; what is not stated is not compared.
#[derive(Debug, Default, Deserialize)]
struct Expected {
    /// Whether there is macro code of any kind.
    macros: Option<bool>,
    /// Whether there are Excel 4.0 macros.
    xlm: Option<bool>,
    /// Whether there is a DDE link.
    dde: Option<bool>,
    /// Text of that link, to be shown as evidence.
    dde_text: Option<String>,
    /// Whether something in it is or was locked.
    encrypted: Option<bool>,
    /// The levels that are right.
    verdict_in: Option<Vec<String>>,
    /// Content that must come out.
    #[serde(default)]
    artifacts: Vec<Content>,
}

/// Content by digest.
#[derive(Debug, Deserialize)]
struct Content {
    sha256: Option<String>,
}

/// The answers, by file.
#[derive(Debug, Default)]
pub(super) struct Answers {
    rows: BTreeMap<PathBuf, Expected>,
}

impl Answers {
    /// Reads a file of answers.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut rows = BTreeMap::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let row: Row = serde_json::from_str(line)
                .with_context(|| format!("{} line {} is no answer", path.display(), number.saturating_add(1)))?;
            rows.insert(resolved(&folder.join(row.path)), row.expect);
        }
        Ok(Answers { rows })
    }

    /// The answers that are wrong; nothing if none are known of the file.
    pub(super) fn wrong(&self, path: &Path, report: &Report) -> Option<Vec<String>> {
        if self.rows.is_empty() {
            return None;
        }
        Some(self.rows.get(&resolved(path))?.wrong(report))
    }
}

/// The same for every spelling of a path.
fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

impl Expected {
    fn wrong(&self, report: &Report) -> Vec<String> {
        let mut wrong = Vec::new();
        let formats: BTreeSet<&str> = report.artifacts.iter().map(|artifact| artifact.format.as_ref()).collect();
        let shows = |start: &str| report.findings.iter().any(|finding| finding.id.starts_with(start));
        let has_xlm = formats.contains("xlm") || shows("xlm-");
        let is_locked = report.problems.iter().any(|problem| problem.kind == "encrypted")
            || report.artifacts.iter().any(|artifact| artifact.origin.detail.contains("password"));
        let stated = [
            ("macros", self.macros, has_xlm || formats.contains("vba") || formats.contains("basic")),
            ("xlm", self.xlm, has_xlm),
            ("dde", self.dde, report.findings.iter().any(|finding| finding.id.contains("dde"))),
            ("encrypted", self.encrypted, is_locked),
        ];
        for (what, expected, seen) in stated {
            if let Some(expected) = expected.filter(|expected| *expected != seen) {
                wrong.push(format!("{what} should be {expected}"));
            }
        }
        if let Some(text) = &self.dde_text
            && !report.findings.iter().any(|finding| finding.observed.contains(text.as_str()))
        {
            wrong.push(format!("no finding shows {text}"));
        }
        if let Some(levels) = &self.verdict_in
            && !levels.iter().any(|level| level == report.verdict.level.as_str())
        {
            wrong.push(format!("{} should be {}", report.verdict.level.as_str(), levels.join(" or ")));
        }
        let digests: BTreeSet<&str> = report.artifacts.iter().map(|artifact| artifact.sha256.as_str()).collect();
        for digest in self.artifacts.iter().filter_map(|content| content.sha256.as_deref()) {
            if !digests.contains(digest) {
                wrong.push(format!("content {digest} did not come out"));
            }
        }
        wrong
    }
}
