//! Office documents in one XML file: Flat OPC, Word 2003 and Excel 2003. Office opens them by content whatever their name.

use std::sync::LazyLock;

use regex::Regex;

use super::XML;
use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FormatId, Location};
use crate::stage::{Analyzer, Family, FormatSpec, Kinds, Outcome, Probe, Reading, Reference, StageError};

/// Flat OPC: the parts of a document as elements.
pub const FLAT_OPC: FormatSpec = FormatSpec {
    id: FormatId("flat-opc"),
    title: "Office document in one XML file (Flat OPC)",
    family: Family::Office,
    extensions: &["xml", "doc", "docx"],
    media_types: &["text/xml", "application/xml"],
    magic: &[],
    probe: Probe::Within(XML, |artifact| head_has(artifact, "<pkg:package")),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "ECMA-376 part 2, Open Packaging Conventions",
        url: "https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    }],
    limitations: &["Its parts are not taken out."],
    unpacker: None,
    analyzers: &[],
};

/// Word 2003 XML; macros are in `w:binData`.
pub const WORD_2003: FormatSpec = FormatSpec {
    id: FormatId("word-2003-xml"),
    title: "Word 2003 XML document",
    family: Family::Office,
    extensions: &["xml", "doc"],
    media_types: &["text/xml", "application/xml", "application/msword"],
    magic: &[],
    probe: Probe::Within(XML, |artifact| {
        head_has(artifact, "schemas.microsoft.com/office/word/2003/wordml") || head_has(artifact, "<w:worddocument")
    }),
    reading: Reading::RecognisedOnly,
    references: &[Reference {
        title: "Microsoft, WordprocessingML 2003",
        url: "https://learn.microsoft.com/en-us/openspecs/",
    }],
    limitations: &["Macros and objects in it are not taken out."],
    unpacker: None,
    analyzers: &[],
};

/// Excel 2003 XML; a cell's formula may be a DDE call.
pub const EXCEL_2003: FormatSpec = FormatSpec {
    id: FormatId("excel-2003-xml"),
    title: "Excel 2003 XML workbook",
    family: Family::Office,
    extensions: &["xml", "xls"],
    media_types: &["text/xml", "application/xml", "application/vnd.ms-excel"],
    magic: &[],
    probe: Probe::Within(XML, |artifact| {
        head_has(artifact, "progid=\"excel.sheet\"")
            || (head_has(artifact, "workbook") && head_has(artifact, "urn:schemas-microsoft-com:office:spreadsheet"))
    }),
    reading: Reading::Full,
    references: &[Reference {
        title: "Microsoft, XML Spreadsheet reference",
        url: "https://learn.microsoft.com/en-us/previous-versions/office/developer/office-xp/aa140066(v=office.10)",
    }],
    limitations: &["Formulas are searched for DDE calls and not otherwise read."],
    unpacker: None,
    analyzers: &[&WorkbookLinks],
};

/// Links of a workbook that asks another program for data.
struct WorkbookLinks;

/// Links said per workbook; a sheet of market data has one in every cell.
const MAX_LINKS: usize = 50;

/// A linked book's path `service|topic`, or a formula `=service|'topic'!item`.
#[expect(clippy::unwrap_used, reason = "a constant expression; a test uses it")]
static DDE_CALL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?:<(?:\w{1,16}:)?path>|formula\s{0,8}=\s{0,8}["']=[+\-]?)\s{0,8}([^|<>"'=&]{1,120})\|(?:'|&apos;|&#39;)?([^<>"']{0,300})"#,
    )
    .unwrap()
});

impl Analyzer for WorkbookLinks {
    fn findings(&self) -> Kinds {
        &[DDE_LINK]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<TextView>()?;
        for (line, number) in view.text.lines().zip(1u64..) {
            // Only few lines hold a bar; the expression is for those.
            if memchr::memchr(b'|', line.as_bytes()).is_none() {
                continue;
            }
            for found in DDE_CALL.captures_iter(line).take(MAX_LINKS) {
                let group = |index| found.get(index).map_or("", |text| text.as_str());
                let topic = group(2).split(['!']).next().unwrap_or_default();
                let topic = topic.trim_end_matches("&apos;").trim_end_matches("&#39;");
                say_dde(out, DdeHost::Excel, group(1), topic, Location::line(number));
            }
        }
        Ok(())
    }
}

fn head_has(artifact: &Artifact, needle: &str) -> bool {
    artifact.view::<TextView>().is_ok_and(|view| view.lower_head().contains(needle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial::{attachment, scan_artifact};
    use crate::model::Severity;

    fn links(body: &str) -> Vec<(String, Severity)> {
        let text = format!("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\n{body}");
        let said = scan_artifact(&EXCEL_2003, attachment("a.xml", text.as_bytes()));
        said.findings.into_iter().map(|finding| (finding.observed, finding.severity)).collect()
    }

    #[test]
    fn calls_of_other_programs_are_said() {
        let calls =
            links("<Path>cmd|/c harmless-none.exe</Path>\n<Cell ss:Formula=\"=cmd|'/c harmless-none.exe'!A1\">");
        assert_eq!(calls[0], ("cmd | /c harmless-none.exe".to_owned(), Severity::High));
        assert!(
            links("<Cell ss:Formula=\"=cmd|&apos;/c none.exe&apos;!A1\"/>").iter().all(|(_, s)| *s == Severity::High)
        );
        assert_eq!(links("<Cell ss:Formula=\"=RSS|'quotes'!last\"/>")[0].1, Severity::Medium);
    }

    #[test]
    fn a_bar_in_a_text_or_a_formula_is_no_call() {
        assert_eq!(links("<Data ss:Type=\"String\">a|b</Data>\n<Cell ss:Formula=\"=SUM(A1:A3)\"><Data>x|y</Data>"), []);
        assert_eq!(links("<Cell ss:Formula=\"=CONCATENATE(&quot;a|b&quot;,A1)\"/>"), []);
    }

    fn is_excel(text: &str) -> bool {
        let Probe::Within(_, check) = EXCEL_2003.probe else { return false };
        check(&attachment("a.xml", text.as_bytes()))
    }

    #[test]
    fn a_workbook_in_one_xml_file_is_recognised() {
        assert!(is_excel("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook/>"));
        assert!(is_excel("<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>"));
    }

    #[test]
    fn xml_of_another_kind_is_left_alone() {
        assert!(!is_excel("<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/x\"/>"));
        assert!(!is_excel("<?xml version=\"1.0\"?><xml xmlns:x=\"urn:schemas-microsoft-com:office:excel\"/>"));
    }
}
