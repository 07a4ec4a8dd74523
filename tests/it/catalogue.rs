//! The conscience of the registry: ids, documentation, and that everything declared is shown by a sample.

use std::collections::{BTreeMap, BTreeSet};

use sekisho::catalog;
use sekisho::formats::FORMATS;
use sekisho::model::finding::DOC_HEADINGS;
use sekisho::verdict::Policy;

use crate::goldens;

fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id
            .split('-')
            .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

#[test]
fn finding_ids_are_kebab_case_and_unique() {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for kind in catalog::declared_kinds() {
        assert!(is_kebab(kind.id), "{}", kind.id);
        let before = seen.insert(kind.id, kind.title);
        assert!(before.is_none_or(|title| title == kind.title), "{} is declared twice", kind.id);
    }
}

#[test]
fn every_finding_documents_itself_in_both_languages() {
    let mut wrong = Vec::new();
    for kind in catalog::finding_kinds() {
        for heading in DOC_HEADINGS {
            if kind.section(heading).is_none_or(|text| text.is_empty()) {
                wrong.push(format!("{}: nothing under \"{heading}\"", kind.id));
            }
        }
        let is_japanese = |text: &str| text.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
        if !is_japanese(kind.title_ja) || !is_japanese(kind.why_ja) {
            wrong.push(format!("{}: lacks Japanese", kind.id));
        }
        for id in kind.attack {
            let ok = id.strip_prefix('T').is_some_and(|rest| {
                let (technique, sub) = rest.split_once('.').unwrap_or((rest, "000"));
                technique.len() == 4 && sub.len() == 3 && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
            });
            if !ok {
                wrong.push(format!("{}: {id} is no ATT&CK id", kind.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_format_is_declared_completely() {
    let mut ids = BTreeSet::new();
    for spec in FORMATS {
        assert!(ids.insert(spec.id), "{} is registered twice", spec.id);
        assert!(is_kebab(spec.id.as_str()), "{}", spec.id);
        assert!(!spec.references.is_empty(), "{} names no specification", spec.id);
        for extension in spec.extensions {
            assert_eq!(*extension, extension.to_lowercase(), "{}", spec.id);
        }
    }
}

#[test]
fn every_floor_of_the_policy_names_findings_that_exist() {
    let known: BTreeSet<&str> = catalog::finding_kinds().iter().map(|kind| kind.id).collect();
    for floor in Policy::shipped().floors {
        assert!(is_kebab(&floor.id), "{}", floor.id);
        for id in floor.all.iter().chain(&floor.any) {
            assert!(known.contains(id.as_str()), "floor {} names {id}, which nothing raises", floor.id);
        }
    }
}

#[test]
fn every_finding_is_shown_by_a_golden() {
    let shown = goldens::finding_ids();
    let missing: Vec<&str> =
        catalog::finding_kinds().iter().map(|kind| kind.id).filter(|id| !shown.contains(*id)).collect();
    let excused: BTreeSet<&str> = NOT_IN_A_GOLDEN.iter().map(|(id, _)| *id).collect();
    let missing: Vec<&str> = missing.into_iter().filter(|id| !excused.contains(id)).collect();
    assert!(missing.is_empty(), "no golden shows: {}", missing.join(", "));
}

/// Findings no fixed sample can show, and what shows them instead.
const NOT_IN_A_GOLDEN: &[(&str, &str)] = &[
    ("stage-panicked", "no input is known to make a stage panic; engine::isolation tests the path"),
    ("first-seen-sender", "needs a history; store::history_tests and gate::recall_tests show it"),
    ("bounced-sender-of-attachment", "needs a history; store::history_tests and gate::recall_tests show it"),
    ("scan-crashed", "no input is known to kill a worker; it::isolation kills some, worker::failed tests the report"),
    ("scan-out-of-memory", "no input is known to; it::isolation takes memory, worker::failed tests the report"),
    ("scan-timed-out", "no input is known to; it::isolation works without end, worker::failed tests the report"),
];
