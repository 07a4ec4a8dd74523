//! For tests: the stages of one format on one file, outside a scan.

use std::sync::Arc;

use crate::budget::Budget;
use crate::model::{Artifact, ArtifactPath, EntryName, FormatId, Hints, Limits, Origin, OriginKind};
use crate::stage::{FormatSpec, Outcome, Said};

/// What the format's unpacker and analyzers say of these bytes.
pub(crate) fn stages(format: &FormatSpec, bytes: Vec<u8>) -> Said {
    let origin = Origin::file(OriginKind::Input, "");
    let artifact = Artifact::new(ArtifactPath::root(), EntryName::new("t"), origin, bytes.into(), FormatId::UNKNOWN);
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, Arc::new(Hints::default()), &budget);
    if let Some(unpacker) = format.unpacker {
        unpacker.unpack(&artifact, &mut out).unwrap();
    }
    for analyzer in format.analyzers {
        analyzer.analyze(&artifact, &mut out).unwrap();
    }
    out.into_said()
}

/// Ids and severities of the findings, in order.
pub(crate) fn findings(said: &Said) -> Vec<(&'static str, &'static str)> {
    said.findings.iter().map(|finding| (finding.kind.id, finding.severity.as_str())).collect()
}
