//! Unpacking, and volumes of other programs are in the interop tests.

use super::lznt1::unpack;

#[test]
fn unpacks_the_example_of_the_specification() {
    // MS-XCA 3.2 [LZNT1]: "F# F# G A A G F# E D C# ..." after decompression.
    let packed: &[u8] = b"\x38\xb0\x88\x46\x23\x20\x00\x20\x47\x20\x41\x00\x10\xa2\x47\x01\xa0\x45\x20\x44\x00\x08\x45\x01\x50\x79\x00\xc0\x45\x20\x05\x24\x13\x88\x05\xb4\x02\x4a\x44\xef\x03\x58\x02\x8c\x09\x16\x01\x48\x45\x00\xbe\x00\x9e\x00\x04\x01\x18\x90\x00";
    let text: &[u8] = b"F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D E F# G F# E D E A F# F# G A A G F# E D D E F# E D D\0";
    let out = unpack(packed, text.len()).unwrap();
    assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(text));
}

#[test]
fn what_is_damaged_ends() {
    assert!(unpack(b"\x03\xb0\x01\xff", 4096).is_err());
    assert!(unpack(b"\x02\xb0\x01\xff\xff", 4096).is_err());
    assert_eq!(unpack(b"", 16).unwrap(), [0; 16]);
    assert_eq!(unpack(b"\x01\x30ab", 4).unwrap(), b"ab\0\0");
}
