//! Streams to children. The file as a whole is searched anyway, so a stream is given out only where that is not enough:
//! packed files, embedded files, attachments, and content that is scattered over the file.

use bytes::Bytes;

use super::native::{self, DOCUMENT_STREAM, is_recognised, packed};
use super::visio::Gap;
use super::{Changes, OleEntry, OleView, message, package, presentation, visio};
use crate::formats::archive::password::OPENED_WITH_FOUND_PASSWORD;
use crate::formats::fields::u32_at;
use crate::formats::office::encryption;
use crate::formats::office::inflate::Inflater;
use crate::knowledge::streams::{is_document, is_embedded, is_plumbing};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Streams below this size say nothing that the search of the whole file would miss.
const MIN_SIZE: u64 = 64;
/// Children that are no files. Messages with hundreds of recipients have thousands of small streams.
const MAX_PARTS: usize = 200;
/// Embedded documents given out.
const MAX_DOCUMENTS: usize = 1_000;

pub(super) struct OleUnpacker;

impl Unpacker for OleUnpacker {
    fn findings(&self) -> Kinds {
        &[encryption::OPENS_WITH_DEFAULT_PASSWORD, OPENED_WITH_FOUND_PASSWORD]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        // A package's streams are given under their decoded names where its tables are read.
        if super::kinds::is_installer(&view) {
            return Ok(());
        }
        encryption::unlock(parent, &view, out)?;
        let is_message = message::is_message(&view);
        give_documents(&view, is_message, out)?;
        let mut parts = 0usize;
        for (index, entry) in view.streams() {
            if entry.size == 0 || is_plumbing(&entry.name) || is_vba(&view, entry) {
                continue;
            }
            if is_message && message::owns(&view, index) || crate::formats::office::hwp::owns(&view, index) {
                continue;
            }
            let path = view.path(index);
            let at = || Location::part(format!("stream {path}"));
            if entry.name.eq_ignore_ascii_case(native::STREAM) {
                give_native(&view.data(index), &path, out)?;
                continue;
            }
            if entry.name.eq_ignore_ascii_case("PowerPoint Document") {
                give_presentation(&view, index, &path, out)?;
            }
            if entry.name.eq_ignore_ascii_case("VisioDocument") {
                give_drawing(&view.data(index), &path, out)?;
            }
            let is_wanted = is_embedded(&entry.name)
                || (entry.size >= MIN_SIZE && (entry.is_fragmented || is_recognised(&view.data(index))));
            // What is encrypted has been opened or said to be locked; as it lies there it says nothing.
            if !is_wanted || encryption::is_locked(&view, index) {
                continue;
            }
            parts = parts.saturating_add(1);
            if parts > MAX_PARTS {
                out.problem(Problem::new(
                    ProblemKind::Limit,
                    format!("more than {MAX_PARTS} streams; the others were searched only within the file"),
                    at(),
                ));
                break;
            }
            let is_own = is_document(&entry.name) && !is_recognised(&view.data(index));
            let detail = if is_own { DOCUMENT_STREAM } else { "OLE stream" };
            out.child_bytes(EntryName::new(path), Origin::part(OriginKind::Stream, detail), view.data(index))?;
        }
        Ok(())
    }
}

/// The documents in the document, as files. Those of a message are `mail/msg`'s to give.
fn give_documents(view: &OleView, is_message: bool, out: &mut Outcome<'_>) -> Result<(), StageError> {
    for (count, index) in view.documents().iter().enumerate() {
        if is_message && message::owns(view, *index) {
            continue;
        }
        let path = view.path(*index);
        let at = Location::part(format!("storage {path}"));
        if count >= MAX_DOCUMENTS {
            let what = format!("more than {MAX_DOCUMENTS} embedded documents; the others were not read");
            out.problem(Problem::new(ProblemKind::Limit, what, at));
            break;
        }
        match view.rebuilt(*index, &Changes::default()) {
            Some(bytes) => {
                let origin = Origin::part(OriginKind::Embedded, "document stored in a document");
                out.child_bytes(EntryName::new(path), origin, bytes)?;
            }
            None => {
                let what = "the embedded document is too large to be read as a file";
                out.problem(Problem::new(ProblemKind::Limit, what, at));
            }
        }
    }
    Ok(())
}

/// Whether a stream belongs to a VBA project, which has its own unpacker.
fn is_vba(view: &OleView, entry: &OleEntry) -> bool {
    let storage = entry.parent.and_then(|parent| view.entries.get(parent));
    storage.is_some_and(|storage| storage.name.eq_ignore_ascii_case("VBA"))
}

fn give_native(stream: &Bytes, path: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    match packed(stream) {
        Some(packed) => package::give_packed(packed, &Location::part(format!("stream {path}")), out),
        None => {
            let data = native::bare(stream);
            let detail = if is_recognised(&data) { "OLE native data" } else { DOCUMENT_STREAM };
            out.child_bytes(EntryName::new(path), Origin::part(OriginKind::Embedded, detail), data)
        }
    }
}

/// What a drawing holds, unpacked.
fn give_drawing(stream: &Bytes, path: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let drawing = visio::drawing(stream);
    let at = || Location::part(format!("stream {path}"));
    match drawing.gap {
        None => {}
        Some(Gap::OldVersion(version)) => {
            out.problem(Problem::unsupported(format!("a drawing of version {version} is not unpacked"), at()));
        }
        Some(Gap::NoTrailer) => {
            out.problem(Problem::damaged("the drawing does not say where its streams are", at()));
        }
        Some(Gap::TooMuch) => {
            let what = "the drawing has more streams than are unpacked";
            out.problem(Problem::new(ProblemKind::Limit, what, at()));
        }
    }
    for (index, file) in drawing.files.into_iter().enumerate() {
        let origin = Origin::part(OriginKind::Embedded, "compound file in a drawing, LZSS");
        out.child_bytes(EntryName::new(format!("{path}/{index}")), origin, file.into())?;
    }
    if drawing.rest.len() as u64 >= MIN_SIZE {
        let origin = Origin::part(OriginKind::Decoded, DOCUMENT_STREAM);
        out.child_bytes(EntryName::new(format!("{path}/unpacked")), origin, drawing.rest.into())?;
    }
    Ok(())
}

/// What a presentation holds. Of an encrypted one the records make no sense until it is opened.
fn give_presentation(view: &OleView, index: usize, path: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let storage = view.entries.get(index).and_then(|entry| entry.parent).unwrap_or_default();
    let user = view.child(storage, "Current User").map(|user| view.data(user)).unwrap_or_default();
    let stream = view.data(index);
    let found = presentation::contents(&stream, u32_at(&user, 16));
    let place = |offset: usize| Location::part(format!("stream {path}")).with_offset(offset as u64);
    if let Some(offset) = found.broken_at.filter(|_| presentation::is_plain(&user)) {
        out.problem(Problem::damaged("a record is longer than the presentation", place(offset)));
    }
    if found.is_cut {
        let what = "more objects and sounds in the presentation than are given out";
        out.problem(Problem::new(ProblemKind::Limit, what, place(0)));
    }
    for inner in found.storages {
        let name = EntryName::new(format!("{path}/{:#x}", inner.offset));
        let detail = if inner.is_project { "VBA project of a presentation" } else { "storage in a presentation" };
        if let Some(size) = inner.inflated_size {
            let origin = Origin::part(OriginKind::Embedded, format!("{detail}, deflate"));
            out.child(name, origin, Inflater::new(&inner.data, Some(size)))?;
        } else {
            out.child_bytes(name, Origin::part(OriginKind::Embedded, detail), inner.data)?;
        }
    }
    for (offset, data) in found.sounds.into_iter().filter(|(_, data)| data.len() as u64 >= MIN_SIZE) {
        let origin = Origin::part(OriginKind::Embedded, "sound in a presentation");
        out.child_bytes(EntryName::new(format!("{path}/{offset:#x}.wav")), origin, data)?;
    }
    Ok(())
}
