//! Throughput of whole scans against the floor, in the same run. Ratios are what counts; times depend on the machine.
//!
//! `cargo bench` prints, per mail of the standard mix and for all of it: the floor, one thread, and their ratio; then
//! two threads, start-up, and the same on a folder given as `SEKISHO_BENCH_CORPUS`.
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing, reason = "a program for developers")]

mod floor;
mod mix;

use std::hint::black_box;
use std::time::{Duration, Instant};

use rayon::prelude::*;
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
    let start = Instant::now();
    let scanner = Scanner::new(ScanOptions::default()).expect("shipped rules compile");
    let ready = start.elapsed();
    let mails = mix::standard();
    let rules = floor::rules();
    let mut matcher = yara_x::Scanner::new(&rules);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let two = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("a pool");

    println!("{:<14} {:>9} {:>11} {:>11} {:>6}", "mail", "bytes", "floor", "scan", "ratio");
    let scan = |mail: &mix::Mail| {
        black_box(scanner.scan(Submission::new(mail.name, mail.bytes.clone())));
    };
    for mail in &mails {
        let mut handled = 0;
        let floor = fastest(|| handled = black_box(floor::run(mail, &mut matcher)).0);
        let scanned = one.install(|| fastest(|| scan(mail)));
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
                handled += black_box(floor::run(mail, &mut matcher)).0;
            }
        }
    });
    let queue: Vec<&mix::Mail> = std::iter::repeat_n(&mails, repeats).flatten().collect();
    let single = one.install(|| fastest(|| queue.par_iter().for_each(|mail| scan(mail))));
    let double = two.install(|| fastest(|| queue.par_iter().for_each(|mail| scan(mail))));
    let megabytes = handled as f64 / 1e6;
    let count = queue.len() as f64;
    println!("\nall, {repeats} times ({megabytes:.1} MB of artifacts, {count} mails)");
    for (what, time) in [("floor", floor), ("one thread", single), ("two threads", double)] {
        let seconds = time.as_secs_f64();
        println!("  {what:<12} {:>8.1} mails/s {:>8.1} MB/s", count / seconds, megabytes / seconds);
    }
    println!("  one thread / floor     {:.2}", single.as_secs_f64() / floor.as_secs_f64());
    println!("  one thread / two       {:.2}", single.as_secs_f64() / double.as_secs_f64());
    println!("  rules and tables ready {ready:.1?}");
}
