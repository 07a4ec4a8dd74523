//! What damage does; images of other programs are in the interop tests.

use super::*;
use crate::formats::trial;

#[test]
fn unpacks_the_example_of_the_specification() {
    // MS-XCA 3.1 [LZ77+Huffman]: "abcdefghijklmnopqrstuvwxyz".
    let mut packed = vec![0u8; 256];
    packed[0x30..0x3e]
        .copy_from_slice(&[0x50, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x45, 0x44, 0x04]);
    packed[0x80] = 0x04;
    packed.extend([
        0xd8, 0x52, 0x3e, 0xd7, 0x94, 0x11, 0x5b, 0xe9, 0x19, 0x5f, 0xf9, 0xd6, 0x7c, 0xdf, 0x8d, 0x04, 0, 0, 0, 0,
    ]);
    assert_eq!(xpress::unpack(&packed, 26).unwrap(), b"abcdefghijklmnopqrstuvwxyz");
}

#[test]
fn noise_is_an_error_and_no_panic() {
    let mut state = 1u32;
    let mut noise = |length: usize| -> Vec<u8> {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..length).map(|_| next()).collect()
    };
    for length in 0..400 {
        let bytes = noise(length);
        let _ = xpress::unpack(&bytes, 32768);
        let _ = lzx::unpack(&bytes, 32768, 32768);
        let _ = lzx::unpack(&bytes, 2 << 20, 2 << 20);
        let mut image = b"MSWIM\0\0\0".to_vec();
        image.extend(noise(length));
        image.extend(noise(64));
        let _ = trial::unpack(FORMAT.unpacker.unwrap(), "a.wim", image);
        let _ = metadata::entries(&bytes);
    }
}
