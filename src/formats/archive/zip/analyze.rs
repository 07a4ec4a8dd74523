//! The view to findings: everything that can be said without decoding an entry.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::findings::{
    CONCATENATED, DIRECTORY_MISSING, ENTRIES_OVERLAP, HEADERS_DISAGREE, HIDDEN_ENTRY, HIDDEN_GAP_DATA,
};
use super::headers::Header;
use super::names;
use super::open::method_name;
use super::parser::{Directory, ZipEntry, ZipView};
use crate::formats::archive::decoy_folder::{self, DECOY_FOLDER_SCRIPT};
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::recognised;
use crate::knowledge::extensions;
use crate::model::name::extension;
use crate::model::{Artifact, Location, Problem, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// The analyzer.
pub(super) struct ZipAnalyzer;

/// How the first volume of a split archive starts, APPNOTE 8.5.3.
const SPLIT: &[u8] = b"PK\x07\x08PK\x03\x04";
/// Findings of one kind raised per archive; the rest would repeat them.
const MAX_EACH: usize = 10;

impl Analyzer for ZipAnalyzer {
    fn findings(&self) -> Kinds {
        &[
            CONCATENATED,
            DECOY_FOLDER_SCRIPT,
            DIRECTORY_MISSING,
            ENTRIES_OVERLAP,
            ENTRY_NAME_ESCAPES,
            HEADERS_DISAGREE,
            HIDDEN_ENTRY,
            HIDDEN_GAP_DATA,
        ]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Ok(view) = artifact.view::<ZipView>() else {
            // The unpacker has said so.
            return Ok(());
        };
        facts(&view, artifact, out);
        directories(&view, artifact, out);
        overlaps(&view, out);
        gaps(&view, artifact, out);
        disagreements(&view, out);
        names_that_lead_out(&view, artifact, out);
        hidden(&view, out);
        let names = view.entries.iter().map(|entry| entry.name.text.as_str());
        if let Some(script) = decoy_folder::check(names) {
            out.raise(DECOY_FOLDER_SCRIPT, Location::part(format!("entry {script}")), script);
        }
        Ok(())
    }
}

fn facts(view: &ZipView, artifact: &Artifact, out: &mut Outcome<'_>) {
    for directory in &view.directories {
        if let Some(record) = directory.record.as_ref().filter(|record| !record.comment.is_empty()) {
            let comment = artifact.bytes.get(record.comment.clone()).unwrap_or_default();
            out.fact("zip-comment", names::decode(comment, false));
        }
    }
}

/// Directories that are missing, or more than one.
fn directories(view: &ZipView, artifact: &Artifact, out: &mut Outcome<'_>) {
    if !view.has_directory() && artifact.bytes.starts_with(SPLIT) {
        let text = "the first volume of a split archive; its directory is in the last one";
        out.problem(Problem::unsupported(text, Location::whole()));
        return;
    }
    if !view.has_directory() {
        let text = format!("no end record leads to a directory; {} entries were found without it", view.entries.len());
        // A piece that ends inside its first entry is no archive anyone could repair.
        if view.entries.iter().any(|entry| entry.local.is_some() && !entry.is_cut) {
            out.raise(DIRECTORY_MISSING, Location::whole(), text.clone());
        }
        out.problem(Problem::damaged(text, Location::whole()));
        return;
    }
    let listed: Vec<&Directory> = view
        .directories
        .iter()
        .filter(|directory| directory.record.is_some() && !directory.entries.is_empty())
        .collect();
    let Some((last, others)) = listed.split_last() else { return };
    let last_files = files(view, last);
    let last_span = span(view, last);
    for other in others {
        let at = Location::at(other.bytes.start);
        let other_files = files(view, other);
        let other_span = span(view, other);
        let before = other_span.start..other.bytes.start;
        let shares_entries = entries(view, last).any(|entry| before.contains(&entry.extent().start));
        let is_inside = other_span.start >= last_span.start && other.bytes.end <= last.bytes.start;
        if is_inside && !shares_entries {
            let text = format!("a whole archive of {} entries lies between the entries", other.entries.len());
            out.raise_as(HIDDEN_GAP_DATA, Severity::High, false, at, text);
        } else if other_files == last_files {
            let text = format!("two directories list the same {} files", last_files.len());
            out.raise_as(CONCATENATED, Severity::Low, false, at, text);
        } else {
            let text = format!("one lists {}, the last {}", some_names(view, other), some_names(view, last));
            out.raise(CONCATENATED, at, text);
        }
    }
}

fn entries<'v>(view: &'v ZipView, directory: &Directory) -> impl Iterator<Item = &'v ZipEntry> {
    view.entries.get(directory.entries.clone()).unwrap_or_default().iter()
}

/// The files a directory lists: name, checksum, size.
fn files<'v>(view: &'v ZipView, directory: &Directory) -> BTreeSet<(&'v [u8], u32, u64)> {
    let headers = entries(view, directory).filter_map(ZipEntry::header);
    headers.map(|header| (header.name.as_slice(), header.crc, header.size)).collect()
}

/// From a directory's first entry to its own end.
fn span(view: &ZipView, directory: &Directory) -> Range<usize> {
    let first = entries(view, directory).filter(|entry| entry.local.is_some()).map(|entry| entry.extent().start).min();
    first.unwrap_or(directory.bytes.start)..directory.bytes.end
}

fn some_names(view: &ZipView, directory: &Directory) -> String {
    const SHOWN: usize = 2;
    let names: Vec<&str> = entries(view, directory).map(|entry| entry.name.text.as_str()).take(SHOWN).collect();
    let rest = directory.entries.len().saturating_sub(names.len());
    if rest == 0 { names.join(", ") } else { format!("{} and {rest} more", names.join(", ")) }
}

fn overlaps(view: &ZipView, out: &mut Outcome<'_>) {
    /// Overlapping pairs that no damage explains.
    const MANY: usize = 8;
    let Some(first) = view.overlaps.first() else { return };
    let name = |index: usize| view.entries.get(index).map_or("", |entry| entry.name.text.as_str());
    let text = format!(
        "{} pairs share bytes, first {} and {} ({} bytes)",
        view.overlaps.len(),
        name(first.first),
        name(first.second),
        first.bytes.len()
    );
    let severity = if view.overlaps.len() >= MANY { Severity::High } else { ENTRIES_OVERLAP.severity };
    out.raise_as(ENTRIES_OVERLAP, severity, false, Location::at(first.bytes.start), text);
}

fn gaps(view: &ZipView, artifact: &Artifact, out: &mut Outcome<'_>) {
    if !view.has_directory() {
        // What a damaged archive lost is not hidden.
        return;
    }
    for gap in view.gaps.iter().take(MAX_EACH) {
        let is_before_directory = view.directories.iter().any(|directory| directory.bytes.start == gap.end);
        let place = if is_before_directory { "before the directory" } else { "between entries" };
        let is_file = artifact.bytes.get(gap.clone()).is_some_and(recognised);
        let severity = if is_file { Severity::High } else { HIDDEN_GAP_DATA.severity };
        let text = format!("{} bytes {place}", gap.len());
        out.raise_as(HIDDEN_GAP_DATA, severity, false, Location::at(gap.start), text);
    }
}

/// Entries whose headers differ; each with different extensions by itself, the others summed up in one finding.
fn disagreements(view: &ZipView, out: &mut Outcome<'_>) {
    let mut raised = 0usize;
    let mut count = 0usize;
    let mut first: Option<(String, Location)> = None;
    for entry in &view.entries {
        let Some(local) = entry.local.as_deref() else { continue };
        let at = Location::part(format!("entry {}", entry.name.file_name())).with_offset(local.at as u64);
        let difference = match &entry.central {
            Some(central) => difference(central, local),
            None if view.has_directory() => Some(Difference::Other(format!("{} is in no directory", entry.name.text))),
            None => None,
        };
        match difference {
            None => {}
            Some(Difference::Extension(text)) if raised < MAX_EACH => {
                out.raise_as(HEADERS_DISAGREE, Severity::High, false, at, text);
                raised = raised.saturating_add(1);
            }
            Some(Difference::Extension(_)) => {}
            Some(Difference::Other(text)) => {
                count = count.saturating_add(1);
                first.get_or_insert((text, at));
            }
        }
    }
    if let Some((text, at)) = first {
        let text = if count > 1 { format!("{text}; {count} entries in all") } else { text };
        out.raise(HEADERS_DISAGREE, at, text);
    }
}

enum Difference {
    Extension(String),
    Other(String),
}

fn difference(central: &Header, local: &Header) -> Option<Difference> {
    if central.name != local.name && !local.name.is_empty() {
        let [in_directory, before_data] = [central, local].map(|header| {
            let raw = header.unicode_name.as_ref().unwrap_or(&header.name);
            names::decode(raw, header.is_utf8()).replace('\\', "/")
        });
        if in_directory != before_data {
            let text = format!("{before_data} before the data, {in_directory} in the directory");
            let is_other_type = extension(&in_directory) != extension(&before_data);
            return Some(if is_other_type { Difference::Extension(text) } else { Difference::Other(text) });
        }
    }
    if central.method != local.method {
        let (local, central) = (method_name(local.method), method_name(central.method));
        return Some(Difference::Other(format!("{local} before the data, {central} in the directory")));
    }
    if central.is_encrypted() != local.is_encrypted() {
        return Some(Difference::Other("only one header says encrypted".to_owned()));
    }
    let is_left_out = local.crc == 0 && local.size == 0 && local.compressed == 0;
    let is_known = local.knows_sizes() && !is_left_out;
    let stated = |header: &Header| (header.crc, header.compressed, header.size);
    if is_known && stated(central) != stated(local) {
        let text = format!(
            "{} to {} bytes before the data, {} to {} in the directory",
            local.compressed, local.size, central.compressed, central.size
        );
        return Some(Difference::Other(text));
    }
    None
}

/// Names, and targets of symbolic links, that lead out of the folder.
fn names_that_lead_out(view: &ZipView, artifact: &Artifact, out: &mut Outcome<'_>) {
    /// Longest path a link is read for.
    const TARGET: u64 = 4_096;
    let mut raised = 0usize;
    for entry in &view.entries {
        if raised >= MAX_EACH {
            break;
        }
        let mut found = escape::check(&entry.name);
        if found.is_none() && entry.is_symlink() && !entry.is_encrypted() {
            let (target, _) = entry.read(&artifact.bytes, TARGET);
            found = escape::check_path(&String::from_utf8_lossy(&target));
        }
        if let Some(escape) = found {
            escape::raise_found(&escape, out);
            raised = raised.saturating_add(1);
        }
    }
}

/// Hidden files: all are facts, those that run findings too.
fn hidden(view: &ZipView, out: &mut Outcome<'_>) {
    let mut said: HashSet<&str> = HashSet::new();
    for entry in view.entries.iter().filter(|entry| !entry.is_folder()) {
        let has_blank_folder = entry.name.text.split(['/', '\\']).rev().skip(1).any(is_blank);
        if !(entry.is_hidden() || has_blank_folder) || said.len() >= MAX_EACH || !said.insert(&entry.name.text) {
            continue;
        }
        let class = extensions::class(&entry.name.extension());
        if class.is_some_and(|class| class.is_launchable()) {
            let how = if entry.is_hidden() { "marked hidden" } else { "in a folder with a blank name" };
            let at = Location::part(format!("entry {}", entry.name.file_name()));
            out.raise(HIDDEN_ENTRY, at, format!("{} is {how}", entry.name.text));
        }
        out.fact("hidden-entry", entry.name.text.clone());
    }
}

/// A folder's name that shows as nothing.
fn is_blank(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_whitespace() || crate::model::name::is_deceptive(c))
}
