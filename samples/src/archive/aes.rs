//! AES-256 in CBC mode (FIPS 197), encrypting only, and the key derivation of RAR 5.

use sha2::{Digest, Sha256};

/// Keys of RAR 5.
pub(super) struct Keys {
    pub(super) key: [u8; 32],
    /// What readers check a password by.
    pub(super) check: [u8; 12],
}

/// PBKDF2 with HMAC-SHA256, read at three numbers of rounds.
pub(super) fn rar5_keys(password: &str, salt: &[u8; 16], rounds: u8) -> Keys {
    let mut block = hmac(password.as_bytes(), &[&salt[..], &[0, 0, 0, 1]].concat());
    let mut sum = block;
    let mut taps = Vec::new();
    for count in [(1u32 << rounds) - 1, 16, 16] {
        for _ in 0..count {
            block = hmac(password.as_bytes(), &block);
            sum.iter_mut().zip(block).for_each(|(sum, byte)| *sum ^= byte);
        }
        taps.push(sum);
    }
    let mut check = [0; 12];
    for (index, byte) in taps[2].iter().enumerate() {
        check[index % 8] ^= byte;
    }
    let sealed = Sha256::digest(&check[..8]);
    check[8..].copy_from_slice(&sealed[..4]);
    Keys { key: taps[0], check }
}

fn hmac(key: &[u8], data: &[u8]) -> [u8; 32] {
    let mut block = [0u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::digest([&block.map(|byte| byte ^ 0x36)[..], data].concat());
    Sha256::digest([&block.map(|byte| byte ^ 0x5c)[..], &inner].concat()).into()
}

/// Encrypts whole blocks in place.
pub(super) fn encrypt_cbc(key: &[u8; 32], iv: [u8; 16], data: &mut [u8]) {
    let boxed = s_box();
    let keys = round_keys(key, &boxed);
    let mut before = iv;
    for chunk in data.chunks_exact_mut(16) {
        let mut state = before;
        state.iter_mut().zip(chunk.iter()).for_each(|(state, byte)| *state ^= byte);
        encrypt_block(&keys, &boxed, &mut state);
        chunk.copy_from_slice(&state);
        before = state;
    }
}

fn double(byte: u8) -> u8 {
    (byte << 1) ^ if byte & 0x80 != 0 { 0x1b } else { 0 }
}

/// Inverses in GF(2^8), then the affine map (FIPS 197, 5.1.1).
fn s_box() -> [u8; 256] {
    let mut boxed = [0u8; 256];
    let (mut p, mut q) = (1u8, 1u8);
    loop {
        p ^= double(p);
        q ^= q << 1;
        q ^= q << 2;
        q ^= q << 4;
        if q & 0x80 != 0 {
            q ^= 0x09;
        }
        boxed[usize::from(p)] = q ^ q.rotate_left(1) ^ q.rotate_left(2) ^ q.rotate_left(3) ^ q.rotate_left(4) ^ 0x63;
        if p == 1 {
            break;
        }
    }
    boxed[0] = 0x63;
    boxed
}

fn round_keys(key: &[u8; 32], boxed: &[u8; 256]) -> Vec<[u8; 4]> {
    let mut words: Vec<[u8; 4]> = key.chunks_exact(4).map(|word| [word[0], word[1], word[2], word[3]]).collect();
    let mut constant = 1u8;
    while words.len() < 60 {
        let mut word = words[words.len() - 1];
        if words.len().is_multiple_of(8) {
            word.rotate_left(1);
            word = word.map(|byte| boxed[usize::from(byte)]);
            word[0] ^= constant;
            constant = double(constant);
        } else if words.len() % 8 == 4 {
            word = word.map(|byte| boxed[usize::from(byte)]);
        }
        let back = words[words.len() - 8];
        words.push([word[0] ^ back[0], word[1] ^ back[1], word[2] ^ back[2], word[3] ^ back[3]]);
    }
    words
}

fn encrypt_block(keys: &[[u8; 4]], boxed: &[u8; 256], state: &mut [u8; 16]) {
    let add = |state: &mut [u8; 16], round: usize| {
        let key = keys[round * 4..round * 4 + 4].iter().flatten();
        state.iter_mut().zip(key).for_each(|(state, key)| *state ^= key);
    };
    add(state, 0);
    for round in 1..=14 {
        let mut next = [0u8; 16];
        for (index, byte) in next.iter_mut().enumerate() {
            // Row by row, each shifted one further.
            *byte = boxed[usize::from(state[(index + 4 * (index % 4)) % 16])];
        }
        *state = next;
        if round < 14 {
            for column in state.chunks_exact_mut(4) {
                let all = column[0] ^ column[1] ^ column[2] ^ column[3];
                let first = column[0];
                for row in 0..4 {
                    let after = if row == 3 { first } else { column[row + 1] };
                    column[row] ^= all ^ double(column[row] ^ after);
                }
            }
        }
        add(state, round);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encrypts_the_block_of_fips_197() {
        let key: [u8; 32] = std::array::from_fn(|index| index as u8);
        let mut block: [u8; 16] = std::array::from_fn(|index| (index * 0x11) as u8);
        encrypt_cbc(&key, [0; 16], &mut block);
        assert_eq!(
            block,
            [0x8e, 0xa2, 0xb7, 0xca, 0x51, 0x67, 0x45, 0xbf, 0xea, 0xfc, 0x49, 0x90, 0x4b, 0x49, 0x60, 0x89]
        );
    }
}
