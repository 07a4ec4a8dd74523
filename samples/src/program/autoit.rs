//! Compiled AutoIt scripts of version 3.2 (EA05), uncompressed: each field is masked with the output of a Mersenne
//! Twister, seeded by the sort of the field and its length.

const SIGNATURE: &[u8] = b"\xa3\x48\x4b\xbe\x98\x6c\x4a\xa9\x99\x4c\x53\x0a\x86\xd6\x48\x7dAU3!EA05";
/// Stands between the mark and the first record; its sum is a part of the key of the content.
const SALT: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/// A script (`.a3x`), and files that it brings.
pub fn a3x(script: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    bytes.extend(SALT);
    bytes.extend(record(">AUTOIT SCRIPT<", "C:\\work\\tool.au3", script.as_bytes()));
    for (name, content) in files {
        bytes.extend(record(name, name, content));
    }
    bytes.extend(*b"AU3!EA05");
    bytes
}

fn record(subtype: &str, name: &str, content: &[u8]) -> Vec<u8> {
    let salt: u32 = SALT.iter().map(|byte| u32::from(*byte)).sum();
    let mut bytes = masked(b"FILE", 0x16fa);
    for (text, length_mask, key) in [(subtype, 0x29bcu32, 0xa25e), (name, 0x29ac, 0xf25e)] {
        let length = text.len() as u32;
        bytes.extend((length ^ length_mask).to_le_bytes());
        bytes.extend(masked(text.as_bytes(), key + length));
    }
    bytes.push(0);
    for _ in 0..2 {
        bytes.extend((content.len() as u32 ^ 0x45aa).to_le_bytes());
    }
    bytes.extend((adler32(content) ^ 0xc3d2).to_le_bytes());
    bytes.extend([0; 16]);
    bytes.extend(masked(content, salt + 0x22af));
    bytes
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    b << 16 | a
}

/// MT19937 with the masks AutoIt uses in its output.
fn masked(bytes: &[u8], seed: u32) -> Vec<u8> {
    let mut state = [0u32; 624];
    state[0] = seed;
    for index in 1..624 {
        let previous = state[index - 1];
        state[index] = 0x6c07_8965u32.wrapping_mul(previous ^ (previous >> 30)).wrapping_add(index as u32);
    }
    let mut next = 624;
    bytes
        .iter()
        .map(|byte| {
            if next == 624 {
                for index in 0..624 {
                    let (now, after) = (state[index], state[(index + 1) % 624]);
                    let mixed = (now ^ ((after ^ now) & 0x7fff_fffe)) >> 1;
                    state[index] = state[(index + 397) % 624] ^ mixed ^ if after & 1 == 1 { 0x9908_b0df } else { 0 };
                }
                next = 0;
            }
            let word = state[next];
            next += 1;
            let word = ((((word >> 11) ^ word) & 0xff3a_58ad) << 7) ^ (word >> 11) ^ word;
            let low = (word & 0xffff_df8c) << 15;
            let word = low ^ word ^ ((low ^ word) >> 18);
            byte ^ (word >> 1) as u8
        })
        .collect()
}
