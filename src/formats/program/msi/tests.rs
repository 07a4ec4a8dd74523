//! Tests of packages as a whole.

use sekisho_samples::program::msi::Msi;
use sekisho_samples::program::pe::Pe;

use super::{FORMAT, MsiView};
use crate::formats::trial;
use crate::model::{Severity, View};
use crate::stage::Said;

fn scan(bytes: Vec<u8>) -> Said {
    let mut artifact = trial::attachment("a.msi", &bytes);
    assert!(super::is_package(&artifact));
    artifact.format = FORMAT.id;
    let (mut said, result) = trial::unpack(FORMAT.unpacker.unwrap(), "a.msi", bytes.clone());
    result.unwrap();
    said.findings.extend(trial::analyze(FORMAT.analyzers[0], "a.msi", &bytes).findings);
    said
}

fn weight(said: &Said) -> Option<Severity> {
    trial::weight(said, "installer-runs-command")
}

#[test]
fn streams_come_out_with_their_names() {
    let said = scan(Msi::new().binary("helper", &Pe::new().build()).stream("data1.cab", b"MSCF").build());
    let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
    assert!(names.contains(&"Binary.helper") && names.contains(&"data1.cab"), "{names:?}");
    assert!(said.problems.is_empty(), "{:?}", said.problems);
    assert_eq!(trial::findings(&said), [("program-file", "high")]);
    assert!(
        trial::analyze(FORMAT.analyzers[0], "a.msi", &Msi::new().build()).facts.iter().any(|f| f.value == "Viewer")
    );
}

#[test]
fn scripts_and_commands_are_weighed() {
    let script = Msi::new().action("Go", 38, "", "MsgBox \"HARMLESS\"").build();
    let said = scan(script);
    assert_eq!(weight(&said), Some(Severity::High));
    assert!(said.children.iter().any(|child| child.name.text == "CustomAction.Go.vbs"));
    let command = scan(Msi::new().action("Go", 34, "SystemFolder", "powershell.exe -w hidden -c echo").build());
    assert_eq!(weight(&command), Some(Severity::High));
    assert!(trial::observed(&command, "installer-runs-command").unwrap().contains("powershell.exe"));
    let helper = Msi::new().binary("helper", &Pe::new().build()).action("Go", 2, "helper", "/quiet").build();
    assert_eq!(weight(&scan(helper)), Some(Severity::Medium));
    assert_eq!(weight(&scan(Msi::new().action("Go", 18, "viewer.exe", "/register").build())), Some(Severity::Low));
}

#[test]
fn libraries_and_properties_are_not_reported() {
    assert_eq!(weight(&scan(Msi::new().action("Go", 1, "helper", "Entry").build())), None);
    assert_eq!(
        weight(&scan(Msi::new().action("SetDir", 51, "INSTALLDIR", "[ProgramFilesFolder]cmd.exe").build())),
        None
    );
}

#[test]
fn an_action_nothing_runs_weighs_little() {
    let columns = ["Action", "Type", "Source", "Target"];
    let row = vec!["Go".into(), 38.into(), "".into(), "MsgBox 1".into()];
    let said = scan(Msi::new().table("CustomAction", &columns, vec![row]).build());
    assert_eq!(weight(&said), Some(Severity::Low));
}

#[test]
fn every_cut_is_survived() {
    let bytes = Msi::new().binary("helper", b"MZ").action("Go", 38, "", "x").build();
    for end in (0..bytes.len()).step_by(7) {
        let _ = MsiView::parse(&bytes[..end].to_vec().into());
    }
}
