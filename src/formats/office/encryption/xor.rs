//! XOR obfuscation (MS-OFFCRYPTO 2.3.7): sixteen bytes made of the password are laid over the data again and again. Both
//! verifiers are of 16 bits, so that a wrong password passes once in four thousand million times.

use super::password::{Password, search};
use super::stream::Opened;
use crate::model::Location;
use crate::stage::Outcome;

/// The sixteen bytes.
pub(super) type Pad = [u8; 16];

/// 2.3.7.1: by the password's length.
const INITIAL: [u16; 15] = [
    0xE1F0, 0x1D0F, 0xCC9C, 0x84C0, 0x110C, 0x0E10, 0xF1CE, 0x313E, 0x1872, 0xE139, 0xD40F, 0x84F9, 0x280C, 0xA96A,
    0x4EC3,
];

/// 2.3.7.1: seven numbers for each character, the last character last.
const MATRIX: [u16; 105] = [
    0xAEFC, 0x4DD9, 0x9BB2, 0x2745, 0x4E8A, 0x9D14, 0x2A09, 0x7B61, 0xF6C2, 0xFDA5, 0xEB6B, 0xC6F7, 0x9DCF, 0x2BBF,
    0x4563, 0x8AC6, 0x05AD, 0x0B5A, 0x16B4, 0x2D68, 0x5AD0, 0x0375, 0x06EA, 0x0DD4, 0x1BA8, 0x3750, 0x6EA0, 0xDD40,
    0xD849, 0xA0B3, 0x5147, 0xA28E, 0x553D, 0xAA7A, 0x44D5, 0x6F45, 0xDE8A, 0xAD35, 0x4A4B, 0x9496, 0x390D, 0x721A,
    0xEB23, 0xC667, 0x9CEF, 0x29FF, 0x53FE, 0xA7FC, 0x5FD9, 0x47D3, 0x8FA6, 0x0F6D, 0x1EDA, 0x3DB4, 0x7B68, 0xF6D0,
    0xB861, 0x60E3, 0xC1C6, 0x93AD, 0x377B, 0x6EF6, 0xDDEC, 0x45A0, 0x8B40, 0x06A1, 0x0D42, 0x1A84, 0x3508, 0x6A10,
    0xAA51, 0x4483, 0x8906, 0x022D, 0x045A, 0x08B4, 0x1168, 0x76B4, 0xED68, 0xCAF1, 0x85C3, 0x1BA7, 0x374E, 0x6E9C,
    0x3730, 0x6E60, 0xDCC0, 0xA9A1, 0x4363, 0x86C6, 0x1DAD, 0x3331, 0x6662, 0xCCC4, 0x89A9, 0x0373, 0x06E6, 0x0DCC,
    0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48C4,
];

/// 2.3.7.2: what fills a short password up.
const FILL: [u8; 15] = [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00];

/// The first candidate with this key and verifier.
pub(super) fn open(
    key: u16,
    verifier: u16,
    candidates: &[Password],
    at: &Location,
    out: &mut Outcome<'_>,
) -> Option<(Opened, Password)> {
    search(candidates, 1, at, out, |password, _| {
        let fits = |narrow: &&Vec<u8>| key_of(narrow) == Some(key) && verifier_of(narrow) == verifier;
        Ok(password.narrow.iter().find(fits).map(|narrow| Opened::Xor(pad(narrow, key))))
    })
}

/// CreatePasswordVerifier_Method1, 2.3.7.1.
fn verifier_of(password: &[u8]) -> u16 {
    let length = u8::try_from(password.len()).unwrap_or_default();
    let bytes = std::iter::once(&length).chain(password);
    let folded = bytes.rev().fold(0u16, |verifier, byte| {
        let carried = u16::from(verifier & 0x4000 != 0);
        (carried | (verifier << 1 & 0x7FFF)) ^ u16::from(*byte)
    });
    folded ^ 0xCE4B
}

/// CreateXorKey_Method1, 2.3.7.2.
fn key_of(password: &[u8]) -> Option<u16> {
    let first = *INITIAL.get(password.len().checked_sub(1)?)?;
    let rows = password.iter().rev().zip(MATRIX.rchunks(7));
    Some(rows.fold(first, |key, (byte, row)| {
        let bits = (0..7u8).filter(|bit| byte & (0x40 >> bit) != 0);
        bits.filter_map(|bit| row.iter().rev().nth(usize::from(bit))).fold(key, |key, number| key ^ number)
    }))
}

/// The array of both methods, 2.3.7.2 and 2.3.7.5.
fn pad(password: &[u8], key: u16) -> Pad {
    let mut pad = [0u8; 16];
    let [low, high] = key.to_le_bytes();
    let filled = password.iter().chain(&FILL).zip([low, high].into_iter().cycle());
    pad.iter_mut().zip(filled).for_each(|(byte, (text, key))| *byte = (text ^ key).rotate_right(1));
    pad
}

/// DecryptData_Method1, 2.3.7.3: the data of one record, from the index its place and size give.
pub(super) fn apply_method_1(pad: &Pad, data: &mut [u8], index: usize) {
    let bytes = pad.iter().cycle().skip(index % pad.len());
    data.iter_mut().zip(bytes).for_each(|(byte, pad)| *byte = (*byte ^ pad).rotate_right(5));
}

/// 2.3.7.6: a stream from its start. Zeros stay, and so does what would become one.
pub(super) fn apply_method_2(pad: &Pad, stream: &mut [u8]) {
    for (byte, pad) in stream.iter_mut().zip(pad.iter().cycle()) {
        if *byte != 0 && *byte != *pad {
            *byte ^= pad;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_and_verifier_of_the_default_password() {
        assert_eq!(verifier_of(b"VelvetSweatshop"), 0x9A0A);
        assert_eq!(key_of(b"VelvetSweatshop"), Some(0xB359));
        assert_eq!(key_of(b""), None);
        assert_eq!(key_of(b"longer than fifteen"), None);
    }

    #[test]
    fn zeros_survive_the_second_method() {
        let pad = pad(b"abc", key_of(b"abc").unwrap());
        let clear: Vec<u8> = (0..=255).chain(pad).collect();
        let mut data = clear.clone();
        apply_method_2(&pad, &mut data);
        assert_eq!(data[0], 0);
        apply_method_2(&pad, &mut data);
        assert_eq!(data, clear);
    }
}
