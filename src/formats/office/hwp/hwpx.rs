//! HWPX, the same documents as a zip of XML parts (KS X 6101, OWPML): entries are the zip's children, read here is what
//! they mean.

use bytes::Bytes;

use super::findings::{HWP_LINK_RUNS, HWP_POSTSCRIPT, HWP_SCRIPT};
use super::script::does_something;
use super::unpack::{is_postscript, say_link};
use crate::formats::archive::zip::ZipView;
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE};
use crate::formats::office::target::{Reach, Target, target};
use crate::formats::office::xml::{Piece, walk};
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, Location, ParseError, Problem, ProblemKind, Severity, View};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// A package, as far as telling one takes.
#[derive(Debug)]
pub struct HwpxView;

/// Bytes read of one part, and of all together.
const MAX_PART: u64 = 64 << 20;
const MAX_TOTAL: usize = 256 << 20;

impl View for HwpxView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let zip = ZipView::parse(bytes)?;
        let kind = zip.entry_by_name("mimetype").map(|entry| entry.read(bytes, 64).0).unwrap_or_default();
        let is_typed = kind.trim_ascii().eq_ignore_ascii_case(b"application/hwp+zip");
        let has_parts =
            zip.entry_by_name("Contents/content.hpf").is_some() && zip.entry_by_name("Contents/header.xml").is_some();
        if is_typed || has_parts { Ok(HwpxView) } else { Err(ParseError::new("zip of no Hangul document", 0)) }
    }
}

/// Looks at packages.
pub(super) struct Package;

impl Analyzer for Package {
    fn findings(&self) -> Kinds {
        &[HWP_SCRIPT, HWP_POSTSCRIPT, HWP_LINK_RUNS, REMOTE_IMAGE, REMOTE_HOST_UNUSUAL]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let zip = artifact.view::<ZipView>()?;
        let mut total = 0usize;
        for entry in &zip.entries {
            let name = entry.name.text.replace('\\', "/");
            let lower = name.to_ascii_lowercase();
            let at = || Location::part(format!("entry {name}"));
            if entry.is_encrypted() || entry.is_folder() {
                continue;
            }
            out.budget().check_deadline()?;
            if total > MAX_TOTAL {
                out.problem(Problem::new(ProblemKind::Limit, "the parts of the document are too large to read", at()));
                break;
            }
            // What stops the decoder is said by the zip's own unpacker.
            if lower.starts_with("bindata/") {
                let (head, _) = entry.read(&artifact.bytes, 1024);
                if is_postscript(&head) {
                    out.raise(HWP_POSTSCRIPT, at(), name.clone());
                }
                continue;
            }
            let is_part = lower.ends_with(".xml") || lower.ends_with(".hpf") || lower.starts_with("scripts/");
            if !is_part {
                continue;
            }
            let (part, _) = entry.read(&artifact.bytes, MAX_PART);
            total = total.saturating_add(part.len());
            if lower.starts_with("scripts/") {
                let text = TextView::parse(&part.into()).map(|view| view.text).unwrap_or_default();
                if let Some(what) = does_something(&text) {
                    out.raise(HWP_SCRIPT, at(), what);
                }
            } else if let Err(problem) = read_part(&part, &at, out) {
                out.problem(Problem::damaged(problem, at()));
            }
        }
        Ok(())
    }
}

fn read_part(part: &[u8], at: &dyn Fn() -> Location, out: &mut Outcome<'_>) -> Result<(), String> {
    let mut is_link = false;
    let mut is_command = false;
    let mut command = String::new();
    walk(part, |piece| match piece {
        Piece::Open(tag) if tag.is("encryption-data") => {
            out.problem(Problem::encrypted("parts of the document are encrypted", at()));
        }
        Piece::Open(tag) if tag.is("fieldBegin") => {
            is_link = tag.get("type").is_some_and(|kind| kind.eq_ignore_ascii_case("HYPERLINK"));
            if let Some(text) = tag.get("command").filter(|_| is_link) {
                say_link(&text, at(), out);
            }
        }
        Piece::Open(tag) if tag.is("stringParam") => {
            is_command = is_link && tag.get("name").is_some_and(|name| matches!(name.as_str(), "Command" | "Path"));
        }
        Piece::Text(text) if is_command => command.push_str(text),
        Piece::Close("stringParam") if is_command => {
            say_link(&command, at(), out);
            command.clear();
            is_command = false;
        }
        Piece::Close("fieldBegin") => is_link = false,
        Piece::Open(tag) if tag.is("item") => {
            let href = tag.get("href").unwrap_or_default();
            say_item(&href, at, out);
        }
        _ => {}
    })
}

/// An item of the manifest that lies elsewhere.
fn say_item(href: &str, at: &dyn Fn() -> Location, out: &mut Outcome<'_>) {
    let to = target(href);
    let severity = match &to {
        Target::Web(..) => Severity::Low,
        Target::Share(_, Reach::Odd) => Severity::High,
        Target::Share(_, Reach::Named) => Severity::Medium,
        Target::Share(_, Reach::Lan) => Severity::Low,
        Target::Scheme(_) | Target::Local => return,
    };
    if let Some(ioc) = to.ioc("item of the document", at()) {
        out.ioc(ioc);
    }
    out.raise_as(REMOTE_IMAGE, severity, false, at(), href);
    if matches!(to, Target::Share(_, Reach::Odd)) {
        out.raise(REMOTE_HOST_UNUSUAL, at(), href);
    }
}
