//! 7z archives of 7-Zip: every method, filter and lock it writes, split ones, damaged starts; and methods of its
//! relatives, packed by the tools those methods come from.

use sekisho_samples::archive::sevenz::packed;

use super::{Workshop, assert_holds, assert_whole, payloads, scan};

/// What 7-Zip makes of the payloads with these switches, if it is there.
fn made(switches: &[&str]) -> Option<Vec<u8>> {
    let workshop = Workshop::new();
    let mut arguments = vec!["a", "made.7z"];
    arguments.extend(switches);
    for (name, bytes) in payloads() {
        workshop.put(name, &bytes);
        arguments.push(name);
    }
    workshop.run("7z", &arguments).then(|| workshop.get("made.7z"))
}

#[test]
fn every_method_and_filter_comes_out() {
    for switches in [
        &["-m0=Deflate64"][..],
        &["-m0=Deflate"],
        &["-m0=BZip2"],
        &["-m0=PPMd"],
        &["-m0=LZMA", "-ms=off"],
        &["-m0=Copy"],
        &["-m0=BCJ", "-m1=Deflate64"],
        &["-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA", "-mb0:1", "-mb0s1:2", "-mb0s2:3"],
        &["-m0=Delta:4", "-m1=LZMA2"],
        &["-m0=ARM64", "-m1=LZMA2"],
        &["-m0=RISCV", "-m1=LZMA2"],
        &["-m0=PPC", "-m1=BZip2"],
        &["-m0=SPARC", "-m1=LZMA"],
        &["-m0=IA64", "-m1=LZMA"],
        &["-m0=ARM", "-m1=LZMA"],
        &["-m0=ARMT", "-m1=LZMA"],
        &["-m0=Swap2", "-m1=Deflate64"],
        &["-m0=Swap4", "-m1=Copy"],
        &["-mhc=off"],
    ] {
        if let Some(archive) = made(switches) {
            assert_whole(&scan("made.7z", archive, &[]), &payloads());
        }
    }
}

#[test]
fn locked_archives_open_with_the_password() {
    for switches in [&["-pTkt#2016"][..], &["-pTkt#2016", "-mhe=on"], &["-pTkt#2016", "-m0=Deflate64", "-ms=off"]] {
        if let Some(archive) = made(switches) {
            assert_whole(&scan("made.7z", archive.clone(), &["Tkt#2016"]), &payloads());
            let locked = scan("made.7z", archive, &["another"]);
            assert!(locked.problems.iter().any(|problem| problem.kind == "encrypted"), "{switches:?}");
        }
    }
}

#[test]
fn a_start_without_numbers_loses_nothing() {
    for switches in [&["-mhc=off"][..], &["-mhc=on"]] {
        if let Some(mut archive) = made(switches) {
            archive[8..32].fill(0);
            assert_holds(&scan("made.7z", archive, &[]), &payloads());
        }
    }
}

#[test]
fn split_archives_are_put_together() {
    let workshop = Workshop::new();
    let mut arguments = vec!["a", "-v15k", "made.7z"];
    for (name, bytes) in payloads() {
        workshop.put(name, &bytes);
        arguments.push(name);
    }
    if workshop.run("7z", &arguments) && workshop.run("bsdtar", &["-cf", "all.tar", "--exclude", "*.[tbd]*", "."]) {
        assert_holds(&scan("all.tar", workshop.get("all.tar"), &[]), &payloads());
    }
}

#[test]
fn methods_of_relatives_come_out() {
    let [_, _, (name, bytes)] = payloads();
    let holds = |method: &[u8], data: &[u8]| {
        let archive = packed(method, &[], data, name, &bytes);
        assert_whole(&scan("made.7z", archive, &[]), &[(name, bytes.clone())]);
    };
    let workshop = Workshop::new();
    if let Some(data) = workshop.pipe("zstd", &["-c"], &bytes) {
        holds(&[0x04, 0xf7, 0x11, 0x01], &data);
        holds(&[0x04, 0xf7, 0x11, 0x01], &behind_size(&data, &[]));
    }
    if let Some(data) = workshop.pipe("brotli", &["-c"], &bytes) {
        holds(&[0x04, 0xf7, 0x11, 0x02], &data);
        holds(&[0x04, 0xf7, 0x11, 0x02], &behind_size(&data, b"BR\x01\x00"));
    }
    if let Some(data) = workshop.pipe("lz4", &["-c"], &bytes) {
        holds(&[0x04, 0xf7, 0x11, 0x04], &data);
        holds(&[0x04, 0xf7, 0x11, 0x04], &behind_size(&data, &[]));
    }
}

/// A frame behind the skippable one that zstdmt puts before each.
fn behind_size(frame: &[u8], more: &[u8]) -> Vec<u8> {
    let mut out = 0x184d_2a50u32.to_le_bytes().to_vec();
    out.extend((4 + more.len() as u32).to_le_bytes());
    out.extend((frame.len() as u32).to_le_bytes());
    out.extend_from_slice(more);
    out.extend_from_slice(frame);
    out
}

#[test]
fn one_block_that_cannot_be_decoded_loses_no_other() {
    let Some(mut archive) = made(&["-ms=off", "-m0=Deflate64", "-mhc=off"]) else { return };
    // The method of the first block: 04 01 09 to one nobody knows.
    let at = archive.windows(4).rposition(|window| window == [0x03, 0x04, 0x01, 0x09]).unwrap();
    let first = archive.windows(4).position(|window| window == [0x03, 0x04, 0x01, 0x09]).unwrap_or(at);
    archive[first + 3] = 0x7f;
    let at = archive.len();
    let offset = u64::from_le_bytes(archive[12..20].try_into().unwrap()) as usize + 32;
    let crc = crc32fast::hash(&archive[offset..at]).to_le_bytes();
    archive[28..32].copy_from_slice(&crc);
    let crc = crc32fast::hash(&archive[12..32]).to_le_bytes();
    archive[8..12].copy_from_slice(&crc);
    let report = scan("made.7z", archive, &[]);
    let whole = report.artifacts.iter().filter(|artifact| {
        payloads().iter().any(|(_, bytes)| sekisho::model::Digests::of(bytes).sha256 == artifact.sha256)
    });
    assert_eq!(whole.count(), payloads().len() - 1);
    assert!(report.problems.iter().any(|problem| problem.kind == "unsupported"));
}
