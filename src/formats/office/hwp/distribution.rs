//! Documents kept for reading only: `ViewText` and scripts under a key that lies in the stream itself, behind numbers of
//! the C library's generator. The scheme was published by Hancom with HWP 5.0 and is no protection from a reader.

use super::records::{DISTRIBUTE_DOC_DATA, records};
use crate::formats::fields::u32_at;
use crate::formats::office::encryption::aes_ecb;

/// Bytes of the record that holds the key.
const HEAD: usize = 256;

/// The stream in the clear (still deflated); none if it does not start with the key's record.
pub(super) fn opened(stream: &[u8]) -> Option<Vec<u8>> {
    let record = records(stream).next().filter(|record| record.tag == DISTRIBUTE_DOC_DATA)?;
    let mut head: Vec<u8> = record.data.get(..HEAD)?.to_vec();
    let seed = u32_at(&head, 0)?;
    let mut generator = Generator(seed);
    let (mut mask, mut left) = (0u8, 0u32);
    for (index, byte) in head.iter_mut().enumerate() {
        if left == 0 {
            mask = (generator.next() & 0xFF) as u8;
            left = (generator.next() & 0xF).saturating_add(1);
        }
        if index >= 4 {
            *byte ^= mask;
        }
        left = left.saturating_sub(1);
    }
    let at = 4usize.saturating_add((seed & 0xF) as usize);
    let key = head.get(at..at.saturating_add(16))?;
    // The record's own head of four bytes stands before it.
    let mut body = stream.get(HEAD.saturating_add(4)..)?.to_vec();
    aes_ecb(key, &mut body)?;
    Some(body)
}

/// `rand` of Microsoft's C library.
struct Generator(u32);

impl Generator {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(214_013).wrapping_add(2_531_011);
        self.0 >> 16 & 0x7FFF
    }
}
