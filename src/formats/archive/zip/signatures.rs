//! One pass over the archive for every signature that matters, so that no later step searches again.

use super::headers::{CENTRAL, DESCRIPTOR, LOCAL};

/// Signature of the end of central directory record, APPNOTE 4.3.16.
pub(super) const END: &[u8; 4] = b"PK\x05\x06";
/// Signature of its ZIP64 form, APPNOTE 4.3.14.
pub(super) const END64: &[u8; 4] = b"PK\x06\x06";
/// Signature of the locator of the ZIP64 form, APPNOTE 4.3.15.
pub(super) const LOCATOR64: &[u8; 4] = b"PK\x06\x07";

/// Offsets of signatures, ascending.
#[derive(Debug, Default)]
pub(super) struct Signatures {
    pub(super) locals: Vec<usize>,
    pub(super) centrals: Vec<usize>,
    pub(super) descriptors: Vec<usize>,
    pub(super) ends: Vec<usize>,
}

/// Finds them all. Each takes four bytes of input and eight of memory.
pub(super) fn find(bytes: &[u8]) -> Signatures {
    let mut found = Signatures::default();
    for at in memchr::memmem::find_iter(bytes, b"PK") {
        let Some(signature) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) else { break };
        match signature {
            LOCAL => found.locals.push(at),
            CENTRAL => found.centrals.push(at),
            DESCRIPTOR => found.descriptors.push(at),
            END => found.ends.push(at),
            _ => {}
        }
    }
    found
}

/// The first offset in an ascending list that is not before `from`.
pub(super) fn next(list: &[usize], from: usize) -> Option<usize> {
    list.get(list.partition_point(|at| *at < from)).copied()
}
