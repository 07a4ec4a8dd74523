//! Zip archives of 7-Zip and Info-ZIP: every method and cipher they write, split ones, names in old encodings.

use super::{Workshop, assert_holds, assert_whole, payloads, scan};

/// What a program makes of the payloads, if it is there.
fn made(program: &str, before: &[&str]) -> Option<Workshop> {
    let workshop = Workshop::new();
    let mut arguments = before.to_vec();
    for (name, bytes) in payloads() {
        workshop.put(name, &bytes);
        arguments.push(name);
    }
    workshop.run(program, &arguments).then_some(workshop)
}

#[test]
fn every_method_of_7_zip_comes_out() {
    for method in ["Copy", "Deflate", "Deflate64", "BZip2", "LZMA", "PPMd", "xz"] {
        let method = format!("-mm={method}");
        if let Some(workshop) = made("7z", &["a", "-tzip", &method, "made.zip"]) {
            assert_whole(&scan("made.zip", workshop.get("made.zip"), &[]), &payloads());
        }
    }
}

#[test]
fn every_cipher_opens_with_the_password() {
    for cipher in ["ZipCrypto", "AES128", "AES192", "AES256"] {
        for method in ["Deflate", "Deflate64", "LZMA", "PPMd"] {
            let (cipher, method) = (format!("-mem={cipher}"), format!("-mm={method}"));
            let made = made("7z", &["a", "-tzip", "-pTkt#2016", &cipher, &method, "made.zip"]);
            let Some(workshop) = made else { return };
            assert_whole(&scan("made.zip", workshop.get("made.zip"), &["Tkt#2016"]), &payloads());
        }
    }
}

#[test]
fn volumes_of_info_zip_put_together_are_one_archive() {
    let Some(workshop) = made("zip", &["-q", "-s", "64k", "-0", "made.zip"]) else { return };
    let mut all = Vec::new();
    for volume in ["made.z01", "made.z02", "made.z03", "made.z04", "made.zip"] {
        all.push((volume, workshop.get(volume)));
    }
    let together: Vec<u8> = all.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    assert_whole(&scan("made.zip", together, &[]), &payloads());

    if workshop.run("bsdtar", &["-cf", "all.tar", "made.z01", "made.z02", "made.z03", "made.z04", "made.zip"]) {
        assert_holds(&scan("all.tar", workshop.get("all.tar"), &[]), &payloads());
    }

    let (_, last) = &all[4];
    let alone = scan("made.zip", last.clone(), &[]);
    assert!(alone.problems.iter().any(|problem| problem.text.contains("multi-volume")), "{:?}", alone.problems.len());
    let names: Vec<&str> = alone.artifacts.iter().map(|artifact| artifact.name.as_str()).collect();
    for (name, _) in payloads() {
        assert!(names.contains(&name), "{name} is not named in {names:?}");
    }
}

#[test]
fn pieces_of_7_zip_put_together_are_one_archive() {
    let Some(workshop) = made("7z", &["a", "-tzip", "-v20k", "made.zip"]) else { return };
    if workshop.run("bsdtar", &["-cf", "all.tar", "--exclude", "*.[tbd]*", "."]) {
        assert_holds(&scan("all.tar", workshop.get("all.tar"), &[]), &payloads());
    }
}
