//! Mail and files in text, written by sharutils, uudeview, macutils and Python's email package.

use super::{Workshop, assert_holds, assert_whole, payloads, scan};

/// Python's email package makes a message of the three payloads; the script may change it before it is written.
fn python(script: &str) -> Option<Vec<u8>> {
    let shop = Workshop::new();
    for (name, bytes) in payloads() {
        shop.put(name, &bytes);
    }
    let program = format!(
        r#"
import sys, email, email.policy
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.base import MIMEBase
from email import encoders
NAMES = ["text.txt", "noise.bin", "large.dat"]
def files():
    return [(name, open(name, "rb").read()) for name in NAMES]
def letter():
    m = EmailMessage()
    m["From"] = "taro@example.com"
    m["To"] = "info@example.org"
    m["Subject"] = "files"
    m.set_content("Here are the files.\n")
    return m
{script}
"#
    );
    shop.pipe("python3", &["-c", &program], &[])
}

fn write(script: &str) -> Option<Vec<u8>> {
    python(&format!("{script}\nsys.stdout.buffer.write(m.as_bytes(policy=email.policy.SMTP))"))
}

const ATTACH: &str = "
m = letter()
for name, data in files():
    m.add_attachment(data, maintype='application', subtype='octet-stream', filename=name)
";

#[test]
fn attachments_of_python_in_every_encoding() {
    for encoding in ["base64", "quoted-printable"] {
        let script = ATTACH.replace("filename=name", &format!("filename=name, cte='{encoding}'"));
        let Some(mail) = write(&script) else { return };
        assert_whole(&scan("a.eml", mail, &[]), &payloads());
    }
    // uuencode as a transfer encoding.
    let Some(mail) = write(
        "
m = MIMEMultipart()
m['From'] = 'taro@example.com'; m['Subject'] = 'files'
import binascii
for name, data in files():
    p = MIMEBase('application', 'octet-stream')
    p['Content-Transfer-Encoding'] = 'x-uuencode'
    p['Content-Disposition'] = 'attachment; filename=' + name
    lines = [binascii.b2a_uu(data[i:i+45]).decode() for i in range(0, len(data), 45)]
    p.set_payload('begin 644 ' + name + '\\n' + ''.join(lines) + ' \\nend\\n')
    m.attach(p)
",
    ) else {
        return;
    };
    assert_whole(&scan("a.eml", mail, &[]), &payloads());
}

#[test]
fn attachments_of_messages_in_messages() {
    let script = format!(
        "{ATTACH}
inner = m
m = letter()
m.add_attachment(inner)
inner = m
m = letter()
m.add_attachment(inner)
"
    );
    let Some(mail) = write(&script) else { return };
    assert_whole(&scan("a.eml", mail, &[]), &payloads());
}

#[test]
fn a_mailbox_of_python() {
    for kind in ["mbox", "MMDF", "Babyl"] {
        let script = format!(
            "{ATTACH}
import mailbox
box = mailbox.{kind}('box')
box.add(letter().as_bytes()); box.add(m.as_bytes()); box.add(letter().as_bytes())
box.flush(); box.close()
sys.stdout.buffer.write(open('box', 'rb').read())
"
        );
        let Some(bytes) = python(&script) else { return };
        assert_whole(&scan("box", bytes, &[]), &payloads());
    }
}

#[test]
fn uuencode_of_sharutils() {
    for flags in [&[][..], &["-m"]] {
        let mut all = Vec::new();
        for (name, bytes) in payloads() {
            let shop = Workshop::new();
            shop.put(name, &bytes);
            let arguments: Vec<&str> = flags.iter().copied().chain([name, name]).collect();
            let Some(text) = shop.pipe("uuencode", &arguments, &[]) else { return };
            assert_whole(&scan(&format!("{name}.uu"), text.clone(), &[]), &[(name, bytes)]);
            all.extend(b"and one more\n\n");
            all.extend(text);
        }
        assert_whole(&scan("all.txt", all.clone(), &[]), &payloads());
        let mail = [b"From: taro@example.com\nTo: info@example.org\nSubject: files\n\n".to_vec(), all].concat();
        // Base64 in a text is read for what it is as well, without a name.
        let report = scan("all.eml", mail, &[]);
        for (name, bytes) in payloads() {
            let digest = sekisho::model::Digests::of(&bytes).sha256;
            assert!(
                report.artifacts.iter().any(|artifact| artifact.sha256 == digest && artifact.name == name),
                "{name}"
            );
        }
    }
}

#[test]
fn every_encoding_of_uuenview() {
    for (name, bytes) in payloads() {
        for encoding in ["-u", "-x", "-y", "-b"] {
            let shop = Workshop::new();
            shop.put(name, &bytes);
            if !shop.run("uuenview", &[encoding, "-o", name]) {
                return;
            }
            let stem = name.split('.').next().expect("a stem");
            let text = shop.get(&format!("{stem}.001"));
            let mail =
                [b"From: taro@example.com\nTo: info@example.org\nSubject: files\n\n".to_vec(), text.clone()].concat();
            // Base64 without a head of its own has no name to go by.
            if encoding != "-b" {
                assert_holds(&scan("a.txt", text, &[]), &[(name, bytes.clone())]);
                assert_holds(&scan("a.eml", mail, &[]), &[(name, bytes.clone())]);
            }
        }
    }
}

#[test]
fn parts_of_yenc_are_put_together() {
    let shop = Workshop::new();
    let (name, bytes) = payloads().into_iter().next_back().expect("three");
    shop.put(name, &bytes);
    if !shop.run("uuenview", &["-y", "-500", "-o", name]) {
        return;
    }
    let parts: Vec<u8> = (1..=4).flat_map(|number| shop.get(&format!("large.{number:03}"))).collect();
    assert_whole(&scan("large.txt", parts, &[]), &[(name, bytes)]);
}

#[test]
fn files_of_macutils() {
    for (name, bytes) in payloads() {
        let shop = Workshop::new();
        shop.put(name, &bytes);
        let Some(hqx) = shop.pipe("binhex", &["-d", name], &[]) else { return };
        assert_whole(&scan("a.hqx", hqx, &[]), &[(name, bytes.clone())]);
        let Some(stream) = shop.pipe("macstream", &["-d", name], &[]) else { return };
        assert_whole(&scan("a.bin", stream, &[]), &[(name, bytes)]);
    }
}

#[test]
fn a_maildir_of_python() {
    let script = format!(
        "{ATTACH}
import mailbox
box = mailbox.Maildir('box')
message = mailbox.MaildirMessage(m.as_bytes()); message.set_subdir('cur'); message.set_flags('S')
box.add(message); box.flush()
import os
name = os.listdir('box/cur')[0]
sys.stdout.buffer.write(name.encode() + b'\\n' + open('box/cur/' + name, 'rb').read())
"
    );
    let Some(bytes) = python(&script) else { return };
    let end = bytes.iter().position(|byte| *byte == b'\n').expect("a name");
    let name = String::from_utf8(bytes[..end].to_vec()).expect("a name");
    let report = scan(&name, bytes[end + 1..].to_vec(), &[]);
    assert_whole(&report, &payloads());
    assert!(report.findings.iter().all(|finding| finding.artifact != "0"), "{:?}", report.findings);
}

#[test]
fn a_message_split_by_a_script_and_one_in_base64() {
    let script = format!(
        "{ATTACH}
whole = m.as_bytes(policy=email.policy.SMTP)
m = MIMEMultipart()
m['From'] = 'taro@example.com'; m['Subject'] = 'wrapped'
p = MIMEBase('message', 'rfc822')
p.set_payload(whole); encoders.encode_base64(p)
m.attach(p)
"
    );
    let Some(mail) = write(&script) else { return };
    assert_whole(&scan("a.eml", mail, &[]), &payloads());
    let script = format!(
        "{ATTACH}
lines = m.as_bytes(policy=email.policy.SMTP).splitlines(True)
import mailbox
box = mailbox.mbox('box')
size = (len(lines) + 2) // 3
for n in range(3):
    head = b'From: taro@example.com\\nSubject: part\\nContent-Type: message/partial; id=\"x@example.com\"; number=%d; total=3\\n\\n' % (n + 1)
    box.add(head + b''.join(lines[n * size:(n + 1) * size]).replace(b'\\r\\n', b'\\n'))
box.flush(); box.close()
sys.stdout.buffer.write(open('box', 'rb').read())
"
    );
    let Some(bytes) = python(&script) else { return };
    assert_holds(&scan("box", bytes, &[]), &payloads());
}
