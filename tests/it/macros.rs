//! `sekisho macros` as a reader meets it: what it writes is compared with `tests/macros/`, which `UPDATE_GOLDENS=1`
//! rewrites; and exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn sekisho(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .current_dir(folder)
        .args(["macros", "--color", "never"])
        .args(arguments)
        .output()
        .expect("the program runs")
}

/// A folder with one sample, under a plain name.
fn with_sample(id: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sample = sekisho_samples::find(id).unwrap_or_else(|| panic!("no sample {id}"));
    let extension = Path::new(sample.file_name).extension().unwrap_or_default().to_string_lossy().into_owned();
    let name = format!("{id}.{extension}");
    std::fs::write(folder.path().join(&name), (sample.make)()).expect("samples can be written");
    (folder, name)
}

fn compare(name: &str, got: &str) {
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/macros").join(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::create_dir_all(golden.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&golden, got).expect("goldens can be written");
    }
    let wanted = std::fs::read_to_string(&golden).unwrap_or_default();
    assert!(wanted == got, "{name} differs; UPDATE_GOLDENS=1 rewrites it\n{got}");
}

#[test]
fn what_is_shown() {
    for (id, extra, golden) in [
        ("fv16", &[][..], "decoded.txt"),
        ("fv16", &["--lang", "ja"], "decoded-ja.txt"),
        ("fv16", &["--json"], "decoded.json"),
        ("fo33", &[], "hidden-module.txt"),
        ("fv12", &[], "on-time.txt"),
        ("fv09", &[], "form-caption.txt"),
        ("fo32", &[], "lone-source.txt"),
        ("t10", &[], "locked-archive-in-mail.txt"),
        ("bv01", &[], "honest-tool.txt"),
        ("b03", &[], "honest-time-sheet.txt"),
    ] {
        let (folder, name) = with_sample(id);
        let output = sekisho(folder.path(), &[extra, &[&name]].concat());
        compare(golden, &String::from_utf8_lossy(&output.stdout));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn raw_source_is_what_the_document_holds() {
    let (folder, name) = with_sample("fv01");
    let output = sekisho(folder.path(), &["--raw", &name]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Attribute VB_Name = \"Module1\"\r\n"), "{text}");
    assert!(text.contains("    shell.Run line, 0, False\r\n"), "{text}");
}

#[test]
fn exit_codes_tell_shown_from_none_from_unread() {
    let (folder, name) = with_sample("fv01");
    assert_eq!(sekisho(folder.path(), &[&name]).status.code(), Some(0));
    let (folder, name) = with_sample("bo4");
    assert_eq!(sekisho(folder.path(), &[&name]).status.code(), Some(1));
    assert_eq!(sekisho(folder.path(), &["no-such-file"]).status.code(), Some(2));
    assert_eq!(sekisho(folder.path(), &["--json", "--raw", &name]).status.code(), Some(64));
    let output = sekisho(folder.path(), &["--json", &name, &name]);
    let parsed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(parsed.as_array().map(Vec::len), Some(2));
}
