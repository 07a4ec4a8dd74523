//! A gzip file whose content is itself, after the construction R. Cox described in 2010.
//!
//! Deflate (RFC 1951) is read as a language of two instructions of five bytes each: a stored block prints the bytes
//! that follow it, a fixed-code block with two copies repeats bytes printed before. The checksum, which stands in the
//! file it is taken over, comes from solving 32 equations over GF(2).

/// An instruction's length.
const UNIT: usize = 5;

/// Prints the `count` bytes that follow (RFC 1951 3.2.4: not final, stored, length and its complement).
fn print(count: usize) -> Vec<u8> {
    let length = u16::try_from(count).expect("a small count").to_le_bytes();
    vec![0, length[0], length[1], !length[0], !length[1]]
}

/// Repeats the last `count` bytes, 17 to 20, by two copies (RFC 1951 3.2.5, 3.2.6). Three bits of header, twice seven
/// bits of length and eight of distance, and seven bits of end make forty.
fn repeat(count: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![false, true, false];
    for length in [10, count - 10] {
        // Lengths 3 to 10 are the codes 257 to 264, seven bits each, most significant first.
        code(&mut bits, length - 2, 7);
        // Distances 17 to 24 are code 8 with three extra bits, least significant first.
        code(&mut bits, 8, 5);
        bits.extend((0..3).map(|bit| (count - 17) >> bit & 1 == 1));
    }
    code(&mut bits, 0, 7);
    assert_eq!(bits.len(), 8 * UNIT);
    bits.chunks(8).map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | u8::from(*bit) << at)).collect()
}

fn code(bits: &mut Vec<bool>, value: usize, count: u32) {
    bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
}

/// The file with this name letter and checksum.
fn assemble(letter: u8, crc: u32) -> Vec<u8> {
    // RFC 1952 2.3: deflate, a name, no time, unknown system.
    let head = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0xff, letter, 0];
    let again = head.len() + UNIT;
    let four = 4 * UNIT;
    let build = |size: u32| {
        // The final empty block, checksum, size, and two bytes that fill the unit and belong to nothing.
        let mut tail = repeat(four);
        tail.extend([1, 0, 0, 0xff, 0xff]);
        tail.extend(crc.to_le_bytes());
        tail.extend(size.to_le_bytes());
        tail.extend([0, 0]);
        [
            &head[..],
            &print(again),
            &head,
            &print(again),
            &repeat(again),
            &print(UNIT),
            &repeat(again),
            &print(UNIT),
            &print(UNIT),
            &print(four),
            &repeat(again),
            &print(UNIT),
            &print(UNIT),
            &print(four),
            &repeat(four),
            &print(four),
            &repeat(four),
            &print(four),
            &repeat(four),
            &print(four),
            &repeat(four),
            &print(four),
            &tail,
            &tail,
        ]
        .concat()
    };
    let size = u32::try_from(build(0).len()).expect("a small file");
    build(size)
}

/// The checksum that is right for the file it stands in, if there is one.
fn fixed_point(letter: u8) -> Option<u32> {
    let crc = |guess: u32| crc32fast::hash(&assemble(letter, guess));
    let base = crc(0);
    // Row i of (A + I) x = base, with the right side in bit 32.
    let mut rows = [0u64; 32];
    for column in 0..32 {
        let image = crc(1 << column) ^ base ^ (1 << column);
        for (bit, row) in rows.iter_mut().enumerate() {
            *row |= u64::from(image >> bit & 1) << column;
        }
    }
    for (bit, row) in rows.iter_mut().enumerate() {
        *row |= u64::from(base >> bit & 1) << 32;
    }
    for column in 0..32 {
        let pivot = (column..32).find(|row| rows[*row] >> column & 1 == 1)?;
        rows.swap(column, pivot);
        for row in 0..32 {
            if row != column && rows[row] >> column & 1 == 1 {
                rows[row] ^= rows[column];
            }
        }
    }
    Some(rows.iter().enumerate().fold(0, |sum, (bit, row)| sum | u32::from(row >> 32 & 1 == 1) << bit))
}

/// A gzip file that unpacks to itself.
pub fn gzip() -> Vec<u8> {
    let (letter, crc) =
        (b'a'..=b'z').find_map(|letter| Some((letter, fixed_point(letter)?))).expect("a letter that can be solved");
    assemble(letter, crc)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn unpacks_to_itself_and_its_checksum_is_right() {
        let file = gzip();
        let mut content = Vec::new();
        flate2::read::GzDecoder::new(&file[..]).read_to_end(&mut content).unwrap();
        assert_eq!(content, file);
    }
}
