//! Squeezed files: a tree of byte codes, stored node by node, and bits that walk it, lowest bit first.

use std::io::{Error, Read, Result};

use crate::formats::fields::u16_at;

/// Most inner nodes of the tree: one less than its leaves, which are the bytes and the end mark.
const MAX_NODES: usize = 256;
/// The leaf that ends the content.
const END: u16 = 256;

/// The content, with its runs still in it.
pub(super) struct Squeezed<'a> {
    nodes: Vec<(u16, u16)>,
    bits: &'a [u8],
    at: usize,
    has_ended: bool,
}

impl<'a> Squeezed<'a> {
    pub(super) fn new(data: &'a [u8]) -> Result<Self> {
        let cut = || Error::other("the tree of a squeezed file is cut off");
        let count = usize::from(u16_at(data, 0).ok_or_else(cut)?);
        if count > MAX_NODES {
            return Err(Error::other("the tree of a squeezed file is too large"));
        }
        let mut nodes = Vec::new();
        for index in 0..count {
            let at = index.saturating_mul(4).saturating_add(2);
            nodes.push(u16_at(data, at).zip(u16_at(data, at.saturating_add(2))).ok_or_else(cut)?);
        }
        let bits = data.get(count.saturating_mul(4).saturating_add(2)..).unwrap_or_default();
        Ok(Squeezed { nodes, bits, at: 0, has_ended: count == 0 })
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        let mut node = 0usize;
        // A path longer than there are nodes goes in a circle.
        for _ in 0..=self.nodes.len() {
            let byte = self.bits.get(self.at / 8).ok_or_else(|| Error::other("squeezed data ends early"))?;
            let is_right = byte >> (self.at % 8) & 1 == 1;
            self.at = self.at.saturating_add(1);
            let (left, right) = self.nodes.get(node).copied().ok_or_else(|| Error::other("no such node"))?;
            let next = if is_right { right } else { left };
            // Leaves are negative: the byte's complement.
            if next & 0x8000 != 0 {
                let leaf = !next;
                self.has_ended = leaf == END;
                return Ok(u8::try_from(leaf).ok());
            }
            node = usize::from(next);
        }
        Err(Error::other("the tree of a squeezed file goes in a circle"))
    }
}

impl Read for Squeezed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut count = 0usize;
        for slot in buffer.iter_mut() {
            if self.has_ended {
                break;
            }
            match self.byte() {
                Ok(Some(byte)) => *slot = byte,
                Ok(None) => {
                    self.has_ended = true;
                    break;
                }
                Err(error) if count == 0 => return Err(error),
                Err(_) => break,
            }
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}
