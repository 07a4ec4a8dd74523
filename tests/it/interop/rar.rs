//! RAR has no free writer. So others read what our builder writes, which shows that the builder is right; and archives of
//! other programs hold it.

use sekisho_samples::archive::rar::{Rar4, Rar5, volumes};

use super::{Workshop, assert_whole, payloads, scan};

/// Programs that read RAR give what was put in.
fn reads(program: &str, arguments: &[&str], archive: &[u8]) {
    let workshop = Workshop::new();
    workshop.put("made.rar", archive);
    if workshop.run(program, arguments) {
        for (name, bytes) in payloads() {
            assert_eq!(workshop.get(name), bytes, "{program} reads {name}");
        }
    }
}

fn five(archive: Rar5) -> Vec<u8> {
    payloads().iter().fold(archive, |archive, (name, bytes)| archive.file(name, bytes)).build()
}

fn four() -> Vec<u8> {
    let add = |archive: Rar4, (name, bytes): &(&str, Vec<u8>)| archive.file(name.as_bytes(), false, bytes);
    payloads().iter().fold(Rar4::new(), add).build()
}

#[test]
fn other_programs_read_what_the_builder_writes() {
    reads("bsdtar", &["-xf", "made.rar"], &five(Rar5::new().comment("c")));
    reads("bsdtar", &["-xf", "made.rar"], &four());
    reads("unar", &["-q", "-D", "made.rar"], &five(Rar5::new()));
    reads("unar", &["-q", "-D", "made.rar"], &four());
    reads("unar", &["-q", "-D", "-p", "Tkt#2016", "made.rar"], &five(Rar5::new().locked("Tkt#2016")));
    let both = Rar5::new().locked_headers("Tkt#2016").locked("Tkt#2016");
    reads("unar", &["-q", "-D", "-p", "Tkt#2016", "made.rar"], &five(both));
}

#[test]
fn other_programs_join_the_volumes_the_builder_writes() {
    let workshop = Workshop::new();
    let [(name, bytes), ..] = payloads();
    for (index, volume) in volumes(name, &bytes, 3).iter().enumerate() {
        workshop.put(&format!("made.part{}.rar", index + 1), volume);
    }
    if workshop.run("unar", &["-q", "-D", "made.part1.rar"]) {
        assert_eq!(workshop.get(name), bytes);
    }
}

#[test]
fn what_the_builder_writes_comes_out() {
    for archive in [five(Rar5::new()), four()] {
        assert_whole(&scan("made.rar", archive, &[]), &payloads());
    }
    let locked = five(Rar5::new().locked_headers("Tkt#2016").locked("Tkt#2016"));
    assert_whole(&scan("made.rar", locked, &["Tkt#2016"]), &payloads());
}

#[test]
fn archives_inside_zip_and_tar_are_read() {
    let workshop = Workshop::new();
    workshop.put("made.rar", &five(Rar5::new()));
    if workshop.run("7z", &["a", "-tzip", "-mm=BZip2", "outer.zip", "made.rar"]) {
        assert_whole(&scan("outer.zip", workshop.get("outer.zip"), &[]), &payloads());
    }
    if workshop.run("bsdtar", &["--zstd", "-cf", "outer.tar.zst", "made.rar"]) {
        assert_whole(&scan("outer.tar.zst", workshop.get("outer.tar.zst"), &[]), &payloads());
    }
}
