//! Archives and compressed files as other programs write them, and our samples as other programs read them; each test
//! does nothing where its program is missing.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use sekisho::budget::Budget;
use sekisho::formats::archive::{compressed, lzh, sevenz, tar};
use sekisho::model::{Artifact, ArtifactPath, EntryName, FormatId, Limits, Origin, OriginKind};
use sekisho::stage::{FormatSpec, Outcome, Said};

/// What a format's unpacker says of bytes.
fn unpack(format: &FormatSpec, bytes: Vec<u8>) -> Said {
    let origin = Origin::file(OriginKind::Input, "");
    let artifact =
        Artifact::new(ArtifactPath::root(), EntryName::new("notes.txt"), origin, bytes.into(), FormatId::UNKNOWN);
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(&artifact, Arc::default(), &budget);
    let unpacker = format.unpacker.expect("a format that is taken apart");
    let _ = unpacker.unpack(&artifact, &mut out);
    out.into_said()
}

/// What a program makes of its input; none where it is missing or fails.
fn made_by(program: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let input = input.to_vec();
    // Both pipes have to move, or a large input stops both sides.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().ok()?;
    let _ = writer.join();
    output.status.success().then_some(output.stdout)
}

#[test]
fn decompresses_what_the_programs_write() {
    let text: Vec<u8> = (0u32..60_000).flat_map(|n| format!("line {} of the notes\n", n % 977).into_bytes()).collect();
    for (format, program, arguments) in [
        (&compressed::BZIP2_FORMAT, "bzip2", &["-c"][..]),
        (&compressed::XZ_FORMAT, "xz", &["-c"]),
        (&compressed::LZMA_FORMAT, "xz", &["-c", "--format=lzma"]),
        (&compressed::ZSTD_FORMAT, "zstd", &["-c", "-q"]),
        (&compressed::COMPRESS_FORMAT, "compress", &["-c"]),
    ] {
        let Some(packed) = made_by(program, arguments, &text) else { continue };
        let said = unpack(format, packed.clone());
        assert!(said.children[0].bytes == text, "{} {:?}", format.title, said.problems);
        assert!(said.problems.is_empty(), "{} {:?}", format.title, said.problems);

        let said = unpack(format, packed[..packed.len() / 2].to_vec());
        assert!(text.starts_with(&said.children[0].bytes), "{}", format.title);
        // compress has no end mark, so it cannot tell that something is missing.
        assert!(said.problems.is_empty() == (program == "compress"), "{}", format.title);

        if program != "compress" && format.id != compressed::LZMA {
            let twice = unpack(format, [packed.as_slice(), &packed].concat());
            assert!(twice.children[0].bytes == [text.as_slice(), &text].concat(), "{}", format.title);
            let followed = unpack(format, [packed.as_slice(), b"MZ and more"].concat());
            assert_eq!(followed.children[1].bytes.as_ref(), b"MZ and more", "{}", format.title);
        }
    }
}

#[test]
fn reads_each_format_gnu_tar_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = format!("{}.txt", "長い名前".repeat(12));
    std::fs::write(folder.path().join(&name), b"content").expect("written");
    let mut expected = vec![0u8; 1 << 20];
    expected[600_000..600_013].copy_from_slice(b"in the middle");
    let holes = std::fs::File::create(folder.path().join("holes.bin")).expect("created");
    holes.set_len(1 << 20).expect("sized");
    std::os::unix::fs::FileExt::write_all_at(&holes, b"in the middle", 600_000).expect("written");
    drop(holes);
    for arguments in [
        &["--format=gnu", "--sparse"][..],
        &["--format=pax", "--sparse", "--sparse-version=0.0"],
        &["--format=pax", "--sparse", "--sparse-version=0.1"],
        &["--format=pax", "--sparse", "--sparse-version=1.0"],
        &["--format=ustar", "--transform=s/.*\\.txt/short.txt/"],
    ] {
        let at = folder.path().to_string_lossy();
        let arguments = [arguments, &["-C", &at, "-cf", "-", &name, "holes.bin"]].concat();
        let Some(made) = made_by("tar", &arguments, b"") else { return };
        let said = unpack(&tar::FORMAT, made);
        assert!(said.problems.is_empty(), "{arguments:?} {:?}", said.problems);
        assert_eq!(said.children[0].bytes.as_ref(), b"content");
        assert!([name.as_str(), "short.txt"].contains(&said.children[0].name.text.as_str()));
        let last = said.children.last().expect("two files");
        assert_eq!(last.name.text, "holes.bin", "{arguments:?}");
        assert!(last.bytes == expected, "{arguments:?}");
    }
}

#[test]
fn other_programs_read_our_samples() {
    let folder = tempfile::tempdir().expect("a folder");
    for (sample, program, arguments) in [
        ("fa6-tar", "tar", &["-tf"][..]),
        ("fa6-7z", "7z", &["t"]),
        ("b07", "lha", &["-tq"]),
        ("b07", "7z", &["t", "-tlzh"]),
        ("b16-targz", "tar", &["-tzf"]),
    ] {
        let sample = sekisho_samples::find(sample).expect("the sample");
        let path = folder.path().join(sample.id);
        std::fs::write(&path, (sample.make)()).expect("written");
        let Ok(output) = Command::new(program).args(arguments).arg(&path).output() else { continue };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {}: {said}", sample.id);
    }
}

#[test]
fn agrees_with_7z_about_what_it_packs() {
    let folder = tempfile::tempdir().expect("a folder");
    let noise: Vec<u8> = (0u32..50_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    std::fs::write(folder.path().join("noise.bin"), &noise).expect("written");
    std::fs::write(folder.path().join("請求書.txt"), "本文\n".repeat(500)).expect("written");
    for method in ["LZMA", "LZMA2", "PPMd", "BZip2", "Deflate", "Copy"] {
        let archive = folder.path().join(format!("{method}.7z"));
        let packed = Command::new("7z")
            .current_dir(folder.path())
            .args(["a", &format!("-m0={method}")])
            .arg(&archive)
            .args(["noise.bin", "請求書.txt"])
            .output();
        if !packed.is_ok_and(|output| output.status.success()) {
            return;
        }
        let said = unpack(&sevenz::FORMAT, std::fs::read(&archive).expect("read"));
        assert!(said.problems.is_empty(), "{method} {:?}", said.problems);
        let find = |name: &str| said.children.iter().find(|child| child.name.text == name).expect(name).bytes.clone();
        assert!(find("noise.bin") == noise, "{method}");
        assert_eq!(find("請求書.txt").as_ref(), "本文\n".repeat(500).as_bytes(), "{method}");
    }
}

#[test]
fn our_lzh_reader_reads_our_maker_at_every_level() {
    let data: Vec<u8> = (0u32..9_000).flat_map(u32::to_le_bytes).collect();
    for level in 0..3 {
        use sekisho_samples::archive::lzh::{Entry, lzh};
        let said = unpack(&lzh::FORMAT, lzh(&[Entry::file("表.bin", &data).level(level)]));
        assert!(said.children[0].bytes == data, "level {level}");
    }
}
