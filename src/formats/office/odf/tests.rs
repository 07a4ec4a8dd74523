use sekisho_samples::office::odf::Document;

use super::{FLAT, FORMAT, OdfView, is_flat, is_package, kinds};
use crate::formats::trial::{attachment, observed, scan, weight};
use crate::model::{ProblemKind, Severity};
use crate::stage::{FormatSpec, Probe, Said};

const RUN: &str = "Sub Main\n  Shell(\"harmless-none.exe\", 1)\nEnd Sub\n";
const OWN: &str = "vnd.sun.star.script:Standard.Module1.Main?language=Basic&location=document";

fn said(document: &Document) -> Said {
    let package = document.build();
    assert!(is_package(&attachment("a.odt", &package)));
    scan(&FORMAT, "a.odt", &package)
}

#[test]
fn modules_are_given_and_judged_with_the_events_that_start_them() {
    let said = said(&Document::new("text", "x").module("Module1", RUN).event("dom:load", OWN));
    assert_eq!(weight(&said, "vba-present"), Some(Severity::Info));
    assert_eq!(weight(&said, "odf-event-starts-macro"), Some(Severity::Medium));
    assert!(observed(&said, "vba-open-starts-process").unwrap().starts_with("Document_Open → Main"));
    assert_eq!(said.children[0].name.text, "Standard/Module1");
    assert_eq!(said.children[0].bytes, RUN);
    assert!(said.problems.is_empty());
}

#[test]
fn services_of_the_program_are_known() {
    let source = "Sub Main\n  s = createUnoService(\"com.sun.star.system.SystemShellExecute\")\n  \
                  s.execute(\"harmless-none.exe\", \"\", 0)\nEnd Sub\n";
    let found = said(&Document::new("text", "x").module("Module1", source).event("dom:load", OWN));
    assert!(observed(&found, "vba-open-starts-process").is_some(), "{:?}", found.findings);
    let source = "Sub Main\n  s = createUnoService(\"com.sun.star.sheet.FunctionAccess\")\nEnd Sub\n";
    let found = said(&Document::new("text", "x").module("Module1", source).event("dom:load", OWN));
    assert_eq!(weight(&found, "vba-starts-process"), None);
}

#[test]
fn a_macro_behind_a_click_is_only_mentioned() {
    let said =
        said(&Document::new("text", "x").module("Module1", "Sub Main\n Print 1\nEnd Sub").event("dom:click", OWN));
    assert_eq!(weight(&said, "odf-event-starts-macro"), Some(Severity::Info));
    assert_eq!(weight(&said, "vba-auto-open"), None);
}

#[test]
fn scripts_outside_the_document_are_seen() {
    let weigh =
        |target: &str| weight(&said(&Document::new("text", "x").event("dom:mouseover", target)), "odf-macro-elsewhere");
    assert_eq!(
        weigh(
            "vnd.sun.star.script:../../../program/python-core/lib/pydoc.py$tempfilepager?language=Python&location=share"
        ),
        Some(Severity::Critical)
    );
    assert_eq!(weigh("vnd.sun.star.script:%2e%2e/x.py$go?language=Python&location=user"), Some(Severity::Critical));
    assert_eq!(
        weigh("vnd.sun.star.script:LibreLogo/LibreLogo.py$run?language=Python&location=share"),
        Some(Severity::Critical)
    );
    assert_eq!(weigh("vnd.sun.star.script:Tools.Misc.Go?language=Basic&location=application"), Some(Severity::Medium));
    assert_eq!(weigh(OWN), None);
}

#[test]
fn targets_are_weighed_by_what_follows_them() {
    let weigh = |element: &str, href: &str, id: &str| {
        weight(&said(&Document::new("text", "x").body(&format!("<{element} xlink:href=\"{href}\"/>"))), id)
    };
    assert_eq!(weigh("draw:image", "https://example.com/a.png", "remote-image"), Some(Severity::Low));
    assert_eq!(weigh("draw:image", "file://192.0.2.20/s/a.png", "remote-image"), Some(Severity::High));
    assert_eq!(weigh("text:section-source", "http://192.0.2.20/a.odt", "remote-object"), Some(Severity::High));
    assert_eq!(weigh("draw:object-ole", "https://example.com/a", "remote-object"), Some(Severity::Medium));
    assert_eq!(
        weigh("draw:floating-frame", "macro:///Standard.Module1.Main", "odf-link-runs-command"),
        Some(Severity::High)
    );
    assert_eq!(weigh("text:a", ".uno:RunMacro", "odf-link-runs-command"), Some(Severity::Medium));
    assert_eq!(weigh("text:a", &OWN.replace('&', "&amp;"), "odf-link-runs-command"), Some(Severity::Low));
    for (element, href) in [
        ("draw:image", "Pictures/1.png"),
        ("draw:object", "./Object 1"),
        ("text:a", "https://example.com/"),
        ("text:a", "#place"),
        ("text:section-source", "../a.odt"),
    ] {
        let said = said(&Document::new("text", "x").body(&format!("<{element} xlink:href=\"{href}\"/>")));
        assert!(said.findings.is_empty(), "{href}");
    }
}

#[test]
fn other_programs_are_seen_in_declarations_and_formulas() {
    let declared = "<text:dde-connection-decl office:name=\"a\" office:dde-application=\"cmd\" office:dde-topic=\"/c none\" \
                    office:dde-item=\"x\"/>";
    let found = said(&Document::new("text", "x").body(declared));
    assert_eq!(observed(&found, "dde-link").unwrap(), "cmd /c none");
    let found = said(&Document::new("spreadsheet", "").formula("of:=DDE(\"cmd\";\"/c none\";\"x\")"));
    assert_eq!(weight(&found, "dde-link"), Some(Severity::High));
    let found = said(&Document::new("spreadsheet", "").formula("of:=WEBSERVICE(\"http://192.0.2.20/a\")"));
    assert_eq!(weight(&found, "remote-object"), Some(Severity::High));
    let found = said(&Document::new("spreadsheet", "").formula("of:=SUM([.A1:.A3])"));
    assert!(found.findings.is_empty());
}

#[test]
fn flat_documents_hold_the_same() {
    let document =
        Document::new("text", "x").module("Module1", RUN).event("dom:load", OWN).entry("a", b"\x89PNG".to_vec());
    let flat = document.flat();
    assert!(is_flat(&attachment("a.fodt", &flat)));
    let said = scan(&FLAT, "a.fodt", &flat);
    assert_eq!(weight(&said, "odf-event-starts-macro"), Some(Severity::Medium));
    let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
    assert_eq!(names, ["Standard/Module1", "object-ole-0"]);
    assert_eq!(said.children[1].bytes.as_ref(), b"\x89PNG");
    assert!(!is_flat(&attachment("a.xml", b"<?xml version=\"1.0\"?><a:document xmlns:a=\"x\"/>")));
}

fn is(spec: &FormatSpec, bytes: &[u8]) -> bool {
    let Probe::Within(_, check) = spec.probe else { panic!() };
    check(&attachment("a", bytes))
}

#[test]
fn kinds_are_told_with_and_without_their_marks() {
    assert!(is(&kinds::ODT, &Document::new("text", "x").build()));
    assert!(is(&kinds::ODS, &Document::new("spreadsheet", "x").build()));
    assert!(!is(&kinds::ODS, &Document::new("spreadsheet-template", "x").build()));
    assert!(is(&kinds::OTS, &Document::new("spreadsheet-template", "x").build()));
    let bare = Document::new("text", "x").untyped().build();
    assert!(is_package(&attachment("a", &bare)));
    assert!(!is(&kinds::ODT, &bare));
    let other = sekisho_samples::archive::zip::ZipFile::new()
        .with(sekisho_samples::archive::zip::Entry::new("mimetype", "application/epub+zip"))
        .build();
    assert!(!is_package(&attachment("a.epub", &other)));
}

#[test]
fn a_lock_is_a_gap() {
    let said = said(&Document::new("text", "x").locked());
    assert!(said.problems.iter().any(|problem| problem.kind == ProblemKind::Encrypted));
}

#[test]
fn every_cut_is_survived() {
    let package = Document::new("text", "x").module("Module1", RUN).event("dom:load", OWN).build();
    let flat = Document::new("text", "x").module("Module1", RUN).flat();
    for end in (0..package.len()).step_by(11) {
        let artifact = attachment("a.odt", &package[..end]);
        if artifact.view::<OdfView>().is_ok() {
            let _ = scan(&FORMAT, "a.odt", &package[..end]);
        }
    }
    for end in (0..flat.len()).step_by(7) {
        let _ = scan(&FLAT, "a.fodt", &flat[..end]);
    }
}
