use super::*;
use crate::finding_kind;
use crate::model::{
    Artifact, ArtifactPath, Bytes, CoverageReason, EntryName, Finding, FindingKind, FormatId, Location, Origin,
    OriginKind, Record,
};

finding_kind! {
    /// ## What it is
    /// A test.
    const SMALL = { id: "small", title: "small", ja: "小", why_ja: "試験", severity: Medium, facet: Structure,
        confidence: High, attack: [] }
}
finding_kind! {
    /// ## What it is
    /// A test.
    const SENDER = { id: "sender", title: "sender", ja: "差", why_ja: "試験", severity: High, facet: Identity,
        confidence: High, attack: [] }
}
finding_kind! {
    /// ## What it is
    /// A test.
    const LOUD = { id: "loud", title: "loud", ja: "大", why_ja: "試験", severity: Critical, facet: Deceive,
        confidence: High, decisive: true, attack: [] }
}
finding_kind! {
    /// ## What it is
    /// A test.
    const LONE = { id: "archive-lone-executable", title: "lone", ja: "単", why_ja: "試験", severity: High,
        facet: Deceive, confidence: High, attack: [] }
}
finding_kind! {
    /// ## What it is
    /// A test.
    const ICON = { id: "program-with-document-icon", title: "icon", ja: "絵", why_ja: "試験", severity: High,
        facet: Deceive, confidence: High, attack: [] }
}

fn finding(kind: &'static FindingKind) -> Finding {
    Finding {
        kind,
        severity: kind.severity,
        at: Location::whole(),
        observed: String::new(),
        attack: Vec::new(),
        decisive: kind.decisive,
    }
}

fn record(path: ArtifactPath, kinds: &[&'static FindingKind]) -> Record {
    let origin = Origin::file(OriginKind::Input, "");
    let artifact = Artifact::new(path, EntryName::new("x"), origin, Bytes::new(), FormatId::UNKNOWN);
    let mut record = Record::of(&artifact);
    record.findings = kinds.iter().map(|kind| finding(kind)).collect();
    record
}

fn judged(records: Vec<Record>) -> Verdict {
    let complete = Coverage::of(Vec::new());
    judge(&ArtifactTree::new(records), &complete, &Policy::shipped(), Language::English)
}

#[test]
fn the_sender_alone_never_leaves_clean() {
    let verdict = judged(vec![record(ArtifactPath::root(), &[SENDER])]);
    assert_eq!((verdict.level, verdict.score), (Level::Clean, 20));
}

#[test]
fn one_kind_counts_once_however_often_it_is_seen() {
    let verdict = judged(vec![record(ArtifactPath::root(), &[SMALL; 40])]);
    assert_eq!((verdict.level, verdict.score), (Level::Clean, 25));
}

#[test]
fn siblings_do_not_add_up() {
    let root = ArtifactPath::root();
    let verdict =
        judged(vec![record(root.clone(), &[]), record(root.child(0), &[SMALL]), record(root.child(1), &[SMALL])]);
    assert_eq!(verdict.score, 25);
}

#[test]
fn a_decisive_finding_decides_alone_and_is_the_counterfactual() {
    let verdict = judged(vec![record(ArtifactPath::root(), &[LOUD, SMALL])]);
    assert_eq!(verdict.level, Level::Malicious);
    assert_eq!(verdict.reasons.first().map(|reason| reason.id.as_str()), Some("loud"));
    assert_eq!(verdict.arithmetic, "deceive 60 + structure 25 = 85; loud alone decides");
    assert_eq!(verdict.without, "would be clean without loud");
}

#[test]
fn container_and_content_mean_more_together() {
    let root = ArtifactPath::root();
    let verdict = judged(vec![record(root.clone(), &[LONE]), record(root.child(0), &[ICON])]);
    assert_eq!((verdict.level, verdict.score), (Level::Malicious, 100));
    assert_eq!(verdict.reasons.first().map(|reason| reason.id.as_str()), Some("disguised-program-in-archive"));
}

#[test]
fn what_was_not_read_is_never_clean() {
    let tree = ArtifactTree::new(vec![record(ArtifactPath::root(), &[])]);
    for (cause, level) in [
        (crate::model::CoverageCause::Encrypted, Level::Unscannable),
        (crate::model::CoverageCause::Limit, Level::Unscannable),
        (crate::model::CoverageCause::Unreadable, Level::Error),
    ] {
        let reason = CoverageReason { cause, artifact: "0".to_owned(), text: String::new() };
        let verdict = judge(&tree, &Coverage::of(vec![reason]), &Policy::shipped(), Language::English);
        assert_eq!(verdict.level, level);
        assert!(verdict.without.contains(cause.as_str()), "{}", verdict.without);
    }
}
