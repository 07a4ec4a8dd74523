//! pack of Unix (`.z`): one prefix code for the whole file.

use std::io::{Error, Read, Result};

use super::frame::Frame;
use crate::formats::archive::bits::Bits;
use crate::formats::fields::u32_at;

pub(super) const MAGIC: &[u8] = b"\x1f\x1e";
/// Longest code.
const MAX_LEVELS: u8 = 24;

/// The decoder: inner nodes of each level come after its leaves.
pub(super) struct Pack<'a> {
    bits: Bits<'a>,
    /// For each level its leaves' symbols.
    levels: Vec<&'a [u8]>,
    left: u32,
    bytes: &'a [u8],
    data: usize,
}

/// Header: size, number of levels, leaves on each, and their symbols; the last level has two more than it says, of
/// which one is the end mark.
pub(super) fn open(bytes: &[u8]) -> Result<Box<dyn Frame<'_> + '_>> {
    let pack = read(bytes).ok_or_else(|| Error::other("no pack header"))?;
    Ok(Box::new(pack))
}

pub(super) fn is_header(bytes: &[u8]) -> bool {
    read(bytes).is_some()
}

fn read(bytes: &[u8]) -> Option<Pack<'_>> {
    if !bytes.starts_with(MAGIC) {
        return None;
    }
    let left = u32_at(bytes, 2)?.swap_bytes();
    let count = bytes.get(6).copied().filter(|count| (1..=MAX_LEVELS).contains(count))?;
    let counts = bytes.get(7..usize::from(count).checked_add(7)?)?;
    let mut at = usize::from(count).checked_add(7)?;
    let mut levels = Vec::new();
    let mut inner = 1usize;
    for (index, leaves) in counts.iter().enumerate() {
        let is_last = index.checked_add(1)? == counts.len();
        // On the last level one of the two leaves more is the end mark and has no symbol.
        let leaves = usize::from(*leaves).checked_add(usize::from(is_last))?;
        let end = at.checked_add(leaves)?;
        levels.push(bytes.get(at..end)?);
        at = end;
        let all = inner.checked_mul(2)?;
        inner = all.checked_sub(leaves.checked_add(usize::from(is_last))?)?;
    }
    if inner != 0 {
        return None;
    }
    Some(Pack { bits: Bits::new(bytes.get(at..)?), levels, left, bytes, data: at })
}

impl Pack<'_> {
    fn byte(&mut self) -> Result<Option<u8>> {
        let mut code = 0usize;
        let mut inner = 1usize;
        let deepest = self.levels.len().saturating_sub(1);
        for (level, leaves) in self.levels.iter().enumerate() {
            // Codes of a level: first those of inner nodes, then the leaves.
            code = (code << 1) | usize::from(self.bits.need(1)? == 1);
            let all = inner.saturating_mul(2);
            let is_last = level == deepest;
            let first = all.saturating_sub(leaves.len().saturating_add(usize::from(is_last)));
            if let Some(index) = code.checked_sub(first) {
                return Ok(leaves.get(index).copied());
            }
            inner = first;
        }
        Err(Error::other("a code without a symbol"))
    }
}

impl Read for Pack<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut count = 0usize;
        for slot in buffer.iter_mut() {
            if self.left == 0 {
                break;
            }
            match self.byte() {
                Ok(Some(byte)) => *slot = byte,
                Ok(None) => {
                    self.left = 0;
                    break;
                }
                Err(error) if count == 0 => return Err(error),
                Err(_) => break,
            }
            self.left = self.left.saturating_sub(1);
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}

impl<'a> Frame<'a> for Pack<'a> {
    fn rest(self: Box<Self>) -> &'a [u8] {
        let end = self.data.saturating_add(self.bits.byte_at());
        // The end mark follows the last byte.
        self.bytes.get(end.saturating_add(1)..).unwrap_or_default()
    }
}
