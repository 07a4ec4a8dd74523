//! Mails signed, encrypted and wrapped by openssl and gpg, and winmail.dat as the tnef program reads it.

use sekisho_samples::mail::{Prop, Tnef};

use super::{Workshop, assert_whole, payloads, scan};

/// A message as `openssl smime` wraps it: entity and all.
fn entity(data: &[u8]) -> Vec<u8> {
    [
        b"Content-Type: application/octet-stream; name=\"noise.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            .as_slice(),
        &sekisho_samples::mail::base64_lines(data),
    ]
    .concat()
}

fn with_key(shop: &Workshop) -> bool {
    shop.run(
        "openssl",
        &[
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-subj",
            "/CN=a", "-days", "2",
        ],
    )
}

#[test]
fn what_openssl_signs_comes_out() {
    let shop = Workshop::new();
    let [_, (name, data), _] = payloads();
    shop.put("in.eml", &entity(&data));
    if !with_key(&shop) {
        return;
    }
    let sign = ["-sign", "-signer", "cert.pem", "-inkey", "key.pem", "-in", "in.eml", "-binary"];
    let cases: [(&str, &[&str]); 7] = [
        ("smime", &["-nodetach", "-outform", "SMIME"]),
        ("smime", &["-nodetach", "-outform", "DER"]),
        ("smime", &["-nodetach", "-outform", "PEM"]),
        ("smime", &["-outform", "SMIME"]),
        ("cms", &["-nodetach", "-stream", "-outform", "DER"]),
        ("cms", &["-nodetach", "-stream", "-outform", "SMIME"]),
        ("cms", &["-nodetach", "-outform", "PEM", "-nocerts"]),
    ];
    for (tool, options) in cases {
        let arguments: Vec<&str> = [[tool].as_slice(), &sign, options, &["-out", "out"]].concat();
        assert!(shop.run("openssl", &arguments));
        let report = scan("smime.p7m", shop.get("out"), &[]);
        assert_whole(&report, &[(name, data.clone())]);
    }
    // A signature over a signature.
    assert!(
        shop.run("openssl", &[["cms"].as_slice(), &sign, &["-nodetach", "-outform", "DER", "-out", "one"]].concat())
    );
    let again = [
        "-sign",
        "-signer",
        "cert.pem",
        "-inkey",
        "key.pem",
        "-in",
        "one",
        "-binary",
        "-nodetach",
        "-outform",
        "DER",
        "-out",
        "two",
    ];
    assert!(shop.run("openssl", &[["cms"].as_slice(), &again].concat()));
    assert_whole(&scan("two.p7m", shop.get("two"), &[]), &[(name, data)]);
}

#[test]
fn what_openssl_encrypts_is_said_and_what_it_compresses_comes_out() {
    let shop = Workshop::new();
    let [_, (name, data), _] = payloads();
    shop.put("in.eml", &entity(&data));
    if !with_key(&shop) {
        return;
    }
    for options in [
        ["cms", "-encrypt", "-aes256", "-outform", "DER"].as_slice(),
        &["cms", "-encrypt", "-aes-128-gcm", "-outform", "DER"],
        &["cms", "-encrypt", "-stream", "-aes128", "-outform", "SMIME"],
        &["smime", "-encrypt", "-des3", "-outform", "PEM"],
    ] {
        assert!(shop.run("openssl", &[options, &["-binary", "-in", "in.eml", "-out", "out", "cert.pem"]].concat()));
        let report = scan("smime.p7m", shop.get("out"), &[]);
        assert!(
            report.problems.iter().any(|problem| problem.kind == "encrypted"),
            "{options:?}: {:#?}",
            report.problems
        );
        assert!(report.findings.iter().any(|finding| finding.id == "mail-encrypted"), "{options:?}");
    }
    // Not every build of openssl compresses; python's zlib stands in where this one does not.
    let zlib = "import sys,zlib; sys.stdout.buffer.write(zlib.compress(open('in.eml','rb').read()))";
    if let Some(packed) = shop.pipe("python3", &["-c", zlib], &[]) {
        let report = scan("smime.p7z", sekisho_samples::mail::cms::compressed(&packed), &[]);
        assert_whole(&report, &[(name, data)]);
    }
}

#[test]
fn certificates_alone_are_no_complaint() {
    let shop = Workshop::new();
    if !with_key(&shop) {
        return;
    }
    assert!(shop.run("openssl", &["crl2pkcs7", "-nocrl", "-certfile", "cert.pem", "-outform", "DER", "-out", "c.p7c"]));
    assert_whole(&scan("certs.p7c", shop.get("c.p7c"), &[]), &[]);
}

#[test]
fn what_gpg_wraps_comes_out_and_what_it_locks_is_said() {
    let shop = Workshop::new();
    let files = payloads();
    shop.put("home/.keep", b"");
    let base = ["--homedir", "home", "--batch", "--yes", "--quiet", "--trust-model", "always", "--passphrase", ""];
    let run = |arguments: &[&str]| shop.run("gpg", &[base.as_slice(), arguments].concat());
    if !run(&["--quick-gen-key", "a@example.com", "default", "default", "never"]) {
        return;
    }
    for (name, data) in &files {
        shop.put(name, data);
        for options in [
            ["--store"].as_slice(),
            &["--sign"],
            &["--sign", "--compress-algo", "zip"],
            &["--sign", "--compress-algo", "zlib", "--armor"],
            &["--sign", "--compress-algo", "bzip2"],
            &["--sign", "--compress-algo", "none"],
        ] {
            assert!(run(&[options, &["--output", "out", name]].concat()));
            assert_whole(&scan("message.gpg", shop.get("out"), &[]), &[(name, data.clone())]);
        }
    }
    let text = "first\n-----\n- dashed\nlast\n";
    shop.put("note.txt", text.as_bytes());
    assert!(run(&["--clear-sign", "--output", "out", "note.txt"]));
    let report = scan("note.txt.asc", shop.get("out"), &[]);
    let digest = sekisho::model::Digests::of(text.as_bytes()).sha256;
    assert!(report.artifacts.iter().any(|artifact| artifact.sha256 == digest), "{:#?}", report.artifacts);
    assert_whole(&report, &[]);
    for options in [
        ["--encrypt", "--recipient", "a@example.com"].as_slice(),
        &["--encrypt", "--armor", "--recipient", "a@example.com"],
        &["--symmetric", "--pinentry-mode", "loopback", "--passphrase", "a password"],
    ] {
        assert!(run(&[options, &["--output", "out", "note.txt"]].concat()));
        let report = scan("message.pgp", shop.get("out"), &[]);
        assert!(
            report.problems.iter().any(|problem| problem.kind == "encrypted"),
            "{options:?}: {:#?}",
            report.problems
        );
    }
    for options in [
        ["--export", "--output", "out"].as_slice(),
        &["--export", "--armor", "--output", "out"],
        &["--export-secret-keys", "--output", "out"],
        &["--detach-sign", "--output", "out", "note.txt"],
        &["--detach-sign", "--armor", "--output", "out", "note.txt"],
    ] {
        assert!(run(options));
        let report = scan("key.asc", shop.get("out"), &[]);
        assert_whole(&report, &[]);
    }
}

/// Our own builder wrote the stream: the tnef program must see the same files in it as we do.
#[test]
fn another_reader_sees_the_same_files_in_a_winmail() {
    let shop = Workshop::new();
    let files = payloads();
    let letter = Tnef::new().with(0x0037, Prop::Text("files".into()));
    let stream = files.iter().fold(letter, |tnef, (name, data)| tnef.attach(name, name, data));
    let bytes = stream.build();
    shop.put("winmail.dat", &bytes);
    shop.put("out/.keep", b"");
    if !shop.run("tnef", &["-f", "winmail.dat", "-C", "out"]) {
        return;
    }
    for (name, data) in &files {
        assert_eq!(&shop.get(&format!("out/{name}")), data, "{name}");
    }
    assert_whole(&scan("winmail.dat", bytes, &[]), &files);
}
