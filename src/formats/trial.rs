//! For tests of formats: one artifact through a format's own stages.

use std::sync::Arc;

use crate::budget::Budget;
use crate::model::{Artifact, ArtifactPath, EntryName, FormatId, Hints, Limits, Origin, OriginKind, Severity};
use crate::stage::{FormatSpec, Outcome, Probe, Said};

/// An attachment.
pub(crate) fn attachment(name: &str, bytes: &[u8]) -> Artifact {
    of(name, bytes, Origin::file(OriginKind::MimePart, ""))
}

/// An artifact that came to be in some way.
pub(crate) fn of(name: &str, bytes: &[u8], origin: Origin) -> Artifact {
    let bytes = bytes.to_vec().into();
    Artifact::new(ArtifactPath::root(), EntryName::new(name), origin, bytes, FormatId::UNKNOWN)
}

/// Whether a text format's probe takes an attachment.
pub(crate) fn is_taken(format: &FormatSpec, artifact: &Artifact) -> bool {
    match format.probe {
        Probe::Text(check) | Probe::Structure(check) => check(artifact),
        Probe::MagicOnly | Probe::Within(..) => format.magic.iter().any(|magic| magic.matches(&artifact.bytes)),
    }
}

/// What a format's stages say of an attachment, which its probe must take.
pub(crate) fn scan(format: &FormatSpec, name: &str, bytes: &[u8]) -> Said {
    scan_artifact(format, &attachment(name, bytes))
}

/// What a format's stages say of an artifact, which its probe must take.
pub(crate) fn scan_artifact(format: &FormatSpec, artifact: &Artifact) -> Said {
    assert!(is_taken(format, artifact), "{} does not take {}", format.id, artifact.name.text);
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(artifact, Arc::new(Hints::default()), &budget);
    if let Some(unpacker) = format.unpacker {
        unpacker.unpack(artifact, &mut out).unwrap();
    }
    for analyzer in format.analyzers.iter().filter(|analyzer| analyzer.wants(artifact)) {
        analyzer.analyze(artifact, &mut out).unwrap();
    }
    out.into_said()
}

/// The weight of a finding, if it was raised.
pub(crate) fn weight(said: &Said, id: &str) -> Option<Severity> {
    said.findings.iter().filter(|finding| finding.kind.id == id).map(|finding| finding.severity).max()
}
