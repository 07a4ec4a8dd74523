//! The desk with workers that follow a script: each question comes to the test, which answers when it likes.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::admission::Bounds;
use super::hand::{Agency, Hand};
use super::{Desk, Stats};
use crate::config::{Queue, Workers};
use crate::gate::checkpoint::{Door, Examined, Refused, Request};
use crate::report::Language;
use crate::worker::{Answer, Failure, Job, Replacement, Rewritten, Stopper, failure_report};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

type Reply = Result<Answer, Failure>;

/// A question as the test sees it.
struct Asked {
    job: Job,
    bytes: Bytes,
    rules: &'static str,
    reply: SyncSender<Reply>,
}

impl Asked {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).chars().take(8).collect()
    }

    fn within(&self) -> Duration {
        match &self.job {
            Job::Scan { within, .. } => within.expect("the desk always says"),
            _ => panic!("not a scan"),
        }
    }

    fn answer(self) {
        let report = failure_report("message", &self.bytes, &Failure::TimedOut, self.rules, Language::English);
        self.say(Ok(Answer::Scanned { report: Box::new(report), letters: Vec::new() }));
    }

    fn say(self, reply: Reply) {
        // It may have been killed.
        let _ = self.reply.try_send(reply);
    }
}

/// An agency whose hands ask the test.
struct Script {
    rules: &'static str,
    asked: Mutex<std::sync::mpsc::Sender<Asked>>,
    is_closed: AtomicBool,
    gate: Mutex<Option<Receiver<()>>>,
    /// Whether the last one hired has died.
    last: Mutex<Arc<AtomicBool>>,
}

struct Scripted {
    rules: &'static str,
    asked: std::sync::mpsc::Sender<Asked>,
    current: Arc<Mutex<Option<SyncSender<Reply>>>>,
    is_dead: Arc<AtomicBool>,
}

impl Hand for Scripted {
    fn ask(&mut self, job: Job, bytes: &Bytes, deadline: Instant) -> Reply {
        if bytes.starts_with(b"panic") {
            panic!("as the script says");
        }
        let (reply, answer) = sync_channel(1);
        *self.current.lock().expect("not poisoned") = Some(reply.clone());
        let asked = Asked { job, bytes: bytes.clone(), rules: self.rules, reply };
        self.asked.send(asked).map_err(|_| Failure::NotStarted("the test is over".to_owned()))?;
        let left = deadline.saturating_duration_since(Instant::now());
        let reply = match answer.recv_timeout(left) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Timeout) => Err(Failure::TimedOut),
            Err(RecvTimeoutError::Disconnected) => Err(Failure::Crashed { how: "the test dropped it".to_owned() }),
        };
        *self.current.lock().expect("not poisoned") = None;
        reply
    }

    fn is_fit(&self) -> bool {
        !self.is_dead.load(Ordering::SeqCst)
    }

    fn stopper(&self) -> Stopper {
        let current = self.current.clone();
        Stopper::new(move || {
            if let Some(reply) = current.lock().expect("not poisoned").take() {
                let _ = reply.try_send(Err(Failure::Crashed { how: "signal 9".to_owned() }));
            }
        })
    }
}

impl Agency for Script {
    fn hire(&self) -> Result<Box<dyn Hand>, Failure> {
        if let Some(gate) = self.gate.lock().expect("not poisoned").take() {
            let _ = gate.recv();
        }
        if self.is_closed.load(Ordering::SeqCst) {
            return Err(Failure::NotStarted("as the script says".to_owned()));
        }
        let asked = self.asked.lock().expect("not poisoned").clone();
        let is_dead: Arc<AtomicBool> = Arc::default();
        *self.last.lock().expect("not poisoned") = is_dead.clone();
        Ok(Box::new(Scripted { rules: self.rules, asked, current: Arc::default(), is_dead }))
    }

    fn rules(&self) -> &str {
        self.rules
    }

    fn fingerprint(&self) -> String {
        self.rules.to_owned()
    }

    fn language(&self) -> Language {
        Language::English
    }

    fn wall_time(&self) -> Duration {
        PATIENCE
    }
}

fn script(rules: &'static str) -> (Arc<Script>, Receiver<Asked>) {
    let (asked, questions) = channel();
    let script = Script {
        rules,
        asked: Mutex::new(asked),
        is_closed: AtomicBool::new(false),
        gate: Mutex::default(),
        last: Mutex::default(),
    };
    (Arc::new(script), questions)
}

/// A desk and the questions its workers ask.
struct Bench {
    desk: Desk,
    script: Arc<Script>,
    questions: Receiver<Asked>,
}

impl Bench {
    fn new(count: usize, reserved: usize, queue: Queue) -> Self {
        Bench::with(count, reserved, queue, |_| {})
    }

    fn with(count: usize, reserved: usize, queue: Queue, change: impl FnOnce(&mut Bounds)) -> Self {
        let (script, questions) = script("first");
        let workers = Workers { count, reserved, ..Workers::default() };
        // What a slow machine takes is no sign of much work here.
        let mut bounds = Bounds::new(&queue);
        bounds.patience = PATIENCE;
        bounds.wait = PATIENCE;
        change(&mut bounds);
        Bench { desk: Desk::staffed(script.clone(), &workers, &queue, bounds, None), script, questions }
    }

    fn ask(&self, bytes: impl Into<Bytes>) -> JoinHandle<Result<Examined, Refused>> {
        self.ask_within(bytes, PATIENCE)
    }

    fn ask_within(&self, bytes: impl Into<Bytes>, time: Duration) -> JoinHandle<Result<Examined, Refused>> {
        let (desk, bytes) = (self.desk.clone(), bytes.into());
        tokio::spawn(async move { desk.examine(request(bytes, time)).await })
    }

    fn next(&self) -> Asked {
        self.questions.recv_timeout(PATIENCE).expect("a worker is asked")
    }

    fn is_quiet(&self) -> bool {
        self.questions.try_recv().is_err()
    }

    /// Waits until the counters say so.
    fn until(&self, what: impl Fn(&Stats) -> bool) -> Stats {
        let start = Instant::now();
        loop {
            let stats = self.desk.stats();
            if what(&stats) {
                return stats;
            }
            assert!(start.elapsed() < PATIENCE, "{stats:#?}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Keeps one worker busy with something small.
    fn occupy(&self, bytes: &'static str) -> (Asked, JoinHandle<Result<Examined, Refused>>) {
        let waiting = self.ask(bytes);
        let asked = self.next();
        assert_eq!(asked.bytes, bytes);
        (asked, waiting)
    }
}

fn request(bytes: Bytes, time: Duration) -> Request {
    let deadline = Instant::now() + time;
    Request { door: Door::Http, name: "message".to_owned(), bytes, deadline, envelope: None }
}

/// Something that goes the large lane.
fn large(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(2 << 20, b' ');
    bytes
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

async fn examined(waiting: JoinHandle<Result<Examined, Refused>>) -> Examined {
    waiting.await.expect("no panic").expect("examined")
}

async fn refused(waiting: JoinHandle<Result<Examined, Refused>>) -> Refused {
    waiting.await.expect("no panic").expect_err("refused")
}

#[test]
fn small_overtakes_large() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (first, first_waits) = bench.occupy("first");
        let slow = bench.ask(large("large"));
        bench.until(|stats| stats.large.waiting == 1);
        let quick = bench.ask("small");
        bench.until(|stats| stats.small.waiting == 1);
        first.answer();
        let second = bench.next();
        assert_eq!(second.text(), "small");
        second.answer();
        let third = bench.next();
        assert!(third.text().starts_with("large"));
        third.answer();
        for waiting in [first_waits, slow, quick] {
            assert!(examined(waiting).await.failure.is_none());
        }
    });
}

#[test]
fn a_reserved_worker_waits_for_small_ones_however_many_large_ones_there_are() {
    run(async {
        let bench = Bench::new(2, 1, Queue::default());
        let slow: Vec<_> = (0..5).map(|number| bench.ask(large(&format!("large{number}")))).collect();
        let held = bench.next();
        assert!(held.text().starts_with("large"));
        bench.until(|stats| stats.large.waiting == 4 && stats.workers.idle == 1);
        for text in ["small1", "small2", "small3"] {
            let (asked, waits) = bench.occupy(text);
            asked.answer();
            examined(waits).await;
        }
        assert_eq!(bench.desk.stats().large.waiting, 4);
        held.answer();
        for _ in 0..4 {
            bench.next().answer();
        }
        for waiting in slow {
            examined(waiting).await;
        }
    });
}

#[test]
fn large_ones_come_to_their_turn_under_a_flood_of_small_ones() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (first, _waits) = bench.occupy("first");
        let slow = bench.ask(large("large"));
        let quick: Vec<_> = (0..40).map(|number| bench.ask(format!("small{number}"))).collect();
        bench.until(|stats| stats.large.waiting == 1 && stats.small.waiting == 40);
        first.answer();
        let mut before = 0;
        loop {
            let asked = bench.next();
            let is_large = asked.text().starts_with("large");
            asked.answer();
            if is_large {
                break;
            }
            before += 1;
        }
        assert!(before < 10, "{before} small ones came before it");
        for _ in before..40 {
            bench.next().answer();
        }
        examined(slow).await;
        for waiting in quick {
            examined(waiting).await;
        }
    });
}

#[test]
fn what_is_too_much_is_turned_away_at_once() {
    run(async {
        let queue = Queue { small_waiting: 3, large_waiting: 1, max_input: 4 << 20, ..Queue::default() };
        let bench = Bench::new(1, 0, queue);
        let (first, _waits) = bench.occupy("first");
        let waiting: Vec<_> = (0..3).map(|number| bench.ask(format!("small{number}"))).collect();
        let slow = bench.ask(large("large"));
        bench.until(|stats| stats.small.waiting == 3 && stats.large.waiting == 1);
        assert_eq!(refused(bench.ask("one more")).await, Refused::Overloaded);
        assert_eq!(refused(bench.ask(large("one more"))).await, Refused::Overloaded);
        assert_eq!(refused(bench.ask(vec![0; (4 << 20) + 1])).await, Refused::TooLarge);
        let joined = bench.ask("small0");
        bench.until(|stats| stats.joined == 1);
        let stats = bench.desk.stats();
        assert_eq!((stats.refused.overloaded, stats.refused.too_large), (2, 1));
        first.answer();
        for _ in 0..4 {
            bench.next().answer();
        }
        for waiting in waiting.into_iter().chain([slow, joined]) {
            examined(waiting).await;
        }
        bench.until(|stats| stats.bytes == 0);
    });
}

#[test]
fn bytes_are_bounded_and_small_ones_keep_their_share() {
    run(async {
        let bench = Bench::new(1, 0, Queue { bytes: 8 << 20, ..Queue::default() });
        let (first, _waits) = bench.occupy("first");
        let slow: Vec<_> = (0..3).map(|number| bench.ask(large(&format!("large{number}")))).collect();
        bench.until(|stats| stats.large.waiting == 3);
        assert_eq!(refused(bench.ask(large("one more"))).await, Refused::Overloaded);
        let quick = bench.ask("small");
        bench.until(|stats| stats.small.waiting == 1);
        first.answer();
        for _ in 0..4 {
            bench.next().answer();
        }
        for waiting in slow.into_iter().chain([quick]) {
            examined(waiting).await;
        }
    });
}

#[test]
fn the_small_lane_closes_before_anyone_would_wait_long() {
    run(async {
        let bench = Bench::with(1, 0, Queue::default(), |bounds| bounds.wait = Duration::ZERO);
        bench.occupy("first").0.answer();
        bench.until(|stats| stats.small.done == 1);
        let (second, _waits) = bench.occupy("second");
        let waiting: Vec<_> = (0..30).map(|number| bench.ask(format!("small{number}"))).collect();
        bench.until(|stats| stats.small.waiting + stats.refused.overloaded == 30);
        assert_eq!(bench.desk.stats().small.waiting, 16);
        second.answer();
        for _ in 0..16 {
            bench.next().answer();
        }
        drop(waiting);
    });
}

#[test]
fn fifty_callers_with_the_same_bytes_are_one_job() {
    run(async {
        let bench = Bench::new(2, 1, Queue::default());
        let (held, first) = bench.occupy("same");
        let others: Vec<_> = (0..49).map(|_| bench.ask("same")).collect();
        bench.until(|stats| stats.joined == 49);
        held.answer();
        let report = examined(first).await;
        for other in others {
            let other = examined(other).await;
            assert!(Arc::ptr_eq(&report.report, &other.report));
            assert_eq!(report.id, other.id);
        }
        assert!(bench.is_quiet());
        assert_eq!(bench.desk.stats().small.done, 1);
    });
}

#[test]
fn another_name_is_another_job() {
    run(async {
        let bench = Bench::new(2, 1, Queue::default());
        let (held, first) = bench.occupy("same");
        let desk = bench.desk.clone();
        let named = Request { name: "other".to_owned(), ..request(Bytes::from_static(b"same"), PATIENCE) };
        let second = tokio::spawn(async move { desk.examine(named).await });
        bench.next().answer();
        held.answer();
        assert_ne!(examined(first).await.id, examined(second).await.id);
    });
}

#[test]
fn a_job_nobody_waits_for_leaves_the_queue() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (held, _waits) = bench.occupy("first");
        let both = [bench.ask("second"), bench.ask("second")];
        bench.until(|stats| stats.small.waiting == 1 && stats.joined == 1);
        both[0].abort();
        bench.until(|stats| stats.given_up == 1);
        assert_eq!(bench.desk.stats().small.waiting, 1, "one still waits");
        both[1].abort();
        bench.until(|stats| stats.given_up == 2 && stats.small.waiting == 0);
        let third = bench.ask("third");
        held.answer();
        let next = bench.next();
        assert_eq!(next.text(), "third");
        next.answer();
        examined(third).await;
    });
}

#[test]
fn a_job_nobody_waits_for_takes_its_worker_with_it() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (held, waits) = bench.occupy("endless");
        waits.abort();
        bench.until(|stats| stats.lost.given_up == 1 && stats.workers.hired == 2);
        // The same again is a job of its own, and no death is held against the bytes.
        let (again, waits) = bench.occupy("endless");
        again.answer();
        let report = examined(waits).await;
        assert_eq!((report.failure, report.poison), (None, None));
        drop(held);
    });
}

#[test]
fn bytes_that_outlast_everyone_are_poison_too() {
    run(async {
        let queue = Queue { poison_after: 2, ..Queue::default() };
        let bench = Bench::with(1, 0, queue, |bounds| bounds.fair = Duration::ZERO);
        for lost in 1..=2 {
            let (_held, waits) = bench.occupy("endless");
            waits.abort();
            bench.until(|stats| stats.lost.given_up == lost && stats.workers.idle == 1);
        }
        assert_eq!(examined(bench.ask("endless")).await.poison, Some(2));
        assert!(bench.is_quiet());
    });
}

#[test]
fn a_kept_report_answers_again() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (asked, waits) = bench.occupy("mail");
        asked.answer();
        let first = examined(waits).await;
        let second = examined(bench.ask("mail")).await;
        assert!(!first.from_cache && second.from_cache);
        assert!(Arc::ptr_eq(&first.report, &second.report));
        assert_eq!(first.id, second.id);
        assert!(bench.is_quiet());
        let cache = bench.desk.stats().cache;
        assert_eq!((cache.hits, cache.misses, cache.entries), (1, 1, 1));
    });
}

#[test]
fn failures_are_not_kept() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (asked, waits) = bench.occupy("mail");
        asked.say(Err(Failure::OutOfMemory));
        assert_eq!(examined(waits).await.failure, Some(Failure::OutOfMemory));
        let (asked, waits) = bench.occupy("mail");
        asked.answer();
        let second = examined(waits).await;
        assert_eq!((second.failure, second.from_cache), (None, false));
        let stats = bench.desk.stats();
        assert_eq!((stats.lost.out_of_memory, stats.workers.hired), (1, 2));
    });
}

#[test]
fn a_scan_that_used_up_its_time_is_not_kept() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let waits = bench.ask_within("mail", Duration::from_secs(4));
        let asked = bench.next();
        let within = asked.within();
        assert!(within < Duration::from_secs(3), "{within:?} leaves nothing for the end");
        std::thread::sleep(within);
        asked.answer();
        examined(waits).await;
        let (asked, waits) = bench.occupy("mail");
        asked.answer();
        assert!(!examined(waits).await.from_cache);
    });
}

#[test]
fn bytes_that_kill_worker_after_worker_are_not_read_again() {
    run(async {
        let bench = Bench::new(1, 0, Queue { poison_after: 3, ..Queue::default() });
        for death in 1..=3 {
            let (asked, waits) = bench.occupy("killer");
            asked.say(Err(Failure::Crashed { how: "signal 11 (SIGSEGV)".to_owned() }));
            let report = examined(waits).await;
            assert!(matches!(report.failure, Some(Failure::Crashed { .. })));
            assert_eq!(report.poison, (death == 3).then_some(3));
        }
        let report = examined(bench.ask("killer")).await;
        assert_eq!(report.poison, Some(3));
        assert!(report.failure.is_some(), "it is never clean");
        assert_eq!(report.report.verdict.level, crate::model::Level::Error);
        assert!(bench.is_quiet());
        assert_eq!(bench.desk.stats().poisoned, 1);
        let (asked, waits) = bench.occupy("other");
        asked.answer();
        assert_eq!(examined(waits).await.poison, None);
    });
}

#[test]
fn one_that_comes_through_is_forgiven() {
    run(async {
        let bench = Bench::new(1, 0, Queue { poison_after: 2, cache: 0, ..Queue::default() });
        for _ in 0..3 {
            let (asked, waits) = bench.occupy("unlucky");
            asked.say(Err(Failure::OutOfMemory));
            assert_eq!(examined(waits).await.poison, None);
            let (asked, waits) = bench.occupy("unlucky");
            asked.answer();
            assert!(examined(waits).await.failure.is_none());
        }
    });
}

#[test]
fn requests_are_answered_all_through_a_reload() {
    run(async {
        let bench = Bench::new(2, 1, Queue::default());
        let (held, held_waits) = bench.occupy("in work");
        let (second, new_questions) = script("second");
        let (open, gate) = channel();
        *second.gate.lock().expect("not poisoned") = Some(gate);
        bench.desk.shared.replace(second);
        // The new workers are not there yet: the old ones answer.
        for text in ["a", "b", "c"] {
            let (asked, waits) = bench.occupy(text);
            asked.answer();
            assert_eq!(examined(waits).await.report.scanner.rules, "first");
        }
        assert!(examined(bench.ask("a")).await.from_cache);
        open.send(()).expect("hiring waits");
        bench.until(|stats| stats.workers.reloads == 1);
        // What was kept is of other rules.
        let waits = bench.ask("a");
        let asked = new_questions.recv_timeout(PATIENCE).expect("a new worker is asked");
        asked.answer();
        let report = examined(waits).await;
        assert_eq!((report.report.scanner.rules.as_str(), report.from_cache), ("second", false));
        // And what was in work is finished as it was begun.
        held.answer();
        assert_eq!(examined(held_waits).await.report.scanner.rules, "first");
        assert_eq!(bench.desk.stats().rules, "second");
        // The place that was busy has a new worker as well.
        let both = [bench.ask("x"), bench.ask("y")];
        let asked: Vec<_> =
            (0..2).map(|_| new_questions.recv_timeout(PATIENCE).expect("both places are new")).collect();
        asked.into_iter().for_each(Asked::answer);
        for waits in both {
            examined(waits).await;
        }
    });
}

#[test]
fn a_reload_that_fails_leaves_everything_as_it_was() {
    run(async {
        let bench = Bench::new(2, 1, Queue::default());
        let (second, _questions) = script("second");
        second.is_closed.store(true, Ordering::SeqCst);
        bench.desk.shared.replace(second);
        bench.until(|stats| stats.workers.reloads_failed == 1);
        let (asked, waits) = bench.occupy("mail");
        asked.answer();
        assert_eq!(examined(waits).await.report.scanner.rules, "first");
    });
}

#[test]
fn where_no_worker_can_be_hired_that_is_the_answer() {
    run(async {
        let (script, questions) = script("first");
        script.is_closed.store(true, Ordering::SeqCst);
        let queue = Queue::default();
        let workers = Workers { count: 3, reserved: 1, ..Workers::default() };
        let desk = Desk::staffed(script.clone(), &workers, &queue, Bounds::new(&queue), None);
        let bench = Bench { desk, script, questions };
        for bytes in [b"mail".to_vec(), large("large")] {
            let report = examined(bench.ask(bytes)).await;
            assert!(matches!(report.failure, Some(Failure::NotStarted(_))), "{:?}", report.failure);
            assert_eq!(report.poison, None);
        }
        bench.script.is_closed.store(false, Ordering::SeqCst);
        bench.until(|stats| stats.workers.idle > 0);
        let (asked, waits) = bench.occupy("mail");
        asked.answer();
        assert!(examined(waits).await.failure.is_none());
    });
}

#[test]
fn what_waits_past_its_deadline_is_not_scanned() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (held, _waits) = bench.occupy("first");
        let late = bench.ask_within("late", Duration::from_millis(50));
        assert_eq!(refused(late).await, Refused::Expired);
        assert_eq!(refused(bench.ask_within("too late", Duration::ZERO)).await, Refused::Expired);
        let on_time = bench.ask("on time");
        held.answer();
        let asked = bench.next();
        assert_eq!(asked.text(), "on time");
        asked.answer();
        examined(on_time).await;
        assert_eq!(bench.desk.stats().refused.expired, 2);
    });
}

#[test]
fn a_worker_that_hangs_is_killed_before_the_deadline() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let time = Duration::from_secs(2);
        let start = Instant::now();
        let waits = bench.ask_within("hangs", time);
        let asked = bench.next();
        assert!(asked.within() < time);
        let report = examined(waits).await;
        assert_eq!(report.failure, Some(Failure::TimedOut));
        assert_eq!(report.poison, None);
        assert!(start.elapsed() < PATIENCE / 2);
        drop(asked);
        let (asked, waits) = bench.occupy("next");
        asked.answer();
        examined(waits).await;
        assert_eq!(bench.desk.stats().workers.hired, 2);
    });
}

#[test]
fn whoever_has_more_time_than_those_it_joined_gets_another_try() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let short = bench.ask_within("slow", Duration::from_secs(2));
        let _hangs = bench.next();
        let long = bench.ask("slow");
        bench.until(|stats| stats.joined == 1);
        assert_eq!(examined(short).await.failure, Some(Failure::TimedOut));
        bench.next().answer();
        assert_eq!(examined(long).await.failure, None);
    });
}

#[test]
fn a_small_one_that_is_much_work_is_handed_over() {
    run(async {
        let patience = Duration::from_millis(200);
        let bench = Bench::with(2, 1, Queue::default(), |bounds| bounds.patience = patience);
        let slow = bench.ask(large("large"));
        let held = bench.next();
        let bomb = bench.ask("bomb");
        let asked = bench.next();
        assert!(asked.within() <= patience);
        // It does not even end by itself.
        bench.until(|stats| stats.handed_over == 1 && stats.large.waiting == 1);
        drop(asked);
        // The reserved worker is there for the next one.
        let (asked, waits) = bench.occupy("mail");
        asked.answer();
        examined(waits).await;
        held.answer();
        let again = bench.next();
        assert_eq!(again.text(), "bomb");
        assert!(again.within() > patience);
        again.answer();
        let report = examined(bomb).await;
        assert_eq!((report.failure, report.poison), (None, None));
        examined(slow).await;
    });
}

#[test]
fn a_panic_costs_one_answer() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        assert!(matches!(examined(bench.ask("panic")).await.failure, Some(Failure::Crashed { .. })));
        let (asked, waits) = bench.occupy("mail");
        asked.answer();
        assert!(examined(waits).await.failure.is_none());
    });
}

#[test]
fn a_worker_that_dies_while_it_waits_costs_no_answer() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        bench.until(|stats| stats.workers.idle == 1);
        bench.script.last.lock().expect("not poisoned").store(true, Ordering::SeqCst);
        let (asked, waits) = bench.occupy("mail");
        assert_eq!(bench.desk.stats().workers.hired, 2);
        asked.answer();
        assert!(examined(waits).await.failure.is_none());
        // And the one that came in its place can be stopped.
        bench.script.last.lock().expect("not poisoned").store(true, Ordering::SeqCst);
        let (_held, waits) = bench.occupy("endless");
        waits.abort();
        bench.until(|stats| stats.lost.given_up == 1);
    });
}

#[test]
fn stopping_answers_what_is_there_and_nothing_more() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (held, first) = bench.occupy("first");
        let second = bench.ask("second");
        bench.until(|stats| stats.small.waiting == 1);
        let desk = bench.desk.clone();
        let stopped = tokio::spawn(async move { desk.stop(PATIENCE).await });
        while !bench.desk.shared.board().is_stopping {
            tokio::task::yield_now().await;
        }
        assert_eq!(refused(bench.ask("third")).await, Refused::Stopping);
        held.answer();
        bench.next().answer();
        examined(first).await;
        examined(second).await;
        stopped.await.expect("stops");
        assert_eq!(bench.desk.stats().workers.idle, 0);
    });
}

#[test]
fn what_is_not_done_within_the_grace_is_turned_away() {
    run(async {
        let bench = Bench::new(1, 0, Queue::default());
        let (_held, first) = bench.occupy("first");
        let second = bench.ask("second");
        bench.until(|stats| stats.small.waiting == 1);
        bench.desk.stop(Duration::ZERO).await;
        assert_eq!(refused(first).await, Refused::Stopping);
        assert_eq!(refused(second).await, Refused::Stopping);
        assert!(bench.is_quiet());
    });
}

#[test]
fn the_last_desk_takes_its_workers_along() {
    run(async {
        let bench = Bench::new(2, 1, Queue::default());
        bench.until(|stats| stats.workers.idle == 2);
        let shared = Arc::downgrade(&bench.desk.shared);
        drop(bench);
        let start = Instant::now();
        while shared.strong_count() > 0 {
            assert!(start.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}

#[test]
fn a_message_is_rewritten_however_much_waits() {
    run(async {
        let bench = Bench::new(1, 0, Queue { small_waiting: 0, ..Queue::default() });
        bench.until(|stats| stats.workers.idle == 1);
        let desk = bench.desk.clone();
        let replacement = Replacement { notice: "gone".to_owned(), ..Replacement::default() };
        let deadline = Instant::now() + PATIENCE;
        let waits = tokio::spawn(async move { desk.rewrite(Bytes::from_static(b"mail"), replacement, deadline).await });
        let asked = bench.next();
        assert!(matches!(asked.job, Job::Rewrite(_)));
        let rewritten = Rewritten {
            body: b"gone".to_vec(),
            headers: Vec::new(),
            removed: vec!["a.exe".to_owned()],
            breaks: Vec::new(),
            left: None,
        };
        asked.say(Ok(Answer::Rewritten(Some(rewritten.clone()))));
        assert_eq!(waits.await.expect("no panic"), Some(rewritten));
    });
}
