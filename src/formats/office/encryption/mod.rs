//! Encrypted documents (MS-OFFCRYPTO): opened with the passwords at hand and given as one child, which is then read like
//! any document; said to be locked where none fits.
//!
//! `package` OOXML, by `agile` and `standard` encryption; `workbook` `word` `presentation` binary documents, by the
//! ciphers of `stream` and `xor`; `properties` what is kept encrypted beside them; `rights` what only a server opens.
//! `password` the candidates; `hash` `cipher` the algorithms.

mod agile;
mod cipher;
mod findings;
mod hash;
mod package;
mod password;
mod presentation;
mod properties;
mod rights;
mod standard;
mod stream;
mod word;
mod workbook;
mod xor;

use bytes::Bytes;

pub(super) use cipher::aes_ecb;
pub(super) use findings::OPENS_WITH_DEFAULT_PASSWORD;
pub(super) use package::is_encrypted_package;

use self::findings::say_opened;
use self::password::Password;
use self::stream::Opened;
use super::ole::{Changes, OleView};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Outcome, StageError};

/// Storages opened in one file; a document embedded in another may be encrypted by itself.
const MAX_STORAGES: usize = 16;

/// Streams in the clear, with what opened them.
struct Opening {
    method: String,
    password: Password,
    streams: Vec<Bytes>,
    /// For what is encrypted beside the document.
    cipher: Opened,
}

/// Opens what is encrypted in a compound file.
pub(super) fn unlock(parent: &Artifact, view: &OleView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    if is_encrypted_package(view) {
        package::unlock(parent, view, out)?;
    } else if rights::is_managed(view) {
        out.problem(rights::problem(Location::whole()));
    }
    let mut storages: Vec<usize> = Vec::new();
    for (index, entry) in view.streams() {
        let storage = entry.parent.unwrap_or_default();
        if Kind::of_locked(view, index).is_some() && !storages.contains(&storage) {
            storages.push(storage);
        }
    }
    let candidates = if storages.is_empty() { Vec::new() } else { password::candidates(parent, out) };
    for (count, storage) in storages.into_iter().enumerate() {
        if count >= MAX_STORAGES {
            let what = format!("more than {MAX_STORAGES} encrypted documents in one file; the others were not opened");
            out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
            break;
        }
        unlock_storage(parent, view, storage, &candidates, out)?;
    }
    Ok(())
}

/// Whether a stream is an encrypted document's, which [`unlock`] opens or speaks of.
pub(super) fn is_locked(view: &OleView, index: usize) -> bool {
    Kind::of_locked(view, index).is_some()
}

/// Which program's stream is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Workbook,
    Presentation,
}

impl Kind {
    fn of_locked(view: &OleView, index: usize) -> Option<Kind> {
        let name = &view.entries.get(index)?.name;
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("WordDocument") {
            word::is_locked(&view.data(index)).then_some(Kind::Word)
        } else if is("Workbook") || is("Book") {
            workbook::is_locked(&view.data(index)).then_some(Kind::Workbook)
        } else if is("Current User") {
            presentation::is_locked(&view.data(index)).then_some(Kind::Presentation)
        } else {
            None
        }
    }
}

/// Opens a document, and gives its storage with the streams in the clear.
fn unlock_storage(
    parent: &Artifact,
    view: &OleView,
    storage: usize,
    candidates: &[Password],
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let mut changes = Changes::default();
    let mut detail = None;
    let inside: Vec<usize> = view
        .streams()
        .filter(|(_, entry)| entry.parent.unwrap_or_default() == storage)
        .map(|(index, _)| index)
        .collect();
    for index in inside {
        let Some(kind) = Kind::of_locked(view, index) else { continue };
        let at = Location::part(format!("stream {}", view.path(index)));
        match open(view, storage, index, kind, candidates, &at, out) {
            Ok((opening, names)) => {
                out.fact("encryption", opening.method.clone());
                say_opened(out, &opening.password);
                let source = opening.password.source();
                detail.get_or_insert(format!("decrypted ({}), password from {source}", opening.method));
                changes.replaced.extend(names.into_iter().zip(opening.streams));
                changes.streams.extend(properties::streams(view, storage, &opening.cipher));
            }
            Err(what) => out.problem(Problem::encrypted(format!("the document is encrypted ({what})"), at)),
        }
    }
    let Some(detail) = detail else { return Ok(()) };
    let Some(document) = view.rebuilt(storage, &changes) else {
        let what = "the decrypted document is too large to be put together";
        out.problem(Problem::new(ProblemKind::Limit, what, Location::part(format!("storage {}", view.path(storage)))));
        return Ok(());
    };
    let name = if storage == 0 { parent.name.file_name().to_owned() } else { view.path(storage) };
    out.child_bytes(EntryName::new(name), Origin::file(OriginKind::Decoded, detail), document)
}

/// The streams of a document in the clear, with their names.
fn open(
    view: &OleView,
    storage: usize,
    index: usize,
    kind: Kind,
    candidates: &[Password],
    at: &Location,
    out: &mut Outcome<'_>,
) -> Result<(Opening, Vec<String>), String> {
    let stream = view.data(index);
    let beside = |name: &str| view.child(storage, name).map(|index| view.data(index)).unwrap_or_default();
    let own = view.entries.get(index).map(|entry| entry.name.clone()).unwrap_or_default();
    match kind {
        Kind::Workbook => Ok((workbook::open(&stream, candidates, at, out)?, vec![own])),
        Kind::Word => {
            let table = word::table_name(&stream);
            let opening = word::open([&stream, &beside(table), &beside("Data")], candidates, at, out)?;
            Ok((opening, vec![own, table.to_owned(), "Data".to_owned()]))
        }
        Kind::Presentation => {
            let (document, pictures) = (beside("PowerPoint Document"), beside("Pictures"));
            let opening = presentation::open([&stream, &document, &pictures], candidates, at, out)?;
            Ok((opening, vec![own, "PowerPoint Document".to_owned(), "Pictures".to_owned()]))
        }
    }
}

#[cfg(test)]
mod tests;
