//! Shared strings: SST, MS-XLS 2.4.265.

use std::sync::Arc;

use super::records::Record;
use super::strings::Pieces;

/// Strings kept.
const MAX_STRINGS: usize = 200_000;

/// The strings of the table, as far as they can be read; the second is whether there are more than are kept.
pub(super) fn shared_strings(record: &Record<'_>) -> (Vec<Arc<str>>, bool) {
    let mut pieces = Pieces::new(record.pieces());
    let (_, Some(count)) = (pieces.u32(), pieces.u32()) else { return (Vec::new(), false) };
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut strings = Vec::new();
    for _ in 0..count.min(MAX_STRINGS) {
        let Some(text) = pieces.rich() else { break };
        strings.push(text.into());
    }
    (strings, count > MAX_STRINGS)
}
