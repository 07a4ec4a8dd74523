//! Apple Data Compression: literals, and references of two or three bytes.

use std::io::{Error, Result};

/// Unpacks to at most `size` bytes.
pub(super) fn unpack(packed: &[u8], size: usize) -> Result<Vec<u8>> {
    let ended = || Error::other("the packed data ends early");
    let mut out: Vec<u8> = Vec::new();
    let mut rest = packed;
    while let Some((first, tail)) = rest.split_first().filter(|_| out.len() < size) {
        let kind = usize::from(*first);
        if kind & 0x80 != 0 {
            let (literals, tail) = tail.split_at_checked((kind & 0x7f).saturating_add(1)).ok_or_else(ended)?;
            out.extend(literals);
            rest = tail;
            continue;
        }
        let (length, distance, tail) = match tail {
            [high, low, tail @ ..] if kind & 0x40 != 0 => {
                ((kind & 0x3f).saturating_add(4), usize::from(u16::from_be_bytes([*high, *low])), tail)
            }
            [low, tail @ ..] if kind & 0x40 == 0 => {
                (((kind & 0x3f) >> 2).saturating_add(3), ((kind & 3) << 8) | usize::from(*low), tail)
            }
            _ => return Err(ended()),
        };
        let start = out.len().checked_sub(distance.saturating_add(1));
        let start = start.ok_or_else(|| Error::other("a reference leads out of the chunk"))?;
        for index in 0..length {
            let byte = out.get(start.saturating_add(index)).copied().unwrap_or_default();
            out.push(byte);
        }
        rest = tail;
    }
    out.truncate(size);
    Ok(out)
}
