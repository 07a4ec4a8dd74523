//! Everything registered, gathered once: for `explain`, `formats`, the generated docs and the tests.

use crate::analysis::ANALYZERS;
use crate::correlate::CORRELATORS;
use crate::formats::{FORMATS, LODGERS};
use crate::model::FindingKind;

/// Every finding kind that can be raised, by id, without repeats.
pub fn finding_kinds() -> Vec<&'static FindingKind> {
    let mut kinds = declared_kinds();
    kinds.sort_by_key(|kind| kind.id);
    kinds.dedup_by_key(|kind| kind.id);
    kinds
}

/// What each stage says it may raise, stage by stage; several stages may share a kind.
pub fn declared_kinds() -> Vec<&'static FindingKind> {
    let mut kinds: Vec<&'static FindingKind> = Vec::new();
    for spec in FORMATS {
        kinds.extend(spec.unpacker.iter().flat_map(|unpacker| unpacker.findings().iter().copied()));
        kinds.extend(spec.analyzers.iter().flat_map(|analyzer| analyzer.findings().iter().copied()));
    }
    kinds.extend(LODGERS.iter().flat_map(|(_, unpacker)| unpacker.findings().iter().copied()));
    kinds.extend(ANALYZERS.iter().flat_map(|analyzer| analyzer.findings().iter().copied()));
    kinds.extend(CORRELATORS.iter().flat_map(|correlator| correlator.findings().iter().copied()));
    kinds.extend(crate::matching::KINDS.iter().copied());
    kinds.extend(crate::engine::KINDS.iter().copied());
    kinds.extend(crate::store::KINDS.iter().copied());
    kinds.extend(crate::worker::KINDS.iter().copied());
    kinds
}

/// The finding kind with this id.
pub fn finding_kind(id: &str) -> Option<&'static FindingKind> {
    finding_kinds().into_iter().find(|kind| kind.id == id)
}
