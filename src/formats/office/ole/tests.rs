use bytes::Bytes;
use sekisho_samples::office::cfb::Cfb;

use super::*;
use crate::formats::fields;
use crate::model::View;

fn parse(bytes: Vec<u8>) -> OleView {
    OleView::parse(&Bytes::from(bytes)).unwrap()
}

fn large(seed: u8, size: usize) -> Vec<u8> {
    (0..size).map(|at| (at as u8).wrapping_mul(31).wrapping_add(seed).wrapping_add((at >> 8) as u8)).collect()
}

fn sample() -> Cfb {
    Cfb::new()
        .stream("WordDocument", large(1, 9000))
        .stream("1Table", large(2, 70_000))
        .stream("Macros/VBA/dir", b"small".to_vec())
        .stream("Macros/VBA/Module1", large(3, 4095))
        .stream("Macros/PROJECT", b"ID=\"{}\"".to_vec())
        .stream("\u{5}SummaryInformation", vec![1; 65])
        .class("", "00020906-0000-0000-C000-000000000046")
        .storage("Empty")
}

#[test]
fn reads_every_stream_without_regard_to_case() {
    for bytes in [sample().build(), sample().fragmented().build()] {
        let view = parse(bytes);
        assert_eq!(view.problems, []);
        assert_eq!(view.stream("worddocument").unwrap(), large(1, 9000));
        assert_eq!(view.stream("1TABLE").unwrap(), large(2, 70_000));
        assert_eq!(view.stream("macros/vba/DIR").unwrap(), "small");
        assert_eq!(view.stream("Macros/VBA/Module1").unwrap(), large(3, 4095));
        assert_eq!(view.stream("Macros"), None);
        assert_eq!(view.class().to_string(), "00020906-0000-0000-C000-000000000046");
        let storages: Vec<String> = view.storages().map(|(index, _)| view.path(index)).collect();
        assert_eq!(storages, ["Empty", "Macros", "Macros/VBA"]);
        assert_eq!(view.streams().count(), 6);
        assert_eq!(view.children(view.find("Macros").unwrap()).count(), 2);
    }
}

#[test]
fn a_stream_in_one_piece_is_a_slice_of_the_file() {
    let bytes = Bytes::from(sample().build());
    let view = OleView::parse(&bytes).unwrap();
    let stream = view.stream("1Table").unwrap();
    assert!(bytes.as_ptr_range().contains(&stream.as_ptr()));
    let view = parse(sample().fragmented().build());
    assert!(view.entries[view.find("WordDocument").unwrap()].is_fragmented);
}

#[test]
fn a_cut_file_gives_what_is_there_and_says_so() {
    let whole = sample().build();
    for cut in (0..whole.len()).step_by(61) {
        let Ok(view) = OleView::parse(&Bytes::copy_from_slice(&whole[..cut])) else { continue };
        let total: u64 = view.entries.iter().map(|entry| entry.size).sum();
        assert!(total < 3 * whole.len() as u64);
    }
}

#[test]
fn flipped_bytes_never_panic_and_never_inflate() {
    let whole = sample().build();
    let mut state = 12345u32;
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..8 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % bytes.len();
            bytes[at] = state as u8;
        }
        let size = bytes.len() as u64;
        let Ok(view) = OleView::parse(&Bytes::from(bytes)) else { continue };
        let total: u64 = (0..view.entries.len()).map(|index| view.data(index).len() as u64).sum();
        assert!(total <= 4 * size, "{total} of {size}");
    }
}

/// Offset of the FAT entry of a sector in a file that the builder made without DIFAT sectors.
fn fat_entry(bytes: &[u8], sector: u32) -> usize {
    let fat = fields::u32_at(bytes, 76).unwrap() as usize;
    512 + fat * 512 + sector as usize * 4
}

#[test]
fn a_chain_that_breaks_or_circles_is_cut_there() {
    let whole = Cfb::new().stream("Long", large(9, 5120)).build();
    for (link, why) in [(0u32, "back into the chain"), (0x00FF_FFFF, "beyond the end"), (0xFFFF_FFFF, "no sector")] {
        let mut bytes = whole.clone();
        let at = fat_entry(&bytes, 3);
        bytes[at..at + 4].copy_from_slice(&link.to_le_bytes());
        let view = parse(bytes);
        assert_eq!(view.stream("Long").unwrap(), large(9, 5120)[..2048]);
        assert!(view.problems[0].what.contains(why), "{:?}", view.problems);
        assert_eq!(view.problems[0].at.to_string(), "stream Long offset 0x800");
    }
}

/// Offset of the n-th directory entry.
fn directory_entry(bytes: &[u8], index: usize) -> usize {
    512 + fields::u32_at(bytes, 48).unwrap() as usize * 512 + index * 128
}

#[test]
fn what_no_storage_names_is_still_listed() {
    let mut bytes = Cfb::new().stream("Macros/VBA/Module1", b"code".to_vec()).stream("Other", b"o".to_vec()).build();
    let at = directory_entry(&bytes, 0) + 76;
    bytes[at..at + 4].copy_from_slice(&[0xFF; 4]);
    let view = parse(bytes);
    let (index, module) = view.streams().find(|(_, entry)| entry.name == "Module1").unwrap();
    assert!(module.is_orphan);
    assert_eq!(view.path(index), "Macros/VBA/Module1");
    assert_eq!(view.data(index), "code");
    assert!(view.problems[0].what.contains("belong to no storage"), "{:?}", view.problems);
}

#[test]
fn a_tree_that_circles_ends() {
    let mut bytes = Cfb::new().stream("A", b"a".to_vec()).stream("B", b"b".to_vec()).build();
    // B's left sibling is A; A gets B as its own.
    let a = (1..4).map(|index| directory_entry(&bytes, index)).find(|at| bytes[*at] == b'A').unwrap();
    for link in [68, 72, 76] {
        bytes[a + link..a + link + 4].copy_from_slice(&2u32.to_le_bytes());
    }
    let view = parse(bytes);
    assert_eq!(view.streams().count(), 2);
    assert!(view.problems[0].what.contains("lead nowhere or back"));
}

#[test]
fn a_wrong_byte_order_and_header_class_are_only_odd() {
    let mut bytes = sample().build();
    bytes[8] = 1;
    bytes[28] = 0;
    let view = parse(bytes);
    assert_eq!(view.problems.len(), 2);
    assert_eq!(view.stream("1Table").unwrap().len(), 70_000);
}

#[test]
fn a_zip_inside_a_document_makes_no_archive_and_one_behind_it_does() {
    use crate::formats::archive::zip;
    use crate::model::{Artifact, ArtifactPath, EntryName, FormatId, Origin, OriginKind};
    use crate::stage::Probe;
    use sekisho_samples::archive::zip::ZipFile;
    let is_zip = |bytes: Vec<u8>| {
        let origin = Origin::file(OriginKind::Input, "");
        let artifact =
            Artifact::new(ArtifactPath::root(), EntryName::new("t"), origin, bytes.into(), FormatId::UNKNOWN);
        let Probe::Structure(check) = zip::FORMAT.probe else { panic!("zip is probed by structure") };
        check(&artifact)
    };
    let theme = ZipFile::new().entry("theme.xml", "x".repeat(5000)).build();
    let document = Cfb::new().stream("1Table", [theme.clone(), vec![0; 5000]].concat()).build();
    assert!(!is_zip(document.clone()));
    assert!(is_zip([document, theme].concat()));
}
