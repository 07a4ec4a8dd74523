//! Content that lies in pieces, read in order: S/MIME and OpenPGP cut streams into blocks of a size.

use std::io::Read;
use std::ops::Range;

use bytes::Bytes;

/// Reads ranges of some bytes one after the other; what lies beyond the bytes is left out.
pub(super) struct Pieces {
    bytes: Bytes,
    pieces: std::vec::IntoIter<Range<usize>>,
    now: Bytes,
}

impl Pieces {
    pub(super) fn new(bytes: &Bytes, pieces: Vec<Range<usize>>) -> Self {
        Pieces { bytes: bytes.clone(), pieces: pieces.into_iter(), now: Bytes::new() }
    }
}

impl Read for Pieces {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.now.is_empty() {
            match self.pieces.next() {
                Some(range) => {
                    let end = range.end.min(self.bytes.len());
                    self.now = self.bytes.slice(range.start.min(end)..end);
                }
                None => return Ok(0),
            }
        }
        let count = self.now.len().min(out.len());
        let taken = self.now.split_to(count);
        if let Some(into) = out.get_mut(..count) {
            into.copy_from_slice(&taken);
        }
        Ok(count)
    }
}
