//! Files with holes: where the stored bytes belong, in the three ways GNU tar has written that down.

use std::io::Read;

use super::header::{BLOCK, Header, number};
use super::pax::{Pax, decimal};

/// Stretches of stored bytes and where in the file each belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SparseMap {
    /// Offset in the file and length, in order.
    pub stretches: Vec<(u64, u64)>,
    /// Size of the file with its holes.
    pub size: u64,
}

/// Stretches kept; each takes at least four bytes of the archive.
const MAX_STRETCHES: usize = 1 << 20;

impl SparseMap {
    /// The map in an old GNU header ("GNU sparse header"), type `S`, and in the blocks that extend it. Gives the map
    /// and how many extension blocks there are.
    pub(super) fn of_old_gnu(header: &Header<'_>, after: &[u8]) -> (Self, usize) {
        let mut map = SparseMap { stretches: Vec::new(), size: number(header.field(483, 12)).unwrap_or(0) };
        map.add_table(header.field(386, 4 * 24));
        let mut extended = header.field(482, 1) != b"\0";
        let mut blocks = 0usize;
        for block in after.chunks_exact(BLOCK) {
            if !extended || map.stretches.len() >= MAX_STRETCHES {
                break;
            }
            map.add_table(block.get(..21 * 24).unwrap_or_default());
            extended = block.get(504).is_some_and(|byte| *byte != 0);
            blocks = blocks.saturating_add(1);
        }
        (map, blocks)
    }

    /// The map in pax records (GNU's formats 0.0, 0.1) or, for format 1.0, at the front of the data; gives also how
    /// many bytes of data the map takes.
    pub(super) fn of_pax(pax: &Pax, data: &[u8]) -> Option<(Self, usize)> {
        let size = pax.number("GNU.sparse.realsize").or_else(|| pax.number("GNU.sparse.size"));
        if pax.number("GNU.sparse.major") == Some(1) {
            let (stretches, used) = front_map(data)?;
            return Some((SparseMap { stretches, size: size? }, used));
        }
        let numbers: Vec<u64> = match pax.get("GNU.sparse.map") {
            Some(map) => map.split(|byte| *byte == b',').map_while(decimal).take(2 * MAX_STRETCHES).collect(),
            None if !pax.sparse_pairs.is_empty() => pax.sparse_pairs.clone(),
            None => return None,
        };
        let stretches = numbers
            .chunks_exact(2)
            .filter_map(|pair| if let [offset, length] = pair { Some((*offset, *length)) } else { None })
            .collect();
        Some((SparseMap { stretches, size: size? }, 0))
    }

    fn add_table(&mut self, table: &[u8]) {
        for row in table.chunks_exact(24) {
            let (offset, length) = row.split_at_checked(12).unwrap_or_default();
            match (number(offset), number(length)) {
                (Some(offset), Some(length)) if self.stretches.len() < MAX_STRETCHES => {
                    self.stretches.push((offset, length));
                }
                _ => return,
            }
        }
    }

    /// The file with its holes filled with zeros.
    pub(super) fn fill<'a>(&'a self, data: &'a [u8]) -> impl Read + 'a {
        Filled { stretches: self.stretches.iter(), data, hole: 0, stored: 0, at: 0, size: self.size }
    }
}

/// Format 1.0: decimal numbers on a line each, count first, padded to whole blocks.
fn front_map(data: &[u8]) -> Option<(Vec<(u64, u64)>, usize)> {
    let mut used = 0usize;
    let mut next = || {
        let rest = data.get(used..)?;
        let length = rest.iter().take(24).position(|byte| *byte == b'\n')?;
        used = used.checked_add(length)?.checked_add(1)?;
        decimal(rest.get(..length)?)
    };
    let count = next()?;
    let mut stretches = Vec::new();
    for _ in 0..count.min(MAX_STRETCHES as u64) {
        stretches.push((next()?, next()?));
    }
    Some((stretches, used.checked_next_multiple_of(BLOCK)?))
}

struct Filled<'a> {
    stretches: std::slice::Iter<'a, (u64, u64)>,
    data: &'a [u8],
    /// Zeros to give before the stored bytes.
    hole: u64,
    /// Stored bytes to give.
    stored: u64,
    /// Offset in the file.
    at: u64,
    size: u64,
}

impl Read for Filled<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.size.saturating_sub(self.at);
        if left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        while self.hole == 0 && self.stored == 0 {
            match self.stretches.next() {
                Some((offset, length)) => {
                    self.hole = offset
                        .checked_sub(self.at)
                        .ok_or_else(|| std::io::Error::other("sparse map is not in order"))?;
                    self.stored = *length;
                }
                None => self.hole = left,
            }
        }
        let is_hole = self.hole > 0;
        let run = if is_hole { self.hole } else { self.stored }.min(left);
        let count = usize::try_from(run).unwrap_or(usize::MAX).min(buffer.len());
        let into = buffer.get_mut(..count).unwrap_or_default();
        if is_hole {
            into.fill(0);
            self.hole = self.hole.saturating_sub(count as u64);
        } else {
            let from = self.data.split_at_checked(count);
            let (stored, rest) = from.ok_or_else(|| std::io::Error::other("stored bytes end inside the file"))?;
            into.copy_from_slice(stored);
            self.data = rest;
            self.stored = self.stored.saturating_sub(count as u64);
        }
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_holes() {
        let map = SparseMap { stretches: vec![(2, 3), (8, 1)], size: 10 };
        let mut out = Vec::new();
        map.fill(b"abcd").read_to_end(&mut out).unwrap();
        assert_eq!(out, b"\0\0abc\0\0\0d\0");
    }

    #[test]
    fn stops_at_a_map_that_goes_back() {
        let map = SparseMap { stretches: vec![(2, 3), (1, 1)], size: 10 };
        let mut out = Vec::new();
        assert!(map.fill(b"abcd").read_to_end(&mut out).is_err());
        assert_eq!(out, b"\0\0abc");
    }

    #[test]
    fn a_map_of_empty_stretches_ends() {
        let map = SparseMap { stretches: vec![(0, 0); 1000], size: 4 };
        let mut out = Vec::new();
        map.fill(b"").read_to_end(&mut out).unwrap();
        assert_eq!(out, [0; 4]);
    }
}
