//! What is read of discs, and what damage does.

use sekisho_samples::disk::File;
use sekisho_samples::disk::iso::Iso;

use super::*;
use crate::formats::trial;
use crate::model::ProblemKind;
use crate::stage::Said;

fn scan(bytes: Vec<u8>) -> Said {
    trial::scan(&FORMAT, "a.iso", &bytes)
}

fn names(said: &Said) -> Vec<&str> {
    said.children.iter().map(|child| child.name.text.as_str()).collect()
}

fn sample() -> Iso {
    Iso::new("TEST")
        .file(File::new("読んで.txt", b"first"))
        .file(File::new("a/b/deep.txt", b"second"))
        .file(File::new("hidden.exe", b"third").hidden())
}

#[test]
fn both_trees_give_each_file_once() {
    let said = scan(sample().build());
    assert_eq!(names(&said), ["hidden.exe", "読んで.txt", "a/b/deep.txt"]);
    assert!(said.problems.is_empty(), "{:?}", said.problems);
    assert!(said.facts.iter().any(|fact| fact.key == "hidden-entry" && fact.value == "hidden.exe"));
    assert_eq!(said.children[1].bytes.as_ref(), b"first");
    assert_eq!(names(&scan(sample().without_joliet().build())).len(), 3);
}

#[test]
fn what_one_tree_alone_names_is_said() {
    let said = scan(sample().joliet_only(File::new("b.exe", b"fourth")).build());
    assert!(names(&said).contains(&"b.exe"));
    assert_eq!(trial::observed(&said, "disc-trees-differ").unwrap(), "b.exe is not in ISO 9660");
    assert!(trial::weight(&scan(sample().build()), "disc-trees-differ").is_none());
    // A disc for UDF readers: the other tree holds a note only.
    let note = Iso::new("X").file(File::new("readme.txt", b"see UDF")).joliet_only(File::new("a.txt", b"x"));
    assert!(trial::weight(&scan(note.build()), "disc-trees-differ").is_none());
}

#[test]
fn what_follows_the_volume_is_given() {
    let said = scan(sample().after(b"MZ behind").build());
    assert_eq!(names(&said).last(), Some(&"after the volume"));
    assert_eq!(said.children.last().unwrap().bytes.as_ref(), b"MZ behind");
}

#[test]
fn whole_sectors_are_read_as_well() {
    let data = sample().build();
    for (mode, skip) in [(1u8, 16usize), (2, 24)] {
        let mut raw = Vec::new();
        for sector in data.chunks(2048) {
            let mut whole = vec![0u8; 2352];
            whole[1..11].fill(0xff);
            whole[15] = mode;
            whole[skip..skip + 2048].copy_from_slice(sector);
            raw.extend(whole);
        }
        assert_eq!(names(&scan(raw)), names(&scan(data.clone())), "mode {mode}");
    }
}

#[test]
fn torn_fields_give_both_readings() {
    let mut bytes = sample().without_joliet().build();
    // The record of the only file of five bytes: its big-endian place is made that of the file before.
    let records: Vec<usize> =
        (20 * 2048..bytes.len() - 16).filter(|at| bytes[at + 8..at + 16] == [5, 0, 0, 0, 0, 0, 0, 5]).collect();
    let other = bytes[records[0] + 7];
    bytes[records[0] + 7] = other - 1;
    let said = scan(bytes);
    assert_eq!(said.children.iter().filter(|child| child.origin.detail.contains("endian fields")).count(), 2);
    assert!(said.problems.iter().all(|problem| problem.kind == ProblemKind::Odd));
}

#[test]
fn loops_of_folders_end() {
    let mut bytes = sample().without_joliet().build();
    // "b" in "a" is made to be "a": both are folders whose records differ in the block only.
    let places: Vec<usize> =
        (20 * 2048..bytes.len() - 40).filter(|at| matches!(&bytes[at + 32..at + 34], [1, b'A' | b'B'])).collect();
    let block = bytes[places[0] + 2..places[0] + 10].to_vec();
    bytes[places[1] + 2..places[1] + 10].copy_from_slice(&block);
    let said = scan(bytes);
    assert!(said.problems.iter().any(|problem| problem.what.contains("under another name")), "{:?}", said.problems);
}

#[test]
fn no_cut_and_no_changed_byte_panics() {
    let whole = sample().build();
    for end in (0x8000..whole.len()).step_by(509) {
        let artifact = trial::file("a.iso", whole[..end].to_vec());
        if trial::is_taken(&FORMAT, &artifact) {
            let _ = scan(whole[..end].to_vec());
        }
    }
    for at in 0x8000..whole.len() {
        if whole[at] != 0 && whole[at] != b' ' {
            let mut changed = whole.clone();
            changed[at] = !changed[at];
            if trial::is_taken(&FORMAT, &trial::file("a.iso", changed.clone())) {
                let _ = trial::unpack(FORMAT.unpacker.unwrap(), "a.iso", changed);
            }
        }
    }
}
