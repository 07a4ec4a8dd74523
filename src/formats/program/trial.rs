//! Runs one format over bytes, for the tests of this family.

use std::sync::Arc;

use crate::budget::Budget;
use crate::model::{Artifact, ArtifactPath, EntryName, FormatId, Hints, Limits, Origin, OriginKind};
use crate::stage::{FormatSpec, Outcome, Probe, Said};

/// An artifact as the engine would hand it to the format.
pub(super) fn artifact(name: &str, bytes: Vec<u8>, spec: &FormatSpec) -> Artifact {
    let origin = Origin::file(OriginKind::Input, "");
    let path = ArtifactPath::root();
    let mut artifact = Artifact::new(path, EntryName::new(name), origin, bytes.into(), FormatId::UNKNOWN);
    if let Probe::Structure(check) = spec.probe {
        assert!(spec.magic.is_empty() || spec.magic.iter().any(|magic| magic.matches(&artifact.bytes)), "no magic");
        assert!(check(&artifact), "{name} is no {}", spec.id);
    }
    artifact.format = spec.id;
    artifact
}

/// What the format's stages say about bytes.
pub(super) fn run(name: &str, bytes: Vec<u8>, spec: &FormatSpec) -> Said {
    let artifact = artifact(name, bytes, spec);
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, Arc::new(Hints::default()), &budget);
    if let Some(unpacker) = spec.unpacker {
        unpacker.unpack(&artifact, &mut out).unwrap();
    }
    for analyzer in spec.analyzers.iter().filter(|analyzer| analyzer.wants(&artifact)) {
        analyzer.analyze(&artifact, &mut out).unwrap();
    }
    out.into_said()
}

/// Whether a finding was raised, and its evidence.
pub(super) fn observed(said: &Said, id: &str) -> Option<String> {
    said.findings.iter().find(|finding| finding.kind.id == id).map(|finding| finding.observed.clone())
}
