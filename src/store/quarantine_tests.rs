//! What the quarantine promises, with disks that fill up and processes that end at the wrong moment.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::samples::{Listing, Step, Watch};
use super::*;
use crate::config::Cause;
use crate::model::{Digests, Level};

const STEPS: [Step; 6] = [Step::Create, Step::Write, Step::Sync, Step::Rename, Step::SyncFolder, Step::Commit];

pub(super) fn settings(folder: &Path) -> config::Store {
    config::Store {
        path: folder.join("store"),
        key_file: folder.join("store.key"),
        keep_quarantine: Duration::from_secs(30 * 86_400),
        keep_history: Duration::from_secs(90 * 86_400),
        keep_reports: Duration::from_secs(90 * 86_400),
        max_bytes: 1 << 20,
    }
}

pub(super) fn slip(mail: &[u8], queue_id: &str) -> Slip {
    Slip {
        sender: "yamada@air.example.com".to_owned(),
        recipients: vec!["info@example.com".to_owned(), "desk@example.com".to_owned()],
        queue_id: Some(queue_id.to_owned()),
        client: Some("203.0.113.45".to_owned()),
        author: Some("yamada@air.example.com".to_owned()),
        subject: Some("航空券控え 添付のご連絡".to_owned()),
        sha256: Digests::of(mail).sha256,
        size: mail.len() as u64,
        kept: 1_458_000_000,
        level: Level::Malicious,
        score: 121,
        cause: Cause::Malicious,
        report: "r1".to_owned(),
        reasons: vec!["disguised-program-in-archive".to_owned()],
    }
}

/// Makes one step fail or the process "end" there.
struct At(Step, bool);

impl Watch for At {
    fn before(&self, step: Step) -> io::Result<()> {
        match (step == self.0, self.1) {
            (true, true) => panic!("the process ends here"),
            (true, false) => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}

#[test]
fn a_mail_that_was_kept_is_there_after_a_restart_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let mail = b"Subject: x\r\n\r\nbody\r\n";
    let mut store = Store::open(&settings(folder.path())).unwrap();
    let id = store.keep(&slip(mail, "Q1"), mail).unwrap();
    drop(store);
    let store = Store::open(&settings(folder.path())).unwrap();
    let [entry] = &store.list(&Filter::default()).unwrap()[..] else { panic!("one entry") };
    assert_eq!((entry.id.as_str(), entry.state, &entry.slip), (id.as_str(), State::Held, &slip(mail, "Q1")));
    assert_eq!(store.mail(entry).unwrap(), mail);
    assert_eq!(store.entry(&id[..6]).unwrap(), *entry, "the beginning of an id is enough");
}

#[test]
fn nothing_on_disk_says_who_wrote_what_to_whom() {
    let folder = tempfile::tempdir().unwrap();
    let mail = b"Subject: Ticket\r\n\r\nSecretBody\r\n".repeat(50);
    let mut store = Store::open(&settings(folder.path())).unwrap();
    store.keep(&slip(&mail, "Q1"), &mail).unwrap();
    let mut files = vec![folder.path().to_owned()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let digest = Digests::of(&mail).sha256;
        for word in ["example.com", "航空券控え", "SecretBody", "203.0.113.45", &digest] {
            let shown = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!shown, "{} shows {word}", path.display());
        }
    }
}

#[test]
fn a_delivery_that_is_tried_again_is_one_entry() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&settings(folder.path())).unwrap();
    let first = store.keep(&slip(b"mail", "Q1"), b"mail").unwrap();
    let mut again = slip(b"mail", "Q1");
    again.recipients.reverse();
    again.kept += 300;
    assert_eq!(store.keep(&again, b"mail").unwrap(), first);
    // Two that raced for it: the second finds the first's entry when it enters its own.
    assert_eq!(store.enter("ffffffffffffffffffff", &again).unwrap(), first);
    let mut other = slip(b"mail", "Q1");
    other.recipients.pop();
    assert_ne!(store.keep(&other, b"mail").unwrap(), first, "other recipients are another delivery");
    let next = slip(b"mail", "Q2");
    assert_eq!(store.keep(&next, b"mail").unwrap(), first, "each try may have a queue id of its own");
    let much_later = Slip { kept: next.kept + 6 * 86_400, ..next };
    assert_ne!(store.keep(&much_later, b"mail").unwrap(), first, "no server tries for so long");
    assert_eq!(store.list(&Filter::default()).unwrap().len(), 3);
    assert_eq!(store.samples.list().unwrap().ids.len(), 3);
}

#[test]
fn a_full_disk_keeps_nothing_half_and_works_again_when_there_is_room() {
    for step in STEPS {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&settings(folder.path())).unwrap();
        store.samples.watched(Arc::new(At(step, false)));
        let error = store.keep(&slip(b"mail", "Q1"), b"mail").unwrap_err();
        assert!(error.is_full(), "{step:?}: {error}");
        assert!(store.list(&Filter::default()).unwrap().is_empty(), "{step:?}");
        assert_eq!(store.samples.list().unwrap(), Listing::default(), "{step:?}");
        store.samples.watched(Arc::new(At(Step::Create, false)));
        assert!(store.keep(&slip(b"mail", "Q1"), b"mail").is_err());
        let mut roomy =
            Store { samples: Samples::open(store.path.join("samples"), store.key.clone()).unwrap(), ..store };
        roomy.keep(&slip(b"mail", "Q1"), b"mail").unwrap();
        assert_eq!(roomy.list(&Filter::default()).unwrap().len(), 1);
    }
}

#[test]
fn a_full_database_keeps_nothing_half_and_works_again_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&settings(folder.path())).unwrap();
    let pages: i64 = store.database.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.database.pragma_update_and_check(None, "max_page_count", pages + 2, |_| Ok(())).unwrap();
    let mut kept = 0;
    let error = (0..1_000).find_map(|number| {
        let mail = format!("mail {number}");
        let kept_one = store.keep(&slip(mail.as_bytes(), &format!("Q{number}")), mail.as_bytes());
        kept += usize::from(kept_one.is_ok());
        kept_one.err()
    });
    let error = error.expect("the database fills up");
    assert!(error.is_full(), "{error}");
    assert_eq!(store.list(&Filter::default()).unwrap().len(), kept);
    assert_eq!(store.samples.list().unwrap().ids.len(), kept);
    store.database.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(())).unwrap();
    store.keep(&slip(b"later", "QZ"), b"later").unwrap();
    assert_eq!(store.list(&Filter::default()).unwrap().len(), kept + 1);
}

#[test]
fn a_process_that_ends_at_any_step_leaves_no_entry_without_its_mail() {
    for step in STEPS {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&settings(folder.path())).unwrap();
        store.samples.watched(Arc::new(At(step, true)));
        let ended = catch_unwind(AssertUnwindSafe(|| store.keep(&slip(b"mail", "Q1"), b"mail")));
        assert!(ended.is_err());
        drop(store);
        let mut store = Store::open(&settings(folder.path())).unwrap();
        assert!(store.list(&Filter::default()).unwrap().is_empty(), "{step:?}: nobody was told, so nothing is kept");
        // The server tries again.
        let id = store.keep(&slip(b"mail", "Q1"), b"mail").unwrap();
        assert_eq!(store.mail(&store.entry(&id).unwrap()).unwrap(), b"mail");
    }
}

#[test]
fn beyond_the_most_bytes_nothing_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&config::Store { max_bytes: 10, ..settings(folder.path()) }).unwrap();
    store.keep(&slip(b"123456", "Q1"), b"123456").unwrap();
    let error = store.keep(&slip(b"12345", "Q2"), b"12345").unwrap_err();
    assert!(matches!(error, StoreError::Full { held: 6, most: 10, more: 5 }));
    store.keep(&slip(b"1234", "Q3"), b"1234").unwrap();
    let first = store.list(&Filter::default()).unwrap().remove(0).id;
    store.delete(&first).unwrap();
    assert!(matches!(store.entry(&first), Err(StoreError::Unknown(_))));
    store.keep(&slip(b"abcd", "Q4"), b"abcd").unwrap();
}

#[test]
fn a_changed_row_or_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&settings(folder.path())).unwrap();
    let one = store.keep(&slip(b"one", "Q1"), b"one").unwrap();
    let two = store.keep(&slip(b"two", "Q2"), b"two").unwrap();
    let sample = |id: &str| folder.path().join("store/samples").join(&id[..2]).join(id);
    std::fs::copy(sample(&one), sample(&two)).unwrap();
    let entry = store.entry(&two).unwrap();
    assert!(matches!(store.mail(&entry), Err(StoreError::Tampered(_))), "another entry's file");
    store.database.execute("UPDATE quarantine SET slip = (SELECT slip FROM quarantine WHERE id = ?1)", [&one]).unwrap();
    assert!(matches!(store.entry(&two), Err(StoreError::Tampered(_))), "another entry's slip");
    assert!(store.entry(&one).is_ok());
}

#[test]
fn a_store_opens_with_its_own_key_only_and_never_gets_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    drop(Store::open(&settings).unwrap());
    let other = folder.path().join("other.key");
    Key::make(&other).unwrap();
    assert!(matches!(Store::open_beside(&settings.path, &other), Err(StoreError::WrongKey)));
    std::fs::remove_file(&settings.key_file).unwrap();
    assert!(matches!(Store::open(&settings), Err(StoreError::Key { .. })));
    assert!(!settings.key_file.exists());
}

#[test]
fn one_daemon_at_a_time_and_the_command_line_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let mut daemon = Store::open(&settings).unwrap();
    assert!(matches!(Store::open(&settings), Err(StoreError::InUse(_))));
    let mut beside = Store::open_beside(&settings.path, &settings.key_file).unwrap();
    let writer = std::thread::spawn(move || {
        for number in 0..40 {
            let mail = format!("mail {number}");
            daemon.keep(&slip(mail.as_bytes(), &format!("Q{number}")), mail.as_bytes()).unwrap();
        }
        daemon
    });
    let mut deleted = 0;
    while deleted < 20 {
        for entry in beside.list(&Filter { limit: 5, ..Filter::default() }).unwrap() {
            beside.mail(&entry).unwrap();
            beside.delete(&entry.id).unwrap();
            deleted += 1;
        }
    }
    let daemon = writer.join().unwrap();
    assert_eq!(daemon.list(&Filter::default()).unwrap().len(), 40 - deleted);
    assert_eq!(daemon.samples.list().unwrap().ids.len(), 40 - deleted);
}

#[test]
fn filters_narrow_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&settings(folder.path())).unwrap();
    store.keep(&slip(b"one", "Q1"), b"one").unwrap();
    let later = Slip {
        sender: "other@example.net".to_owned(),
        author: None,
        recipients: vec!["sato@example.com".to_owned()],
        kept: 1_458_000_100,
        level: Level::Suspicious,
        ..slip(b"two", "Q2")
    };
    store.keep(&later, b"two").unwrap();
    let count = |filter: Filter| store.list(&filter).unwrap().len();
    assert_eq!(count(Filter::default()), 2);
    assert_eq!(count(Filter { since: Some(1_458_000_050), ..Filter::default() }), 1);
    assert_eq!(count(Filter { sender: Some("YAMADA".to_owned()), ..Filter::default() }), 1);
    assert_eq!(count(Filter { recipient: Some("sato@".to_owned()), ..Filter::default() }), 1);
    assert_eq!(count(Filter { level: Some(Level::Malicious), ..Filter::default() }), 1);
    assert_eq!(count(Filter { level: Some(Level::Clean), ..Filter::default() }), 0);
    assert_eq!(count(Filter { state: Some(State::Released), ..Filter::default() }), 0);
    assert_eq!(count(Filter { limit: 1, ..Filter::default() }), 1);
}
