use sekisho_samples::office::access::{Database, Kind, Value};
use sekisho_samples::office::cfb::Cfb;
use sekisho_samples::office::macros::ticket_project;
use sekisho_samples::office::vba::{Module, Project};

use super::{ACCDB, MDB};
use crate::formats::office::ole::OleView;
use crate::formats::trial::{attachment, is_taken, observed, scan, weight};
use crate::model::{ProblemKind, Severity, View};
use crate::stage::Said;

fn said(database: &Database) -> Said {
    scan(&MDB, "a.mdb", &database.build())
}

fn project_streams(project: &Project) -> Vec<(String, Vec<u8>)> {
    project.streams().into_iter().map(|(path, data)| (format!("VBA/VBAProject/{path}"), data)).collect()
}

fn child<'a>(said: &'a Said, name: &str) -> &'a bytes::Bytes {
    &said.children.iter().find(|child| child.name.text == name).unwrap().bytes
}

#[test]
fn a_project_in_rows_becomes_a_file() {
    let streams = project_streams(&ticket_project("t"));
    for database in [Database::new().storage(&streams), Database::new().storage(&streams).encoded(0x1234_5678)] {
        let said = said(&database);
        assert!(said.problems.is_empty(), "{:?}", said.problems);
        let view = OleView::parse(child(&said, "MSysAccessStorage")).unwrap();
        for (path, data) in &streams {
            assert_eq!(view.stream(path).unwrap(), *data, "{path}");
        }
        assert_eq!(weight(&said, "access-compiled-only"), None);
    }
}

#[test]
fn a_file_cut_in_rows_is_joined() {
    let file = Cfb::new().stream("VBA/x", vec![7; 9_000]).build();
    let said = said(&Database::new().pieces(&file));
    assert_eq!(child(&said, "MSysAccessObjects").as_ref(), file);
}

#[test]
fn modules_without_source_are_said() {
    let module = vec![0x55; 4_096];
    let streams =
        vec![("VBA/VBAProject/VBA/dir".to_owned(), vec![1]), ("VBA/VBAProject/VBA/Module1".to_owned(), module)];
    assert_eq!(weight(&said(&Database::new().storage(&streams)), "access-compiled-only"), Some(Severity::High));
    let project = Project::new(vec![Module::standard("Module1", "Sub A()\nEnd Sub\n")]);
    assert_eq!(weight(&said(&Database::new().storage(&project_streams(&project))), "access-compiled-only"), None);
}

#[test]
fn the_macro_that_runs_on_opening_is_said() {
    assert_eq!(
        weight(&said(&Database::new().object("autoexec", -32_766)), "access-autoexec-macro"),
        Some(Severity::Medium)
    );
    // A form of that name is none.
    assert_eq!(weight(&said(&Database::new().object("AutoExec", -32_768)), "access-autoexec-macro"), None);
    assert_eq!(weight(&said(&Database::new().object("Start", -32_766)), "access-autoexec-macro"), None);
}

#[test]
fn command_lines_in_macros_are_seen() {
    let weigh = |text: &str| {
        let blob: Vec<u8> = [0u16, 7].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let streams = vec![("Scripts/0/Blob".to_owned(), blob)];
        weight(&said(&Database::new().storage(&streams)), "access-macro-runs-command")
    };
    assert_eq!(weigh("cmd.exe /c harmless-none"), Some(Severity::High));
    assert_eq!(weigh("C:\\Windows\\System32\\mshta.exe http://example.com/"), Some(Severity::High));
    assert_eq!(weigh("C:\\tools\\report.exe /print"), Some(Severity::Low));
    assert_eq!(weigh("Start form"), None);
    assert_eq!(weigh("http://example.com/"), None);
}

#[test]
fn modules_without_a_project_are_a_gap() {
    let kinds = |database: &Database| said(database).problems.iter().map(|problem| problem.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&Database::new().object("Module1", -32_761)), [ProblemKind::Unsupported]);
    assert_eq!(kinds(&Database::new().object("Query1", 5)), []);
}

#[test]
fn linked_tables_are_weighed_by_place() {
    let weigh = |connect: &str| weight(&said(&Database::new().linked("t", connect)), "remote-object");
    assert_eq!(weigh("ODBC;DRIVER=SQL Server;SERVER=192.0.2.20;"), Some(Severity::Medium));
    assert_eq!(weigh("HTML Import;DATABASE=https://example.com/a.htm"), Some(Severity::High));
    assert_eq!(weigh(";DATABASE=\\\\192.0.2.20\\s\\a.mdb"), Some(Severity::High));
    assert_eq!(weigh(";DATABASE=C:\\data\\a.mdb"), None);
    let found = said(&Database::new().linked("t", "ODBC;SERVER=db.example.com"));
    assert_eq!(observed(&found, "remote-object").unwrap(), "server db.example.com");
    assert_eq!(found.iocs[0].value, "db.example.com");
}

#[test]
fn texts_and_objects_come_out_of_fields() {
    let long = "あいう".repeat(2_000);
    let picture = sekisho_samples::media::jpeg();
    let database = Database::new().ace().table(
        "顧客",
        &[("No", Kind::Long), ("Name", Kind::Text), ("Note", Kind::Memo), ("File", Kind::Ole)],
        vec![
            vec![
                Value::Long(1),
                Value::Text("山田".to_owned()),
                Value::Memo(long.clone()),
                Value::Ole(picture.clone()),
            ],
            vec![Value::Long(2), Value::Null, Value::Memo("short".to_owned()), Value::Null],
        ],
    );
    let said = scan(&ACCDB, "a.accdb", &database.build());
    let text = String::from_utf8_lossy(child(&said, "text")).into_owned();
    assert!(text.starts_with("山田\n") && text.contains(&long) && text.ends_with("short\n"));
    assert_eq!(child(&said, "顧客/File/1").as_ref(), picture);
    assert!(said.findings.is_empty() && said.problems.is_empty());
}

#[test]
fn what_is_no_database_is_not_taken() {
    assert!(!is_taken(&MDB, &attachment("a.mdb", b"\0\x01\0\0Standard Jet DB\0")));
    assert!(!is_taken(&MDB, &attachment("a.mdb", &Database::new().ace().build())));
}

#[test]
fn damage_is_a_gap_and_never_the_end() {
    let streams = project_streams(&ticket_project("t"));
    let file = Database::new().storage(&streams).linked("t", "ODBC;SERVER=x").build();
    let cut = scan(&MDB, "a.mdb", &file[..8_200]);
    assert!(cut.problems.iter().any(|problem| problem.kind == ProblemKind::Damaged));
    for at in (0x98..file.len()).step_by(61) {
        let mut bytes = file.clone();
        bytes[at] ^= 0xFF;
        let _ = scan(&MDB, "a.mdb", &bytes);
    }
    for end in (4_096..file.len()).step_by(1_111) {
        let _ = scan(&MDB, "a.mdb", &file[..end]);
    }
}
