//! BER (X.690) as far as CMS needs it: definite and indefinite lengths, octet strings in pieces. Every walk is bounded
//! by the bytes there are and by a depth.

use std::ops::Range;

/// Constructed values inside constructed values.
const MAX_DEPTH: usize = 64;
/// Pieces of one octet string; streams cut content into pieces of 1000 bytes or so.
const MAX_PIECES: usize = 4_000_000;

/// What stands before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Class and form bits and number, as in the first byte; numbers above 30 are not met in CMS.
    pub(super) tag: u8,
    /// Where the value starts.
    pub(super) start: usize,
    /// Where it ends; none for an indefinite length.
    pub(super) end: Option<usize>,
}

impl Head {
    pub(super) fn is_constructed(self) -> bool {
        self.tag & 0x20 != 0
    }
}

/// The head at an offset. A definite length beyond the limit is kept as it is: the caller clips.
pub(super) fn head(bytes: &[u8], at: usize) -> Option<Head> {
    let tag = *bytes.get(at)?;
    if tag & 0x1F == 0x1F {
        return None;
    }
    let first = *bytes.get(at.checked_add(1)?)?;
    let start = at.checked_add(2)?;
    match first {
        0x80 if tag & 0x20 != 0 => Some(Head { tag, start, end: None }),
        0..=0x7F => Some(Head { tag, start, end: start.checked_add(usize::from(first)) }),
        0x81..=0x88 => {
            let count = usize::from(first & 0x7F);
            let digits = bytes.get(start..start.checked_add(count)?)?;
            let length = digits
                .iter()
                .try_fold(0usize, |length, digit| length.checked_mul(256)?.checked_add(usize::from(*digit)))?;
            let start = start.checked_add(count)?;
            Some(Head { tag, start, end: Some(start.saturating_add(length)) })
        }
        _ => None,
    }
}

/// Whether end-of-contents stands here.
fn is_end(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..at.saturating_add(2)) == Some(&[0, 0])
}

/// Where the value at an offset ends, end-of-contents included; the end of the bytes if they end before it does.
pub(super) fn skip(bytes: &[u8], at: usize) -> Option<usize> {
    let first = head(bytes, at)?;
    if let Some(end) = first.end {
        return Some(end.min(bytes.len()));
    }
    let mut open = 1usize;
    let mut at = first.start;
    while open > 0 {
        if at >= bytes.len() {
            return Some(bytes.len());
        }
        if is_end(bytes, at) {
            open = open.saturating_sub(1);
            at = at.saturating_add(2);
            continue;
        }
        let inner = head(bytes, at)?;
        match inner.end {
            Some(end) => at = end,
            None => {
                open = open.saturating_add(1);
                at = inner.start;
            }
        }
        if open > MAX_DEPTH {
            return None;
        }
    }
    Some(at.min(bytes.len()))
}

/// The values directly in a constructed one, as far as they make sense; with the offset of each head.
pub(super) fn inside(bytes: &[u8], outer: Head, most: usize) -> Vec<(usize, Head)> {
    let limit = outer.end.unwrap_or(bytes.len()).min(bytes.len());
    let mut found = Vec::new();
    let mut at = outer.start;
    while at < limit && found.len() < most {
        if outer.end.is_none() && is_end(bytes, at) {
            break;
        }
        let Some(value) = head(bytes, at) else { break };
        found.push((at, value));
        match skip(bytes, at) {
            Some(next) if next > at => at = next,
            _ => break,
        }
    }
    found
}

/// The pieces of an octet string, whole or in constructed form, and whether all of it is there.
pub(super) fn octets(bytes: &[u8], string: Head) -> (Vec<Range<usize>>, bool) {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    if !string.is_constructed() {
        let end = string.end.unwrap_or(bytes.len());
        let held = end.min(bytes.len());
        pieces.push(string.start.min(held)..held);
        return (pieces, held == end);
    }
    // Ends of the constructed strings under way; none for those that end by a mark.
    let mut open: Vec<Option<usize>> = vec![string.end];
    let mut at = string.start;
    while let Some(end) = open.last().copied() {
        if end.is_some_and(|end| at >= end) {
            open.pop();
            continue;
        }
        if at >= bytes.len() || pieces.len() >= MAX_PIECES {
            return (pieces, false);
        }
        if end.is_none() && is_end(bytes, at) {
            at = at.saturating_add(2);
            open.pop();
            continue;
        }
        let Some(piece) = head(bytes, at) else { return (pieces, false) };
        if piece.is_constructed() {
            if open.len() >= MAX_DEPTH {
                return (pieces, false);
            }
            open.push(piece.end);
            at = piece.start;
            continue;
        }
        let Some(end) = piece.end else { return (pieces, false) };
        let held = end.min(bytes.len());
        pieces.push(piece.start.min(held)..held);
        if held < end {
            return (pieces, false);
        }
        at = end;
    }
    (pieces, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_both_kinds_are_read() {
        assert_eq!(head(&[0x30, 0x82, 1, 0, 9], 0), Some(Head { tag: 0x30, start: 4, end: Some(260) }));
        let indefinite = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 0, 0, 0, 0, 9];
        assert_eq!(skip(&indefinite, 0), Some(11));
        assert_eq!(head(&[0x30, 0x89, 1], 0), None);
        assert_eq!(head(&[0x04, 0x80], 0), None);
    }

    #[test]
    fn strings_in_pieces_are_joined() {
        let bytes = [0x24, 0x80, 4, 2, 1, 2, 0x24, 3, 4, 1, 3, 4, 1, 4, 0, 0];
        let (pieces, is_whole) = octets(&bytes, head(&bytes, 0).unwrap());
        let joined: Vec<u8> = pieces.into_iter().flat_map(|piece| bytes[piece].to_vec()).collect();
        assert_eq!((joined, is_whole), (vec![1, 2, 3, 4], true));
        for cut in 0..bytes.len() {
            if let Some(head) = head(&bytes[..cut], 0) {
                assert!(!octets(&bytes[..cut], head).1 || cut == bytes.len());
            }
        }
    }

    #[test]
    fn depth_and_loops_are_bounded() {
        let deep = [0x24u8, 0x80].repeat(100_000);
        let _ = skip(&deep, 0);
        assert!(!octets(&deep, head(&deep, 0).unwrap()).1);
    }
}
