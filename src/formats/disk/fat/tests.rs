//! What is read of FAT volumes and virtual disks, and what damage does.

use sekisho_samples::disk::{File, fat, vhd};

use super::*;
use crate::formats::trial;
use crate::stage::Said;

fn files() -> Vec<File> {
    vec![
        File::new("読んで.txt", &[7; 1500]),
        File::new("a/b/deep and long name.txt", b"second"),
        File::new("hidden.exe", b"third").hidden(),
        File::new("empty.txt", b""),
    ]
}

fn names(said: &Said) -> Vec<&str> {
    said.children.iter().map(|child| child.name.text.as_str()).collect()
}

const NAMES: [&str; 4] = ["読んで.txt", "hidden.exe", "empty.txt", "a/b/deep and long name.txt"];

#[test]
fn reads_both_widths_alone_and_in_virtual_disks() {
    for sectors in [2000, 9000] {
        let volume = fat::volume("TEST", sectors, &files());
        let said = trial::scan(&FORMAT, "a.img", &volume);
        assert_eq!(names(&said), NAMES);
        assert!(said.problems.is_empty(), "{:?}", said.problems);
        assert_eq!(said.children[0].bytes.as_ref(), [7; 1500]);
        assert!(said.facts.iter().any(|fact| fact.key == "hidden-entry" && fact.value == "hidden.exe"));
        let disk = vhd::partitioned(1, &volume);
        assert_eq!(names(&trial::scan(&crate::formats::disk::partition::FORMAT, "a.img", &disk)), NAMES);
        for image in [vhd::fixed(&disk), vhd::dynamic(&disk, 100 << 30)] {
            let said = trial::scan(&crate::formats::disk::vhd::FORMAT, "a.vhd", &image);
            assert_eq!(names(&said), NAMES);
            assert!(said.problems.is_empty(), "{:?}", said.problems);
        }
    }
}

#[test]
fn deleted_entries_are_facts() {
    let mut volume = fat::volume("TEST", 2000, &files());
    let at = volume.windows(11).position(|name| name == b"FILE~3  TXT" || name == b"FILE~4  TXT").unwrap();
    volume[at] = 0xe5;
    let said = trial::scan(&FORMAT, "a.img", &volume);
    assert_eq!(said.children.len(), 3);
    assert!(said.facts.iter().any(|fact| fact.key == "deleted-entry"));
}

#[test]
fn chains_that_loop_end() {
    let mut volume = fat::volume("TEST", 2000, &[File::new("a.txt", &[1; 5000])]);
    // The second cluster is followed by the first.
    volume[512 + 3..512 + 6].copy_from_slice(&[0x03, 0x20, 0x00]);
    let said = trial::scan(&FORMAT, "a.img", &volume);
    assert_eq!(said.children.len(), 1);
    assert_eq!(said.problems.len(), 1, "{:?}", said.problems);
}

#[test]
fn no_cut_and_no_changed_byte_panics() {
    let image = vhd::dynamic(&vhd::partitioned(1, &fat::volume("TEST", 300, &files())), 4 << 20);
    let image = image[..image.len() - (2 << 20) + (70 << 10)].to_vec();
    let format = &crate::formats::disk::vhd::FORMAT;
    let ends = (0..2600).chain((2600..image.len()).step_by(509));
    for end in ends {
        let _ = trial::unpack(format.unpacker.unwrap(), "a.vhd", image[..end].to_vec());
    }
    for at in (0..image.len()).filter(|at| image[*at] != 0 && image[*at] != 0xff) {
        let mut changed = image.clone();
        changed[at] = !changed[at];
        let _ = trial::unpack(format.unpacker.unwrap(), "a.vhd", changed);
    }
}
