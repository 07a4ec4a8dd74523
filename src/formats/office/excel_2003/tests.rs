//! Links of workbooks in one XML file, and what only looks like them.

use super::FORMAT;
use crate::formats::trial::{attachment, findings, scan};
use crate::model::Severity;
use crate::stage::{Probe, Said};

fn workbook(body: &str) -> Said {
    let text =
        format!("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\n<Workbook>{body}</Workbook>");
    scan(&FORMAT, "a.xml", text.as_bytes())
}

fn links(body: &str) -> Vec<(String, Severity)> {
    workbook(body).findings.into_iter().map(|finding| (finding.observed, finding.severity)).collect()
}

#[test]
fn calls_of_other_programs_are_said() {
    let calls = links("<SupBook>\n<Path>cmd|/c harmless-none.exe</Path></SupBook>");
    assert_eq!(calls, [("cmd /c harmless-none.exe".to_owned(), Severity::High)]);
    let call = "<Cell\n ss:Formula=\"=cmd|&apos;/c harmless-none.exe&#39;!A1\"/>";
    assert_eq!(links(call), [("cmd /c harmless-none.exe".to_owned(), Severity::High)]);
    assert_eq!(links("<Cell ss:Formula=\"=RSS|'quotes'!last\"/>")[0].1, Severity::Medium);
}

#[test]
fn a_bar_in_a_text_or_a_formula_is_no_call() {
    assert_eq!(
        links("<Data ss:Type=\"String\">a|b</Data>\n<Cell ss:Formula=\"=SUM(A1:A3)\"><Data>x|y</Data></Cell>"),
        []
    );
    assert_eq!(links("<Cell ss:Formula=\"=CONCATENATE(&quot;a|b&quot;,A1)\"/>"), []);
}

#[test]
fn linked_books_and_hyperlinks_are_targets() {
    let book = workbook("<SupBook><Path>http://192.0.2.20/a.xls</Path></SupBook>");
    assert_eq!(findings(&book), [("remote-object", "high"), ("remote-host-unusual", "info")]);
    let link = workbook("<Cell ss:HRef=\"https://example.com/\"><Data/></Cell>");
    assert_eq!((findings(&link).len(), link.iocs[0].value.as_str()), (0, "https://example.com/"));
    assert_eq!(findings(&workbook("<SupBook><Path>C:\\a.xls</Path></SupBook>")), []);
}

#[test]
fn properties_are_facts_and_damage_is_said() {
    let said = workbook("<DocumentProperties><Author>taro</Author></DocumentProperties><Cell a=\"");
    assert_eq!((said.facts[0].key, said.problems.len()), ("author", 1));
}

fn is_excel(text: &str) -> bool {
    let Probe::Within(_, check) = FORMAT.probe else { return false };
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
