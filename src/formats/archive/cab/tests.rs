//! Cabinets as they should be, and as they should not.

use sekisho_samples::archive::cab::{Entry, Options, cab, split};

use super::unpack::CabUnpacker;
use super::{FORMAT, join, sets};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::trial;
use crate::model::ProblemKind;
use crate::stage::Said;

fn unpack(bytes: Vec<u8>) -> Said {
    let (said, result) = trial::unpack(&CabUnpacker, "a.cab", bytes);
    result.unwrap();
    said
}

fn text() -> Vec<u8> {
    (0u32..40_000).flat_map(|n| (n / 5).to_le_bytes()).collect()
}

#[test]
fn files_are_cut_out_of_the_stream() {
    for is_packed in [false, true] {
        let made = cab(
            &[Entry::file("a.txt", b"first"), Entry::file("控え.bin", &text()), Entry::file("c.txt", b"")],
            Options { is_packed, reserve: Some((8, 4, 2)), ..Options::default() },
        );
        let said = unpack(made);
        let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
        assert_eq!(names, ["a.txt", "控え.bin", "c.txt"]);
        assert_eq!(said.children[0].bytes.as_ref(), b"first");
        assert!(said.children[1].bytes == text());
        assert!(said.problems.is_empty(), "{:?}", said.problems);
    }
}

#[test]
fn wrong_sums_are_said_and_read_past() {
    let said = unpack(cab(&[Entry::file("a.txt", b"x")], Options { has_wrong_sums: true, ..Options::default() }));
    assert_eq!(said.children[0].bytes.as_ref(), b"x");
    assert_eq!(said.problems[0].what, "a block has a wrong checksum");
}

#[test]
fn names_that_lead_out_are_reported() {
    let raised = |name: &str| {
        let said = unpack(cab(&[Entry::file(name, b"x")], Options::default()));
        said.findings.iter().any(|finding| finding.kind.id == ENTRY_NAME_ESCAPES.id)
    };
    assert!(raised("..\\..\\a.txt"));
    assert!(!raised("a\\b.txt"));
}

#[test]
fn no_cut_is_too_short() {
    let made = cab(
        &[Entry::file("a.txt", b"first"), Entry::file("b.bin", &text())],
        Options { is_packed: true, ..Options::default() },
    );
    for cut in (0..200.min(made.len())).chain((200..made.len()).step_by(37)) {
        let said = trial::unpack(&CabUnpacker, "a.cab", made[..cut].to_vec()).0;
        assert!(said.children.iter().all(|child| child.bytes.len() <= text().len()));
    }
}

#[test]
fn lies_cost_nothing() {
    let made = cab(&[Entry::file("a.txt", b"first"), Entry::file("b.txt", b"second")], Options::default());
    // The size of the first file, its place, and the number of files.
    for (at, value) in [(44usize, [0xff; 4]), (48, [0xff; 4]), (26, [0xff; 4])] {
        let mut lying = made.clone();
        lying[at..at + 4].copy_from_slice(&value);
        let said = trial::unpack(&CabUnpacker, "a.cab", lying).0;
        assert!(said.children.iter().all(|child| child.bytes.len() <= 11));
        assert!(!said.problems.is_empty());
    }
    // The second file over the first: both are given.
    let mut over = made.clone();
    let second = 44 + 16 + 6;
    over[second + 4..second + 8].copy_from_slice(&[2, 0, 0, 0]);
    let said = unpack(over);
    assert_eq!(said.children[1].bytes.as_ref(), b"rstsec");
}

#[test]
fn a_method_no_one_knows_keeps_the_names() {
    let mut made = cab(&[Entry::file("a.exe", b"first")], Options::default());
    made[42] = 9;
    let said = unpack(made);
    assert_eq!(said.children[0].name.text, "a.exe");
    assert_eq!(said.problems[0].kind, ProblemKind::Unsupported);
}

#[test]
fn parts_say_what_they_lack_and_join() {
    let [first, second] = split("a.txt", b"first part|second part", 11);
    let said = unpack(first.clone());
    assert_eq!(said.problems[0].kind, ProblemKind::Unsupported);
    let said = unpack(second.clone());
    assert_eq!(said.problems[0].what, "the beginning is in another cabinet");

    let joined = join(&[second.clone().into(), first.clone().into()]).unwrap();
    let said = unpack(joined.to_vec());
    assert_eq!(said.children[0].bytes.as_ref(), b"first part|second part");
    assert!(said.problems.is_empty(), "{:?}", said.problems);
    assert_eq!(join(&[first.clone().into(), first.clone().into()]), None);

    let alone = cab(&[Entry::file("a.txt", b"x")], Options::default());
    let files: Vec<bytes::Bytes> = [second, alone, first].map(bytes::Bytes::from).into();
    assert_eq!(sets(files.iter()), [vec![2, 0]]);
    assert_eq!(sets(files.iter().take(2)), Vec::<Vec<usize>>::new());
}

#[test]
fn a_signature_is_no_data_behind() {
    let options = Options { reserve: Some((20, 0, 0)), ..Options::default() };
    let mut made = cab(&[Entry::file("a.txt", b"x")], options);
    made.extend([0x30, 0x82, 0x00, 0x04, 1, 2, 3, 4]);
    assert!(unpack(made.clone()).problems.is_empty());
    made.extend([7; 600]);
    assert_eq!(unpack(made).children.len(), 2);
}

#[test]
fn letters_alone_are_no_cabinet() {
    let taken = |bytes: &[u8]| trial::is_taken(&FORMAT, &trial::file("a", bytes.to_vec()));
    assert!(taken(&cab(&[Entry::file("a.txt", b"x")], Options::default())));
    assert!(!taken(b"MSCF is what cabinets begin with, and this is a letter about them"));
}
