//! For tests: one unpacker on one file, outside a scan.

use std::sync::Arc;

use crate::budget::Budget;
use crate::model::{
    Artifact, ArtifactPath, EntryName, FormatId, Hints, Limits, Origin, OriginKind, PasswordHint, PasswordSource,
};
use crate::stage::{Analyzer, Outcome, Said, StageError, Unpacker};

/// A file with this name.
pub(crate) fn artifact(name: &str, bytes: Vec<u8>) -> Artifact {
    let origin = Origin::file(OriginKind::Input, "");
    Artifact::new(ArtifactPath::root(), EntryName::new(name), origin, bytes.into(), FormatId::UNKNOWN)
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
    let origin = Origin::file(OriginKind::Input, "");
    let artifact = Artifact::new(ArtifactPath::root(), EntryName::new(name), origin, bytes.into(), FormatId::UNKNOWN);
    let hints =
        passwords.iter().map(|text| PasswordHint { text: (*text).to_owned(), source: PasswordSource::Body }).collect();
    let budget = Budget::new(limits);
    let mut out = Outcome::new(&artifact, Arc::new(Hints::new(hints, None)), &budget);
    let result = unpacker.unpack(&artifact, &mut out);
    (out.into_said(), result)
}

/// What the analyzer says of a file.
pub(crate) fn analyze(analyzer: &dyn Analyzer, bytes: Vec<u8>) -> Shown {
    let origin = Origin::file(OriginKind::Input, "");
    let artifact = Artifact::new(ArtifactPath::root(), EntryName::new("a"), origin, bytes.into(), FormatId::UNKNOWN);
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, Arc::default(), &budget);
    analyzer.analyze(&artifact, &mut out).unwrap();
    Shown(out.into_said())
}

/// What was said.
pub(crate) struct Shown(pub(crate) Said);

impl Shown {
    /// Whether a finding of this kind was raised.
    pub(crate) fn shows(&self, id: &str) -> bool {
        self.0.findings.iter().any(|finding| finding.kind.id == id)
    }
}
