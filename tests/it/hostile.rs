//! Every sample cut short and with bytes flipped: a report comes back, no stage panics, within the limits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rayon::prelude::*;
use sekisho::engine::{ScanOptions, Scanner, Submission};
use sekisho::model::{Limits, Report};
use sekisho::verdict::Policy;

use crate::goldens::RULES;

/// Mutants tried per sample of each sort; sizes differ by four orders of magnitude, the time spent should not.
const MUTANTS: usize = 48;
/// Samples larger than this are made for the limit tests.
const MAX_SAMPLE: usize = 1 << 20;

fn scanner(threads: usize) -> Scanner {
    let limits = Limits {
        total_bytes: 64 << 20,
        artifact_bytes: 4 << 20,
        ratio_floor: 4 << 20,
        artifacts: 500,
        wall_time: Duration::from_secs(20),
        ..Limits::default()
    };
    Scanner::with(ScanOptions { limits, threads, ..ScanOptions::default() }, *RULES, Policy::shipped())
}

/// A fixed sequence (Knuth's MMIX generator): the same mutants in every run.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }
}

fn check(what: &str, report: &Report) {
    for finding in &report.findings {
        assert_ne!(finding.id, "stage-panicked", "{what}: {} in {}", finding.observed, finding.artifact);
    }
    assert!(!report.artifacts.is_empty(), "{what}");
}

/// Mutants of a sample, each with what was done to it.
fn mutants(id: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut mutants = Vec::new();
    let step = bytes.len().div_ceil(MUTANTS).max(1);
    for cut in (0..bytes.len()).step_by(step) {
        mutants.push((format!("{id} cut at {cut}"), bytes[..cut].to_vec()));
    }
    let mut sequence =
        Sequence(id.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte))));
    for round in 0..MUTANTS {
        let mut mutant = bytes.to_vec();
        for _ in 0..=sequence.next(8) {
            let at = sequence.next(mutant.len());
            match (round % 4, mutant.get_mut(at)) {
                (0, Some(byte)) => *byte ^= 1 << sequence.next(8),
                (1, Some(byte)) => *byte = 0xff,
                (2, Some(byte)) => *byte = 0,
                (_, Some(_)) => {
                    // Lengths and counts are what parsers trust too much.
                    let extreme = [u32::MAX, 0x7fff_ffff, 0x8000_0000, 0][sequence.next(4)].to_le_bytes();
                    for (offset, byte) in extreme.into_iter().enumerate() {
                        if let Some(slot) = mutant.get_mut(at + offset) {
                            *slot = byte;
                        }
                    }
                }
                (_, None) => {}
            }
        }
        mutants.push((format!("{id} flipped, round {round}"), mutant));
    }
    mutants
}

#[test]
fn no_cut_or_flipped_sample_breaks_a_stage() {
    let scanner = scanner(1);
    let tried = AtomicUsize::new(0);
    sekisho_samples::all().into_par_iter().for_each(|sample| {
        let bytes = (sample.make)();
        if bytes.len() > MAX_SAMPLE {
            return;
        }
        for (what, mutant) in mutants(sample.id, &bytes) {
            check(&what, &scanner.scan(Submission::new(sample.file_name, mutant)));
            tried.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert!(tried.into_inner() > 1_000);
}

#[test]
fn the_same_bytes_give_the_same_report_whatever_the_threads() {
    let (single, many) = (scanner(1), scanner(4));
    for sample in sekisho_samples::all() {
        let bytes = (sample.make)();
        if bytes.len() > MAX_SAMPLE {
            continue;
        }
        let one = single.scan(Submission::new(sample.file_name, bytes.clone()));
        let two = many.scan(Submission::new(sample.file_name, bytes));
        assert_eq!(one, two, "{}", sample.id);
    }
}
