//! What is read of images, and what damage does.

use sekisho_samples::disk::dmg::dmg;
use sekisho_samples::disk::{File, fat, vhd};

use super::*;
use crate::formats::trial;
use crate::model::ProblemKind;

fn image() -> Vec<u8> {
    dmg(&vhd::partitioned(1, &fat::volume("TEST", 2000, &[File::new("読んで.txt", &[7; 1500])])))
}

#[test]
fn reads_through_chunks_and_says_what_it_is() {
    let said = trial::scan(&FORMAT, "a.dmg", &image());
    assert_eq!(said.children.len(), 1);
    assert_eq!(said.children[0].bytes.as_ref(), [7; 1500]);
    assert!(said.problems.is_empty(), "{:?}", said.problems);
    assert!(trial::weight(&said, "mac-disk-image").is_some());
    let near = vhd::fixed(&vhd::partitioned(1, &fat::volume("TEST", 2000, &[])));
    assert!(!trial::is_taken(&FORMAT, &trial::file("a.dmg", near)));
}

#[test]
fn encrypted_images_are_said() {
    let (said, result) = trial::unpack(FORMAT.unpacker.unwrap(), "a.dmg", b"encrcdsa\0\0\0\x02".to_vec());
    assert!(said.children.is_empty());
    assert_eq!(result.unwrap_err().into_problem().kind, ProblemKind::Encrypted);
}

#[test]
fn oldest_packing_is_undone() {
    // Literals, a short reference, a long one.
    assert_eq!(adc::unpack(b"\x82abc\x04\x02\x41\x00\x03", 12).unwrap(), b"abcabcaabcaa");
    assert!(adc::unpack(b"\x04\x02", 9).is_err());
    assert!(adc::unpack(b"\x83ab", 9).is_err());
}

#[test]
fn no_cut_panics() {
    let whole = image();
    let trailer = whole[whole.len() - 512..].to_vec();
    for end in (0..whole.len() - 512).step_by(61) {
        let mut cut = whole[..end].to_vec();
        cut.extend(&trailer);
        let _ = trial::unpack(FORMAT.unpacker.unwrap(), "a.dmg", cut);
    }
}
