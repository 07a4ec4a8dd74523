//! The stages on built archives: what comes out, what is said, and what is not.

use std::sync::Arc;
use std::time::Instant;

use sekisho_samples::archive::zip::{
    AesKey, End, Entry, Method, ZipFile, claims_two_gibibytes, concatenate, encrypted_aes, encrypted_zipcrypto,
    many_entries,
};

use super::analyze::ZipAnalyzer;
use super::unpack::ZipUnpacker;
use super::*;
use crate::budget::Budget;
use crate::formats::trial;
use crate::model::{Hints, Limits, PasswordHint, PasswordSource, ProblemKind, Severity};
use crate::stage::{Analyzer, Outcome, Said, Unpacker};

fn artifact(bytes: Vec<u8>) -> Artifact {
    trial::file("t.zip", bytes)
}

fn scan_with(bytes: Vec<u8>, passwords: &[&str], limits: Limits) -> Said {
    let artifact = artifact(bytes);
    let hint = |text: &&str| PasswordHint { text: (*text).to_owned(), source: PasswordSource::Body };
    let hints = Hints::new(passwords.iter().map(hint).collect(), None);
    let budget = Budget::new(limits);
    let mut out = Outcome::new(&artifact, Arc::new(hints), &budget);
    if let Err(error) = ZipUnpacker.unpack(&artifact, &mut out) {
        out.problem(error.into_problem());
    }
    ZipAnalyzer.analyze(&artifact, &mut out).unwrap();
    out.into_said()
}

fn scan(bytes: Vec<u8>) -> Said {
    scan_with(bytes, &[], Limits::default())
}

fn children(said: &Said) -> Vec<(&str, &[u8])> {
    said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect()
}

fn ids(said: &Said) -> Vec<&'static str> {
    said.findings.iter().map(|finding| finding.kind.id).collect()
}

fn severity(said: &Said, id: &str) -> Option<Severity> {
    said.findings.iter().find(|finding| finding.kind.id == id).map(|finding| finding.severity)
}

fn problems(said: &Said) -> Vec<ProblemKind> {
    said.problems.iter().map(|problem| problem.kind).collect()
}

#[test]
fn an_honest_archive_says_nothing() {
    let zip = ZipFile::new()
        .entry("docs/", "")
        .entry("docs/予約表.txt", "one")
        .with(Entry::cp932("ソフト一覧.txt", "two"))
        .with(Entry::new("c.txt", "three").descriptor(true))
        .with(Entry::new("d.zip", ZipFile::new().entry("e.txt", "inner").build()).stored())
        .with(Entry::new("Thumbs.db", "thumbs").hidden())
        .entry("__MACOSX/._c.txt", "fork");
    let said = scan(zip.build());
    assert_eq!(ids(&said), Vec::<&str>::new());
    assert_eq!(said.problems, []);
    let names: Vec<&str> = children(&said).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["docs/予約表.txt", "ソフト一覧.txt", "c.txt", "d.zip", "Thumbs.db", "__MACOSX/._c.txt"]);
}

#[test]
fn passwords_open_what_is_locked() {
    let aes = ZipFile::new()
        .with(Entry::new("a.txt", "content a").aes(AesKey::Bits256, "Tkt#2016"))
        .with(Entry::new("b.txt", "content b").aes(AesKey::Bits128, "Tkt#2016").stored())
        .build();
    let zipcrypto = ZipFile::new()
        .with(Entry::new("a.txt", "content a").zipcrypto("Tkt#2016"))
        .with(Entry::new("b.txt", "content b").zipcrypto("Tkt#2016").descriptor(true))
        .build();
    for zip in [aes, zipcrypto] {
        let said = scan_with(zip, &["wrong", "Tkt#2016"], Limits::default());
        assert_eq!(children(&said), [("a.txt", &b"content a"[..]), ("b.txt", &b"content b"[..])]);
        assert_eq!(ids(&said), ["archive-opened-with-found-password"]);
        assert_eq!(said.findings.first().unwrap().observed, "password read in the message body");
        assert!(said.children.iter().all(|child| child.origin.detail.ends_with("password from the message body")));
        assert_eq!(said.problems, []);
    }
}

#[test]
fn a_locked_archive_shows_its_names_only() {
    let zip = ZipFile::new()
        .with(Entry::new("航空券控え.pdf .exe", "MZ").zipcrypto("secret words"))
        .with(Entry::new("open.txt", "open"))
        .build();
    let said = scan(zip);
    assert_eq!(children(&said), [("航空券控え.pdf .exe", &b""[..]), ("open.txt", &b"open"[..])]);
    assert_eq!(said.children.first().unwrap().origin.detail, "ZipCrypto, locked");
    assert_eq!(problems(&said), [ProblemKind::Encrypted]);
    assert!(said.problems.first().unwrap().what.starts_with("1 of 1 encrypted entries"));
    assert_eq!(ids(&said), Vec::<&str>::new());
}

#[test]
fn the_common_list_is_tried_last_and_entries_may_differ() {
    let said = scan(encrypted_aes("a.txt", "content", "infected"));
    assert_eq!(children(&said), [("a.txt", &b"content"[..])]);
    let two = ZipFile::new()
        .with(Entry::new("a.txt", "content one").zipcrypto("first"))
        .with(Entry::new("b.txt", "content two").zipcrypto("second"))
        .build();
    let said = scan_with(two, &["first", "second"], Limits::default());
    assert_eq!(children(&said), [("a.txt", &b"content one"[..]), ("b.txt", &b"content two"[..])]);
    let japanese = encrypted_zipcrypto("a.txt", "content", "航空券");
    assert_eq!(children(&scan_with(japanese, &["航空券"], Limits::default())), [("a.txt", &b"content"[..])]);
}

#[test]
fn a_wrong_password_never_counts_as_right() {
    let zip = encrypted_zipcrypto("a.txt", "some content to be summed", "right");
    let wrong: Vec<String> = (0..60).map(|index| format!("wrong{index}")).collect();
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    let said = scan_with(zip, &wrong, Limits::default());
    assert_eq!(problems(&said), [ProblemKind::Encrypted]);
}

#[test]
fn concatenated_archives_are_read_together() {
    let first = ZipFile::new().entry("a.txt", "one").build();
    let second = ZipFile::new().entry("b.exe", "two").build();
    let said = scan(concatenate(&[first.clone(), second]));
    assert_eq!(children(&said), [("a.txt", &b"one"[..]), ("b.exe", &b"two"[..])]);
    assert_eq!(severity(&said, "zip-concatenated"), Some(Severity::High));
    let said = scan(concatenate(&[first.clone(), first.clone()]));
    assert_eq!(severity(&said, "zip-concatenated"), Some(Severity::Low));
    let said = scan(ZipFile::new().with(Entry::new("inner.zip", first).stored()).build());
    assert_eq!(ids(&said), Vec::<&str>::new());
}

#[test]
fn gaps_are_looked_into() {
    let hidden = ZipFile::new().entry("hidden.exe", "MZ hidden").build();
    let said = scan(ZipFile::new().entry("a.txt", "one").gap(hidden).build());
    assert_eq!(ids(&said), ["zip-hidden-gap-data"]);
    assert!(children(&said).contains(&("hidden.exe", &b"MZ hidden"[..])));
    let said = scan(ZipFile::new().with(Entry::new("a.txt", "one").gap_after([1; 200])).entry("b.txt", "two").build());
    assert_eq!(said.findings.first().unwrap().observed, "200 bytes between entries");
    let mut block = vec![0u8; 200];
    block.splice(0..8, 192u64.to_le_bytes());
    block.splice(176..184, 192u64.to_le_bytes());
    block.splice(184..200, *b"APK Sig Block 42");
    let padded = ZipFile::new().entry("a.txt", "one").gap([0; 4096]).build();
    for zip in [ZipFile::new().entry("a.txt", "one").gap(block).build(), padded] {
        assert_eq!(ids(&scan(zip)), Vec::<&str>::new());
    }
}

#[test]
fn overlapping_entries_are_each_read() {
    let inner = ZipFile::new().entry("b.txt", "two").end(End::NoDirectory).build();
    let zip = ZipFile::new()
        .with(Entry::new("a.bin", inner).stored())
        .with(Entry::inside("b.txt", "two", 0, 0))
        .with(Entry::inside("c.txt", "two", 0, 0));
    let said = scan(zip.build());
    assert_eq!(ids(&said), ["archive-entries-overlap", "zip-headers-disagree"]);
    assert_eq!(said.children.len(), 3);
    assert_eq!(children(&said).last().unwrap(), &("c.txt", &b"two"[..]));
}

#[test]
fn stored_but_deflated_is_inflated() {
    let content = b"MZ a program that compresses, compresses, compresses, compresses";
    let packed = {
        use std::io::Write;
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    };
    let size = packed.len() as u64;
    let zip = ZipFile::new().with(Entry::new("a.exe", *content).packed(packed.clone(), 0).claims_sizes(size, size));
    let said = scan(zip.build());
    assert_eq!(ids(&said), ["zip-stored-but-deflated"]);
    assert_eq!(children(&said), [("a.exe", &content[..])]);
    // A truncated download does not inflate, and honest stored data is what it says.
    let cut = packed[..packed.len() / 2].to_vec();
    let said = scan(ZipFile::new().with(Entry::new("a.exe", *content).packed(cut, 0)).build());
    assert_eq!(ids(&said), Vec::<&str>::new());
    assert_eq!(problems(&said), [ProblemKind::Damaged]);
    let said = scan(ZipFile::new().with(Entry::new("a.deflate", packed).stored()).build());
    assert_eq!(ids(&said), Vec::<&str>::new());
}

#[test]
fn deflated_by_the_header_but_stored_is_read_as_it_lies() {
    let said = scan(ZipFile::new().with(Entry::new("a.exe", "MZ content").packed("MZ content", 8)).build());
    assert_eq!(children(&said), [("a.exe", &b"MZ content"[..])]);
}

#[test]
fn headers_that_disagree_are_both_kept() {
    let said = scan(ZipFile::new().with(Entry::new("a.exe", "MZ").local_name("a.pdf")).build());
    assert_eq!(severity(&said, "zip-headers-disagree"), Some(Severity::High));
    assert_eq!(said.children.first().unwrap().name.others, ["a.pdf"]);
    let said = scan(ZipFile::new().with(Entry::new("b.txt", "x").local_name("a.txt")).build());
    assert_eq!(severity(&said, "zip-headers-disagree"), Some(Severity::Low));
    let said = scan(ZipFile::new().entry("a.txt", "x").with(Entry::new("b.txt", "y").unlisted()).build());
    assert_eq!(severity(&said, "zip-headers-disagree"), Some(Severity::Low));
    assert_eq!(said.children.len(), 2);
    // The same name stored in two encodings is no disagreement.
    let zip = ZipFile::new().with(Entry::cp932("予約.txt", "x").unicode_name("予約.txt"));
    assert_eq!(ids(&scan(zip.build())), Vec::<&str>::new());
}

#[test]
fn wrong_offsets_in_the_directory_are_no_obstacle() {
    let mut zip = ZipFile::new().entry("a.txt", "one").entry("b.txt", "two").build();
    let second = zip.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    zip[second + 42] = zip[second + 42].wrapping_add(1);
    let said = scan(zip);
    assert_eq!(children(&said), [("a.txt", &b"one"[..]), ("b.txt", &b"two"[..])]);
    assert_eq!(said.problems, []);
}

#[test]
fn a_missing_directory_is_said_and_entries_still_read() {
    for end in [End::NoEndRecord, End::NoDirectory] {
        let said = scan(ZipFile::new().entry("a.txt", "one").end(end).build());
        assert_eq!(ids(&said), ["zip-directory-missing"]);
        assert_eq!(children(&said), [("a.txt", &b"one"[..])]);
        assert_eq!(problems(&said), [ProblemKind::Damaged]);
    }
    let inner = ZipFile::new().entry("b.txt", "two").build();
    let zip = ZipFile::new().with(Entry::new("inner.zip", inner).stored()).end(End::NoDirectory).build();
    let said = scan(zip);
    assert_eq!(ids(&said), ["zip-directory-missing"]);
    assert_eq!(said.children.len(), 1);
    assert_eq!(ids(&scan(ZipFile::new().build())), Vec::<&str>::new());
    let mut piece = ZipFile::new().entry("a.txt", "a piece of an archive").build();
    piece.truncate(45);
    assert_eq!(ids(&scan(piece)), Vec::<&str>::new());
}

#[test]
fn names_that_lead_out_and_what_they_aim_at() {
    let said = scan(ZipFile::new().entry("..\\..\\harmless-marker.txt", "x").build());
    assert_eq!(severity(&said, "entry-name-escapes"), Some(Severity::High));
    assert!(said.findings.iter().all(|finding| !finding.decisive));
    let link = Entry::new("link", "../../etc/cron.d/a").unix_mode(0o120_777);
    let said = scan(ZipFile::new().with(link).build());
    assert_eq!(severity(&said, "entry-name-escapes"), Some(Severity::Critical));
    let said = scan(ZipFile::new().with(Entry::cp932("予約\\表\\申込書.txt", "x")).build());
    assert_eq!(ids(&said), Vec::<&str>::new());
}

#[test]
fn the_decoy_folder_is_decisive() {
    let said = scan(ZipFile::new().entry("t.pdf ", "%PDF").entry("t.pdf /t.pdf .cmd", "@rem").build());
    assert!(said.findings.iter().any(|finding| finding.kind.id == "archive-decoy-folder-script" && finding.decisive));
    let said = scan(ZipFile::new().entry("t.pdf", "%PDF").entry("t/t.pdf.cmd", "@rem").build());
    assert_eq!(ids(&said), Vec::<&str>::new());
}

#[test]
fn hidden_programs_are_said_hidden_leftovers_are_facts() {
    let said = scan(ZipFile::new().with(Entry::new("run.exe", "MZ").hidden()).entry("a.txt", "x").build());
    assert_eq!(ids(&said), ["archive-hidden-entry"]);
    let said = scan(ZipFile::new().entry("\u{a0}/run.exe", "MZ").build());
    assert_eq!(ids(&said), ["archive-hidden-entry"]);
    let said = scan(ZipFile::new().with(Entry::new("desktop.ini", "x").hidden()).build());
    assert_eq!(ids(&said), Vec::<&str>::new());
    assert_eq!(said.facts.first().unwrap().value, "desktop.ini");
}

#[test]
fn two_readings_of_one_entry_are_both_taken() {
    // The directory says stored and 2 bytes; the local header says deflate and all.
    let mut zip = ZipFile::new().entry("a.txt", "deflated content").build();
    let central = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    zip[central + 10] = 0;
    let said = scan(zip);
    assert!(children(&said).contains(&("a.txt", &b"deflated content"[..])));
}

#[test]
fn stated_sizes_allocate_nothing_and_hide_nothing() {
    let said = scan(claims_two_gibibytes());
    assert!(said.children.first().unwrap().bytes.starts_with(b"small"));
    assert!(problems(&said).contains(&ProblemKind::Damaged));
    let said = scan(ZipFile::new().with(Entry::new("a.txt", "twelve bytes").claims_sizes(14, 3)).build());
    assert_eq!(children(&said), [("a.txt", &b"twelve bytes"[..]), ("a.txt", &b"twe"[..])]);
}

#[test]
fn many_entries_take_linear_time_and_one_problem() {
    let started = Instant::now();
    let said = scan(many_entries(100_000));
    assert_eq!(said.children.len(), 10_000);
    assert_eq!(problems(&said), [ProblemKind::Limit]);
    assert!(started.elapsed().as_secs() < 30, "took {:?}", started.elapsed());
}

#[test]
fn a_large_locked_archive_does_not_try_every_password_on_every_entry() {
    let mut zip = ZipFile::new();
    for index in 0..2_000 {
        zip = zip.with(Entry::new(format!("{index}.txt"), "locked content").zipcrypto("right words"));
    }
    let wrong: Vec<String> = (0..64).map(|index| format!("wrong{index}")).collect();
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    let started = Instant::now();
    let said = scan_with(zip.build(), &wrong, Limits::default());
    assert_eq!(said.children.len(), 2_000);
    assert_eq!(problems(&said), [ProblemKind::Encrypted]);
    assert!(started.elapsed().as_secs() < 30, "took {:?}", started.elapsed());
}

#[test]
fn bytes_around_the_archive_are_no_obstacle() {
    let zip = ZipFile::new().uncounted_prefix("%PDF-1.4 then a zip").entry("a.txt", "one").suffix("MZ trailing");
    let bytes = zip.build();
    assert!(is_zip(&artifact(bytes.clone())));
    assert_eq!(children(&scan(bytes)).first().unwrap(), &("a.txt", &b"one"[..]));
}

#[test]
fn text_about_zip_is_no_zip() {
    assert!(!is_zip(&artifact(b"A zip starts with PK\x03\x04 and ends with PK\x05\x06.".to_vec())));
    assert!(!is_zip(&artifact(b"PK".to_vec())));
    assert!(is_zip(&artifact(ZipFile::new().build())));
    assert!(is_zip(&artifact(ZipFile::new().with(Entry::new("a", "b").method(Method::Bzip2)).build())));
}

#[test]
fn a_volume_is_no_damaged_archive() {
    let volume = ZipFile::new().prefix("PK\x07\x08").entry("a.txt", "one").end(End::NoDirectory).build();
    let said = scan(volume);
    assert_eq!(ids(&said), Vec::<&str>::new());
    assert_eq!(problems(&said), [ProblemKind::Unsupported]);
    assert_eq!(children(&said), [("a.txt", &b"one"[..])]);
}

#[test]
fn data_no_decoder_takes_is_given_as_it_lies() {
    let inner = ZipFile::new().entry("b.exe", "MZ").build();
    let covered = [&b"\xff\xff\xff\xff"[..], &inner].concat();
    let said = scan(ZipFile::new().with(Entry::new("a.bin", "x").packed(covered.clone(), 8)).build());
    assert!(children(&said).contains(&("a.bin", covered.as_slice())));
}

#[test]
fn the_archives_own_comment_may_name_the_password() {
    let zip = ZipFile::new().with(Entry::new("a.txt", "content").zipcrypto("k3y-2016")).comment("password: k3y-2016");
    assert_eq!(children(&scan(zip.build())), [("a.txt", &b"content"[..])]);
}

#[test]
fn shapes_made_to_cost_time_or_memory_do_not() {
    let local = |name: u16, extra: u16| {
        let mut header = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0".to_vec();
        header.extend_from_slice(&[0; 12]);
        header.extend_from_slice(&name.to_le_bytes());
        header.extend_from_slice(&extra.to_le_bytes());
        header
    };
    let mut one_for_all = ZipFile::new().with(Entry::new("x".repeat(60_000), "x").local_name("y".repeat(60_000)));
    for index in 0..20_000 {
        one_for_all = one_for_all.with(Entry::inside(format!("{index}"), "", 0, 0));
    }
    // Each directory record points to the one long local header.
    let mut all_to_one = ZipFile::new().with(Entry::new("a", "x").local_name("y".repeat(60_000))).build();
    let directory = all_to_one.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    let record = all_to_one[directory..directory + 47].to_vec();
    all_to_one.truncate(directory);
    all_to_one.extend(record.repeat(40_000));
    let mut short = local(4, 0);
    short.extend_from_slice(b"name");
    let shapes: Vec<(&str, Vec<u8>)> = vec![
        ("local signatures", b"PK\x03\x04".repeat(500_000)),
        ("record signatures", b"PK\x03\x04".iter().chain(b"PK\x01\x02".repeat(500_000).iter()).copied().collect()),
        ("end signatures", b"PK\x03\x04".iter().chain(b"PK\x05\x06".repeat(500_000).iter()).copied().collect()),
        ("long names that overlap", local(60_000, 60_000).repeat(60_000)),
        ("streams that never end", {
            let mut header = short.clone();
            header[6] = 8;
            header.repeat(60_000)
        }),
        ("descriptors that fit nothing", {
            let mut header = short.clone();
            header[6] = 8;
            header.extend_from_slice(&b"PK\x07\x08".repeat(4));
            header.repeat(40_000)
        }),
        ("sizes that reach too far", {
            let mut header = short;
            header[18..22].copy_from_slice(&[0xff; 4]);
            header.repeat(60_000)
        }),
        ("records inside one entry", one_for_all.build()),
        ("records for one long name", all_to_one),
    ];
    for (shape, bytes) in shapes {
        let started = Instant::now();
        let said = scan_with(bytes, &[], Limits { artifacts: 1_000, ..Limits::default() });
        assert!(started.elapsed().as_secs() < 20, "{shape}: {:?}", started.elapsed());
        assert!(said.children.len() <= 1_000, "{shape}");
    }
}

#[test]
fn entries_inside_entries_are_not_given_again_and_again() {
    // Headers without a directory, each of which claims all that follows.
    let header =
        [b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0\0\0\0\0".as_slice(), &[0xff, 0xff, 0xff, 0x7f].repeat(2), b"\x01\0\0\0a"]
            .concat();
    let zip = header.repeat(20_000);
    let said = scan(zip.clone());
    let given: usize = said.children.iter().map(|child| child.bytes.len()).sum();
    assert!(given < zip.len() * 4, "{given}");
    assert!(problems(&said).contains(&ProblemKind::Limit));
    // A few are given whole, since that is what a program would write.
    let few = header.repeat(5);
    let said = scan(few.clone());
    assert_eq!(said.children.first().map(|child| child.bytes.len()), Some(few.len() - header.len()));
}

#[test]
fn data_under_thousands_of_names_is_given_a_few_times() {
    let inner = ZipFile::new().with(Entry::new("b", vec![7; 1000]).stored()).build();
    let first = ZipFile::new().with(Entry::new("a.zip", inner).stored());
    let zip = (0..300).fold(first, |zip, n| zip.with(Entry::inside(format!("{n}"), vec![7; 1000], 0, 0).stored()));
    let said = scan(zip.build());
    assert!(said.children.len() >= 301, "every name is judged");
    let given = said.children.iter().filter(|child| !child.bytes.is_empty()).count();
    assert!(given <= 33, "{given}");
    assert!(problems(&said).contains(&ProblemKind::Limit));
}

#[test]
fn models_of_ppmd_are_asked_for_up_to_a_limit() {
    // Order 16, 256 MiB, and no beginning of a stream.
    let data = vec![0xff; 22];
    let zip = (0..40).fold(ZipFile::new(), |zip, n| zip.with(Entry::new(format!("{n}"), "x").packed(data.clone(), 98)));
    let said = scan(zip.build());
    assert_eq!(said.children.len(), 40);
    assert!(said.problems.iter().any(|problem| problem.what.contains("too much memory")));
}

/// A stored entry of these bytes whose headers say another method, size and flags.
fn relabelled(data: &[u8], method: u16, content: &[u8], flags: u16) -> Vec<u8> {
    let mut bytes = ZipFile::new().with(Entry::new("a.txt", data).stored()).build();
    for (mark, at) in [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)] {
        let header = memchr::memmem::find(&bytes, mark).unwrap() + at;
        bytes[header..header + 2].copy_from_slice(&flags.to_le_bytes());
        bytes[header + 2..header + 4].copy_from_slice(&method.to_le_bytes());
        bytes[header + 8..header + 12].copy_from_slice(&crc32fast::hash(content).to_le_bytes());
        bytes[header + 16..header + 20].copy_from_slice(&(content.len() as u32).to_le_bytes());
    }
    bytes
}

#[test]
fn what_pkware_imploded_comes_out() {
    let said = scan(relabelled(&[0x00, 0x04, 0x82, 0x24, 0x25, 0x8f, 0x80, 0x7f], 10, b"AIAIAIAIAIAIA", 0));
    assert_eq!(children(&said), [("a.txt", &b"AIAIAIAIAIAIA"[..])]);
    assert!(said.problems.is_empty());
}

#[test]
fn strong_encryption_is_locked_and_named() {
    let said = scan_with(relabelled(&[7; 40], 8, b"secret", 0x41), &["pw"], Limits::default());
    assert_eq!(children(&said), [("a.txt", &b""[..])]);
    assert_eq!(said.children[0].origin.detail, "PKWARE strong encryption, locked");
    assert!(problems(&said).contains(&ProblemKind::Encrypted));
}

#[test]
fn methods_nobody_decodes_are_said_by_name() {
    let said = scan(relabelled(&[7; 40], 97, b"sound", 0));
    assert!(said.problems.iter().any(|problem| problem.what.contains("wavpack")));
    assert!(problems(&said).contains(&ProblemKind::Unsupported));
}

#[test]
fn what_stands_before_and_behind_is_given_to_be_read() {
    let zip = ZipFile::new().uncounted_prefix([7; 300]).entry("a.txt", "one").suffix([9; 300]);
    let (said, result) = trial::unpack(&super::unpack::ZipUnpacker, "a.zip", zip.build());
    result.unwrap();
    let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
    assert_eq!(names[..2], ["a.txt", "before the archive"]);
    assert_eq!(said.children.len(), 3);
}
