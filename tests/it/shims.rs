//! Programs that stand in for a scanner, as Proxmox Mail Gateway, MailScanner and Exim run them.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

struct Said {
    out: String,
    code: Option<i32>,
}

fn sekisho(arguments: &[&str], path: &Path) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    let output = command.args(arguments).arg(path).output().expect("sekisho runs");
    Said { out: String::from_utf8(output.stdout).expect("text"), code: output.status.code() }
}

fn sample(id: &str) -> Vec<u8> {
    (sekisho_samples::find(id).unwrap_or_else(|| panic!("no sample {id}")).make)()
}

/// A mail gateway's spool with one file of each sort: clean, malicious, suspicious, locked, not read.
fn batch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in [
        ("msg1/nclean.csv", "品名,数量\n筆,3\n".as_bytes().to_vec()),
        ("msg1/nmail.eml", sample("t01")),
        ("msg2/nbook.xlsm", sample("fo33")),
        ("msg2/nlocked.zip", sample("fa24")),
        ("msg3/nnested.zip", sample("fa5-nest")),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    folder
}

#[test]
fn the_gateways_check_gets_its_two_lines_whatever_happens() {
    let batch = batch();
    let check = |arguments: &[&str], name: &str| {
        let said = sekisho(&[&["pmg"], arguments, &["v1"]].concat(), &batch.path().join(name));
        assert_eq!(said.code, Some(0), "{}", said.out);
        said.out.strip_prefix("v1\n").expect("the version").to_owned()
    };
    assert_eq!(check(&[], "msg1/nclean.csv"), "OK\n");
    let virus = check(&[], "msg1/nmail.eml");
    assert!(virus.starts_with("VIRUS: Sekisho.") && virus.lines().count() == 1, "{virus}");
    assert_eq!(check(&[], "msg2/nbook.xlsm"), "SCORE: 5\n");
    assert_eq!(check(&["--encrypted", "2"], "msg2/nlocked.zip"), "SCORE: 2\n");
    assert_eq!(check(&[], "msg3/nnested.zip"), "SCORE: 3\n");
    assert_eq!(check(&["--fail", "virus"], "msg3/nnested.zip"), "VIRUS: Heuristics.Limits.Exceeded.MaxRecursion\n");
    assert_eq!(check(&["--fail", "ok"], "msg3/nnested.zip"), "OK\n");
    assert_eq!(check(&[], "no such file"), "SCORE: 3\n");
}

#[test]
fn mailscanner_gets_a_line_for_each_bad_part() {
    let batch = batch();
    let said = sekisho(&["mailscanner"], batch.path());
    assert_eq!(said.code, Some(0));
    let lines: Vec<Vec<&str>> = said.out.lines().map(|line| line.split("::").collect()).collect();
    let shown: Vec<(&str, &str)> = lines.iter().map(|line| (line[0], line[2])).collect();
    assert_eq!(
        shown,
        [
            ("INFECTED", "msg1/nmail.eml"),
            ("INFECTED", "msg2/nbook.xlsm"),
            ("INFECTED", "msg2/nlocked.zip"),
            ("ERROR", "msg3/nnested.zip")
        ]
    );
    assert_eq!(lines[2][1], "Heuristics.Encrypted.Zip");
    let said = sekisho(&["mailscanner", "--fail", "infected"], batch.path());
    assert!(said.out.contains("INFECTED::Heuristics.Limits.Exceeded.MaxRecursion::msg3/nnested.zip\n"), "{}", said.out);
}

#[test]
fn exim_gets_the_line_its_expressions_match_and_a_status_that_defers() {
    let batch = batch();
    let said = sekisho(&["exim"], &batch.path().join("msg1"));
    assert!(said.out.starts_with("found in file:'Sekisho.") && said.out.ends_with("'\n"), "{}", said.out);
    assert_eq!(said.code, Some(0));
    let clean = sekisho(&["exim"], &batch.path().join("msg1/nclean.csv"));
    assert_eq!((clean.out.as_str(), clean.code), ("", Some(0)));
    let unread = sekisho(&["exim"], &batch.path().join("msg3"));
    assert_eq!((unread.out.as_str(), unread.code), ("", Some(2)));
    let found = sekisho(&["exim", "--fail", "found"], &batch.path().join("msg3"));
    assert_eq!(found.out, "found in file:'Heuristics.Limits.Exceeded.MaxRecursion'\n");
}

/// Plays the daemon: takes one stream, checks it, and gives this reply.
fn daemon(reply: &'static [u8]) -> (tempfile::TempDir, std::thread::JoinHandle<Vec<u8>>) {
    let place = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(place.path().join("clamd.sock")).expect("a socket");
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut command = [0; 10];
        stream.read_exact(&mut command).expect("a command");
        assert_eq!(&command, b"zINSTREAM\0");
        let mut all = Vec::new();
        loop {
            let mut length = [0; 4];
            stream.read_exact(&mut length).expect("a length");
            let length = u32::from_be_bytes(length) as usize;
            if length == 0 {
                break;
            }
            let mut chunk = vec![0; length];
            stream.read_exact(&mut chunk).expect("a chunk");
            all.extend_from_slice(&chunk);
        }
        stream.write_all(reply).expect("the reply is taken");
        all
    });
    (place, served)
}

#[test]
fn a_running_daemon_is_asked_and_its_answer_taken() {
    let batch = batch();
    for (reply, said) in [
        (&b"stream: OK\0"[..], "v1\nOK\n"),
        (b"stream: Sekisho.Macro.VbaOpenToExecute FOUND\0", "v1\nVIRUS: Sekisho.Macro.VbaOpenToExecute\n"),
        (b"stream: PUA.Sekisho.Disguise.X FOUND\0", "v1\nSCORE: 5\n"),
        (b"stream: Time limit reached. ERROR\0", "v1\nSCORE: 3\n"),
        (b"INSTREAM size limit exceeded. ERROR\0", "v1\nSCORE: 3\n"),
        (b"", "v1\nSCORE: 3\n"),
    ] {
        let (place, served) = daemon(reply);
        let socket = place.path().join("clamd.sock");
        let socket = socket.to_str().expect("text");
        let file = batch.path().join("msg1/nmail.eml");
        assert_eq!(sekisho(&["pmg", "--socket", socket, "v1"], &file).out, said);
        assert_eq!(served.join().expect("the daemon served"), sample("t01"));
    }
}

#[test]
fn where_no_daemon_listens_the_scan_is_done_here() {
    let batch = batch();
    let file = batch.path().join("msg1/nmail.eml");
    let said = sekisho(&["pmg", "--socket", "/nowhere/clamd.sock", "v1"], &file);
    assert!(said.out.starts_with("v1\nVIRUS: Sekisho."), "{}", said.out);
}

/// The scripts that are installed: their shell is right, and a missing program is not an OK.
#[test]
fn the_wrapper_scripts_say_what_their_callers_expect() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist/bin");
    let wrapper = |program: &str| {
        let mut command = Command::new("sh");
        command.arg(scripts.join("sekisho-wrapper")).args(["/usr", "-IsItInstalled"]).env("SEKISHO", program);
        command.status().expect("sh runs").code()
    };
    assert_eq!(wrapper(env!("CARGO_BIN_EXE_sekisho")), Some(0));
    assert_ne!(wrapper("/nowhere/sekisho"), Some(0));
    let batch = batch();
    let output = Command::new("sh")
        .arg(scripts.join("sekisho-wrapper"))
        .args(["/usr", "."])
        .current_dir(batch.path())
        .env("SEKISHO", env!("CARGO_BIN_EXE_sekisho"))
        .env("SEKISHO_SOCKET", "/nowhere/clamd.sock")
        .output()
        .expect("sh runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("INFECTED::Heuristics.Encrypted.Zip::msg2/nlocked.zip\n"), "{said}");
    let check = |program: &str| {
        let mut command = Command::new("sh");
        command.arg(scripts.join("pmg-custom-check")).arg("v1").arg(batch.path().join("msg1/nclean.csv"));
        let output = command.env("SEKISHO", program).env("SEKISHO_SOCKET", "/nowhere").output().expect("sh runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(check(env!("CARGO_BIN_EXE_sekisho")), "v1\nOK\n");
    assert_eq!(check("/nowhere/sekisho"), "v1\nSCORE: 3\n");
}
