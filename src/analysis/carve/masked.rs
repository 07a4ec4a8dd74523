//! Programs under a key of one byte. Differences of neighbours do not depend on the key, so all keys are tried in one
//! pass, for XOR and for addition: a program is known by its PE signature with the machine it is for, or by its DOS
//! message, which stays whole where zeros are spared.

use super::Found;
use crate::formats::carve::program_length;

/// Programs given per artifact; each is a copy of what follows it.
const MAX_PROGRAMS: usize = 4;
/// Places tried per artifact.
const MAX_CANDIDATES: usize = 256;
/// From the start to the PE signature; stubs with a signature of the linker take up to half of it.
const MAX_STUB: usize = 0x400;

/// How a key is combined with each byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Xor,
    /// XOR, but zeros and bytes that equal the key stay: what would show the key.
    XorSparing,
    Add,
}

impl Way {
    fn decode(self, byte: u8, key: u8) -> u8 {
        match self {
            Way::Xor => byte ^ key,
            Way::XorSparing if byte == 0 || byte == key => byte,
            Way::XorSparing => byte ^ key,
            Way::Add => byte.wrapping_sub(key),
        }
    }

    fn name(self, key: u8) -> String {
        match self {
            Way::Xor => format!("xor {key:#04x}"),
            Way::XorSparing => format!("xor {key:#04x}, zeros spared"),
            Way::Add => format!("add {key:#04x}"),
        }
    }
}

/// Programs, in the order of the file.
pub(super) fn programs(bytes: &[u8]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut end = 0usize;
    for (place, xor, sum) in hits(bytes).take(MAX_CANDIDATES) {
        if place < end || found.len() >= MAX_PROGRAMS {
            continue;
        }
        let floor = place.saturating_sub(MAX_STUB).max(end);
        let ways = [(Way::Xor, xor), (Way::XorSparing, xor), (Way::Add, sum)];
        let header = ways.iter().find_map(|(way, key)| header(bytes, floor, place, *way, *key));
        if let Some((offset, way, key, length)) = header {
            let range = offset..offset.saturating_add(length).min(bytes.len());
            end = range.end;
            let plain = bytes.get(range).unwrap_or_default().iter().map(|byte| way.decode(*byte, key)).collect();
            found.push(Found { offset, how: way.name(key), bytes: plain });
        }
    }
    found
}

/// The header at or before a place, and how long its program is. Headers need the first few kilobytes only.
fn header(bytes: &[u8], floor: usize, place: usize, way: Way, key: u8) -> Option<(usize, Way, u8, usize)> {
    const HEADERS: usize = 8 << 10;
    let window = bytes.get(floor..floor.saturating_add(HEADERS).min(bytes.len()))?;
    let plain: Vec<u8> = window.iter().map(|byte| way.decode(*byte, key)).collect();
    let last = place.saturating_sub(floor).saturating_add(2).min(plain.len());
    let starts = memchr::memmem::rfind_iter(plain.get(..last)?, b"MZ");
    starts.take(8).find_map(|start| Some((floor.saturating_add(start), way, key, program_length(plain.get(start..)?)?)))
}

/// What is looked for: the DOS message, and the signature with the two machines of nearly all programs.
const WORDS: [&[u8]; 3] = [b"This program ", b"PE\0\0L\x01", b"PE\0\0d\x86"];

/// Places, and the keys by XOR and by addition that lead there. Key 0 hides nothing.
fn hits(bytes: &[u8]) -> impl Iterator<Item = (usize, u8, u8)> + '_ {
    const BLOCK: usize = 256;
    (0..bytes.len()).step_by(BLOCK).filter(|at| may_hold(bytes, *at, BLOCK)).flat_map(move |at| {
        let block = bytes.get(at..at.saturating_add(BLOCK + 12).min(bytes.len())).unwrap_or_default();
        (0..BLOCK.min(block.len())).filter_map(move |index| {
            let rest = block.get(index..)?;
            let place = at.saturating_add(index);
            WORDS.iter().find_map(|word| {
                let first = *word.first()?;
                let seen = rest.get(..word.len())?;
                let (xor, sum) = (seen.first()? ^ first, seen.first()?.wrapping_sub(first));
                let is_hit = xor != 0
                    && (seen.iter().zip(*word).all(|(byte, letter)| byte ^ xor == *letter)
                        || seen.iter().zip(*word).all(|(byte, letter)| byte.wrapping_sub(sum) == *letter));
                is_hit.then_some((place, xor, sum))
            })
        })
    })
}

/// Whether the first differences of a word occur in a block, by XOR or by subtraction. Without branches, so that the
/// compiler can look at many bytes at a time.
fn may_hold(bytes: &[u8], at: usize, length: usize) -> bool {
    // Most of what is large is padding: one byte repeated, which is quickly told.
    let end = at.saturating_add(length).min(bytes.len());
    if bytes.get(at..end.saturating_sub(1)) == bytes.get(at.saturating_add(1)..end) && end == at.saturating_add(length)
    {
        let after = bytes.get(end.saturating_sub(1)..).unwrap_or_default();
        if matches!(after, [last, one, two, ..] if last == one && one == two) {
            return false;
        }
    }
    let from = |step: usize| bytes.get(at.saturating_add(step)..).unwrap_or_default().iter().take(length);
    let ([a, b, c], [m, z, nine]) = (*b"Thi", *b"PE\0");
    from(0).zip(from(1)).zip(from(2)).fold(0u8, |any, ((x, y), w)| {
        let (one, two) = (x ^ y, y ^ w);
        let (less, more) = (y.wrapping_sub(*x), w.wrapping_sub(*y));
        let by_xor = (one == a ^ b) & (two == b ^ c) | (one == m ^ z) & (two == z ^ nine);
        let by_sum = (less == b.wrapping_sub(a)) & (more == c.wrapping_sub(b))
            | (less == z.wrapping_sub(m)) & (more == nine.wrapping_sub(z));
        any | u8::from(by_xor | by_sum)
    }) != 0
}

#[cfg(test)]
mod tests {
    use sekisho_samples::program::{noise, pe::Pe};

    use super::*;

    fn data(program: Vec<u8>) -> Vec<u8> {
        [&noise(1, 700)[..], &program, &noise(2, 300)].concat()
    }

    #[test]
    fn every_key_is_seen_through() {
        let program = Pe::new().build();
        for key in 1..=255u8 {
            let xored = data(program.iter().map(|byte| byte ^ key).collect());
            assert_eq!(
                programs(&xored),
                [Found { offset: 700, how: format!("xor {key:#04x}"), bytes: program.clone() }]
            );
            let added = data(program.iter().map(|byte| byte.wrapping_add(key)).collect());
            let found = programs(&added);
            assert_eq!(found.len(), 1, "{key}");
            assert_eq!(found[0].bytes, program);
        }
    }

    #[test]
    fn zeros_may_be_spared() {
        let mut program = Pe::new().build();
        program[0x4e..0x5b].copy_from_slice(b"This program ");
        let spare = |byte: &u8| if *byte == 0 || *byte == 0x5a { *byte } else { byte ^ 0x5a };
        let found = programs(&data(program.iter().map(spare).collect()));
        assert_eq!(found[0].how, "xor 0x5a, zeros spared");
        assert_eq!(found[0].bytes, program);
    }

    #[test]
    fn plain_programs_and_noise_are_not_hidden() {
        assert!(programs(&data(Pe::new().build())).is_empty());
        assert!(programs(&noise(3, 1 << 20)).is_empty());
        let message: Vec<u8> = b"This program is described here".iter().map(|byte| byte ^ 0x41).collect();
        assert!(programs(&data(message)).is_empty());
    }
}
