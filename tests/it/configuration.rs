//! `sekisho config` as a user meets it.

use std::process::{Command, Output};

fn config(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho")).arg("config").args(arguments).output().expect("the program runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A configuration file and what `config check` says of it.
fn check(text: &str) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("sekisho.toml");
    std::fs::write(&path, text).expect("writable");
    config(&["check", &path.to_string_lossy()])
}

#[test]
fn check_tells_good_from_doubtful_from_wrong() {
    let good = check("[clamd]\nlisten = 'inet:127.0.0.1:3310'\n");
    assert_eq!((good.status.code(), err(&good).as_str()), (Some(0), ""));
    assert!(out(&good).ends_with("good, 0 warnings\n"), "{}", out(&good));

    let doubtful = check("[clamd]\nlisten = 'inet:*:3310'\n[workers]\nisolation = false\n");
    assert_eq!(doubtful.status.code(), Some(0));
    assert!(
        err(&doubtful).contains(":2:1: warning: clamd.listen can be reached by other machines"),
        "{}",
        err(&doubtful)
    );
    assert!(err(&doubtful).contains(":4:1: warning: workers.isolation is off"), "{}", err(&doubtful));

    let wrong = check("[clamd]\nlisten = 'inet:127.0.0.1:3310'\ndeadline = 5\nlisten-on = 1\n");
    assert_eq!(wrong.status.code(), Some(64));
    assert!(err(&wrong).contains("sekisho.toml:3:12: error: clamd.deadline needs a unit"), "{}", err(&wrong));
    assert!(err(&wrong).contains("sekisho.toml:4:1: error: unknown key clamd.listen-on"), "{}", err(&wrong));

    let none = config(&["check", "/no/such/file"]);
    assert_eq!(none.status.code(), Some(64));
    assert!(err(&none).contains("/no/such/file: error: cannot read it"), "{}", err(&none));
}

#[test]
fn check_compiles_the_rules_and_reads_the_policy() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("sekisho.toml");
    for (name, text, key) in
        [("x.yar", "rule x {", "rules = ['x.yar']"), ("policy.toml", "x = 1", "policy = 'policy.toml'")]
    {
        std::fs::write(folder.path().join(name), text).expect("writable");
        std::fs::write(&path, format!("[scan]\n{key}\n")).expect("writable");
        let output = config(&["check", &path.to_string_lossy()]);
        assert_eq!(output.status.code(), Some(64), "{name}");
        assert!(err(&output).contains("error: "), "{}", err(&output));
    }
}

#[test]
fn what_show_prints_is_a_configuration_with_the_same_meaning() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("a.toml"), "[milter]\nlisten = 'unix:m.sock'\n[store]\npath = 'store'\n").expect("writable");
    let first = config(&["show", &path("a.toml")]);
    assert_eq!(first.status.code(), Some(0), "{}", err(&first));
    assert!(out(&first).contains(&format!("listen = [\"unix:{}\"]", path("m.sock"))), "{}", out(&first));
    assert!(out(&first).contains("progress = \"20s\""), "{}", out(&first));
    std::fs::write(path("b.toml"), out(&first)).expect("writable");
    assert_eq!(out(&config(&["show", &path("b.toml")])), out(&first));
    let verbose = config(&["check", "--verbose", &path("a.toml")]);
    assert_eq!(out(&verbose), out(&first));
}

#[test]
fn keys_are_listed_and_explained() {
    let keys = out(&config(&["keys"]));
    assert!(keys.lines().any(|line| line.starts_with("milter.deadline ") && line.ends_with("\"2m\"")), "{keys}");
    let key = out(&config(&["explain", "queue.small"]));
    assert!(key.contains("Must be a size such as \"64M\"") && key.contains("Default: `\"1M\"`"), "{key}");
    assert!(out(&config(&["explain", "clamd"])).contains("clamd.stream-max"));
    assert!(out(&config(&["explain", "exceptions"])).contains("recipients"));
    let unknown = config(&["explain", "milter.dedline"]);
    assert_eq!(unknown.status.code(), Some(64));
    assert!(err(&unknown).contains("did you mean milter.deadline?"), "{}", err(&unknown));
}

#[test]
fn the_sample_is_a_good_configuration() {
    let sample = config(&["sample"]);
    let checked = check(&out(&sample));
    assert_eq!(checked.status.code(), Some(0), "{}", err(&checked));
}
