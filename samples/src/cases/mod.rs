//! The finished samples, grouped by what they show.

mod document;
pub mod programs;
mod rules;
mod stream_archives;

use crate::Sample;

/// Every sample.
pub fn all() -> Vec<Sample> {
    let groups = [document::all(), stream_archives::all(), programs::samples()];
    let groups = [
        document::all(),
        rules::samples(),
        // One group a line, in the order of the modules above.
    ];
    groups.into_iter().flatten().collect()
}
