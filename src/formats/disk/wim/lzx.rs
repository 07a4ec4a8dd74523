//! LZX as WIM has it: every chunk for itself, and calls in programs always translated. MS-PATCH describes the codes.

use std::io::{Error, Result};

use super::bits::{Bits, Code};
use super::xpress::repeat;

/// Lengths with a symbol of their own.
const PRIMARY: usize = 7;
const LENGTHS: usize = 249;
/// What targets of calls are counted against.
const FILE_SIZE: i32 = 12_000_000;

/// The slots of distances: first distance and extra bits of each.
fn slots(window: usize) -> Vec<(usize, u32)> {
    let mut found = Vec::new();
    let mut base = 0usize;
    let mut index = 0u32;
    while base < window && found.len() < 64 {
        let bits = if index < 4 { 0 } else { (index / 2 - 1).min(17) };
        found.push((base, bits));
        base = base.saturating_add(1 << bits);
        index = index.saturating_add(1);
    }
    found
}

/// What lasts from block to block.
struct State {
    main: Vec<u8>,
    lengths: Vec<u8>,
    recent: [usize; 3],
}

/// Unpacks a chunk of `size` bytes made with a window.
pub(super) fn unpack(packed: &[u8], size: usize, window: usize) -> Result<Vec<u8>> {
    let slots = slots(window);
    let mut bits = Bits::new(packed);
    let mut out: Vec<u8> = Vec::new();
    let mut state = State { main: vec![0; 256 + 8 * slots.len()], lengths: vec![0; LENGTHS], recent: [1; 3] };
    while out.len() < size {
        if bits.is_past_end() {
            return Err(Error::other("the packed data ends early"));
        }
        let kind = bits.take(3);
        let length = match bits.take(1) {
            1 => 32768,
            _ if window >= 65536 => bits.take_long(24) as usize,
            _ => bits.take(16) as usize,
        };
        let end = out.len().saturating_add(length).min(size);
        if length == 0 {
            return Err(Error::other("a block of no bytes"));
        }
        match kind {
            1 | 2 => block(&mut bits, &mut state, &slots, kind == 2, end, &mut out)?,
            3 => {
                bits.align();
                for recent in &mut state.recent {
                    *recent = bits.bytes(4)?.iter().rev().fold(0, |value, byte| (value << 8) | usize::from(*byte));
                }
                let count = end.saturating_sub(out.len());
                out.extend(bits.bytes(count)?);
                if count % 2 == 1 {
                    bits.bytes(1).ok();
                }
            }
            _ => return Err(Error::other("a block of an unknown kind")),
        }
    }
    translate(&mut out);
    Ok(out)
}

fn block(
    bits: &mut Bits<'_>,
    state: &mut State,
    slots: &[(usize, u32)],
    is_aligned: bool,
    end: usize,
    out: &mut Vec<u8>,
) -> Result<()> {
    let aligned = match is_aligned {
        true => {
            let lengths: Vec<u8> = (0..8).map(|_| bits.take(3) as u8).collect();
            Some(Code::new(&lengths)?)
        }
        false => None,
    };
    let (literals, references) = state.main.split_at_mut(256);
    read_lengths(bits, literals)?;
    read_lengths(bits, references)?;
    read_lengths(bits, &mut state.lengths)?;
    let (main, lengths) = (Code::new(&state.main)?, Code::new(&state.lengths)?);
    while out.len() < end {
        if bits.is_past_end() {
            return Err(Error::other("the packed data ends early"));
        }
        let symbol = usize::from(main.decode(bits)?);
        let Some(reference) = symbol.checked_sub(256) else {
            out.push(u8::try_from(symbol).unwrap_or_default());
            continue;
        };
        let mut length = reference & 7;
        if length == PRIMARY {
            length = length.saturating_add(usize::from(lengths.decode(bits)?));
        }
        let distance = distance(bits, &mut state.recent, slots, reference >> 3, aligned.as_ref())?;
        repeat(out, distance, length.saturating_add(2), end)?;
    }
    Ok(())
}

/// One of the three distances used last, or one of a slot.
fn distance(
    bits: &mut Bits<'_>,
    recent: &mut [usize; 3],
    slots: &[(usize, u32)],
    slot: usize,
    aligned: Option<&Code>,
) -> Result<usize> {
    let [first, second, third] = *recent;
    let distance = match slot {
        0 => first,
        1 => second,
        2 => third,
        _ => {
            let (base, extra) = *slots.get(slot).ok_or_else(|| Error::other("a distance beyond the window"))?;
            let more = match aligned {
                Some(code) if extra >= 3 => {
                    let high = bits.take_long(extra.saturating_sub(3)) as usize;
                    (high << 3) | usize::from(code.decode(bits)?)
                }
                _ => bits.take_long(extra) as usize,
            };
            base.saturating_add(more).saturating_sub(2)
        }
    };
    *recent = match slot {
        0 => [first, second, third],
        1 => [second, first, third],
        2 => [third, second, first],
        _ => [distance, first, second],
    };
    Ok(distance)
}

/// Lengths of a code, as differences to those of the block before, under a code of their own.
fn read_lengths(bits: &mut Bits<'_>, lengths: &mut [u8]) -> Result<()> {
    let own: Vec<u8> = (0..20).map(|_| bits.take(4) as u8).collect();
    let code = Code::new(&own)?;
    let less = |before: u8, step: u16| ((u16::from(before) + 17 - step) % 17) as u8;
    let mut at = 0usize;
    while at < lengths.len() {
        if bits.is_past_end() {
            return Err(Error::other("the packed data ends early"));
        }
        let before = lengths.get(at).copied().unwrap_or_default();
        let (count, value) = match code.decode(bits)? {
            17 => ((bits.take(4) as usize).saturating_add(4), 0),
            18 => ((bits.take(5) as usize).saturating_add(20), 0),
            19 => {
                let count = (bits.take(1) as usize).saturating_add(4);
                let step = code.decode(bits)?;
                if step > 16 {
                    return Err(Error::other("a length that is none"));
                }
                (count, less(before, step))
            }
            step => (1, less(before, step)),
        };
        let end = at.saturating_add(count).min(lengths.len());
        if let Some(part) = lengths.get_mut(at..end) {
            part.fill(value);
        }
        at = end;
    }
    Ok(())
}

/// Undoes the translation of targets of calls (0xE8) from places to distances.
fn translate(out: &mut [u8]) {
    let Some(last) = out.len().checked_sub(10) else { return };
    let mut at = 0usize;
    while at < last {
        if out.get(at) != Some(&0xe8) {
            at = at.saturating_add(1);
            continue;
        }
        if let Some(field) = out.get_mut(at.saturating_add(1)..at.saturating_add(5))
            && let Ok(bytes) = <[u8; 4]>::try_from(&*field)
        {
            let (place, here) = (i32::from_le_bytes(bytes), i32::try_from(at).unwrap_or(i32::MAX));
            if (0..FILE_SIZE).contains(&place) {
                field.copy_from_slice(&place.wrapping_sub(here).to_le_bytes());
            } else if place < 0 && place >= here.wrapping_neg() {
                field.copy_from_slice(&place.wrapping_add(FILE_SIZE).to_le_bytes());
            }
        }
        at = at.saturating_add(5);
    }
}
