//! The finished samples, grouped by what they show.

mod document;

use crate::Sample;

/// Every sample.
pub fn all() -> Vec<Sample> {
    let groups = [document::all()];
    groups.into_iter().flatten().collect()
}
