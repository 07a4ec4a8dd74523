//! Zips written by other programs, read by our walker: Python's `zipfile` and Info-ZIP. And ours, judged by theirs.
//! Each test is skipped where the program is missing.

use std::io::Read;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use sekisho::formats::archive::zip::{Packed, ZipView};
use sekisho::model::View;

/// Runs a program in a folder; whether it is there and succeeded.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> bool {
    match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => {
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Err(_) => false,
    }
}

/// Names and contents as our walker reads them, folders left out.
fn read(bytes: Vec<u8>, password: Option<&[u8]>) -> Vec<(String, Vec<u8>)> {
    let bytes = Bytes::from(bytes);
    let view = ZipView::parse(&bytes).expect("it is a zip");
    assert_eq!(view.problems, []);
    assert!(view.gaps.is_empty(), "{:?}", view.gaps);
    assert_eq!(view.overlaps, []);
    let mut out = Vec::new();
    for entry in view.entries.iter().filter(|entry| !entry.is_folder()) {
        let reading = entry.reading().expect("a local header");
        let mut packed = Packed::new(&bytes, &reading);
        let mut content = packed.open(password).expect("it opens");
        let mut text = Vec::new();
        content.read_to_end(&mut text).expect("it decodes");
        assert!(!reading.has_crc() || content.crc() == reading.crc, "{}", entry.name.text);
        out.push((entry.name.text.clone(), text));
    }
    out
}

#[test]
fn archives_of_python_are_read() {
    const PROGRAM: &str = r#"
import io, zipfile, sys
out = io.BytesIO()
with zipfile.ZipFile(out, 'w') as z:
    z.writestr('stored.txt', b'stored' * 9, zipfile.ZIP_STORED)
    z.writestr('deflated.txt', b'deflated' * 99, zipfile.ZIP_DEFLATED)
    z.writestr('bzip2.txt', b'bzip2' * 99, zipfile.ZIP_BZIP2)
    z.writestr('lzma.txt', b'lzma' * 99, zipfile.ZIP_LZMA)
    z.writestr('予約表/申込書.txt', b'flagged', zipfile.ZIP_DEFLATED)
    with z.open('wide.txt', 'w', force_zip64=True) as f:
        f.write(b'wide')
    z.comment = b'a comment'
open('a.zip', 'wb').write(out.getvalue())

class Pipe(io.RawIOBase):
    def __init__(self): self.parts = []
    def writable(self): return True
    def write(self, data): self.parts.append(bytes(data)); return len(data)
pipe = Pipe()
with zipfile.ZipFile(pipe, 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('a.txt', b'streamed' * 20)
    z.writestr('b.txt', b'second')
open('b.zip', 'wb').write(b''.join(pipe.parts))
"#;
    let folder = tempfile::tempdir().expect("a folder");
    if !run(folder.path(), "python3", &["-c", PROGRAM]) {
        return;
    }
    let entries = read(std::fs::read(folder.path().join("a.zip")).expect("written"), None);
    let expected: Vec<(&str, Vec<u8>)> = vec![
        ("stored.txt", b"stored".repeat(9)),
        ("deflated.txt", b"deflated".repeat(99)),
        ("bzip2.txt", b"bzip2".repeat(99)),
        ("lzma.txt", b"lzma".repeat(99)),
        ("予約表/申込書.txt", b"flagged".to_vec()),
        ("wide.txt", b"wide".to_vec()),
    ];
    for ((name, content), (wanted_name, wanted)) in entries.iter().zip(&expected) {
        assert_eq!((name.as_str(), content), (*wanted_name, wanted));
    }
    assert_eq!(entries.len(), expected.len());
    let streamed = std::fs::read(folder.path().join("b.zip")).expect("written");
    let wanted = vec![("a.txt".to_owned(), b"streamed".repeat(20)), ("b.txt".to_owned(), b"second".to_vec())];
    assert_eq!(read(streamed.clone(), None), wanted);

    // The same without its directory: sizes stand only in the descriptors.
    let directory = streamed.windows(4).position(|bytes| bytes == b"PK\x01\x02").expect("a directory");
    assert_eq!(read(streamed[..directory].to_vec(), None), wanted);
}

#[test]
fn archives_of_info_zip_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = b"some text that compresses, compresses, compresses\n".repeat(20);
    std::fs::write(folder.path().join("a.txt"), &text).expect("writable");
    std::fs::write(folder.path().join("旅程表.txt"), b"itinerary").expect("writable");
    std::fs::create_dir(folder.path().join("folder")).expect("writable");
    for (archive, options) in [
        ("plain.zip", vec!["-r"]),
        ("stored.zip", vec!["-0r"]),
        ("descriptors.zip", vec!["-rfd"]),
        ("wide.zip", vec!["-rfz"]),
        ("bzip2.zip", vec!["-rZ", "bzip2"]),
        ("locked.zip", vec!["-rP", "Tkt#2016"]),
        ("locked-stored.zip", vec!["-0rP", "Tkt#2016"]),
    ] {
        let mut arguments = options.clone();
        arguments.extend([archive, "a.txt", "旅程表.txt", "folder"]);
        if !run(folder.path(), "zip", &arguments) {
            return;
        }
        let password = archive.starts_with("locked").then_some(&b"Tkt#2016"[..]);
        let bytes = std::fs::read(folder.path().join(archive)).expect("written");
        let entries = read(bytes, password);
        let wanted = vec![("a.txt".to_owned(), text.clone()), ("旅程表.txt".to_owned(), b"itinerary".to_vec())];
        assert_eq!(entries, wanted, "{archive}");
    }
}

#[test]
fn info_zip_takes_our_archives_for_sound() {
    use sekisho_samples::archive::zip::{End, Entry, Method, ZipFile};
    let folder = tempfile::tempdir().expect("a folder");
    let zip = ZipFile::new()
        .uncounted_prefix("a program's stub")
        .entry("a.txt", "deflated")
        .with(Entry::new("b.txt", "stored").stored().descriptor(true))
        .with(Entry::new("c.txt", "bzip2").method(Method::Bzip2).zip64())
        .with(Entry::new("d.txt", "locked").zipcrypto("secret"))
        .end(End::Zip64)
        .build();
    std::fs::write(folder.path().join("a.zip"), zip).expect("writable");
    // A prefix makes `unzip` warn, which is status 1.
    let Ok(output) = Command::new("unzip").args(["-tP", "secret", "a.zip"]).current_dir(folder.path()).output() else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
    assert_eq!(said.matches("OK").count(), 4, "{said}");
}
