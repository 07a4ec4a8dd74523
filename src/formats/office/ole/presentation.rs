//! Compound files inside a PowerPoint stream: embedded objects, controls and the VBA project (MS-PPT 2.10.34
//! ExOleObjStg), mostly deflated. The slides themselves are not read.

use bytes::Bytes;

use crate::formats::fields::{u16_at, u32_at};

/// A storage in the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Inner {
    /// Offset of its record.
    pub(super) offset: usize,
    /// Whether it is deflated (zlib).
    pub(super) is_compressed: bool,
    pub(super) data: Bytes,
}

const STORAGE: u16 = 0x1011;
/// Records looked at: these atoms are at the top, of which long presentations have some thousands.
const MAX_RECORDS: usize = 100_000;
/// Storages given out.
const MAX_STORAGES: usize = 500;

/// The storages, by walking the top records. A record that claims more than there is ends the walk with what is there.
pub(super) fn storages(stream: &Bytes) -> Vec<Inner> {
    let mut found = Vec::new();
    let mut at = 0usize;
    for _ in 0..MAX_RECORDS {
        let (Some(head), Some(kind)) = (u16_at(stream, at), u16_at(stream, at.saturating_add(2))) else { break };
        let Some(size) = u32_at(stream, at.saturating_add(4)).and_then(|size| usize::try_from(size).ok()) else {
            break;
        };
        let start = at.saturating_add(8).min(stream.len());
        let end = start.saturating_add(size).min(stream.len());
        if kind == STORAGE && found.len() < MAX_STORAGES {
            let is_compressed = head >> 4 == 1;
            // The size before deflating precedes the data; it is not needed.
            let start = if is_compressed { start.saturating_add(4).min(end) } else { start };
            found.push(Inner { offset: at, is_compressed, data: stream.slice(start..end) });
        }
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_storages_among_other_records() {
        let mut stream = vec![0x0F, 0, 0xE8, 0x03, 2, 0, 0, 0, 7, 7];
        stream.extend([0x10, 0, 0x11, 0x10, 8, 0, 0, 0, 9, 0, 0, 0, 1, 2, 3, 4]);
        stream.extend([0x00, 0, 0x11, 0x10, 0xFF, 0xFF, 0, 0, 5, 6]);
        let found = storages(&stream.into());
        assert_eq!(found[0], Inner { offset: 10, is_compressed: true, data: Bytes::from_static(&[1, 2, 3, 4]) });
        assert_eq!(found[1], Inner { offset: 26, is_compressed: false, data: Bytes::from_static(&[5, 6]) });
    }
}
