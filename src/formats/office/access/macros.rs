//! Macros of Access itself: lists of steps in streams `Scripts/…/Blob`. What a step is called is a number whose meaning
//! changes with versions; what it is given stands there as text.

use super::findings::ACCESS_MACRO_RUNS;
use crate::formats::office::ole::OleView;
use crate::knowledge::dde::{is_command, is_launcher};
use crate::model::{Location, Severity};
use crate::stage::Outcome;

/// Bytes of one macro read.
const MAX_BLOB: usize = 4 << 20;
/// Characters a text has at least.
const MIN_TEXT: usize = 4;
/// Longest text looked at.
const MAX_TEXT: usize = 4_096;

/// Says texts of macros that read like command lines.
pub(super) fn say_macros(view: &OleView, table: &str, out: &mut Outcome<'_>) {
    for (index, entry) in view.streams() {
        let path = view.path(index);
        let lower = path.to_ascii_lowercase();
        if !entry.name.eq_ignore_ascii_case("Blob") || !(lower.starts_with("scripts/") || lower.contains("/scripts/")) {
            continue;
        }
        let blob = view.data(index);
        for text in texts(blob.get(..MAX_BLOB).unwrap_or(&blob)) {
            let program = text.trim_start_matches(['"', '=', ' ']).split([' ', '"']).next().unwrap_or_default();
            // A path alone is no launcher here: databases open their manual.
            let name = program.rsplit(['\\', '/']).next().unwrap_or_default();
            let stem = name.strip_suffix(".exe").or_else(|| name.strip_suffix(".EXE")).unwrap_or(name);
            let severity = match (is_launcher(stem), is_command(&text)) {
                (true, true) => ACCESS_MACRO_RUNS.severity,
                (false, true) if program.to_ascii_lowercase().ends_with(".exe") => Severity::Low,
                _ => continue,
            };
            out.raise_as(ACCESS_MACRO_RUNS, severity, false, Location::part(format!("table {table}, {path}")), text);
        }
    }
}

/// Runs of printable characters in UTF-16, at either offset.
fn texts(blob: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for start in [0usize, 1] {
        let mut run = String::new();
        for unit in blob.get(start..).unwrap_or_default().as_chunks::<2>().0 {
            match char::from_u32(u32::from(u16::from_le_bytes(*unit))).filter(|c| matches!(c, ' '..='~')) {
                Some(c) if run.len() < MAX_TEXT => run.push(c),
                _ => keep(&mut run, &mut found),
            }
        }
        keep(&mut run, &mut found);
    }
    found
}

fn keep(run: &mut String, found: &mut Vec<String>) {
    const MAX_TEXTS: usize = 2_000;
    if run.len() >= MIN_TEXT && found.len() < MAX_TEXTS {
        found.push(std::mem::take(run));
    } else {
        run.clear();
    }
}
