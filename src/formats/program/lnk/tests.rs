//! Built shortcuts read back, and every finding with its near miss.

use sekisho_samples::program::Lnk;

use super::*;
use crate::formats::trial::{file, observed, scan_artifact};
use crate::model::{Bytes, IocKind, View};
use crate::stage::Said;

fn say(lnk: Lnk) -> Said {
    scan_artifact(&FORMAT, file("a.lnk", lnk.build()))
}

const SYSTEM: &str = "C:\\Windows\\System32\\";

fn to(program: &str) -> Lnk {
    Lnk::to(&format!("{SYSTEM}{program}"))
}

#[test]
fn reads_what_the_builder_wrote() {
    let lnk = Lnk::to("C:\\出張\\旅程表.docx")
        .description("旅程")
        .relative_path(".\\旅程表.docx")
        .working_folder("C:\\出張")
        .arguments("/x")
        .icon("C:\\a.ico", -3)
        .environment("%windir%\\旅程表.docx")
        .machine("desktop-a")
        .show(7)
        .overlay(b"tail\0\0");
    let bytes = Bytes::from(lnk.build());
    let view = LnkView::parse(&bytes).unwrap();
    assert_eq!(view.list_path.as_deref(), Some("C:\\出張\\旅程表.docx"));
    assert_eq!(view.place.as_ref().unwrap().path().as_deref(), Some("C:\\出張\\旅程表.docx"));
    assert_eq!(view.place.as_ref().unwrap().serial, Some(0x1234_5678));
    assert_eq!(view.description.as_deref(), Some("旅程"));
    assert_eq!(view.arguments.as_deref(), Some("/x"));
    assert_eq!((view.icon.as_deref(), view.icon_index, view.show), (Some("C:\\a.ico"), -3, 7));
    assert_eq!(view.extra.environment.as_deref(), Some("%windir%\\旅程表.docx"));
    assert_eq!(view.extra.machine.as_deref(), Some("desktop-a"));
    assert_eq!(view.extra.mac.as_deref(), Some("02:00:5e:10:00:01"));
    assert_eq!(&bytes[view.overlay.clone().unwrap()], b"tail");
    assert!(view.problems.is_empty());
}

#[test]
fn a_shortcut_to_a_document_on_a_share_shows_nothing() {
    let said = say(Lnk::to_share("\\\\fileserver.example.com\\docs", "規程\\旅費規程.docx"));
    assert!(said.findings.is_empty(), "{:?}", said.findings);
    assert!(said.children.is_empty());
    let unc: Vec<&str> =
        said.iocs.iter().filter(|ioc| ioc.kind == IocKind::Unc).map(|ioc| ioc.value.as_str()).collect();
    assert_eq!(unc, ["\\\\fileserver.example.com\\docs\\規程\\旅費規程.docx"]);
}

#[test]
fn interpreters_are_seen_as_target_and_on_the_command_line() {
    assert!(observed(&say(to("cmd.exe").arguments("/c echo")), "lnk-runs-interpreter").is_some());
    assert!(
        observed(&say(to("harmless-none.exe").arguments("x & mshta http://example.com/")), "lnk-runs-interpreter")
            .is_some()
    );
    assert_eq!(observed(&say(Lnk::to("C:\\Program Files\\powershell\\readme.txt")), "lnk-runs-interpreter"), None);
    assert_eq!(
        observed(&say(to("harmless-none.exe").arguments("C:\\bash\\at-home.txt")), "lnk-runs-interpreter"),
        None
    );
}

#[test]
fn blanks_hide_arguments_from_a_hundred_on() {
    let hidden = say(to("harmless-none.exe").arguments(&format!("{}go", "\n\t".repeat(50))));
    assert!(observed(&hidden, "lnk-hidden-arguments").unwrap().contains("100 blanks"));
    assert!(hidden.findings.iter().any(|finding| finding.decisive));
    assert_eq!(
        observed(&say(to("harmless-none.exe").arguments(&format!("{}go", " ".repeat(99)))), "lnk-hidden-arguments"),
        None
    );
    let long = "--option value ".repeat(120);
    assert_eq!(observed(&say(to("harmless-none.exe").arguments(&long)), "lnk-hidden-arguments"), None);
}

#[test]
fn icons_lie_when_they_are_another_files() {
    assert!(
        observed(&say(to("harmless-none.exe").icon("%SystemRoot%\\System32\\shell32.dll", 3)), "lnk-icon-lies")
            .is_some()
    );
    assert!(observed(&say(to("harmless-none.exe").icon(".\\ticket.pdf", 0)), "lnk-icon-lies").is_some());
    assert!(observed(&say(to("harmless-none.exe").icon("\\\\192.0.2.40\\s\\a.ico", 0)), "lnk-icon-lies").is_some());
    assert_eq!(observed(&say(to("notepad.exe").icon("C:\\Windows\\System32\\notepad.exe", 0)), "lnk-icon-lies"), None);
    assert_eq!(observed(&say(to("harmless-none.exe").icon("C:\\app\\harmless.ico", 0)), "lnk-icon-lies"), None);
    assert_eq!(observed(&say(Lnk::to("C:\\docs").icon("shell32.dll", 3)), "lnk-icon-lies"), None);
}

#[test]
fn appended_data_is_given_and_weighed() {
    let said = say(to("harmless-none.exe").overlay("HARMLESS-SAMPLE/1 ".repeat(20_000)));
    let finding = said.findings.iter().find(|finding| finding.kind.id == "lnk-carries-payload").unwrap();
    assert!(finding.decisive);
    assert_eq!(said.children.len(), 1);
    let said = say(to("harmless-none.exe").overlay("HARMLESS-SAMPLE/1 some text"));
    assert!(!said.findings.iter().find(|finding| finding.kind.id == "lnk-carries-payload").unwrap().decisive);
    let said = say(to("cmd.exe").arguments("/c findstr /b X a.lnk").overlay("HARMLESS-SAMPLE/1 some text"));
    assert!(said.findings.iter().find(|finding| finding.kind.id == "lnk-carries-payload").unwrap().decisive);
    assert_eq!(observed(&say(to("harmless-none.exe").overlay([0; 4096])), "lnk-carries-payload"), None);
}

#[test]
fn unclear_targets_are_those_that_disagree() {
    let only = Lnk::new().environment("%windir%\\harmless-none.exe");
    assert!(observed(&say(only), "lnk-target-unclear").is_some());
    let other = to("calc.exe").environment("%windir%\\System32\\harmless-none.exe");
    assert!(observed(&say(other), "lnk-target-unclear").is_some());
    assert!(observed(&say(to("harmless-none.exe.")), "lnk-target-unclear").is_some());
    assert!(observed(&say(to("harmless-none.exe").crammed()), "lnk-target-unclear").is_some());
    let same = to("harmless-none.exe").environment("%windir%\\System32\\HARMLESS-none.exe");
    assert_eq!(observed(&say(same), "lnk-target-unclear"), None);
}

#[test]
fn the_command_line_becomes_a_text() {
    let said = say(to("harmless-none.exe").arguments("   http://example.com/s/lnk"));
    assert_eq!(
        said.children[0].bytes,
        "\"C:\\Windows\\System32\\harmless-none.exe\" http://example.com/s/lnk".as_bytes()
    );
}

#[test]
fn any_cut_and_any_flipped_byte_is_read_without_a_panic() {
    let whole = to("cmd.exe")
        .description("d")
        .arguments("/c x")
        .icon("a.pdf", 1)
        .environment("%x%\\y.exe")
        .machine("m")
        .overlay(b"0123456789abcdefghij")
        .build();
    for length in MAGIC.len()..whole.len() {
        let cut = whole[..length].to_vec();
        if LnkView::parse(&Bytes::from(cut.clone())).is_ok() {
            scan_artifact(&FORMAT, file("a.lnk", cut));
        }
    }
    for at in MAGIC.len()..whole.len() {
        for value in [0, 0xff, whole[at] ^ 1] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            scan_artifact(&FORMAT, file("a.lnk", bytes));
        }
    }
}
