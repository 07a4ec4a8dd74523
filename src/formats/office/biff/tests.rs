use sekisho_samples::office::biff::{Cell, Workbook};

use super::globals::globals;
use crate::formats::office::xlm::Visibility;

#[test]
fn reads_sheets_names_and_links() {
    let stream = Workbook::new().sheet("売上", 0, 0).sheet("Macro1", 2, 1).auto_open().dde("cmd", "/c echo").build();
    let globals = globals(&stream);
    assert!(!globals.is_encrypted);
    assert_eq!(globals.sheets.len(), 2);
    assert_eq!(globals.sheets[0].name, "売上");
    assert!(!globals.sheets[0].is_macro);
    assert_eq!(globals.sheets[1].name, "Macro1");
    assert_eq!(globals.sheets[1].visibility, Visibility::VeryHidden);
    assert!(globals.sheets[1].is_macro);
    assert_eq!(globals.names[0].name, "Auto_Open");
    assert_eq!(globals.services().collect::<Vec<_>>(), [("cmd", "/c echo")]);
}

#[test]
fn an_encrypted_workbook_is_known() {
    let stream = Workbook::new().sheet("a", 0, 0).locked().build();
    assert!(globals(&stream).is_encrypted);
    assert!(super::say::is_locked(&stream));
}

fn lines(stream: &[u8]) -> Vec<String> {
    let said = crate::formats::trial::scan(&super::FORMAT, "a.xls", stream);
    assert!(said.problems.is_empty(), "{:?}", said.problems);
    let text = |child: &crate::stage::Child| String::from_utf8_lossy(&child.bytes).into_owned();
    let sheets = said.children.iter().filter(|child| child.name.text != "macros as they run");
    sheets.flat_map(|child| text(child).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

const FORMULAS: [&str; 3] = ["EXEC(\"a\"&CHAR(B1))", "IF(A1=1,GOTO(A9),)", "FORMULA(\"=HALT()\",$C$4)"];

#[test]
fn macro_sheets_of_biff_8_and_5_are_decompiled() {
    let expected = [
        "name Auto_Open: =M!$A$1",
        "A1: =EXEC(\"a\"&CHAR(B1))",
        "A2: =IF(A1=1,GOTO(A9),)",
        "A3: =FORMULA(\"=HALT()\",$C$4)",
        "B1: 66",
    ];
    for book in [Workbook::new(), Workbook::biff5()] {
        let book = book.sheet("M", 1, 1).column(&FORMULAS).cell(0, 1, Cell::Number(66.0)).auto_open_at(0);
        assert_eq!(lines(&book.records()), expected);
    }
}

#[test]
fn a_macro_sheet_that_no_list_names_is_found() {
    let book = Workbook::new().sheet("Sheet1", 0, 0).sheet("M", 0, 1).column(&["HALT()"]);
    let mut stream = book.records();
    // The second sheet is said to be a worksheet, and then that it lies elsewhere.
    let list = memchr::memmem::find_iter(&stream, &[0x85, 0]).nth(1).unwrap();
    stream[list + 9] = 0;
    let said = crate::formats::trial::scan(&super::FORMAT, "a.xls", &stream);
    assert_eq!(crate::formats::trial::observed(&said, "xlm-macro-sheet").as_deref(), Some("sheet M, visible"));
    stream[list + 4] ^= 1;
    let said = crate::formats::trial::scan(&super::FORMAT, "a.xls", &stream);
    assert!(crate::formats::trial::observed(&said, "xlm-hidden-sheet").unwrap().contains("very hidden"));
}

#[test]
fn a_formula_that_cannot_be_read_is_said_with_its_cell() {
    let mut stream = Workbook::new().sheet("M", 0, 1).column(&["EXEC(\"abc\")", "HALT()"]).records();
    let at = memchr::memmem::rfind(&stream, &[0x42, 1, 110, 0]).unwrap();
    stream[at] = 0x7F;
    let said = crate::formats::trial::scan(&super::FORMAT, "a.xls", &stream);
    assert!(said.problems[0].what.starts_with("formula of cell A1 is not read from byte 9 on"), "{:?}", said.problems);
    let text = String::from_utf8_lossy(&said.children[0].bytes).into_owned();
    assert_eq!(text.lines().collect::<Vec<_>>(), ["A1: =\"abc\" (not read to its end)", "A2: =HALT()"]);
}

#[test]
fn the_sheets_of_excel_4_are_read_without_a_list() {
    let mut stream = vec![0x09, 0x04, 6, 0, 0, 0, 0x40, 0, 0, 0];
    stream.extend([0x18, 2, 16, 0, 0x20, 0, 0, 1, 4, 0, 1]);
    stream.extend([0x44, 0, 0, 0, 0, 0, 0, 0, 0]);
    let tokens = [0x1E, 65, 0, 0x41, 111, 0, 0x42, 1, 110, 0];
    let mut formula = vec![0, 0, 0, 0, 0, 0];
    formula.extend(0f64.to_le_bytes());
    formula.extend([0, 0, tokens.len() as u8, 0]);
    formula.extend(tokens);
    stream.extend([0x06, 0x04, formula.len() as u8, 0]);
    stream.extend(formula);
    stream.extend([0x0A, 0, 0, 0]);
    let said = crate::formats::trial::scan(&super::FORMAT, "a.xlm", &stream);
    let text = String::from_utf8_lossy(&said.children[0].bytes).into_owned();
    assert!(text.contains("A1: =EXEC(CHAR(65))"), "{text} {:?}", said.problems);
    assert!(text.starts_with("name Auto_Open: =$A$1"), "{text}");
}

#[test]
fn shared_formulas_are_read_where_they_are_used() {
    let mut globals = Workbook::new().sheet("M", 0, 1).column(&["HALT()"]).records();
    // A second cell that shares a formula, before the end of the sheet.
    globals.truncate(globals.len() - 4);
    for row in [1u8, 2] {
        let mut body = vec![row, 0, 0, 0, 0, 0];
        body.extend([0; 14]);
        body.extend([5, 0, 0x01, 1, 0, 0, 0]);
        globals.extend([6, 0, body.len() as u8, 0]);
        globals.extend(body);
        if row == 1 {
            globals.extend([0xBC, 4, 19, 0, 1, 0, 2, 0, 0, 0, 0, 2, 9, 0]);
            globals.extend([0x4C, 0xFF, 0xFF, 0, 0xC0, 0x1E, 1, 0, 0x03]);
        }
    }
    globals.extend([0x0A, 0, 0, 0]);
    assert_eq!(lines(&globals), ["A1: =HALT()", "A2: =A1+1", "A3: =A2+1"]);
}
