//! XPRESS with Huffman codes, MS-XCA 2.2.

use std::io::{Error, Result};

use super::bits::{Bits, Code};

/// Unpacks a chunk of `size` bytes.
pub(super) fn unpack(packed: &[u8], size: usize) -> Result<Vec<u8>> {
    let (table, rest) = packed.split_at_checked(256).ok_or_else(|| Error::other("the packed data ends early"))?;
    let lengths: Vec<u8> = table.iter().flat_map(|byte| [byte & 15, byte >> 4]).collect();
    let code = Code::new(&lengths)?;
    let mut bits = Bits::new(rest);
    let mut out: Vec<u8> = Vec::new();
    while out.len() < size {
        if bits.is_past_end() {
            return Err(Error::other("the packed data ends early"));
        }
        let symbol = code.decode(&mut bits)?;
        let Some(reference) = symbol.checked_sub(256) else {
            out.push(u8::try_from(symbol).unwrap_or_default());
            continue;
        };
        // Bytes of a length lie behind the words that are held by now.
        bits.ensure(16);
        let width = u32::from(reference >> 4);
        let distance = (1usize << width) | bits.take(width) as usize;
        let mut length = usize::from(reference & 15);
        if length == 15 {
            length = length.saturating_add(usize::from(bits.bytes(1)?.first().copied().unwrap_or_default()));
            if length == 15 + 255 {
                length = bits.bytes(2)?.iter().rev().fold(0, |value, byte| (value << 8) | usize::from(*byte));
            }
        }
        repeat(&mut out, distance, length.saturating_add(3), size)?;
    }
    Ok(out)
}

/// Appends what stands `distance` bytes back.
pub(super) fn repeat(out: &mut Vec<u8>, distance: usize, length: usize, size: usize) -> Result<()> {
    let start = out.len().checked_sub(distance).filter(|_| distance > 0);
    let start = start.ok_or_else(|| Error::other("a reference leads out of the chunk"))?;
    for index in 0..length.min(size.saturating_sub(out.len())) {
        let byte = out.get(start.saturating_add(index)).copied().unwrap_or_default();
        out.push(byte);
    }
    Ok(())
}
