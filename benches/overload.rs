//! The desk of the daemon, with isolated workers, offered twenty times what it can do: how long small mails take, what is
//! turned away, and what memory does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sekisho::config::{Queue, Workers};
use sekisho::gate::desk::Desk;
use sekisho::gate::{Door, Refused, Request};
use sekisho::worker::{Isolation, Setup, Workshop};
use sekisho_samples::archive::zip::{Entry, ZipFile};
use sekisho_samples::program::noise;

use crate::mix;

/// How long each capacity is measured.
const MEASURE: Duration = Duration::from_secs(5);
/// How long too much is offered.
const OVERLOAD: Duration = Duration::from_secs(20);
/// How many times too much.
const TIMES: f64 = 20.0;
/// How often new requests arrive.
const TICK: Duration = Duration::from_millis(5);
/// The deadline of each, as the milter door sets it.
const DEADLINE: Duration = Duration::from_secs(120);
/// Archives waiting in the measurement of clamd 1.4.6 in which a small file then took 47 s.
const IN_LINE: usize = 14;

/// An archive of 50 MB that does not pack.
fn archive() -> Bytes {
    let parts = (0..16u64).fold(ZipFile::new(), |zip, part| {
        zip.with(Entry::new(format!("part{part}.dat"), noise(part + 1, 50_000_000 / 16)).stored())
    });
    parts.build().into()
}

fn small_mails() -> Vec<Bytes> {
    let mails = mix::standard().into_iter().filter(|mail| mail.bytes.len() <= 1 << 20);
    mails.map(|mail| Bytes::from(mail.bytes)).collect()
}

/// One answer.
struct Answer {
    took: Duration,
    refused: Option<Refused>,
    has_failed: bool,
}

/// Asks under a name nobody else uses, so that nothing is joined and nothing is at hand.
async fn ask(desk: &Desk, name: String, bytes: Bytes) -> Answer {
    let start = Instant::now();
    let request = Request { door: Door::Milter, name, bytes, deadline: start + DEADLINE, envelope: None };
    let outcome = desk.examine(request).await;
    Answer {
        took: start.elapsed(),
        has_failed: outcome.as_ref().is_ok_and(|examined| examined.failure.is_some()),
        refused: outcome.err(),
    }
}

/// Answers a second when this many clients ask one after the other.
async fn capacity(desk: &Desk, what: &'static str, inputs: Arc<[Bytes]>, clients: usize) -> f64 {
    let start = Instant::now();
    let clients: Vec<_> = (0..clients)
        .map(|client| {
            let (desk, inputs) = (desk.clone(), inputs.clone());
            tokio::spawn(async move {
                let mut count = 0usize;
                while start.elapsed() < MEASURE {
                    let bytes = inputs[(client + count) % inputs.len()].clone();
                    ask(&desk, format!("{what} {client} {count}"), bytes).await;
                    count += 1;
                }
                count
            })
        })
        .collect();
    let mut count = 0;
    for client in clients {
        count += client.await.expect("no panic");
    }
    count as f64 / start.elapsed().as_secs_f64()
}

/// Resident memory in MB: of this process, and of its children together.
fn memory() -> (u64, u64) {
    let resident = |pid: &str| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() / 1_000
    };
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().filter_map(Result::ok);
    let children: String =
        tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok()).collect();
    (resident("self"), children.split_whitespace().map(resident).sum())
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn print(what: &str, answers: &[Answer]) {
    let mut took: Vec<Duration> =
        answers.iter().filter(|answer| answer.refused.is_none()).map(|answer| answer.took).collect();
    took.sort();
    let mut away: Vec<Duration> =
        answers.iter().filter(|answer| answer.refused.is_some()).map(|answer| answer.took).collect();
    away.sort();
    let of = |wanted: Refused| answers.iter().filter(|answer| answer.refused == Some(wanted)).count();
    println!(
        "  {what:<6} offered {:>7}  answered {:>6}  p50 {:>9.1?}  p99 {:>9.1?}  max {:>9.1?}  failed {}",
        answers.len(),
        took.len(),
        percentile(&took, 50),
        percentile(&took, 99),
        took.last().copied().unwrap_or_default(),
        answers.iter().filter(|answer| answer.has_failed).count(),
    );
    println!(
        "         turned away {:>7} (p99 after {:.1?}), expired {}",
        of(Refused::Overloaded),
        percentile(&away, 99),
        of(Refused::Expired)
    );
}

/// Runs everything and prints it.
pub(crate) fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure());
}

async fn measure() {
    let isolation = Isolation { program: Some(env!("CARGO_BIN_EXE_sekisho").into()), ..Isolation::default() };
    let workshop = Arc::new(Workshop::isolated(Setup::default(), isolation).expect("a worker starts"));
    let (workers, queue) = (Workers::default(), Queue::default());
    let desk = Desk::open(workshop, &workers, &queue);
    println!(
        "{} workers, {} of them reserved; every request with bytes or a name of its own",
        workers.count, workers.reserved
    );
    let mails: Arc<[Bytes]> = small_mails().into();
    let archives: Arc<[Bytes]> = vec![archive()].into();
    let sizes: usize = mails.iter().map(Bytes::len).sum();
    println!("mails {} KB on average, archives {} MB", sizes / mails.len() / 1_000, archives[0].len() / 1_000_000);

    let mails_a_second = capacity(&desk, "mail", mails.clone(), 8).await;
    let archives_a_second = capacity(&desk, "archive", archives.clone(), 2).await;
    println!("capacity, each alone: {mails_a_second:.0} mails/s or {archives_a_second:.2} archives/s");

    let line: Vec<_> = (0..IN_LINE)
        .map(|number| {
            let (desk, bytes) = (desk.clone(), archives[0].clone());
            tokio::spawn(async move { ask(&desk, format!("in line {number}"), bytes).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let alone = ask(&desk, "ten bytes".to_owned(), Bytes::from_static(b"0123456789")).await;
    let mut last = Duration::ZERO;
    let mut answered = 0;
    for waiting in line {
        let answer = waiting.await.expect("no panic");
        answered += usize::from(answer.refused.is_none());
        last = last.max(answer.took);
    }
    println!(
        "{IN_LINE} archives at once, then ten bytes: {:.1?} (archives: {answered} answered, the last after {last:.1?})",
        alone.took
    );

    let before = memory();
    let mut samples = vec![before];
    // Answers only: a handle would keep the whole of its task in memory, and this process is to show the desk's.
    let (small, mut mails_answered) = tokio::sync::mpsc::unbounded_channel();
    let (large, mut archives_answered) = tokio::sync::mpsc::unbounded_channel();
    let (mut mails_sent, mut archives_sent) = (0usize, 0usize);
    let (mut due_small, mut due_large) = (0.0, 0.0);
    let start = Instant::now();
    let mut ticks = tokio::time::interval(TICK);
    let mut then = start;
    let mut next_sample = start + OVERLOAD / 8;
    while start.elapsed() < OVERLOAD {
        ticks.tick().await;
        let passed = then.elapsed().as_secs_f64();
        then = Instant::now();
        due_small += mails_a_second * TIMES * passed;
        due_large += archives_a_second * TIMES * passed;
        while due_small >= 1.0 {
            due_small -= 1.0;
            let (desk, bytes, to) = (desk.clone(), mails[mails_sent % mails.len()].clone(), small.clone());
            let name = format!("overload {mails_sent}");
            mails_sent += 1;
            tokio::spawn(async move { to.send(ask(&desk, name, bytes).await) });
        }
        while due_large >= 1.0 {
            due_large -= 1.0;
            let (desk, bytes, to) = (desk.clone(), archives[0].clone(), large.clone());
            let name = format!("overload {archives_sent}.zip");
            archives_sent += 1;
            tokio::spawn(async move { to.send(ask(&desk, name, bytes).await) });
        }
        if Instant::now() >= next_sample {
            samples.push(memory());
            next_sample += OVERLOAD / 8;
        }
    }
    let waiting = desk.stats();
    let (mut mails_seen, mut archives_seen) = (Vec::new(), Vec::new());
    drop((small, large));
    while let Some(answer) = mails_answered.recv().await {
        mails_seen.push(answer);
    }
    while let Some(answer) = archives_answered.recv().await {
        archives_seen.push(answer);
    }
    assert_eq!((mails_seen.len(), archives_seen.len()), (mails_sent, archives_sent), "no task panicked");
    println!(
        "\n{TIMES} times that, both at once, for {OVERLOAD:?}; at the end {} and {} waited, {} MB of input held",
        waiting.small.waiting,
        waiting.large.waiting,
        waiting.bytes / 1_000_000
    );
    print("mail", &mails_seen);
    print("large", &archives_seen);
    let stats = desk.stats();
    println!("  workers started {}, lost {:?}, handed over {}", stats.workers.hired, stats.lost, stats.handed_over);
    let shown: Vec<String> = samples.iter().map(|(own, workers)| format!("{own}+{workers}")).collect();
    println!("  resident MB, this process (which also makes the load) + workers, over time: {}", shown.join(" "));
    let mut took: Vec<Duration> =
        mails_seen.iter().filter(|answer| answer.refused.is_none()).map(|answer| answer.took).collect();
    took.sort();
    let late = percentile(&took, 99);
    println!("  small mails below 1 s at 99 %: {}", if late < Duration::from_secs(1) { "met" } else { "MISSED" });
    desk.stop(Duration::from_secs(30)).await;
}
