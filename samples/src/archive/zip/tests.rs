//! What other programs read in these archives. Each test is skipped where the program is missing.

use std::io::Write;
use std::process::{Command, Stdio};

use super::*;

/// Output of a Python program that gets the archive on standard input; none if there is no Python.
fn python(program: &str, archive: &[u8]) -> Option<String> {
    let mut child = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(archive).ok()?;
    let output = child.wait_with_output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

const LIST: &str = "
import sys, io, zipfile
z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
for i in z.infolist():
    print(ascii(i.filename), z.read(i, pwd=b'secret'))
";

#[test]
fn python_reads_methods_names_and_layouts() {
    let zip = ZipFile::new()
        .prefix("prefix")
        .entry("dir/", "")
        .entry("a.txt", "deflated")
        .with(Entry::new("b.txt", "stored").stored().descriptor(true))
        .with(Entry::new("c.txt", "bzip2").method(Method::Bzip2))
        .with(Entry::new("d.txt", "sixty-four").zip64())
        .with(Entry::new("予約.txt", "flagged").descriptor(false))
        .with(Entry::new("e.txt", "locked").zipcrypto("secret"))
        .with(Entry::new("f.txt", "locked late").zipcrypto("secret").descriptor(true))
        .end(End::Zip64)
        .comment("comment")
        .build();
    let Some(listed) = python(LIST, &zip) else { return };
    assert_eq!(
        listed,
        "'dir/' b''\n'a.txt' b'deflated'\n'b.txt' b'stored'\n'c.txt' b'bzip2'\n'd.txt' b'sixty-four'\n\
         '\\u4e88\\u7d04.txt' b'flagged'\n'e.txt' b'locked'\n'f.txt' b'locked late'\n"
    );
}

#[test]
fn python_reads_an_appended_archive_and_many_entries() {
    let zip = ZipFile::new().uncounted_prefix("MZ program").entry("a.txt", "a").build();
    if let Some(listed) = python(LIST, &zip) {
        assert_eq!(listed, "'a.txt' b'a'\n");
    }
    let count = "import sys, io, zipfile\nprint(len(zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())).infolist()))";
    if let Some(listed) = python(count, &many_entries(70_000)) {
        assert_eq!(listed, "70000\n");
    }
}

#[test]
fn the_zip_crate_reads_aes() {
    for (key, method) in [(AesKey::Bits128, Method::Stored), (AesKey::Bits256, Method::Deflate)] {
        let zip = ZipFile::new().with(Entry::new("a.txt", "content").method(method).aes(key, "Tkt#2016")).build();
        let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(zip)).expect("an archive");
        let mut text = String::new();
        let mut file = archive.by_index_decrypt(0, b"Tkt#2016").expect("the password fits");
        std::io::Read::read_to_string(&mut file, &mut text).expect("the content reads");
        assert_eq!(text, "content");
    }
}
