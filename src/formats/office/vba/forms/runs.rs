//! Printable runs of a stream: what is shown of a form whose records cannot be followed.

/// Characters a run has at least.
const MIN_RUN: usize = 5;
/// Runs kept.
const MAX_RUNS: usize = 2000;
/// A font's name is in every form.
const FONT: &str = "Tahoma";

/// Runs of printable characters, one byte each or two.
pub(super) fn runs(stream: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for run in stream.split(|byte| !is_printable(*byte)) {
        keep(run.iter().map(|byte| char::from(*byte)).collect(), &mut found);
    }
    for from in 0..2usize {
        let mut run = String::new();
        for pair in stream.get(from..).unwrap_or_default().chunks_exact(2) {
            match pair {
                [low, 0] if is_printable(*low) => run.push(char::from(*low)),
                _ => keep(std::mem::take(&mut run), &mut found),
            }
        }
        keep(run, &mut found);
    }
    found
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~')
}

fn keep(run: String, found: &mut Vec<String>) {
    if run.len() >= MIN_RUN && !run.starts_with(FONT) && found.len() < MAX_RUNS {
        found.push(run);
    }
}
