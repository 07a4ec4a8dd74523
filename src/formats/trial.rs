//! For tests: the stages of one format on one artifact, outside a scan.

use std::sync::Arc;

use bytes::Bytes;

use crate::budget::Budget;
use crate::model::{
    Artifact, ArtifactPath, EntryName, FormatId, Hints, Limits, Origin, OriginKind, PasswordHint, PasswordSource,
    Severity, Site,
};
use crate::stage::{Analyzer, FormatSpec, Outcome, Probe, Said, StageError, Unpacker};

/// A file given to the scanner.
pub(crate) fn file(name: &str, bytes: Vec<u8>) -> Artifact {
    of(name, &bytes, Origin::file(OriginKind::Input, ""))
}

/// An attachment.
pub(crate) fn attachment(name: &str, bytes: &[u8]) -> Artifact {
    of(name, bytes, Origin::file(OriginKind::MimePart, ""))
}

/// An artifact that came to be in some way.
pub(crate) fn of(name: &str, bytes: &[u8], origin: Origin) -> Artifact {
    Artifact::new(ArtifactPath::root(), EntryName::new(name), origin, Bytes::copy_from_slice(bytes), FormatId::UNKNOWN)
}

/// An artifact as the engine would hand it to the format, whose probe must take it.
pub(crate) fn identified(format: &FormatSpec, mut artifact: Artifact) -> Artifact {
    assert!(is_taken(format, &artifact), "{} does not take {}", format.id, artifact.name.text);
    artifact.format = format.id;
    artifact
}

/// Whether the format's magic and probe take an artifact.
pub(crate) fn is_taken(format: &FormatSpec, artifact: &Artifact) -> bool {
    let has_magic = format.magic.is_empty() || format.magic.iter().any(|magic| magic.matches(&artifact.bytes));
    match format.probe {
        Probe::Text(check) | Probe::Structure(check) => has_magic && check(artifact),
        Probe::MagicOnly | Probe::Within(..) => has_magic,
    }
}

/// What a format's stages say of an attachment, which its probe must take.
pub(crate) fn scan(format: &FormatSpec, name: &str, bytes: &[u8]) -> Said {
    scan_artifact(format, attachment(name, bytes))
}

/// What a format's stages say of an artifact, which its probe must take.
pub(crate) fn scan_artifact(format: &FormatSpec, artifact: Artifact) -> Said {
    let artifact = identified(format, artifact);
    let (said, result) = said(&artifact, Hints::default(), Limits::default(), |out| {
        if let Some(unpacker) = format.unpacker {
            unpacker.unpack(&artifact, out)?;
        }
        format.analyzers.iter().filter(|analyzer| analyzer.wants(&artifact)).try_for_each(|a| a.analyze(&artifact, out))
    });
    result.unwrap();
    said
}

/// What the unpacker says of a file with this name, and how it ended.
pub(crate) fn unpack(unpacker: &dyn Unpacker, name: &str, bytes: Vec<u8>) -> (Said, Result<(), StageError>) {
    unpack_with(unpacker, name, bytes, &[], Limits::default())
}

/// As [`unpack`], with passwords read in the message's text, and other limits.
pub(crate) fn unpack_with(
    unpacker: &dyn Unpacker,
    name: &str,
    bytes: Vec<u8>,
    passwords: &[&str],
    limits: Limits,
) -> (Said, Result<(), StageError>) {
    let artifact = file(name, bytes);
    let hint = |text: &&str| PasswordHint { text: (*text).to_owned(), source: PasswordSource::Body };
    let hints = Hints::new(passwords.iter().map(hint).collect(), None);
    said(&artifact, hints, limits, |out| unpacker.unpack(&artifact, out))
}

/// What the analyzer says of an artifact.
pub(crate) fn analyze_artifact(analyzer: &dyn Analyzer, artifact: &Artifact) -> Said {
    let (said, result) = said(artifact, Hints::default(), Limits::default(), |out| analyzer.analyze(artifact, out));
    result.unwrap();
    said
}

/// What the analyzer says of a file.
pub(crate) fn analyze(analyzer: &dyn Analyzer, name: &str, bytes: &[u8]) -> Said {
    let artifact = file(name, bytes.to_vec());
    let (said, result) = said(&artifact, Hints::default(), Limits::default(), |out| analyzer.analyze(&artifact, out));
    result.unwrap();
    said
}

/// As [`analyze`], where more is known of the recipients.
pub(crate) fn analyze_at(analyzer: &dyn Analyzer, name: &str, bytes: &[u8], site: Site) -> Said {
    let artifact = file(name, bytes.to_vec());
    let hints = Hints::default().with_site(Arc::new(site));
    let (said, result) = said(&artifact, hints, Limits::default(), |out| analyzer.analyze(&artifact, out));
    result.unwrap();
    said
}

fn said(
    artifact: &Artifact,
    hints: Hints,
    limits: Limits,
    stages: impl FnOnce(&mut Outcome<'_>) -> Result<(), StageError>,
) -> (Said, Result<(), StageError>) {
    let budget = Budget::new(limits);
    let mut out = Outcome::new(artifact, Arc::new(hints), &budget);
    let result = stages(&mut out);
    (out.into_said(), result)
}

/// The weight of a finding, if it was raised.
pub(crate) fn weight(said: &Said, id: &str) -> Option<Severity> {
    said.findings.iter().filter(|finding| finding.kind.id == id).map(|finding| finding.severity).max()
}

/// The evidence of a finding, if it was raised.
pub(crate) fn observed(said: &Said, id: &str) -> Option<String> {
    said.findings.iter().find(|finding| finding.kind.id == id).map(|finding| finding.observed.clone())
}

/// Ids and severities of the findings, in order.
pub(crate) fn findings(said: &Said) -> Vec<(&'static str, &'static str)> {
    said.findings.iter().map(|finding| (finding.kind.id, finding.severity.as_str())).collect()
}
