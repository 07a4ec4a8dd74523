//! Releases against a server that does what it is told, and what becomes of a store over time.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use super::quarantine_tests::{settings, slip};
use super::*;
use crate::config::Release;
use crate::model::Digests;

/// What the server does when the content has come.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Takes,
    Defers,
    Dies,
    DiesAtRecipient,
    KnowsNoRecipient,
    TakesSevenBits,
}

/// The commands and the content a server got.
type Got = (Vec<String>, Vec<u8>);

/// A server for one mail.
fn server(does: Does) -> (Release, JoinHandle<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let run = move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        let (mut commands, mut content) = (Vec::new(), Vec::new());
        stream.write_all(b"220 mx.example.org ESMTP\r\n").unwrap();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                break;
            }
            let line = line.trim_end().to_owned();
            let verb = line.split([' ', ':']).next().unwrap().to_uppercase();
            commands.push(line);
            let reply = match verb.as_str() {
                "EHLO" if does == Does::TakesSevenBits => "250 mx.example.org\r\n",
                "EHLO" => "250-mx.example.org\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n",
                "RCPT" if does == Does::DiesAtRecipient => break,
                "RCPT" if does == Does::KnowsNoRecipient => "550 5.1.1 no such user\r\n",
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").unwrap();
                    while !content.ends_with(b"\r\n.\r\n") {
                        if reader.read_until(b'\n', &mut content).unwrap_or(0) == 0 {
                            return (commands, content);
                        }
                    }
                    match does {
                        Does::Dies => break,
                        Does::Defers => "451 4.3.0 try again later\r\n",
                        _ => "250 2.0.0 queued as ABC\r\n",
                    }
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            stream.write_all(reply.as_bytes()).unwrap();
        }
        (commands, content)
    };
    let release = Release { server: "127.0.0.1".to_owned(), port, timeout: Duration::from_secs(20), opened: false };
    (release, std::thread::spawn(run))
}

const MAIL: &[u8] = b"From: a@example.com\r\nSubject: x\r\n\r\n.dot\r\nbody\r\n";

fn held(mail: &[u8]) -> (tempfile::TempDir, Store, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&settings(folder.path())).unwrap();
    let id = store.keep(&slip(mail, "Q1"), mail).unwrap();
    (folder, store, id)
}

fn released(store: &mut Store, id: &str, release: &Release, again: bool) -> Result<Handed, StoreError> {
    let leaving = store.begin_release(id, &[], again, 100)?;
    let mark = ("X-Sekisho-Release", leaving.mark.as_str());
    let handed = hand(release, &leaving.entry.slip.sender, &leaving.to, &leaving.mail, mark);
    store.end_release(id, &leaving.to, &handed, 101)?;
    Ok(handed)
}

#[test]
fn a_release_hands_the_mail_back_with_its_envelope_and_its_mark() {
    let (_folder, mut store, id) = held(MAIL);
    let (release, server) = server(Does::Takes);
    assert!(matches!(released(&mut store, &id, &release, false).unwrap(), Handed::Taken(_)));
    let (commands, content) = server.join().unwrap();
    assert_eq!(
        commands[1..],
        [
            "MAIL FROM:<yamada@air.example.com>",
            "RCPT TO:<info@example.com>",
            "RCPT TO:<desk@example.com>",
            "DATA",
            "QUIT"
        ]
    );
    let content = String::from_utf8(content).unwrap();
    let (mark, rest) = content.split_once("\r\n").unwrap();
    assert!(mark.starts_with(&format!("X-Sekisho-Release: {id} ")), "{mark}");
    assert_eq!(rest, "From: a@example.com\r\nSubject: x\r\n\r\n..dot\r\nbody\r\n.\r\n", "as it came, dots doubled");
    let entry = store.entry(&id).unwrap();
    assert_eq!((entry.state, entry.notes.released), (State::Released, Some(101)));
    assert_eq!(entry.notes.released_to, entry.slip.recipients);
    let error = store.begin_release(&id, &[], false, 200).unwrap_err();
    assert!(matches!(error, StoreError::State { state: State::Released, .. }), "once is enough");
}

#[test]
fn a_mail_the_server_did_not_take_stays() {
    for does in [Does::Defers, Does::DiesAtRecipient, Does::KnowsNoRecipient] {
        let (_folder, mut store, id) = held(MAIL);
        let (release, server) = server(does);
        assert!(matches!(released(&mut store, &id, &release, false).unwrap(), Handed::Refused(_)));
        server.join().unwrap();
        let entry = store.entry(&id).unwrap();
        assert_eq!(entry.state, State::Held);
        assert!(entry.notes.events.last().unwrap().1.starts_with("release failed"));
        assert_eq!(store.mail(&entry).unwrap(), MAIL);
        let (release, again) = self::server(Does::Takes);
        assert!(matches!(released(&mut store, &id, &release, false).unwrap(), Handed::Taken(_)));
        again.join().unwrap();
    }
}

#[test]
fn a_server_that_is_not_there_or_takes_seven_bits_changes_nothing() {
    let mail = "Subject: x\r\n\r\n航空券\r\n".as_bytes();
    let (_folder, mut store, id) = held(mail);
    let (release, server) = server(Does::TakesSevenBits);
    let Handed::Refused(why) = released(&mut store, &id, &release, false).unwrap() else { panic!("refused") };
    assert!(why.contains("8BITMIME"), "{why}");
    server.join().unwrap();
    // Its port is closed by now.
    assert!(matches!(released(&mut store, &id, &release, false).unwrap(), Handed::Refused(_)));
    assert_eq!(store.entry(&id).unwrap().state, State::Held);
}

#[test]
fn a_release_of_which_nobody_knows_how_it_ended_says_so_and_is_not_repeated_unasked() {
    let (_folder, mut store, id) = held(MAIL);
    let (release, server) = server(Does::Dies);
    assert!(matches!(released(&mut store, &id, &release, false).unwrap(), Handed::Unknown(_)));
    server.join().unwrap();
    let entry = store.entry(&id).unwrap();
    assert_eq!(entry.state, State::Releasing);
    assert!(entry.notes.events.last().unwrap().1.starts_with("the release may have succeeded"));
    assert_eq!(store.unfinished_releases().unwrap().len(), 1);
    assert!(matches!(store.begin_release(&id, &[], false, 200), Err(StoreError::State { .. })));
    let (release, again) = self::server(Does::Takes);
    assert!(matches!(released(&mut store, &id, &release, true).unwrap(), Handed::Taken(_)));
    again.join().unwrap();
}

#[test]
fn two_who_release_at_once_send_one_mail() {
    let (folder, mut one, id) = held(MAIL);
    let settings = settings(folder.path());
    let mut two = Store::open_beside(&settings.path, &settings.key_file).unwrap();
    assert!(one.begin_release(&id, &[], false, 1).is_ok());
    assert!(matches!(two.begin_release(&id, &[], false, 1), Err(StoreError::State { state: State::Releasing, .. })));
}

#[test]
fn a_release_mark_is_good_once_and_for_minutes() {
    let (_folder, mut store, id) = held(MAIL);
    let mark = store.begin_release(&id, &["other@example.net".to_owned()], false, 100).unwrap().mark;
    assert_eq!(store.is_released("", 100).unwrap(), None);
    assert_eq!(store.is_released(&format!("{id} {}", "0".repeat(64)), 100).unwrap(), None);
    assert_eq!(store.is_released(&mark, 100 + 3_600).unwrap(), None, "too late");
    assert_eq!(store.is_released(&mark, 101).unwrap(), Some(id.clone()));
    assert_eq!(store.is_released(&mark, 101).unwrap(), None, "shown twice");
    // After a failure the next try has a mark of its own, and the old one is void.
    store.end_release(&id, &[], &Handed::Refused("451".to_owned()), 102).unwrap();
    let next = store.begin_release(&id, &[], false, 103).unwrap().mark;
    assert_ne!(next, mark);
    assert_eq!(store.is_released(&mark, 103).unwrap(), None);
    store.end_release(&id, &[], &Handed::Refused("451".to_owned()), 104).unwrap();
    assert_eq!(store.is_released(&next, 104).unwrap(), None, "a refused mail's mark is void");
}

#[test]
fn what_has_expired_goes_and_the_rest_stays() {
    let (folder, mut store, old) = held(MAIL);
    let keep = settings(folder.path());
    let day = 86_400;
    let now = slip(MAIL, "").kept + 31 * day;
    let late = Slip { kept: now - day, ..slip(b"late", "Q2") };
    let young = store.keep(&late, b"late").unwrap();
    store.keep_report("r-old", b"{}", now - 100 * day).unwrap();
    store.keep_report("r-new", b"{\"a\":1}", now).unwrap();
    store.keep_poison("aa", 2, now - 100 * day).unwrap();
    store.keep_poison("bb", 3, now).unwrap();
    let expired = store.expire(&keep, now).unwrap();
    assert_eq!(expired, Expired { mails: 1, history: 0, reports: 1, files: 0 });
    assert!(store.entry(&old).is_err());
    assert_eq!(store.mail(&store.entry(&young).unwrap()).unwrap(), b"late");
    assert_eq!(store.samples.list().unwrap().ids, [young]);
    assert_eq!(store.report("r-old").unwrap(), None);
    assert_eq!(store.report("r-new").unwrap().unwrap(), b"{\"a\":1}");
    assert_eq!(store.poison(0).unwrap(), [("bb".to_owned(), 3)]);
    assert_eq!(store.expire(&keep, now).unwrap(), Expired::default());
}

#[test]
fn a_check_names_what_does_not_fit_together_and_adopts_what_a_lost_database_knew() {
    let (folder, mut store, sound) = held(MAIL);
    let missing = store.keep(&slip(b"two", "Q2"), b"two").unwrap();
    let damaged = store.keep(&slip(b"three", "Q3"), b"three").unwrap();
    let orphan = store.keep(&slip(b"four", "Q4"), b"four").unwrap();
    store.samples.remove(&missing).unwrap();
    let path = folder.path().join("store/samples").join(&damaged[..2]).join(&damaged);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[60] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    store.database.execute("DELETE FROM quarantine WHERE id = ?1", [&orphan]).unwrap();
    let checked = store.check(false).unwrap();
    let expected = Checked {
        sound: 1,
        missing: vec![missing.clone()],
        damaged: vec![damaged],
        orphans: vec![orphan.clone()],
        releasing: Vec::new(),
    };
    assert_eq!(checked, expected);
    // A mail server that tries the one without a file again brings it back, under the id it has.
    assert_eq!(store.keep(&slip(b"two", "Q2"), b"two").unwrap(), missing);
    let checked = store.check(true).unwrap();
    assert_eq!((checked.sound, checked.missing.len(), checked.orphans.len()), (3, 0, 0));
    assert_eq!(store.entry(&orphan).unwrap().slip.sha256, Digests::of(b"four").sha256);
    assert!(store.entry(&sound).is_ok());
}
