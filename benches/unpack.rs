//! Each container against the library that decodes it, called bare: what our reading of headers, metering and children
//! cost on top. Containers are written by installed programs; one that is missing is left out.

use std::hint::black_box;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sekisho::budget::Budget;
use sekisho::formats::{FORMATS, spec};
use sekisho::identify::identify;
use sekisho::model::{Artifact, ArtifactPath, EntryName, FormatId, Hints, Limits, Origin, OriginKind};
use sekisho::stage::Outcome;

use crate::{fastest, mix};

/// A container, how it is made, and the bare way to decode it: bytes that came out.
struct Contender {
    name: &'static str,
    file: &'static str,
    make: &'static [&'static str],
    bare: fn(&[u8]) -> u64,
}

const CONTENDERS: &[Contender] = &[
    Contender {
        name: "zip, deflate",
        file: "a.zip",
        make: &["zip", "-q", "a.zip", "text", "table", "noise"],
        bare: zip,
    },
    Contender {
        name: "zip, stored",
        file: "b.zip",
        make: &["zip", "-q0", "b.zip", "text", "table", "noise"],
        bare: zip,
    },
    Contender { name: "gzip", file: "table.gz", make: &["gzip", "-k", "table"], bare: gzip },
    Contender { name: "bzip2", file: "table.bz2", make: &["bzip2", "-k", "table"], bare: bzip2 },
    Contender { name: "xz", file: "table.xz", make: &["xz", "-k", "-T1", "table"], bare: xz },
    Contender { name: "zstd", file: "table.zst", make: &["zstd", "-q", "-k", "table"], bare: zstd },
    Contender { name: "lz4", file: "table.lz4", make: &["lz4", "-q", "-k", "table", "table.lz4"], bare: lz4 },
    Contender { name: "tar", file: "a.tar", make: &["tar", "cf", "a.tar", "text", "table", "noise"], bare: tar },
    Contender {
        name: "7z, LZMA2",
        file: "a.7z",
        make: &["7z", "a", "-bd", "a.7z", "text", "table", "noise"],
        bare: sevenz,
    },
    Contender {
        name: "7z, Deflate",
        file: "b.7z",
        make: &["7z", "a", "-bd", "-m0=Deflate", "b.7z", "text", "table", "noise"],
        bare: sevenz,
    },
    Contender { name: "LZH, lh5", file: "a.lzh", make: &["jlha", "aq", "a.lzh", "text", "table", "noise"], bare: lzh },
];

/// Prints the table.
pub(crate) fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in mix::files() {
        std::fs::write(folder.path().join(name), bytes).expect("written");
    }
    println!("{:<14} {:>10} {:>10} {:>10} {:>6}", "container", "bytes", "bare MB/s", "ours MB/s", "ratio");
    for contender in CONTENDERS {
        match made(folder.path(), contender) {
            Some(bytes) => compare(contender, bytes),
            None => println!("{:<14} not measured: {} is not installed", contender.name, contender.make[0]),
        }
    }
}

fn made(folder: &Path, contender: &Contender) -> Option<Bytes> {
    let (program, arguments) = contender.make.split_first()?;
    let output = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(std::fs::read(folder.join(contender.file)).expect("written").into())
}

fn compare(contender: &Contender, bytes: Bytes) {
    let mut expected = 0;
    let bare = fastest(|| expected = black_box((contender.bare)(&bytes)));
    // Digests and identification are paid once per artifact, whatever it is; they are not part of unpacking.
    let mut waiting: Vec<Artifact> = (0..crate::ROUNDS).map(|_| artifact(contender.file, &bytes)).collect();
    let mut given = 0;
    let ours = fastest(|| given = unpack(&waiting.pop().expect("one per round")));
    assert_eq!(given, expected, "{}: both must give the same number of bytes", contender.name);
    let speed = |time: Duration| expected as f64 / 1e6 / time.as_secs_f64();
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!("{:<14} {expected:>10} {:>10.0} {:>10.0} {ratio:>6.2}", contender.name, speed(bare), speed(ours));
}

fn artifact(name: &str, bytes: &Bytes) -> Artifact {
    let origin = Origin::file(OriginKind::Input, "");
    let mut artifact =
        Artifact::new(ArtifactPath::root(), EntryName::new(name), origin, bytes.clone(), FormatId::UNKNOWN);
    artifact.format = identify(&artifact, FORMATS).format;
    artifact
}

fn unpack(artifact: &Artifact) -> u64 {
    // Identification may have parsed; a view that is there already would flatter us.
    let fresh = self::artifact_like(artifact);
    let budget = Budget::new(Limits::default());
    let mut out = Outcome::new(&fresh, Arc::<Hints>::default(), &budget);
    let unpacker = spec(fresh.format).and_then(|spec| spec.unpacker).expect("an unpacker");
    unpacker.unpack(&fresh, &mut out).expect("it unpacks");
    out.into_said().children.iter().map(|child| child.bytes.len() as u64).sum()
}

/// The same artifact without its views: made of an empty one, so that nothing is hashed on the clock.
fn artifact_like(artifact: &Artifact) -> Artifact {
    let origin = Origin::file(OriginKind::Input, "");
    let mut fresh = Artifact::new(ArtifactPath::root(), artifact.name.clone(), origin, Bytes::new(), FormatId::UNKNOWN);
    fresh.bytes = artifact.bytes.clone();
    fresh.format = artifact.format;
    fresh
}

fn drained(mut reader: impl Read) -> u64 {
    let mut out = Vec::new();
    reader.read_to_end(&mut out).expect("it decodes");
    black_box(&out);
    out.len() as u64
}

fn zip(bytes: &[u8]) -> u64 {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    (0..archive.len()).map(|index| drained(archive.by_index(index).expect("an entry"))).sum()
}

fn gzip(bytes: &[u8]) -> u64 {
    drained(flate2::read::MultiGzDecoder::new(bytes))
}

fn bzip2(bytes: &[u8]) -> u64 {
    drained(bzip2::read::MultiBzDecoder::new(bytes))
}

fn xz(bytes: &[u8]) -> u64 {
    drained(lzma_rust2::XzReader::new(bytes, true))
}

fn zstd(bytes: &[u8]) -> u64 {
    drained(ruzstd::decoding::StreamingDecoder::new(bytes).expect("a frame"))
}

fn lz4(bytes: &[u8]) -> u64 {
    drained(lz4_flex::frame::FrameDecoder::new(bytes))
}

fn tar(bytes: &[u8]) -> u64 {
    let mut archive = tar::Archive::new(bytes);
    archive.entries().expect("entries").map(|entry| drained(entry.expect("an entry"))).sum()
}

fn sevenz(bytes: &[u8]) -> u64 {
    let password = sevenz_rust2::Password::empty();
    let mut archive = sevenz_rust2::ArchiveReader::new(Cursor::new(bytes), password).expect("a 7z");
    let mut total = 0;
    archive
        .for_each_entries(|_, reader| {
            total += drained(reader);
            Ok(true)
        })
        .expect("it decodes");
    total
}

fn lzh(bytes: &[u8]) -> u64 {
    let mut reader = delharc::LhaDecodeReader::new(bytes).expect("an LZH");
    let mut total = 0;
    loop {
        total += drained(&mut reader);
        if !reader.next_file().expect("a header") {
            return total;
        }
    }
}
