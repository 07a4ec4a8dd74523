use std::sync::Arc;

use super::*;
use crate::budget::Budget;
use crate::formats::{FORMATS, text::plain::TEXT};
use crate::model::{ArtifactPath, Bytes, EntryName, FormatId, Hints, Limits, Origin, OriginKind};
use crate::stage::Family;

fn ids(artifact: &Artifact) -> Vec<(&'static str, Severity)> {
    if !Names.wants(artifact) {
        return Vec::new();
    }
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(artifact, Arc::new(Hints::default()), &budget);
    Names.analyze(artifact, &mut out).unwrap();
    out.into_said().findings.iter().map(|finding| (finding.kind.id, finding.severity)).collect()
}

fn file(name: EntryName, format: FormatId) -> Artifact {
    let origin = Origin::file(OriginKind::Entry, "stored");
    let mut artifact = Artifact::new(ArtifactPath::root(), name, origin, Bytes::from_static(b"x"), FormatId::UNKNOWN);
    artifact.format = format;
    artifact
}

/// A registered format of a family that goes by an extension, if one is.
fn of_family(family: Family, extension: &str) -> Option<FormatId> {
    FORMATS.iter().find(|spec| spec.family == family && spec.extensions.contains(&extension)).map(|spec| spec.id)
}

#[test]
fn every_stored_name_is_judged() {
    let name = EntryName::new("控え.pdf").also("控え.pdf.exe");
    assert_eq!(ids(&file(name, TEXT)), [("name-double-extension", Severity::Critical)]);
}

#[test]
fn locked_entries_are_judged_by_name() {
    let mut artifact = file(EntryName::new("控え.pdf      .exe"), FormatId::UNKNOWN);
    artifact.bytes = Bytes::new();
    let found: Vec<&str> = ids(&artifact).into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, ["name-double-extension", "name-padded-extension"]);
}

#[test]
fn inner_parts_are_not_judged() {
    let mut artifact = file(EntryName::new("控え.pdf.exe"), TEXT);
    artifact.origin = Origin::part(OriginKind::Stream, "");
    assert!(ids(&artifact).is_empty());
}

#[test]
fn honest_names_raise_nothing() {
    for name in ["setup.v2.1.exe.txt", "2016.03.15.報告.txt", "旅程 (1).txt", "予約確認表.txt", "README", "تقرير.txt"]
    {
        assert!(ids(&file(EntryName::new(name), TEXT)).is_empty(), "{name}");
    }
}

#[test]
fn a_program_under_a_documents_name_contradicts_it() {
    let Some(program) = of_family(Family::Program, "exe") else { return };
    for name in ["控え.pdf", "photo.jpg", "data.dat", "readme.txt", "a.zip"] {
        assert_eq!(ids(&file(EntryName::new(name), program)), [("content-contradicts-name", Severity::High)], "{name}");
    }
    for name in ["setup.exe", "saver.scr", "part.xyz", "noextension", "a.bin"] {
        assert!(ids(&file(EntryName::new(name), program)).is_empty(), "{name}");
    }
}

#[test]
fn a_harmless_type_declared_for_a_program_lies() {
    let Some(program) = of_family(Family::Program, "exe") else { return };
    let mut artifact = file(EntryName::new("setup.exe"), program);
    artifact.origin = artifact.origin.claiming("application/pdf");
    assert_eq!(ids(&artifact), [("claimed-type-lies", Severity::High)]);
    artifact.origin = artifact.origin.claiming("application/octet-stream");
    assert!(ids(&artifact).is_empty());
}

#[test]
fn an_archive_under_another_name_contradicts_it() {
    let Some(zip) = of_family(Family::Archive, "zip") else { return };
    for name in ["控え.pdf", "a.rar", "a.tar"] {
        assert_eq!(ids(&file(EntryName::new(name), zip)), [("content-contradicts-name", Severity::Medium)], "{name}");
    }
    for name in ["a.zip", "a.docx", "a.odt", "a.xyz", "a.jar", "a.iso"] {
        assert!(ids(&file(EntryName::new(name), zip)).is_empty(), "{name}");
    }
}

#[test]
fn text_under_any_name_contradicts_nothing() {
    for name in ["a.csv", "a.md", "a.log", "a.html", "a.pdf", "a.jpg"] {
        assert!(ids(&file(EntryName::new(name), TEXT)).is_empty(), "{name}");
    }
}
