//! Pieces that no tool at hand writes.

use super::structure;

#[test]
fn names_have_characters_of_eight_or_sixteen_bits() {
    assert_eq!(structure::text(b"\x08caf\xe9.txt"), "café.txt");
    assert_eq!(structure::text(b"\x10\x82\x2a\x7a\x7a\x52\x38"), "航空券");
    assert_eq!(structure::text(b""), "");
}

#[test]
fn a_descriptor_with_a_wrong_sum_is_none() {
    let mut bytes = vec![0u8; 512];
    bytes[0] = 2;
    bytes[4] = 2;
    assert_eq!(structure::tag(&bytes), Some(2));
    bytes[4] = 3;
    assert_eq!(structure::tag(&bytes), None);
    assert_eq!(structure::tag(&bytes[..15]), None);
}
