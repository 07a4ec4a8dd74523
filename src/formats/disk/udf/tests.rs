//! What is read of discs of UDF alone, and what damage does.

use sekisho_samples::disk::File;
use sekisho_samples::disk::udf::udf;

use super::*;
use crate::formats::trial;
use crate::stage::Said;

fn image() -> Vec<u8> {
    let files = [
        File::new("読んで.txt", &[7; 5000]),
        File::new("a/b/deep.txt", b"second"),
        File::new("hidden.exe", b"third").hidden(),
    ];
    udf("ディスク", &files)
}

fn names(said: &Said) -> Vec<&str> {
    said.children.iter().map(|child| child.name.text.as_str()).collect()
}

#[test]
fn reads_content_in_entries_and_in_extents() {
    let said = trial::scan(&FORMAT, "a.img", &image());
    assert_eq!(names(&said), ["読んで.txt", "hidden.exe", "a/b/deep.txt"]);
    assert_eq!(said.children[0].bytes.as_ref(), [7; 5000]);
    assert_eq!(said.children[2].bytes.as_ref(), b"second");
    assert!(said.problems.is_empty(), "{:?}", said.problems);
    let has = |key: &str, value: &str| said.facts.iter().any(|fact| fact.key == key && fact.value == value);
    assert!(has("hidden-entry", "hidden.exe"));
    assert!(has("volume-label", "ディスク"));
}

#[test]
fn the_anchor_at_the_end_serves_as_well() {
    let mut bytes = image();
    bytes[256 * 2048] = 0;
    assert_eq!(names(&trial::scan(&FORMAT, "a.img", &bytes)).len(), 3);
}

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

#[test]
fn no_cut_and_no_changed_byte_panics() {
    let whole = image();
    let give = |bytes: Vec<u8>| {
        let _ = trial::unpack(FORMAT.unpacker.unwrap(), "a.img", bytes);
    };
    for end in (0x8000..whole.len()).step_by(251) {
        give(whole[..end].to_vec());
    }
    for at in (0x8000..whole.len()).filter(|at| whole[*at] != 0 && whole[*at] != 7).step_by(4) {
        let mut changed = whole.clone();
        changed[at] = !changed[at];
        // The sum of the tag is made right again, so that what it guards is read.
        let start = at / 2048 * 2048;
        changed[start + 4] = 0;
        changed[start + 4] = changed[start..start + 16].iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        give(changed);
    }
}
