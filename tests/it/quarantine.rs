//! `sekisho quarantine` as an administrator meets it, beside a daemon that has the same store open.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use sekisho::config::{self, Cause};
use sekisho::model::{Digests, Level};
use sekisho::store::{Slip, Store};

const MAIL: &[u8] = b"From: yamada@air.example.com\r\nSubject: Ticket\r\n\r\nbody\r\n";

struct Place {
    folder: tempfile::TempDir,
    store: Store,
    id: String,
}

fn place(level: Level) -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = config::Store {
        path: folder.path().join("store"),
        key_file: folder.path().join("store/key"),
        ..config::Store::default()
    };
    let mut store = Store::open(&settings).expect("a store");
    let slip = Slip {
        sender: "yamada@air.example.com".to_owned(),
        recipients: vec!["info@example.com".to_owned()],
        queue_id: Some("4GXyz".to_owned()),
        client: None,
        author: None,
        subject: Some("航空券\u{1b}[31m控え".to_owned()),
        sha256: Digests::of(MAIL).sha256,
        size: MAIL.len() as u64,
        kept: 1_458_000_764,
        level,
        score: 121,
        cause: Cause::Malicious,
        report: "r1".to_owned(),
        reasons: vec!["disguised-program-in-archive".to_owned()],
    };
    let id = store.keep(&slip, MAIL).expect("kept");
    Place { folder, store, id }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .arg("quarantine")
        .args(arguments)
        .arg("--store")
        .arg(folder.join("store"))
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn an_administrator_lists_shows_exports_and_deletes_beside_the_daemon() {
    let place = place(Level::Malicious);
    let run = |arguments: &[&str]| run(place.folder.path(), arguments);
    let list = said(&run(&["list"]));
    let line = format!("{}  2016-03-15 00:12:44  held      malicious", &place.id[..10]);
    assert!(list.starts_with(&line), "{list}");
    assert!(list.contains("yamada@air.example.com -> info@example.com"), "{list}");
    assert!(!list.contains('\u{1b}'), "what came from a mail is escaped");
    assert!(said(&run(&["list", "--recipient", "other@", "--lang", "ja"])).contains("該当する"));
    assert!(!list.contains("--limit"), "{list}");
    assert!(said(&run(&["list", "--limit", "0"])).contains("--limit"), "what is left out is said");
    let json: serde_json::Value = serde_json::from_slice(&run(&["list", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(json[0]["id"], place.id.as_str());
    assert_eq!(json[0]["sender"], "yamada@air.example.com");
    let shown = said(&run(&["show", &place.id[..6]]));
    assert!(shown.contains("disguised-program-in-archive") && shown.contains("queue id: 4GXyz"), "{shown}");
    assert_eq!(run(&["export", &place.id]).stdout, MAIL);
    assert_eq!(run(&["check"]).status.code(), Some(0));
    assert_eq!(run(&["show", "ffff"]).status.code(), Some(64));
    assert_eq!(run(&["delete", &place.id]).status.code(), Some(0));
    assert!(place.store.entry(&place.id).is_err(), "the daemon sees it too");
}

#[test]
fn a_malicious_mail_is_released_only_if_that_is_meant() {
    let place = place(Level::Malicious);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let refused = run(place.folder.path(), &["release", "--server", &address, &place.id]);
    assert_eq!(refused.status.code(), Some(64));
    assert!(said(&refused).contains("--yes"), "{}", said(&refused));
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
        stream.write_all(b"220 mx\r\n").expect("greeted");
        let (mut lines, mut line, mut is_data) = (Vec::new(), String::new(), false);
        while reader.read_line(&mut line).unwrap_or(0) > 0 {
            let reply = match (is_data, line.trim_end()) {
                (true, ".") => "250 ok\r\n",
                (true, _) => "",
                (false, "DATA") => "354 go on\r\n",
                (false, _) => "250 ok\r\n",
            };
            is_data = (is_data || line == "DATA\r\n") && line != ".\r\n";
            lines.push(std::mem::take(&mut line));
            stream.write_all(reply.as_bytes()).expect("answered");
        }
        lines.concat()
    });
    let to = "desk@example.com";
    let released = run(place.folder.path(), &["release", "--yes", "--to", to, "--server", &address, &place.id]);
    assert_eq!(released.status.code(), Some(0), "{}", said(&released));
    let talked = server.join().expect("the server ends");
    assert!(talked.contains("RCPT TO:<desk@example.com>\r\n") && !talked.contains("info@example.com"), "{talked}");
    assert!(talked.contains(&format!("X-Sekisho-Release: {} ", place.id)), "{talked}");
    let again = run(place.folder.path(), &["release", "--yes", &place.id]);
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("released"), "{}", said(&again));
}
