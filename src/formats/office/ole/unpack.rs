//! Streams to children. The file as a whole is searched anyway, so a stream is given out only where that is not enough:
//! packed files, embedded files, attachments, and content that is scattered over the file.

use bytes::Bytes;
use flate2::read::ZlibDecoder;

use super::native::{self, Packed, packed};
use super::{OleEntry, OleView, message, presentation};
use crate::knowledge::streams::{is_document, is_embedded, is_plumbing};
use crate::model::{
    Artifact, EntryName, Ioc, IocKind, Location, Origin, OriginKind, Problem, ProblemKind, name::file_name,
};
use crate::stage::{Outcome, StageError, Unpacker};

/// Detail of a child that is a document program's own content.
pub(super) const DOCUMENT_STREAM: &str = "OLE stream of a document";
/// Streams below this size say nothing that the search of the whole file would miss.
const MIN_SIZE: u64 = 64;
/// Children that are no files. Messages with hundreds of recipients have thousands of small streams.
const MAX_PARTS: usize = 200;

pub(super) struct OleUnpacker;

impl Unpacker for OleUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<OleView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        // A package's streams are given under their decoded names where its tables are read.
        if super::kinds::is_installer(&view) {
            return Ok(());
        }
        let is_message = message::is_message(&view);
        let mut parts = 0usize;
        for (index, entry) in view.streams() {
            if entry.size == 0 || is_plumbing(&entry.name) || is_vba(&view, entry) {
                continue;
            }
            if is_message && message::owns(&view, index) {
                continue;
            }
            let path = view.path(index);
            let at = || Location::part(format!("stream {path}"));
            if entry.name.eq_ignore_ascii_case(native::STREAM) {
                give_native(&view.data(index), &path, out)?;
                continue;
            }
            if entry.name.eq_ignore_ascii_case("PowerPoint Document") {
                give_storages(&view.data(index), &path, out)?;
            }
            let is_wanted = is_embedded(&entry.name)
                || (entry.size >= MIN_SIZE && (entry.is_fragmented || is_recognised(&view.data(index))));
            if !is_wanted {
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

/// Whether a stream belongs to a VBA project, which has its own unpacker.
fn is_vba(view: &OleView, entry: &OleEntry) -> bool {
    let storage = entry.parent.and_then(|parent| view.entries.get(parent));
    storage.is_some_and(|storage| storage.name.eq_ignore_ascii_case("VBA"))
}

/// Whether content starts like a file of a format we know. Short magics match by chance.
fn is_recognised(data: &[u8]) -> bool {
    const MIN_MAGIC: usize = 4;
    let is_program =
        data.starts_with(b"MZ") && memchr::memmem::find(data.get(..1024).unwrap_or(data), b"PE\0\0").is_some();
    is_program
        || crate::formats::FORMATS
            .iter()
            .flat_map(|spec| spec.magic)
            .any(|magic| magic.bytes.len() >= MIN_MAGIC && magic.matches(data))
}

fn give_native(stream: &Bytes, path: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    match packed(stream) {
        Some(packed) => {
            let at = Location::part(format!("stream {path}"));
            if packed.data.len() < packed.declared {
                let what = format!("packed file ends after {} of {} bytes", packed.data.len(), packed.declared);
                out.problem(Problem::damaged(what, at.clone()));
            }
            for source in [&packed.path, &packed.temporary] {
                if source.contains('\\') {
                    out.ioc(Ioc::new(IocKind::Path, source.clone(), at.clone()).with_context("path of a packed file"));
                }
            }
            let name = name_of(&packed);
            out.child_bytes(
                name,
                Origin::file(OriginKind::Embedded, "packed into the document (OLE Package)"),
                packed.data,
            )
        }
        None => {
            let data = native::bare(stream);
            let detail = if is_recognised(&data) { "OLE native data" } else { DOCUMENT_STREAM };
            out.child_bytes(EntryName::new(path), Origin::part(OriginKind::Embedded, detail), data)
        }
    }
}

/// The name the file gets when it is opened first, then whatever else it is called.
pub(super) fn name_of(packed: &Packed) -> EntryName {
    let mut names = [&packed.path, &packed.temporary, &packed.label]
        .into_iter()
        .chain(&packed.unicode)
        .map(|name| file_name(name))
        .filter(|name| !name.is_empty());
    let first = names.next().unwrap_or("packed file");
    names.fold(EntryName::new(first), EntryName::also)
}

fn give_storages(stream: &Bytes, path: &str, out: &mut Outcome<'_>) -> Result<(), StageError> {
    for inner in presentation::storages(stream) {
        let name = EntryName::new(format!("{path}/{:#x}", inner.offset));
        let detail = "storage in a presentation";
        if inner.is_compressed {
            out.child(
                name,
                Origin::part(OriginKind::Embedded, format!("{detail}, deflate")),
                ZlibDecoder::new(&*inner.data),
            )?;
        } else {
            out.child_bytes(name, Origin::part(OriginKind::Embedded, detail), inner.data)?;
        }
    }
    Ok(())
}
