//! Reasoning over the whole tree: what two artifacts mean together.

mod archives;
mod bounced;
mod decoy_pair;
mod disk_image;
mod invitation;
mod lone_executable;
mod nesting;
mod sideload;

use crate::model::{Finding, FindingKind, Location};
use crate::stage::Correlator;

/// Correlators, in the order they run; each sees the findings of those before it.
#[rustfmt::skip]
pub const CORRELATORS: &[&dyn Correlator] = &[
    &lone_executable::LoneExecutable,
    &nesting::Nesting,
    &decoy_pair::DecoyPair,
    &disk_image::DiskImage,
    &sideload::Sideload,
    &bounced::Bounced,
    &invitation::Invitation,
];

/// An observation with the weight of its kind; evidence is cut as elsewhere.
fn finding(kind: &'static FindingKind, at: Location, observed: String) -> Finding {
    let observed = match observed.char_indices().nth(crate::model::finding::MAX_OBSERVED) {
        Some((index, _)) => format!("{}…", observed.get(..index).unwrap_or_default()),
        None => observed,
    };
    let attack = kind.attack.iter().map(|id| (*id).to_owned()).collect();
    Finding { kind, severity: kind.severity, at, observed, attack, decisive: kind.decisive }
}
