//! Cells that a spreadsheet program would run.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::finding_kind;
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at tables.
pub(super) struct CsvAnalyzer;

/// A cell that starts as a formula and calls a service (`=cmd|' /C x'!A0`). Counted classes are in bytes and the rest of
/// the line is not counted: in characters they make an automaton that takes long to build and longer to run.
static SERVICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?im)(?:^|[,;\t])\s*["']?\s*[=+\-@](?-u:[^,;\t\r\n|]){0,600}\|\s*['"](?-u:[^\r\n])*!"#).ok()
});
/// A cell that starts as a formula and fetches.
static FETCH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?im)(?:^|[,;\t])\s*["']?\s*[=+\-@]\s*[a-z.+()]{0,40}(?:WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTHTML|IMPORTFEED|RTD|CALL|REGISTER|EXEC|HYPERLINK|IMAGE)\s*\("#).ok()
});

impl Analyzer for CsvAnalyzer {
    fn findings(&self) -> Kinds {
        &[CSV_FORMULA]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<TextView>()?;
        for (pattern, severity) in [(&*SERVICE, Severity::High), (&*FETCH, CSV_FORMULA.severity)] {
            let Some(found) = pattern.as_ref().and_then(|pattern| pattern.find(view.text.as_bytes())) else { continue };
            let line = memchr::memchr_iter(b'\n', view.text.as_bytes().get(..found.start()).unwrap_or_default()).count()
                as u64;
            let shown =
                view.text.get(found.start()..).unwrap_or_default().trim_start().lines().next().unwrap_or_default();
            out.raise_as(CSV_FORMULA, severity, false, Location::line(line.saturating_add(1)), shown);
            break;
        }
        Ok(())
    }
}

finding_kind! {
    /// ## What it is
    /// A cell of the table is a formula that calls another program or fetches from the web.
    ///
    /// ## Why it matters
    /// Excel offers to run it when the table is opened; the reader sees a harmless text format. High if a program is
    /// called by DDE.
    ///
    /// ## How we see it
    /// A cell that starts with = + - or @ and holds a service, a bar and arguments, or a function that fetches or links.
    ///
    /// ## When it is innocent
    /// Exports with HYPERLINK cells. Negative numbers and phone numbers do not match.
    ///
    /// ## References
    /// - OWASP, CSV Injection: https://owasp.org/www-community/attacks/CSV_Injection
    /// - ATT&CK T1559.002, Dynamic Data Exchange: https://attack.mitre.org/techniques/T1559/002/
    pub(super) const CSV_FORMULA = {
        id: "csv-formula",
        title: "a cell of the table calls a program or fetches from the web",
        ja: "表のセルに外部プログラムやWebを呼び出す数式があります",
        why_ja: "テキストの表に見えますが、Excelで開くとコマンドの実行や外部への通信が起こり得ます。",
        severity: Medium,
        facet: Execute,
        confidence: High,
        attack: ["T1559.002"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::text::csv::FORMAT;
    use crate::formats::trial::{scan, weight};

    #[test]
    fn calls_are_seen_and_numbers_are_not() {
        let said = scan(&FORMAT, "a.csv", b"name,value\nx,=harmless-none|' /C x'!A0\n");
        assert_eq!(weight(&said, "csv-formula"), Some(Severity::High));
        let said = scan(&FORMAT, "a.csv", b"name,value\n\"=WEBSERVICE(\"\"http://example.com/\"\")\",1\n");
        assert_eq!(weight(&said, "csv-formula"), Some(Severity::Medium));
        let plain = "name,value\nx,-1.5\ny,+81-3-0000-0000\nz,@user | note!\n-,=A1+B1\n";
        assert!(scan(&FORMAT, "a.csv", plain.as_bytes()).findings.is_empty());
    }
}
