//! The desk with real workers, in this process and as processes of their own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sekisho::config::{Queue, Workers};
use sekisho::gate::desk::{Desk, Stats};
use sekisho::gate::{Door, Refused, Request};
use sekisho::worker::{Failure, Isolation, Setup, Workshop};
use sekisho_samples::archive::zip::encrypted_aes;

/// Long enough for a loaded machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);
const MAIL: &[u8] = b"From: a@example.com\r\nTo: b@example.com\r\nDate: Tue, 15 Mar 2016 10:31:00 +0900\r\n\
    Message-ID: <1@example.com>\r\nSubject: ticket\r\n\r\nSee you tomorrow.\r\n";

/// A workshop whose workers are processes.
pub(crate) fn isolated(setup: Setup) -> Arc<Workshop> {
    let program = Some(env!("CARGO_BIN_EXE_sekisho").into());
    let isolation = Isolation { program, ready_within: PATIENCE, ..Isolation::default() };
    Arc::new(Workshop::isolated(setup, isolation).expect("a worker starts"))
}

pub(crate) fn request(name: &str, bytes: impl Into<Bytes>) -> Request {
    Request {
        door: Door::Http,
        name: name.to_owned(),
        bytes: bytes.into(),
        deadline: Instant::now() + PATIENCE,
        envelope: None,
    }
}

pub(crate) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

fn workers(count: usize) -> Workers {
    Workers { count, reserved: 1, ..Workers::default() }
}

async fn until(desk: &Desk, what: impl Fn(&Stats) -> bool) {
    let start = Instant::now();
    while !what(&desk.stats()) {
        assert!(start.elapsed() < PATIENCE, "{:#?}", desk.stats());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A setup by which the archive keeps a worker busy for minutes.
fn endless() -> (Setup, Vec<u8>) {
    let words = (0..5_000_000).map(|word| word.to_string()).collect();
    (Setup { words, ..Setup::default() }, encrypted_aes("note.txt", "see you", "not among them"))
}

#[test]
fn a_mail_is_the_same_by_either_kind_of_worker() {
    run(async {
        let here = Arc::new(Workshop::without_isolation(Setup::default()).expect("a workshop"));
        let mut reports = Vec::new();
        for workshop in [here, isolated(Setup::default())] {
            let desk = Desk::open(workshop, &workers(2), &Queue::default());
            let first = desk.examine(request("message", MAIL)).await.expect("examined");
            assert_eq!(first.failure, None);
            assert_eq!(first.letters.len(), 1);
            assert_eq!(first.id.len(), 24);
            let second = desk.examine(request("message", MAIL)).await.expect("examined");
            assert!(second.from_cache && !first.from_cache);
            assert_eq!((&first.id, &first.report), (&second.id, &second.report));
            let other = desk.examine(request("another", MAIL)).await.expect("examined");
            assert_ne!(first.id, other.id);
            reports.push((first.id.clone(), first.report.clone()));
            desk.stop(PATIENCE).await;
            assert_eq!(desk.examine(request("message", MAIL)).await.expect_err("closed"), Refused::Stopping);
        }
        assert_eq!(reports[0], reports[1]);
    });
}

#[test]
fn a_process_nobody_waits_for_is_killed() {
    run(async {
        let (setup, archive) = endless();
        let desk = Desk::open(isolated(setup), &workers(2), &Queue::default());
        let asking = desk.clone();
        let waiting = tokio::spawn(async move { asking.examine(request("locked.zip", archive)).await });
        until(&desk, |stats| stats.small.in_work == 1).await;
        waiting.abort();
        until(&desk, |stats| stats.lost.given_up == 1 && stats.workers.busy == 0).await;
        assert_eq!(desk.examine(request("message", MAIL)).await.expect("examined").failure, None);
    });
}

#[test]
fn a_scan_that_takes_too_long_says_what_it_saw() {
    run(async {
        let (setup, archive) = endless();
        let desk = Desk::open(isolated(setup), &workers(2), &Queue::default());
        until(&desk, |stats| stats.workers.idle == 2).await;
        let deadline = Instant::now() + Duration::from_secs(6);
        let late = Request { deadline, ..request("locked.zip", archive) };
        match desk.examine(late).await {
            // It ended by itself, or was killed: never clean, and never nothing.
            Ok(examined) => {
                assert!(matches!(examined.failure, None | Some(Failure::TimedOut)), "{:?}", examined.failure);
                assert_ne!(examined.report.verdict.level.as_str(), "clean");
                assert!(!examined.report.coverage.reasons.is_empty());
            }
            Err(refused) => assert_eq!(refused, Refused::Expired),
        }
        assert_eq!(desk.stats().cache.entries, 0, "another run may say more");
    });
}

#[test]
fn mail_is_answered_all_through_a_reload() {
    run(async {
        let desk = Desk::open(isolated(Setup::default()), &workers(2), &Queue::default());
        let first = desk.examine(request("message", MAIL)).await.expect("examined");
        let mut limits = sekisho::Limits::default();
        limits.depth -= 1;
        desk.replace(isolated(Setup { limits, ..Setup::default() }));
        let mut answered = 0;
        while desk.stats().workers.reloads == 0 || answered < 20 {
            let name = format!("mail {answered}");
            let examined = desk.examine(request(&name, MAIL)).await.expect("examined");
            assert_eq!(examined.failure, None);
            answered += 1;
        }
        let after = desk.examine(request("message", MAIL)).await.expect("examined");
        assert!(!after.from_cache);
        assert_ne!(first.id, after.id);
    });
}
