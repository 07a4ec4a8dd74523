//! Documents made by `samples`, through the unpacker and the analyzer.

use sekisho_samples::document::pdf::{Pdf, ticket, ticket_pdf};

use super::*;
use crate::formats::trial::{file, scan_artifact, weight};
use crate::model::{OriginKind, ProblemKind, Severity};
use crate::stage::Said;

fn scan(bytes: Vec<u8>) -> Said {
    scan_artifact(&FORMAT, file("a.pdf", bytes))
}

fn is_quiet(said: &Said) -> bool {
    said.findings.iter().all(|finding| finding.severity <= Severity::Low) && said.problems.is_empty()
}

#[test]
fn an_honest_ticket_is_quiet_and_its_link_an_indicator() {
    let said = scan(ticket());
    assert!(is_quiet(&said), "{:?} {:?}", said.findings, said.problems);
    assert_eq!(weight(&said, "pdf-open-action"), Some(Severity::Info));
    let ioc = said.iocs.first().unwrap();
    assert_eq!((ioc.value.as_str(), ioc.context.as_deref()), ("https://example.com/checkin", Some("/URI")));
    assert_eq!(weight(&said, "pdf-links-to-program"), None);
}

#[test]
fn an_honest_form_is_quiet() {
    let pdf = Pdf::new()
        .number_field("a")
        .opens_fitted()
        .embed("invoice.xml", "text/xml", &b"<Invoice/>"[..])
        .bilevel_scan()
        .compressed()
        .updates(3);
    let said = scan(pdf.build());
    assert!(is_quiet(&said), "{:?} {:?}", said.findings, said.problems);
    assert_eq!(weight(&said, "pdf-javascript"), Some(Severity::Info));
    assert_eq!(weight(&said, "pdf-embedded-file"), Some(Severity::Low));
    let file = said.children.iter().find(|child| child.origin.is_file).unwrap();
    assert_eq!((file.name.text.as_str(), &file.bytes[..]), ("invoice.xml", &b"<Invoice/>"[..]));
    assert_eq!(file.origin.claimed_type.as_deref(), Some("text/xml"));
}

#[test]
fn script_is_seen_in_object_streams_and_behind_escapes() {
    let pdf = Pdf::new().opens_with_script("app.launchURL(\"http://example.com/\", true);").obfuscated_names();
    for bytes in [
        Pdf::new().opens_with_script("app.launchURL(\"http://example.com/\", true);").object_streams().build(),
        pdf.object_streams().build(),
    ] {
        let said = scan(bytes);
        assert_eq!(weight(&said, "pdf-javascript"), Some(Severity::Medium));
        assert_eq!(weight(&said, "pdf-javascript-privileged"), Some(Severity::High));
        assert_eq!(weight(&said, "pdf-open-action"), Some(Severity::Medium));
        let script = said.children.iter().find(|child| child.name.text.ends_with(".js")).unwrap();
        assert!(script.bytes.starts_with(b"app.launchURL"));
    }
}

#[test]
fn needless_escapes_are_seen_and_needed_ones_are_not() {
    let hidden = Pdf::new().opens_with_script("x()").obfuscated_names().build();
    assert_eq!(weight(&scan(hidden), "pdf-name-obfuscated"), Some(Severity::High));
    let plain = Pdf::new().opens_with_script("x()").embed("a.xml", "text/xml", &b"x"[..]).build();
    assert_eq!(weight(&scan(plain), "pdf-name-obfuscated"), None);
}

#[test]
fn launch_is_decisive_and_a_web_link_is_not() {
    let said = scan(Pdf::new().launch("harmless-none.exe").build());
    let finding = said.findings.iter().find(|finding| finding.kind.id == "pdf-launch").unwrap();
    assert!(finding.decisive && finding.observed == "harmless-none.exe");
    assert_eq!(weight(&scan(Pdf::new().launch("chapter2.pdf").build()), "pdf-launch"), Some(Severity::Medium));
    assert_eq!(weight(&scan(Pdf::new().uri("https://example.com/Launch").build()), "pdf-launch"), None);
}

#[test]
fn shares_and_forms_sent_off_are_seen() {
    let said = scan(Pdf::new().remote_goto(r"\\192.0.2.30\s\a.pdf").submit_form("https://example.com/f").build());
    assert_eq!(weight(&said, "pdf-remote-goto"), Some(Severity::High));
    assert_eq!(weight(&said, "pdf-form-submit"), Some(Severity::Low));
    assert!(said.iocs.iter().any(|ioc| ioc.value == r"\\192.0.2.30\s\a.pdf"));
    let said = scan(Pdf::new().remote_goto("chapter2.pdf").number_field("a").build());
    assert_eq!((weight(&said, "pdf-remote-goto"), weight(&said, "pdf-form-submit")), (None, None));
}

#[test]
fn programs_attached_weigh_more_than_documents() {
    for (name, content) in
        [("a.docm", &b"PK\x03\x04"[..]), ("a.pdf", &b"PK\x03\x04 word/vbaProject.bin"[..]), ("a.js", b"x")]
    {
        let said = scan(Pdf::new().embed(name, "application/octet-stream", content).compressed().build());
        assert_eq!(weight(&said, "pdf-embedded-file"), Some(Severity::High), "{name}");
    }
    let said = scan(Pdf::new().embed("a.xlsx", "application/octet-stream", &b"PK\x03\x04"[..]).build());
    assert_eq!(weight(&said, "pdf-embedded-file"), Some(Severity::Low));
}

#[test]
fn what_follows_the_end_is_seen() {
    let said = scan(ticket_pdf().after(b"PK\x03\x04 and so on").build());
    assert_eq!(weight(&said, "pdf-trailing-data"), Some(Severity::Medium));
    assert!(said.children.iter().any(|child| child.origin.kind == OriginKind::Overlay));
    for padding in [&b"\r\n\0\0\0"[..], b"<!-- cached -->\n"] {
        let said = scan(ticket_pdf().after(padding).build());
        assert_eq!(weight(&said, "pdf-trailing-data"), None);
        assert!(said.children.iter().all(|child| child.origin.kind != OriginKind::Overlay));
    }
}

#[test]
fn a_late_header_is_seen() {
    assert_eq!(weight(&scan(ticket_pdf().before(b"GIF89a;").build()), "pdf-header-offset"), Some(Severity::Low));
    assert_eq!(weight(&scan(ticket_pdf().before(b"\r\n").build()), "pdf-header-offset"), None);
}

#[test]
fn a_web_page_between_the_objects_is_decisive() {
    let mime = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n";
    assert_eq!(weight(&scan(ticket_pdf().after(mime).build()), "pdf-is-web-archive"), Some(Severity::Critical));
    let attached = ticket_pdf().embed("a.eml", "message/rfc822", &mime[..]);
    assert_eq!(weight(&scan(attached.build()), "pdf-is-web-archive"), None);
}

#[test]
fn scripts_of_xfa_forms_are_seen() {
    let xfa =
        r#"<template><script contentType="application/x-javascript">xfa.host.messageBox("a")</script></template>"#;
    assert_eq!(weight(&scan(Pdf::new().xfa(xfa).compressed().build()), "pdf-xfa-script"), Some(Severity::Low));
    assert_eq!(weight(&scan(Pdf::new().xfa("<template/>").build()), "pdf-xfa-script"), None);
}

#[test]
fn links_to_programs_are_told_from_links_to_pages() {
    let said = scan(Pdf::new().uri("https://example.com/setup.msi").build());
    assert_eq!(weight(&said, "pdf-links-to-program"), Some(Severity::Medium));
    let said = scan(Pdf::new().uri("https://example.com/a.zip").build());
    assert_eq!(weight(&said, "pdf-links-to-program"), Some(Severity::Low));
    let said = scan(Pdf::new().uri("https://example.com/index.html").build());
    assert_eq!(weight(&said, "pdf-links-to-program"), None);
}

#[test]
fn encryption_is_said() {
    let said = scan(Pdf::new().encrypted_marker().build());
    assert!(said.problems.iter().any(|problem| problem.kind == ProblemKind::Encrypted));
    assert!(said.children.is_empty());
}

#[test]
fn an_archive_that_stores_a_pdf_is_not_one() {
    let artifact = file("a.zip", ticket_pdf().before(b"PK\x03\x04 local header a.pdf").build());
    assert!(!is_pdf(&artifact));
}
