//! The program as a user meets it: exit codes, output that pipes, messages.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn sekisho(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho")).args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with samples in it, removed when the test ends.
fn folder(ids: &[&str]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = ids
        .iter()
        .map(|id| {
            let sample = sekisho_samples::find(id).unwrap_or_else(|| panic!("no sample {id}"));
            let path = folder.path().join(format!("{id}-{}", sample.file_name));
            std::fs::write(&path, (sample.make)()).expect("samples can be written");
            path
        })
        .collect();
    (folder, paths)
}

#[test]
fn exit_codes_tell_found_from_unread_from_clean() {
    let (folder, _) = folder(&["t01", "fa24", "t25"]);
    let code = |name: &str, extra: &[&str]| {
        let path = std::fs::read_dir(folder.path())
            .expect("readable")
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name)))
            .expect("the sample is there");
        let path = path.to_string_lossy().into_owned();
        sekisho(&[&["scan", &path], extra].concat()).status.code()
    };
    assert_eq!(code("t25", &[]), Some(0));
    assert_eq!(code("t01", &[]), Some(1));
    assert_eq!(code("fa24", &[]), Some(2));
    assert_eq!(sekisho(&["scan", "/no/such/file"]).status.code(), Some(2));
    assert_eq!(sekisho(&["scan"]).status.code(), Some(64));
    assert_eq!(sekisho(&["scan", "x", "--format", "yaml"]).status.code(), Some(64));
    assert_eq!(sekisho(&["--help"]).status.code(), Some(0));
}

#[test]
fn fail_on_malicious_lets_suspicious_pass() {
    let (_folder, paths) = folder(&["fo1"]);
    let path = paths[0].to_string_lossy().into_owned();
    assert_eq!(sekisho(&["scan", &path]).status.code(), Some(1));
    assert_eq!(sekisho(&["scan", "--fail-on", "malicious", &path]).status.code(), Some(0));
}

#[test]
fn standard_input_is_scanned_and_piped_text_has_no_colour() {
    let sample = sekisho_samples::find("t01").expect("t01");
    let mut child = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["scan", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("stdin").write_all(&(sample.make)()).expect("the pipe is open");
    let output = child.wait_with_output().expect("it ends");
    let out = text(&output.stdout);
    assert!(out.contains("MALICIOUS"), "{out}");
    assert!(!out.contains('\u{1b}'), "{out}");
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn folders_globs_and_several_formats() {
    let (folder, _) = folder(&["t01", "t25"]);
    let root = folder.path().to_string_lossy().into_owned();
    let lines = text(&sekisho(&["scan", "--format", "jsonl", &root]).stdout);
    assert_eq!(lines.lines().count(), 2, "{lines}");
    for line in lines.lines() {
        let report: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        for key in ["input", "verdict", "coverage", "artifacts", "findings", "iocs", "problems"] {
            assert!(report.get(key).is_some(), "{key}");
        }
    }
    let several: serde_json::Value =
        serde_json::from_slice(&sekisho(&["scan", "-f", "json", &root]).stdout).expect("JSON");
    assert_eq!(several.as_array().map(Vec::len), Some(2));
    let pattern = format!("{root}/t01*");
    let one: serde_json::Value =
        serde_json::from_slice(&sekisho(&["scan", "-f", "json", &pattern]).stdout).expect("JSON");
    assert_eq!(one["verdict"]["level"], "malicious");
}

#[test]
fn japanese_reports_are_japanese() {
    let (_folder, paths) = folder(&["t01"]);
    let out = text(&sekisho(&["scan", "--lang", "ja", &paths[0].to_string_lossy()]).stdout);
    assert!(out.contains("悪意あり"), "{out}");
    assert!(out.contains("スコア"), "{out}");
}

#[test]
fn a_missing_file_is_named_and_never_clean() {
    let output = sekisho(&["scan", "/no/such/mail.eml"]);
    let out = text(&output.stdout);
    assert!(out.contains("/no/such/mail.eml") && out.contains("cannot be read"), "{out}");
    assert!(!out.contains("CLEAN"), "{out}");
}

#[test]
fn explains_findings_and_helps_with_typing_errors() {
    let output = sekisho(&["explain", "limit-reached"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("When it is innocent"));
    let wrong = sekisho(&["explain", "limit-reach"]);
    assert_eq!(wrong.status.code(), Some(64));
    assert!(text(&wrong.stderr).contains("did you mean limit-reached?"), "{}", text(&wrong.stderr));
}

#[test]
fn lists_formats_and_checks_rules() {
    assert!(text(&sekisho(&["formats"]).stdout).contains("eml"));
    let check = sekisho(&["rules", "check"]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check.stdout));
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("broken.yar"), "rule broken { condition: nothing }").expect("writable");
    let broken = sekisho(&["rules", "check", &folder.path().to_string_lossy()]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(text(&broken.stdout).contains("broken.yar"), "{}", text(&broken.stdout));
    let (_samples, paths) = self::folder(&["t25"]);
    let scan = sekisho(&["scan", "--rules", &folder.path().to_string_lossy(), &paths[0].to_string_lossy()]);
    assert_eq!(scan.status.code(), Some(64));
}

#[test]
fn own_rules_match_with_their_externals() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rule = r#"rule own_rule { meta: severity = "high" title = "ours"
        condition: file_extension == "exe" and parent_type == "zip" and depth == 2 and is_file and detected_type == "pe" }"#;
    std::fs::write(folder.path().join("own_rule.yar"), rule).expect("writable");
    let (_samples, paths) = self::folder(&["t01"]);
    let output = sekisho(&[
        "scan",
        "--format",
        "json",
        "--rules",
        &folder.path().to_string_lossy(),
        &paths[0].to_string_lossy(),
    ]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let observed: Vec<&str> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["id"] == "yara-rule-matched")
        .filter_map(|finding| finding["observed"].as_str())
        .collect();
    assert!(observed.iter().any(|text| text.starts_with("own_rule: ours")), "{observed:?}");
}

#[test]
fn evaluate_counts_by_kind_and_compares_with_known_answers() {
    let (folder, paths) = folder(&["t01", "t25"]);
    let at =
        |start: &str| paths.iter().map(|path| path.to_string_lossy().into_owned()).find(|path| path.contains(start));
    let all = folder.path().to_string_lossy().into_owned();
    let done = sekisho(&["evaluate", "--list", &all]);
    assert_eq!(done.status.code(), Some(1), "t01 is not honest");
    let shown = text(&done.stdout);
    assert!(shown.lines().any(|line| line.starts_with("malicious") && line.contains("t01")), "{shown}");
    let of_all = shown.lines().find(|line| line.starts_with("all ")).expect("a line for all");
    assert_eq!(of_all.split_whitespace().take(5).collect::<Vec<_>>(), ["all", "2", "1", "0", "1"]);
    let honest = at("t25").expect("the sample is there");
    assert_eq!(sekisho(&["evaluate", &honest]).status.code(), Some(0));

    let answers = folder.path().join("known.jsonl");
    let name = std::path::Path::new(&honest).file_name().expect("a name").to_string_lossy().into_owned();
    let compare = |expected: &str| {
        std::fs::write(&answers, format!("{{\"path\": \"{name}\", \"expect\": {expected}}}\n")).expect("written");
        sekisho(&["evaluate", "--answers", &answers.to_string_lossy(), &honest])
    };
    assert_eq!(compare("{\"macros\": false, \"verdict_in\": [\"clean\"]}").status.code(), Some(0));
    let wrong = compare("{\"macros\": true, \"artifacts\": [{\"sha256\": \"00\"}]}");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stdout).contains("macros should be true"));
    assert!(text(&wrong.stdout).contains("content 00 did not come out"));
    let as_json: serde_json::Value =
        serde_json::from_slice(&sekisho(&["evaluate", "--format", "json", &honest]).stdout).expect("JSON");
    assert_eq!(as_json["all"]["files"], 1);
}
