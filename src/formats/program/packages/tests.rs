//! Tests of packages as a whole.

use sekisho_samples::archive::zip::ZipFile;
use sekisho_samples::program::packages::{apk, jar, msix};

use super::{APK, APPX, CRX, JAR, XPI};
use crate::formats::trial;
use crate::identify::identify;
use crate::model::FormatId;
use crate::stage::{FormatSpec, Said};

fn format(bytes: &[u8]) -> FormatId {
    identify(&trial::file("a", bytes.to_vec()), crate::formats::FORMATS).format
}

fn said(spec: &FormatSpec, bytes: &[u8]) -> Said {
    assert_eq!(format(bytes), spec.id);
    trial::analyze(spec.analyzers[0], "a", bytes)
}

fn facts(said: &Said) -> Vec<(&str, &str)> {
    said.facts.iter().map(|fact| (fact.key, fact.value.as_str())).collect()
}

#[test]
fn android_apps_say_what_they_ask_for() {
    let said = said(&APK, &apk("com.example.viewer", &["READ_SMS", "INTERNET"]));
    assert_eq!(
        facts(&said),
        [("apk-package", "com.example.viewer"), ("apk-permission", "READ_SMS"), ("apk-permission", "INTERNET")]
    );
    assert_eq!(trial::observed(&said, "program-file").unwrap(), "app for Android com.example.viewer");
}

#[test]
fn java_programs_are_told_from_libraries() {
    let program = said(&JAR, &jar(Some("com.example.Main")));
    assert_eq!(trial::observed(&program, "program-file").unwrap(), "Java program, starts com.example.Main");
    assert!(said(&JAR, &jar(None)).findings.is_empty());
}

#[test]
fn app_packages_with_scripts_are_told_from_others() {
    let with = said(&APPX, &msix("start.ps1"));
    assert_eq!(trial::observed(&with, "app-package-runs-script").unwrap(), "start.ps1");
    let zip = ZipFile::new().entry("AppxManifest.xml", "<Package/>").entry("[Content_Types].xml", "<Types/>").build();
    assert_eq!(trial::findings(&said(&APPX, &zip)), [("program-file", "high")]);
}

#[test]
fn extensions_are_known_and_unwrapped() {
    let zip = ZipFile::new().entry("manifest.json", r#"{"manifest_version": 3, "name": "Viewer"}"#).build();
    assert_eq!(facts(&said(&XPI, &zip)), [("extension-name", "Viewer")]);
    let crx = [&b"Cr24\x03\0\0\0\x05\0\0\0proto"[..], &zip].concat();
    let unpacked = trial::scan(&CRX, "a.crx", &crx);
    assert_eq!(unpacked.children[0].bytes.as_ref(), zip);
    let wrong = trial::scan(&CRX, "a.crx", b"Cr24\x03\0\0\0\xff\xff\xff\xffproto");
    assert_eq!(wrong.problems.len(), 1);
}

#[test]
fn one_more_entry_makes_no_app_of_a_document() {
    let mut document = sekisho_samples::find("bo1").map(|sample| (sample.make)()).unwrap();
    let kind = format(&document);
    assert_eq!(kind.as_str(), "docx");
    // Rebuilt with the entries of a jar beside those of the document.
    document = ZipFile::new()
        .entry("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nMain-Class: a\r\n")
        .entry("AndroidManifest.xml", "x")
        .entry("[Content_Types].xml", "<Types/>")
        .build();
    assert_eq!(format(&document).as_str(), "ooxml");
}

#[test]
fn lies_of_binary_xml_are_survived() {
    let zip = apk("com.example.viewer", &["READ_SMS"]);
    let artifact = trial::file("a", zip);
    let manifest = super::read(&artifact, "AndroidManifest.xml").unwrap();
    for end in 0..manifest.len() {
        let _ = super::axml::read(&manifest[..end]);
    }
    for at in 0..manifest.len() - 4 {
        let mut manifest = manifest.clone();
        manifest[at..at + 4].fill(0xff);
        let _ = super::axml::read(&manifest);
    }
}
