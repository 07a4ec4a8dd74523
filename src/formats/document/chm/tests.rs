//! Tests of compiled help as a whole.

use sekisho_samples::document::chm::{chm, page_with_shortcut};
use sekisho_samples::program::pe::Pe;

use super::FORMAT;
use crate::formats::trial;
use crate::model::Severity;
use crate::stage::Said;

fn scan(bytes: &[u8]) -> Said {
    trial::scan(&FORMAT, "a.chm", bytes)
}

fn manual() -> Vec<u8> {
    let large: Vec<u8> = (0u32..40_000).flat_map(u32::to_le_bytes).collect();
    chm(&[("index.htm", b"<html>manual</html>"), ("画面/large.dat", &large), ("end.txt", b"the end")])
}

#[test]
fn files_come_out_over_frames_and_starts() {
    let said = scan(&manual());
    let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
    assert_eq!(names, ["index.htm", "画面/large.dat", "end.txt"]);
    let large: Vec<u8> = (0u32..40_000).flat_map(u32::to_le_bytes).collect();
    assert!(said.children[1].bytes == large);
    assert_eq!(said.children[2].bytes.as_ref(), b"the end");
    assert!(said.problems.is_empty(), "{:?}", said.problems);
    assert_eq!(trial::findings(&said), [("compiled-help-file", "high")], "it is attached to a mail");
    let (said, _) = trial::unpack(FORMAT.unpacker.unwrap(), "a.chm", manual());
    assert_eq!(trial::findings(&said), [("compiled-help-file", "medium")]);
}

#[test]
fn what_runs_weighs_more() {
    let page = page_with_shortcut(",cmd.exe,/c echo HARMLESS");
    let said = scan(&chm(&[("index.htm", &page)]));
    assert_eq!(trial::weight(&said, "help-page-runs-command"), Some(Severity::High));
    assert_eq!(trial::observed(&said, "help-page-runs-command").unwrap(), ",cmd.exe,/c echo HARMLESS");
    let said = scan(&chm(&[("index.htm", b"<html></html>"), ("a.exe", &Pe::new().build()), ("#IDX", b"x")]));
    assert!(!said.children[2].origin.is_file);
    assert_eq!(trial::weight(&said, "compiled-help-file"), Some(Severity::High));
    let (said, _) =
        trial::unpack(FORMAT.unpacker.unwrap(), "a.chm", chm(&[("page.js", b"function f() { return 1; }")]));
    assert_eq!(trial::weight(&said, "compiled-help-file"), Some(Severity::Medium), "a script of its pages");
}

#[test]
fn a_damaged_frame_leaves_the_files_of_others() {
    let mut bytes = manual();
    let content = bytes.len() - 16 - 200;
    // The last block's header.
    let at = (0..content).rev().find(|at| bytes[*at..].starts_with(&[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])).unwrap();
    bytes[at - 4..at].fill(0xff);
    let said = scan(&bytes);
    assert_eq!(said.children[0].bytes.as_ref(), b"<html>manual</html>");
    assert!(!said.problems.is_empty());
}

#[test]
fn lies_and_cuts_are_survived() {
    let bytes = manual();
    for end in (4..0x1200).chain([bytes.len() / 2, bytes.len() - 1]) {
        let artifact = trial::file("a.chm", bytes[..end].to_vec());
        let _ = artifact.view::<super::ChmView>().map(|view| view.entries.len());
        let (_, _) = trial::unpack(FORMAT.unpacker.unwrap(), "a.chm", bytes[..end].to_vec());
    }
    // A chunk size and a count of chunks that no file has.
    for (at, value) in [(0x78 + 0x10, u32::MAX), (0x78 + 0x2c, u32::MAX), (0x78 + 8, u32::MAX)] {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let _ = trial::unpack(FORMAT.unpacker.unwrap(), "a.chm", bytes);
    }
}
