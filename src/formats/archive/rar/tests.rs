//! Archives made by our own builder, whole and broken. What RAR itself writes is tested on files that are not kept here.

use sekisho_samples::archive::rar::{Rar4, Rar5, volumes};

use super::findings::{STREAM_ESCAPES, STREAM_HIDES_FILE};
use super::unpack::RarUnpacker;
use super::{FORMAT, RarView};
use crate::formats::archive::decoy_folder::DECOY_FOLDER_SCRIPT;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::password::OPENED_WITH_FOUND_PASSWORD;
use crate::formats::archive::self_extractor::RUNS_COMMAND;
use crate::formats::trial::{self, weight};
use crate::model::{Limits, Origin, OriginKind, ProblemKind, Severity, View};
use crate::stage::Said;

fn unpack(bytes: Vec<u8>) -> Said {
    let (said, result) = trial::unpack(&RarUnpacker, "a.rar", bytes);
    result.unwrap();
    said
}

fn unpack_with(bytes: Vec<u8>, password: &str) -> Said {
    let (said, result) = trial::unpack_with(&RarUnpacker, "a.rar", bytes, &[password], Limits::default());
    result.unwrap();
    said
}

fn names(said: &Said) -> Vec<&str> {
    said.children.iter().map(|child| child.name.text.as_str()).collect()
}

fn problems(said: &Said) -> Vec<&str> {
    said.problems.iter().map(|problem| problem.what.as_str()).collect()
}

#[test]
fn both_generations_give_their_files() {
    let five = unpack(Rar5::new().file("a.txt", b"hello").folder("d").file("d/予約.txt", b"world").build());
    assert_eq!(names(&five), ["a.txt", "d/予約.txt"]);
    assert_eq!(five.children[1].bytes.as_ref(), b"world");
    assert!(problems(&five).is_empty(), "{:?}", problems(&five));

    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode("予約表.txt");
    let four = unpack(Rar4::new().file(&cp932, false, b"hello").file(b"te__\0\x01\x05te\x7f\x0d", true, b"x").build());
    assert_eq!(names(&four), ["予約表.txt", "te\u{17f}\u{10d}"]);
    assert_eq!(four.children[0].bytes.as_ref(), b"hello");
    assert!(problems(&four).is_empty(), "{:?}", problems(&four));
}

#[test]
fn wrong_checksums_of_content_and_headers_are_said_and_read_over() {
    let mut bytes = Rar5::new().file("a.txt", b"hello").file("b.txt", b"world").build();
    let at = memchr::memmem::find(&bytes, b"hello").unwrap();
    bytes[at] = b'j';
    let said = unpack(bytes.clone());
    assert_eq!(said.children[0].bytes.as_ref(), b"jello");
    assert_eq!(problems(&said), ["content has a wrong checksum"]);

    let at = memchr::memmem::find(&bytes, b"a.txt").unwrap();
    bytes[at] = b'A';
    assert!(problems(&unpack(bytes)).contains(&"header has a wrong checksum"));
}

#[test]
fn entries_behind_damage_are_found() {
    for mut bytes in [
        Rar5::new().file("a.txt", &[7; 300]).file("b.txt", b"world").build(),
        Rar4::new().file(b"a.txt", false, &[7; 300]).file(b"b.txt", false, b"world").build(),
    ] {
        let at = memchr::memmem::find(&bytes, b"a.txt").unwrap();
        // Everything of the first header but its checksum.
        bytes[at - 20..at + 5].fill(0xff);
        let said = unpack(bytes);
        let last = said.children.last().unwrap();
        assert_eq!((last.name.text.as_str(), last.bytes.as_ref()), ("b.txt", &b"world"[..]), "{:?}", problems(&said));
        assert!(said.problems.iter().any(|problem| problem.kind == ProblemKind::Damaged));
    }
}

#[test]
fn a_size_beyond_the_end_hides_nothing() {
    let mut bytes = Rar4::new().file(b"a.txt", false, b"hello").file(b"b.txt", false, b"world").build();
    let header = memchr::memmem::find(&bytes, b"a.txt").unwrap() - 32;
    bytes[header + 7..header + 11].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
    let crc = crc32fast::hash(&bytes[header + 2..header + 37]) as u16;
    bytes[header..header + 2].copy_from_slice(&crc.to_le_bytes());
    let said = unpack(bytes);
    assert_eq!(names(&said), ["a.txt", "b.txt"]);
    assert_eq!(said.children[0].bytes.as_ref(), b"hello");
}

#[test]
fn every_cut_is_survived() {
    let five = Rar5::new().comment("c").file("a.txt", b"hello").stream(":s", b"x").link("l", 5, "a.txt").build();
    let locked = Rar5::new().locked_headers("pw").locked("pw").file("a.txt", b"hello").build();
    let four = Rar4::new().comment("c").file(b"a.txt", false, b"hello").stream(":s", b"x").build();
    for whole in [five, locked, four] {
        // The last two bytes of RAR 5 are zeros that may be missing.
        for end in 8..whole.len() - 2 {
            let (said, _) =
                trial::unpack_with(&RarUnpacker, "a.rar", whole[..end].to_vec(), &["pw"], Limits::default());
            let is_partial = said.problems.iter().any(|problem| problem.kind != ProblemKind::Odd);
            assert!(is_partial || whole.starts_with(b"Rar!\x1a\x07\x00"), "{end} of {}", whole.len());
        }
    }
}

#[test]
fn locked_files_open_with_the_right_password_only() {
    let bytes = Rar5::new().locked("Tkt#2016").file("案内.txt", b"hello").build();
    let opened = unpack_with(bytes.clone(), "Tkt#2016");
    assert_eq!(opened.children[0].bytes.as_ref(), b"hello");
    assert_eq!(opened.children[0].origin.detail, "stored, AES-256, password from the message body");
    assert!(weight(&opened, OPENED_WITH_FOUND_PASSWORD.id).is_some());

    let locked = unpack_with(bytes, "another");
    assert_eq!(names(&locked), ["案内.txt"]);
    assert!(locked.children[0].bytes.is_empty());
    assert!(locked.problems.iter().any(|problem| problem.kind == ProblemKind::Encrypted));
}

#[test]
fn locked_headers_open_with_the_right_password_only() {
    let bytes = Rar5::new().locked_headers("pw1").locked("pw1").file("a.txt", b"hello").build();
    let opened = unpack_with(bytes.clone(), "pw1");
    assert_eq!(names(&opened), ["a.txt"]);
    assert_eq!(opened.children[0].bytes.as_ref(), b"hello");

    let locked = unpack_with(bytes, "another");
    assert!(locked.children.is_empty());
    assert!(locked.facts.iter().any(|fact| fact.key == "archive-names-encrypted"));
    assert!(locked.problems.iter().any(|problem| problem.kind == ProblemKind::Encrypted));
}

#[test]
fn volumes_put_one_after_the_other_are_one_archive() {
    let data: Vec<u8> = (0u32..1_000).flat_map(u32::to_le_bytes).collect();
    let set = volumes("large.bin", &data, 3);
    let whole = unpack(set.concat());
    assert!(whole.children[0].bytes == data);
    assert!(problems(&whole).is_empty(), "{:?}", problems(&whole));

    for (index, part) in set.iter().enumerate() {
        let said = unpack(part.clone());
        assert_eq!(names(&said), ["large.bin"]);
        assert!(!said.children[0].bytes.is_empty());
        assert!(said.problems.iter().any(|problem| problem.kind == ProblemKind::Unsupported));
        let view = RarView::parse(&part.clone().into()).unwrap();
        let volume = (view.volume.number, view.volume.is_first, view.volume.has_next);
        assert_eq!(volume, (Some(index as u64), index == 0, index != 2));
    }
}

#[test]
fn names_and_links_that_lead_out_are_said() {
    let escapes = |said: Said| weight(&said, ENTRY_NAME_ESCAPES.id);
    assert_eq!(escapes(unpack(Rar5::new().file("..\\..\\a.txt", b"x").build())), Some(Severity::High));
    assert_eq!(escapes(unpack(Rar5::new().link("a", 1, "../../etc/passwd").build())), Some(Severity::High));
    assert_eq!(escapes(unpack(Rar4::new().symlink("d/a", "../../etc").build())), Some(Severity::High));
    assert_eq!(escapes(unpack(Rar4::new().symlink("d/a", "../b").build())), None);
    assert_eq!(escapes(unpack(Rar5::new().link("d/a", 2, "b.txt").file("d/b.txt", b"x").build())), None);
}

#[test]
fn copies_have_the_content_of_what_they_name() {
    let said = unpack(Rar5::new().file("a.txt", b"hello").link("b.exe", 5, "a.txt").build());
    assert_eq!((names(&said), said.children[1].bytes.as_ref()), (vec!["a.txt", "b.exe"], &b"hello"[..]));
}

#[test]
fn versions_keep_both_names() {
    let said = unpack(Rar5::new().version("a.txt", 2, b"old").file("a.txt", b"new").build());
    assert_eq!(said.children[0].name.all().collect::<Vec<_>>(), ["a.txt", "a.txt;2"]);
}

#[test]
fn stream_names_with_a_path_are_said() {
    let path = ":..\\..\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\a.lnk";
    for bytes in [
        Rar5::new().file("a.pdf", b"%PDF-1.4").stream(path, b"x").build(),
        Rar4::new().file(b"a.pdf", false, b"%PDF-1.4").stream(path, b"x").build(),
    ] {
        let said = unpack(bytes);
        assert_eq!(weight(&said, STREAM_ESCAPES.id), Some(Severity::Critical));
        assert!(said.findings.iter().any(|finding| finding.decisive));
        assert!(said.children[1].name.text.ends_with("\\a.lnk"));
    }
}

#[test]
fn honest_streams_are_left_alone() {
    let zone = Rar5::new().file("a.pdf", b"%PDF-1.4").stream(":Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n");
    let said = unpack(zone.build());
    assert!(weight(&said, STREAM_ESCAPES.id).is_none() && weight(&said, STREAM_HIDES_FILE.id).is_none());
    assert_eq!(names(&said), ["a.pdf", "Zone.Identifier"]);
    let hides = Rar5::new().file("a.pdf", b"%PDF-1.4").stream(":a.js", b"//").build();
    assert!(weight(&unpack(hides), STREAM_HIDES_FILE.id).is_some());
}

#[test]
fn decoy_folders_are_said() {
    let layout = Rar5::new().file("t.pdf ", b"%PDF-1.4").file("t.pdf /t.pdf .cmd", b"@rem").build();
    assert!(weight(&unpack(layout), DECOY_FOLDER_SCRIPT.id).is_some());
    let honest = Rar5::new().file("t.pdf", b"%PDF-1.4").folder("t").file("t/t.pdf.txt", b"x").build();
    assert!(weight(&unpack(honest), DECOY_FOLDER_SCRIPT.id).is_none());
}

#[test]
fn commands_for_the_self_extractor_weigh_by_where_they_are() {
    let bytes = Rar5::new().comment("Path=%temp%\r\nSetup=a.exe\r\nSilent=1\r\n").file("a.exe", b"x").build();
    let overlay = trial::of("a", &bytes, Origin::part(OriginKind::Overlay, ""));
    assert_eq!(weight(&trial::scan_artifact(&FORMAT, overlay), RUNS_COMMAND.id), Some(Severity::High));
    assert_eq!(weight(&unpack(bytes), RUNS_COMMAND.id), Some(Severity::Low));
    assert_eq!(weight(&unpack(Rar5::new().comment("holiday photos").build()), RUNS_COMMAND.id), None);
}

#[test]
fn what_follows_is_given() {
    let mut bytes = Rar5::new().file("a.txt", b"hello").build();
    bytes.extend(b"more of it");
    let said = unpack(bytes);
    assert_eq!(said.children[1].bytes.as_ref(), b"more of it");
    assert_eq!(said.children[1].origin.kind, OriginKind::Overlay);
}

#[test]
fn an_end_record_without_its_zeros_is_one() {
    let whole = Rar5::new().file("a.txt", b"hello").build();
    let said = unpack(whole[..whole.len() - 2].to_vec());
    assert_eq!((names(&said), problems(&said)), (vec!["a.txt"], vec![]));
}

#[test]
fn headers_without_end_are_walked_once() {
    // Every byte looks like the type of a header of 64 KiB.
    let mut bytes = b"Rar!\x1a\x07\x00".to_vec();
    bytes.resize(1 << 20, 0x74);
    let said = unpack(bytes);
    assert!(said.children.len() <= 17);
    let mut bytes = b"Rar!\x1a\x07\x01\x00".to_vec();
    bytes.resize(1 << 20, 0x02);
    let (said, _) = trial::unpack(&RarUnpacker, "a.rar", bytes);
    assert!(said.children.len() <= 1);
}
