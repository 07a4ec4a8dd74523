//! The finished samples, grouped by what they show.

mod document;
pub mod programs;
mod stream_archives;

use crate::Sample;

/// Every sample.
pub fn all() -> Vec<Sample> {
    let groups = [document::all(), stream_archives::all(), programs::samples()];
    groups.into_iter().flatten().collect()
}
