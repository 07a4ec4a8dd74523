//! Our readers against independent ones, where these are on the machine: the same hand that builds samples writes
//! readers, and both may share a mistake.

use std::io::Write as _;
use std::process::{Command, Stdio};

use bytes::Bytes;
use sekisho::formats::mail::eml::{EmlView, LeafKind};
use sekisho::model::View;
use sekisho::model::digest::Digests;

/// What a Python program prints, given bytes; nothing if there is no Python.
pub(crate) fn python(script: &str, input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("python3")
        .args(["-c", script])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(input).ok()?;
    let output = child.wait_with_output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// Name and digest of each attachment and body, as our reader sees them.
fn leaves(mail: &[u8]) -> Vec<String> {
    let bytes = Bytes::copy_from_slice(mail);
    let view = EmlView::parse(&bytes).expect("a message");
    assert_eq!(view.ambiguities, [], "Python writes no ambiguous mail");
    let mut all = Vec::new();
    for leaf in view.leaves.iter().filter(|leaf| leaf.kind != LeafKind::Loose) {
        let contents = leaf.contents(&bytes);
        assert_eq!(contents.readings.len(), 1);
        let name = leaf.name.as_ref().map(|name| name.text.clone()).unwrap_or_default();
        if leaf.kind == LeafKind::Message {
            all.extend(leaves(&contents.readings[0].bytes));
        } else {
            all.push(format!("{name} {}", Digests::of(&contents.readings[0].bytes).sha256));
        }
    }
    all
}

pub(crate) const WRITE: &str = r#"
import sys
from email.message import EmailMessage
from email import policy
m = EmailMessage(policy=policy.SMTP)
m["From"] = "山田太郎 <yamada@example.com>"
m["Subject"] = "航空券控え 添付のご連絡 " * 4
m.set_content("本文です。\n" * 3)
m.add_alternative("<p>本文です。</p>", subtype="html")
m.add_attachment(bytes(range(256)) * 9, maintype="application", subtype="zip", filename="予約確認表 とても長い名前の添付ファイルです。" * 3 + ".zip")
m.add_attachment("text = あ\n", filename="plain name.txt", cte="quoted-printable")
i = EmailMessage(policy=policy.SMTP)
i["From"] = "b@example.com"
i["Subject"] = "inner"
i.set_content("inner text\n", cte="7bit")
i.add_attachment(b"\x00\x01\r\n\xff", maintype="application", subtype="octet-stream", filename="a;b\"c.bin")
m.add_attachment(i)
sys.stdout.buffer.write(m.as_bytes())
"#;

pub(crate) const READ: &str = r#"
import sys, email, hashlib
from email import policy
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=policy.default)
for p in m.walk():
    if not p.is_multipart():
        print((p.get_filename() or "") + " " + hashlib.sha256(p.get_payload(decode=True)).hexdigest())
"#;

#[test]
fn mail_written_by_python_is_read_as_python_reads_it() {
    let Some(mail) = python(WRITE, b"") else { return };
    let theirs = String::from_utf8(python(READ, &mail).expect("python reads its own mail")).expect("UTF-8");
    assert_eq!(leaves(&mail), theirs.lines().collect::<Vec<_>>());
}

#[test]
fn sample_mails_are_read_as_python_reads_them() {
    // t22, t23 and those of E12 are read differently by design, fm6 ends in a limit, fm2 is a mailbox; Python takes raw
    // names that are not UTF-8 for broken.
    const SKIPPED: [&str; 6] = ["t22", "t23", "t25", "fm2", "fm3", "fm6"];
    for sample in sekisho_samples::all() {
        if !sample.file_name.ends_with(".eml") || SKIPPED.contains(&sample.id) || sample.id.starts_with("fe12") {
            continue;
        }
        let mail = (sample.make)();
        let Some(theirs) = python(READ, &mail) else { return };
        let theirs = String::from_utf8(theirs).expect("UTF-8");
        assert_eq!(leaves(&mail), theirs.lines().collect::<Vec<_>>(), "{}", sample.id);
    }
}
