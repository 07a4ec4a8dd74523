//! What the history knows of one mail by others.

use super::quarantine_tests::{settings, slip};
use super::*;
use crate::config::Cause;
use crate::formats::mail::letter::Letter;
use crate::model::{Level, PasswordHint, PasswordSource};

const NOW: i64 = 1_458_000_000;
const DAY: i64 = 86_400;

fn mail(author: &str, number: u32, at: i64) -> Mail {
    let content = format!("{author} {number}");
    let mut slip = slip(content.as_bytes(), &format!("Q{number}"));
    slip.sender = author.to_owned();
    slip.author = Some(author.to_owned());
    slip.kept = at;
    slip.level = Level::Clean;
    slip.score = 0;
    slip.cause = Cause::Clean;
    Mail {
        slip,
        ids: vec![format!("{number}@mail.example.com")],
        has_files: true,
        is_locked: false,
        bounced: Vec::new(),
        returned: Vec::new(),
        letters: Vec::new(),
    }
}

fn scored(author: &str, number: u32, at: i64, level: Level, score: u32) -> Mail {
    let mut mail = mail(author, number, at);
    mail.slip.level = level;
    mail.slip.score = score;
    mail
}

fn bounce(of: &str, number: u32, at: i64) -> Mail {
    let mut report = mail("mailer-daemon@example.org", number, at);
    report.slip.sender = String::new();
    report.has_files = false;
    report.bounced = vec![of.to_owned()];
    report
}

fn letter(sender: &str, id: &str, passwords: &[&str]) -> Letter {
    Letter {
        ids: vec![id.to_owned()],
        sender: Some(sender.to_owned()),
        time: Some(NOW),
        subject: None,
        passwords: passwords
            .iter()
            .map(|text| PasswordHint { text: (*text).to_owned(), source: PasswordSource::Body })
            .collect(),
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&settings(folder.path())).unwrap();
    (folder, store)
}

#[test]
fn a_new_address_in_a_known_domain_is_said_once() {
    let (_folder, mut store) = store();
    let mut seen = |author: &str, number| store.remember(&mail(author, number, NOW)).unwrap().is_first_seen;
    assert!(!seen("sato@air.example.com", 1), "nobody of this domain has written before");
    assert!(seen("yamada@air.example.com", 2));
    assert!(seen("yamada@air.example.com", 2), "the same delivery, tried again");
    assert!(!seen("Yamada@Air.example.com", 3));
    assert!(!seen("a@gmail.com", 4));
    assert!(!seen("b@gmail.com", 5), "anyone can have an address there");
}

#[test]
fn a_bounce_raises_the_mail_with_an_attachment_by_one_level() {
    for (was, score, raised) in [
        (Level::Clean, 25, Some(Level::Suspicious)),
        (Level::Unscannable, 30, Some(Level::Suspicious)),
        (Level::Suspicious, 60, Some(Level::Malicious)),
        (Level::Clean, 24, None),
        (Level::Malicious, 120, None),
    ] {
        let (_folder, mut store) = store();
        store.remember(&scored("yamada@air.example.com", 1, NOW, was, score)).unwrap();
        let known = store.remember(&bounce("Yamada@air.example.com", 2, NOW + 600)).unwrap();
        let [bounced] = &known.bounced[..] else { panic!("{was:?} {score}: the mail is found") };
        assert_eq!((bounced.was, bounced.raised, bounced.quarantine.clone()), (was, raised, None));
        assert_eq!(bounced.author, "yamada@air.example.com");
        let alerts = store.alerts().unwrap();
        assert_eq!(alerts.iter().map(|alert| alert.level).collect::<Vec<_>>(), Vec::from_iter(raised));
        // A second report of the same raises nothing more.
        let again = store.remember(&bounce("yamada@air.example.com", 3, NOW + 900)).unwrap();
        assert_eq!(again.bounced[0].raised, None);
    }
}

#[test]
fn near_misses_raise_nothing() {
    let (_folder, mut store) = store();
    store.remember(&scored("old@air.example.com", 1, NOW - 15 * DAY, Level::Clean, 30)).unwrap();
    let mut plain = scored("plain@air.example.com", 2, NOW, Level::Clean, 30);
    plain.has_files = false;
    store.remember(&plain).unwrap();
    store.remember(&scored("yamada@air.example.com", 3, NOW, Level::Clean, 30)).unwrap();
    for (number, of) in [(10, "old@air.example.com"), (11, "plain@air.example.com"), (12, "sato@air.example.com")] {
        assert!(store.remember(&bounce(of, number, NOW + 60)).unwrap().bounced.is_empty(), "{of}");
    }
    // Written by somebody, not by a mail server.
    let mut forged = bounce("yamada@air.example.com", 13, NOW + 60);
    forged.slip.sender = "x@rental.example.net".to_owned();
    assert!(store.remember(&forged).unwrap().bounced.is_empty());
    assert!(store.alerts().unwrap().is_empty());
}

#[test]
fn an_answer_that_came_back_names_the_mail_it_answered() {
    let (_folder, mut store) = store();
    store.remember(&scored("yamada@air.example.com", 1, NOW, Level::Clean, 30)).unwrap();
    // The answer went to Reply-To.
    let mut report = bounce("answers@example.net", 2, NOW + 60);
    report.returned = vec!["reply@example.org".to_owned(), "1@mail.example.com".to_owned()];
    assert_eq!(store.remember(&report).unwrap().bounced[0].raised, Some(Level::Suspicious));
    let alert = store.alerts().unwrap().remove(0);
    assert_eq!((alert.level, alert.at, alert.quarantine), (Level::Suspicious, NOW + 60, None));
    assert_eq!(alert.slip.recipients, ["info@example.com", "desk@example.com"]);
}

#[test]
fn a_bounce_marks_the_mail_in_the_quarantine_and_says_why() {
    let (_folder, mut store) = store();
    let mail = scored("yamada@air.example.com", 1, NOW, Level::Suspicious, 60);
    store.remember(&mail).unwrap();
    let id = store.keep(&mail.slip, b"yamada@air.example.com 1").unwrap();
    let known = store.remember(&bounce("yamada@air.example.com", 2, NOW + 60)).unwrap();
    assert_eq!(known.bounced[0].quarantine.as_deref(), Some(id.as_str()));
    let entry = store.entry(&id).unwrap();
    assert_eq!((entry.slip.level, entry.level()), (Level::Suspicious, Level::Malicious));
    assert!(entry.notes.events[0].1.contains("came back"), "{:?}", entry.notes);
    assert_eq!(store.alerts().unwrap()[0].state, Some(State::Held));
    store.begin_release(&id, &[], false, NOW + 70).unwrap();
    store.end_release(&id, &[], &Handed::Taken("250".to_owned()), NOW + 71).unwrap();
    assert_eq!(store.alerts().unwrap()[0].state, Some(State::Released), "somebody has it");
}

#[test]
fn a_bounce_for_a_mail_that_was_deleted_is_said_all_the_same() {
    let (_folder, mut store) = store();
    let mail = scored("yamada@air.example.com", 1, NOW, Level::Suspicious, 60);
    store.remember(&mail).unwrap();
    let id = store.keep(&mail.slip, b"yamada@air.example.com 1").unwrap();
    store.delete(&id).unwrap();
    let known = store.remember(&bounce("yamada@air.example.com", 2, NOW + 60)).unwrap();
    assert_eq!(known.bounced[0].raised, Some(Level::Malicious));
    let alert = store.alerts().unwrap().remove(0);
    assert_eq!((alert.quarantine, alert.state), (Some(id), None));
}

#[test]
fn passwords_are_found_by_thread_and_by_sender_and_time() {
    let (_folder, mut store) = store();
    let mut offering = mail("a@example.com", 1, NOW);
    offering.letters = vec![letter("a@example.com", "1@example.com", &["Tkt#2016", "second"])];
    store.remember(&offering).unwrap();
    let offered = |letter: &Letter| store.offered(std::slice::from_ref(letter), NOW).unwrap();
    let same_sender = offered(&letter("a@example.com", "2@example.com", &[]));
    assert_eq!(same_sender.iter().map(|hint| hint.text.as_str()).collect::<Vec<_>>(), ["Tkt#2016", "second"]);
    assert!(same_sender.iter().all(|hint| hint.source == PasswordSource::OtherMessage));
    assert_eq!(offered(&letter("b@example.com", "1@example.com", &[])).len(), 2, "another sender in the thread");
    assert!(offered(&letter("b@example.com", "2@example.com", &[])).is_empty());
    let late = Letter { time: Some(NOW + 5 * DAY), ..letter("a@example.com", "2@example.com", &[]) };
    assert!(offered(&late).is_empty());
}

#[test]
fn a_locked_mail_in_the_quarantine_awaits_a_password() {
    let (_folder, mut store) = store();
    let mut locked = mail("a@example.com", 1, NOW);
    locked.is_locked = true;
    store.remember(&locked).unwrap();
    let id = store.keep(&locked.slip, b"a@example.com 1").unwrap();
    let offering = |author: &str, number| {
        let mut mail = mail(author, number, NOW + 60);
        mail.letters = vec![letter(author, &format!("{number}@example.com"), &["Tkt#2016"])];
        mail
    };
    assert!(store.remember(&offering("b@example.com", 2)).unwrap().awaiting.is_empty());
    assert!(store.remember(&mail("a@example.com", 3, NOW + 60)).unwrap().awaiting.is_empty(), "it offers none");
    assert_eq!(store.remember(&offering("a@example.com", 4)).unwrap().awaiting, std::slice::from_ref(&id));
    store.reread(&id, Level::Clean, false, NOW + 61).unwrap();
    assert_eq!(store.entry(&id).unwrap().level(), Level::Clean);
    assert!(store.remember(&offering("a@example.com", 5)).unwrap().awaiting.is_empty(), "it was opened");
}

#[test]
fn history_expires_with_what_hangs_on_it() {
    let (folder, mut store) = store();
    let mut offering = mail("a@example.com", 1, NOW - 100 * DAY);
    offering.letters = vec![letter("a@example.com", "1@example.com", &["Tkt#2016"])];
    store.remember(&offering).unwrap();
    store.remember(&mail("b@example.com", 2, NOW)).unwrap();
    assert_eq!(store.expire(&settings(folder.path()), NOW).unwrap().history, 2);
    let count = |table: &str| -> i64 {
        store.database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!(["mails", "mail_ids", "letters", "letter_ids"].map(count), [1, 1, 0, 0]);
}
