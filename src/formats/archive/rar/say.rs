//! What names, links, streams and comments say, whether or not the content opens.

use bytes::Bytes;

use super::entry::What;
use super::findings::{STREAM_ESCAPES, STREAM_HIDES_FILE};
use super::parser::RarView;
use crate::formats::archive::decoy_folder::{self, DECOY_FOLDER_SCRIPT};
use crate::formats::archive::{escape, old_names, self_extractor};
use crate::formats::fields::u16_at;
use crate::formats::recognised;
use crate::knowledge::extensions;
use crate::model::name::extension;
use crate::model::{EntryName, Location, Problem, Severity};
use crate::stage::Outcome;

/// Judges all names.
pub(super) fn names(view: &RarView, out: &mut Outcome<'_>) {
    for entry in &view.entries {
        match &entry.what {
            What::File | What::Folder => escape::raise(&entry.name, out),
            What::Link { target, .. } => {
                escape::raise(&entry.name, out);
                if let Some(target) = target {
                    escape::raise_link(&entry.name, target, out);
                }
            }
            What::Stream(_) | What::Comment { .. } | What::Service(_) => {}
        }
        if entry.is_hidden && entry.what == What::File {
            out.fact("hidden-entry", entry.name.text.clone());
        }
    }
    let names: Vec<String> = view
        .entries
        .iter()
        .filter_map(|entry| match entry.what {
            What::Folder => Some(format!("{}/", entry.name.text)),
            What::File => Some(entry.name.text.clone()),
            _ => None,
        })
        .collect();
    if let Some(script) = decoy_folder::check(names.iter().map(String::as_str)) {
        out.raise(DECOY_FOLDER_SCRIPT, Location::part(format!("entry {script}")), script);
    }
}

/// What a part of a set of volumes is.
pub(super) fn volume(view: &RarView, out: &mut Outcome<'_>) {
    if let Some(number) = view.volume.number.filter(|_| view.volume.is_volume) {
        out.fact("rar-volume", number.saturating_add(1).to_string());
    }
    for entry in &view.entries {
        let place = || Location::part(format!("entry {}", entry.name.file_name())).with_offset(entry.offset as u64);
        if entry.is_continued {
            out.problem(Problem::unsupported("the entry begins in the volume before, which is not here", place()));
        }
        if entry.goes_on {
            out.problem(Problem::unsupported("the entry goes on in the next volume, which is not here", place()));
        }
    }
    if view.volume.has_next && !view.entries.iter().any(|entry| entry.goes_on) {
        out.problem(Problem::unsupported("another volume follows, which is not here", Location::whole()));
    }
}

/// The name a stream's content gets: its own, be it a path or not, so that names are judged.
pub(super) fn stream_name(stream: &str) -> EntryName {
    let bare = stream.trim_start_matches(':');
    EntryName::new(bare.strip_suffix(":$DATA").unwrap_or(bare))
}

/// Judges a stream by its name and content.
pub(super) fn stream(file: &str, stream: &str, content: &Bytes, out: &mut Outcome<'_>) {
    let bare = stream.trim_start_matches(':');
    let at = Location::part(format!("stream {stream}"));
    if bare.contains(['/', '\\']) {
        let found = escape::check_path(bare);
        let text = match found.as_ref().and_then(|found| found.autostart) {
            Some(place) => format!("{file}{stream} (aims at {place})"),
            None => format!("{file}{stream}"),
        };
        match found {
            Some(_) => out.raise(STREAM_ESCAPES, at, text),
            None => out.raise_as(STREAM_ESCAPES, Severity::High, false, at, text),
        }
        return;
    }
    let bare = bare.strip_suffix(":$DATA").unwrap_or(bare);
    let is_launchable = extensions::class(&extension(bare)).is_some_and(|class| class.is_launchable());
    if is_launchable || hides_file(content) {
        out.raise(STREAM_HIDES_FILE, at, format!("{file}{stream}, {} bytes", content.len()));
    }
}

/// Whether a stream holds a file: small pictures are thumbnails.
fn hides_file(content: &[u8]) -> bool {
    const PICTURES: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM"];
    recognised(content) && !PICTURES.iter().any(|start| content.starts_with(start))
}

/// The comment: a fact, and a finding if it tells a self-extractor to run something.
pub(super) fn comment(bytes: &[u8], is_wide: bool, is_overlay: bool, out: &mut Outcome<'_>) {
    let text = if is_wide {
        let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).collect();
        String::from_utf16_lossy(&units)
    } else {
        let mut text = String::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            text.push_str(&old_names::decode(line).text);
        }
        text
    };
    let text = text.trim_end_matches('\0');
    if text.is_empty() {
        return;
    }
    out.fact("rar-comment", text);
    if let Some(script) = self_extractor::rar_script(text) {
        let at = Location::part("comment");
        match is_overlay {
            true => self_extractor::raise(&script, at, out),
            false => out.raise_as(self_extractor::RUNS_COMMAND, Severity::Low, false, at, script),
        }
    }
}
