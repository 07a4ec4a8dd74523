//! Throughput of whole scans against the floor, in the same run. Ratios are what counts; times depend on the machine.
//!
//! `cargo bench` prints, per mail of the standard mix and for all of it: the floor, one thread, and their ratio; then
//! two threads and start-up. `cargo bench -- overload` offers the daemon's desk twenty times what it can do.
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing, reason = "a program for developers")]

mod documents;
mod floor;
mod gate;
mod macros;
mod mix;
mod overload;
mod unpack;

use floor::Digests;

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sekisho::matching::RuleSet;
use sekisho::verdict::Policy;
use sekisho::{ScanOptions, Scanner, Submission};

/// Rounds; the fastest counts, since everything else on the machine only ever adds.
const ROUNDS: usize = 7;

fn fastest(mut work: impl FnMut()) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn main() {
    // `cargo test` runs benches too, with `--test`; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // `cargo bench -- unpack` compares containers with bare libraries, `cargo bench -- documents [FOLDER]` measures
    // documents, `cargo bench -- gate` the daemon beside clamd; `cargo bench -- note` runs one mail of the mix, long enough
    // for a profiler.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let only = arguments.next();
    if only.as_deref() == Some("unpack") {
        unpack::run();
        return;
    }
    if only.as_deref() == Some("overload") {
        overload::run();
        return;
    }
    if only.as_deref() == Some("gate") {
        gate::run();
        return;
    }
    let start = Instant::now();
    let rules = RuleSet::shipped().expect("shipped rules compile");
    let alone = Scanner::with(ScanOptions { threads: 1, ..ScanOptions::default() }, rules, Policy::shipped());
    let ready = start.elapsed();
    if only.as_deref() == Some("documents") {
        documents::run(&alone, arguments.next().as_deref());
        macros::run();
        return;
    }
    let pair = Scanner::with(ScanOptions { threads: 2, ..ScanOptions::default() }, rules, Policy::shipped());
    let mails = mix::standard();
    let rules = floor::rules();
    let mut matcher = yara_x::Scanner::new(&rules);
    if let Some(name) = only {
        let mail = mails.iter().find(|mail| mail.name == name).expect("a mail of the mix");
        let until = Instant::now() + Duration::from_secs(5);
        let mut rounds = 0u32;
        while Instant::now() < until {
            black_box(alone.scan(Submission::new(mail.name, mail.bytes.clone())));
            rounds += 1;
        }
        println!("{name}: {:.1?} a scan", Duration::from_secs(5) / rounds);
        return;
    }
    println!("{:<14} {:>9} {:>11} {:>11} {:>6}", "mail", "bytes", "floor", "scan", "ratio");
    let scan = |scanner: &Scanner, mail: &mix::Mail| {
        black_box(scanner.scan(Submission::new(mail.name, mail.bytes.clone())));
    };
    for mail in &mails {
        let mut handled = 0;
        let floor = fastest(|| handled = black_box(floor::run(mail, &mut matcher, Digests::One)).0);
        let scanned = fastest(|| scan(&alone, mail));
        println!(
            "{:<14} {handled:>9} {floor:>11.1?} {scanned:>11.1?} {:>6.2}",
            mail.name,
            scanned.as_secs_f64() / floor.as_secs_f64()
        );
    }

    let repeats = 10usize;
    let mut handled = 0u64;
    let floor = fastest(|| {
        handled = 0;
        for _ in 0..repeats {
            for mail in &mails {
                handled += black_box(floor::run(mail, &mut matcher, Digests::One)).0;
            }
        }
    });
    // MD5 and SHA-1 of every artifact stand in every report; no analysis can make them cheaper.
    let digested = fastest(|| {
        for _ in 0..repeats {
            for mail in &mails {
                black_box(floor::run(mail, &mut matcher, Digests::Three));
            }
        }
    });
    let queue: Vec<&mix::Mail> = std::iter::repeat_n(&mails, repeats).flatten().collect();
    let single = fastest(|| queue.iter().for_each(|mail| scan(&alone, mail)));
    let double = fastest(|| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while let Some(mail) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                        scan(&pair, mail);
                    }
                });
            }
        });
    });
    // Fifty documents in a zip of a megabyte: what a gateway must read while a mail program waits.
    let office = mix::office();
    let fifty = fastest(|| scan(&alone, &office));
    // One large mail by itself: its artifacts are shared out.
    let bundle = mails.iter().find(|mail| mail.name == "bundle").expect("a mail of the mix");
    let bundle_single = fastest(|| scan(&alone, bundle));
    let bundle_double = fastest(|| scan(&pair, bundle));
    let megabytes = handled as f64 / 1e6;
    let count = queue.len() as f64;
    println!("\nall, {repeats} times ({megabytes:.1} MB of artifacts, {count} mails)");
    for (what, time) in [("floor", floor), ("one thread", single), ("two threads", double)] {
        let seconds = time.as_secs_f64();
        println!("  {what:<12} {:>8.1} mails/s {:>8.1} MB/s", count / seconds, megabytes / seconds);
    }
    println!("  one thread / floor     {:.2}", single.as_secs_f64() / floor.as_secs_f64());
    println!(
        "  one thread / floor with the digests a report must hold {:.2}",
        single.as_secs_f64() / digested.as_secs_f64()
    );
    println!("  one thread / two       {:.2}", single.as_secs_f64() / double.as_secs_f64());
    println!("  the same, one mail ({}) {:.2}", bundle.name, bundle_single.as_secs_f64() / bundle_double.as_secs_f64());
    println!("  fifty documents in a zip of {:.2} MB, one thread {fifty:.1?}", office.files[0].len() as f64 / 1e6);
    println!("  rules and tables ready {ready:.1?}");
}
