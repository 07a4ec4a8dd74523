//! Children of a PDF: attached files, scripts, forms, what follows the end, and what a search of the raw bytes would
//! miss: packed objects and encoded strings as text, decoded page contents that name addresses or code.

use aho_corasick::AhoCorasick;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::filter::{Storage, reader};
use super::object::{Dictionary, Value};
use super::parser::{Object, PdfView};
use super::tail::{self, Tail};
use crate::budget::Stop;
use crate::model::{Artifact, Bytes, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Outcome, StageError, Unpacker};

/// Takes PDFs apart.
pub(super) struct PdfUnpacker;

/// Text of packed objects and encoded strings kept.
const MAX_LISTING: usize = 8 << 20;
/// Bytes at a stream's start that tell a file kept in it.
const HEAD: u64 = 64;

/// What makes the content of a page or other stream worth being looked at as an artifact of its own.
static TELLING: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = [
        "http://",
        "https://",
        "ftp://",
        "javascript",
        "<script",
        "powershell",
        "cmd.exe",
        "cmd /",
        "mshta",
        "file://",
        "activexobject",
        "TVqQ",
        "TVpQ",
        "HARMLESS-SAMPLE",
    ];
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
});

impl Unpacker for PdfUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<PdfView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if view.is_encrypted {
            out.problem(Problem::encrypted("the document's strings and streams are encrypted", Location::whole()));
        }
        if view.contents.is_cut {
            let what = "scripts and forms give more than is read; the rest was not";
            out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
        }
        if !view.is_encrypted {
            files(parent, &view, out)?;
            texts(&view, out)?;
            listing(&view, out)?;
            streams(parent, &view, out)?;
        }
        match tail::of(&view, &parent.bytes) {
            Some(Tail { range, file: Some(_) }) => out.child_bytes(
                EntryName::new("behind the end of the PDF"),
                Origin::part(OriginKind::Overlay, format!("from offset {:#x}", range.start)),
                parent.bytes.slice(range),
            ),
            // Viewers pass over it, and rules see it in the PDF's own bytes.
            Some(Tail { range, file: None }) => {
                let what = format!("{} bytes of no known format behind the end", range.len());
                out.problem(Problem::odd(what, Location::at(range.start)));
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Attached files, ISO 32000-1 §7.11.4.
fn files(parent: &Artifact, view: &PdfView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    for file in &view.contents.files {
        let Some(object) = view.objects.get(file.index) else { continue };
        let mut names = file.names.iter();
        let first = names.next().cloned().unwrap_or_else(|| format!("attachment of object {}", object.number));
        let name = names.fold(EntryName::new(first), |name, other| name.also(other));
        let mut origin = Origin::file(OriginKind::Embedded, "attached to the PDF");
        if let Some(media_type) = &file.media_type {
            origin = origin.claiming(media_type.clone());
        }
        let at = Location::part(format!("object {}", object.number)).with_offset(object.offset as u64);
        let (Some(dictionary), Some(range)) = (object.value.dictionary(), object.stream.clone()) else { continue };
        let stored = parent.bytes.slice(range);
        match view.storage(dictionary) {
            Storage::Filters(filters) if filters.is_empty() => out.child_bytes(name, origin, stored)?,
            Storage::Filters(filters) => out.child(name, origin, reader(&filters, &stored))?,
            Storage::Picture(_) => out.child_bytes(name, origin, stored)?,
            Storage::Unsupported(what) => {
                out.problem(Problem::unsupported(format!("attached file stored with {what}"), at));
            }
        }
    }
    Ok(())
}

/// Scripts and forms, decoded when the view was made.
fn texts(view: &PdfView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    for (index, script) in view.contents.scripts.iter().enumerate() {
        let name = EntryName::new(format!("script {} of object {}.js", index.saturating_add(1), script.object));
        let origin = Origin::part(OriginKind::Decoded, "PDF JavaScript");
        out.child_bytes(name, origin, script.text.clone().into_bytes().into())?;
    }
    if !view.contents.xfa.is_empty() {
        let origin = Origin::part(OriginKind::Decoded, "XFA form");
        out.child_bytes(EntryName::new("form.xml"), origin, view.contents.xfa.clone().into())?;
    }
    Ok(())
}

/// Objects that a search of the raw bytes would not see: packed ones, and those with encoded strings.
fn listing(view: &PdfView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let mut text = String::new();
    for object in &view.objects {
        let before = text.len();
        let _ = write!(text, "{} 0 obj ", object.number);
        let has_text = write_value(&object.value, &mut text);
        if !(has_text.encoded || (has_text.any && object.is_packed)) {
            text.truncate(before);
            continue;
        }
        text.push('\n');
        if text.len() > MAX_LISTING {
            let what = "packed objects and encoded strings give more text than is kept";
            out.problem(Problem::new(ProblemKind::Limit, what, Location::at(object.offset)));
            break;
        }
    }
    if text.is_empty() {
        return Ok(());
    }
    let origin = Origin::part(OriginKind::Decoded, "packed objects and encoded strings");
    out.child_bytes(EntryName::new("objects.txt"), origin, Bytes::from(text))
}

/// What strings a written value had.
#[derive(Clone, Copy, Default)]
struct HasText {
    any: bool,
    encoded: bool,
}

impl HasText {
    fn and(self, other: HasText) -> HasText {
        HasText { any: self.any | other.any, encoded: self.encoded | other.encoded }
    }
}

/// Writes names and strings of a value; numbers and references are left out.
fn write_value(value: &Value, out: &mut String) -> HasText {
    if out.len() > MAX_LISTING {
        return HasText::default();
    }
    match value {
        Value::Name(name) => {
            let _ = write!(out, "/{} ", name.text);
            HasText::default()
        }
        Value::Text(text) => {
            let decoded = text.decoded();
            // Identifiers and checksums are no text.
            let is_data = decoded.chars().take(64).any(|c| c.is_control() && !c.is_whitespace());
            if decoded.is_empty() || is_data {
                return HasText::default();
            }
            let _ = write!(out, "({decoded}) ");
            HasText { any: true, encoded: text.is_encoded }
        }
        Value::Array(values) => values.iter().fold(HasText::default(), |has, value| has.and(write_value(value, out))),
        Value::Dictionary(dictionary) => {
            out.push_str("<< ");
            let has = dictionary.0.iter().fold(HasText::default(), |has, (name, value)| {
                let _ = write!(out, "/{} ", name.text);
                has.and(write_value(value, out))
            });
            out.push_str(">> ");
            has
        }
        Value::Integer(_) | Value::Reference(_) | Value::Other => HasText::default(),
    }
}

/// What a stream is, as far as looking into it goes.
enum Sort {
    /// Read already, or bookkeeping.
    Known,
    /// Pixels or glyphs: only its start is looked at.
    Shape,
    /// Anything else.
    Content,
}

fn sort(dictionary: &Dictionary) -> Sort {
    if dictionary.is("Type", "XRef") || dictionary.is("Type", "ObjStm") {
        return Sort::Known;
    }
    let is_font = ["Length1", "Length2", "Length3"].iter().any(|key| dictionary.has(key))
        || ["Type1C", "CIDFontType0C", "OpenType"].iter().any(|subtype| dictionary.is("Subtype", subtype));
    if dictionary.is("Subtype", "Image") || is_font { Sort::Shape } else { Sort::Content }
}

/// The other streams: a file kept in one becomes a child, and so does content that names addresses or code.
fn streams(parent: &Artifact, view: &PdfView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    // Overlapping streams would be looked at over and over; honest ones do not overlap.
    let mut allowance = parent.bytes.len().saturating_mul(4).saturating_add(1 << 20);
    for (index, object) in view.objects.iter().enumerate() {
        let (Some(dictionary), Some(range)) = (object.value.dictionary(), object.stream.clone()) else { continue };
        if view.contents.spoken_for.contains(&index) {
            continue;
        }
        let sort = sort(dictionary);
        if matches!(sort, Sort::Known) {
            continue;
        }
        let at = Location::part(format!("object {}", object.number)).with_offset(object.offset as u64);
        allowance = allowance.saturating_sub(range.len());
        if allowance == 0 {
            let what = "streams overlap; not all were looked into";
            out.problem(Problem::new(ProblemKind::Limit, what, at));
            return Ok(());
        }
        let stored = parent.bytes.slice(range);
        let filters = match view.storage(dictionary) {
            Storage::Filters(filters) => filters,
            Storage::Picture(codec) => {
                out.fact("pdf-picture-codec", codec);
                continue;
            }
            Storage::Unsupported(what) => {
                if matches!(sort, Sort::Content) {
                    out.problem(Problem::unsupported(format!("stream stored with {what}"), at));
                }
                continue;
            }
        };
        if matches!(sort, Sort::Shape) {
            let mut head = Vec::new();
            let _ = std::io::Read::read_to_end(
                &mut std::io::Read::take(reader(&filters, head_of(&stored)), HEAD),
                &mut head,
            );
            if tail::magic(&head).is_none() {
                continue;
            }
        }
        stream(object, &filters, &stored, out)?;
    }
    Ok(())
}

/// Enough of the stored bytes to decode a stream's start.
fn head_of(stored: &[u8]) -> &[u8] {
    stored.get(..4096).unwrap_or(stored)
}

fn stream(
    object: &Object,
    filters: &[super::filter::Filter],
    stored: &Bytes,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let is_plain = filters.is_empty();
    let content = if is_plain {
        stored.clone()
    } else {
        let (content, stop) = out.pull(reader(filters, stored));
        match stop {
            // Viewers show what came before the damage, and that is what is looked at here.
            None | Some(Stop::Read(_)) => {}
            Some(Stop::Limit(exceeded)) => return Err(StageError::Limit(exceeded)),
        }
        Bytes::from(content)
    };
    let is_file = tail::magic(&content).is_some();
    // Colour profiles (ICC.1 §7.2) name their maker's web site.
    let is_profile = content.get(36..40) == Some(b"acsp");
    let is_telling = !is_plain && !is_profile && TELLING.as_ref().is_some_and(|words| words.is_match(&content));
    if !is_file && !is_telling {
        return Ok(());
    }
    let name = EntryName::new(format!("stream of object {}", object.number));
    let origin = if is_file {
        Origin::part(OriginKind::Embedded, "kept in a stream")
    } else {
        Origin::part(OriginKind::Decoded, "text of a stream")
    };
    out.child_bytes(name, origin, if is_file { content } else { readable(&content) })
}

/// The text in a stream's content: pictures drawn inside a page are no text.
fn readable(content: &[u8]) -> Bytes {
    let is_text = |byte: &u8| (32..127).contains(byte) || *byte >= 0x80 || matches!(byte, b'\t' | b'\n' | b'\r');
    if std::str::from_utf8(content).is_ok() && content.iter().all(is_text) {
        return Bytes::copy_from_slice(content);
    }
    let mut text = Vec::new();
    for run in content.split(|byte| !(32..127).contains(byte)).filter(|run| run.len() >= 6) {
        text.extend_from_slice(run);
        text.push(b'\n');
    }
    text.into()
}
