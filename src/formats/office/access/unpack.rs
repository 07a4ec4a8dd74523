//! A database to children: the compound file its projects and macros stand for, objects in its fields, and its texts in
//! one piece.

use std::collections::HashSet;

use bytes::Bytes;
use flate2::read::ZlibDecoder;

use super::catalog::{Object, Sort, objects};
use super::findings::{ACCESS_AUTOEXEC, ACCESS_COMPILED_ONLY, ACCESS_MACRO_RUNS};
use super::header::header;
use super::macros::say_macros;
use super::pages::Pages;
use super::storage::{Storage, of_pieces, of_rows};
use super::table::{MEMO, OLE, TEXT, Table, Value};
use crate::formats::fields::{size_at, u16_at, u32_at};
use crate::formats::office::connection::{Distance, places};
use crate::formats::office::ole::OleView;
use crate::formats::office::ole::native::DOCUMENT_STREAM;
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_OBJECT};
use crate::formats::office::vba::has_source;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem, ProblemKind, Severity, View};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes databases apart.
pub(super) struct DatabaseUnpacker;

/// Objects in fields given as children.
const MAX_FIELDS: usize = 500;
/// Bytes of one such object.
const MAX_FIELD: usize = 64 << 20;
/// Characters of text kept.
const MAX_TEXT: usize = 16 << 20;
/// Characters of one text.
const MAX_VALUE: usize = 1 << 20;
/// Linked tables said.
const MAX_LINKS: usize = 200;

impl Unpacker for DatabaseUnpacker {
    fn findings(&self) -> Kinds {
        &[ACCESS_AUTOEXEC, ACCESS_COMPILED_ONLY, ACCESS_MACRO_RUNS, REMOTE_OBJECT, REMOTE_HOST_UNUSUAL]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Some(header) = header(&parent.bytes) else { return Ok(()) };
        out.fact("version", header.engine.title());
        if header.is_encrypted {
            out.problem(Problem::encrypted("the pages are encrypted with a password", Location::at(0x299)));
            return Ok(());
        }
        if header.has_password {
            out.fact("password", "asked for on opening, but the pages can be read");
        }
        let pages = Pages::new(&parent.bytes, &header);
        if !parent.bytes.len().is_multiple_of(pages.size()) {
            let what = "the file does not end with a whole page";
            out.problem(Problem::odd(what, Location::at(parent.bytes.len())));
        }
        let Some((objects, is_whole)) = objects(&pages) else {
            out.problem(Problem::damaged(
                "the catalogue of the database cannot be read",
                Location::at(pages.size().saturating_mul(2)),
            ));
            return Ok(());
        };
        if !is_whole {
            out.problem(limit("more objects than are read", "table MSysObjects"));
        }
        say_objects(&objects, out);
        give_storages(&pages, &objects, out)?;
        give_values(&pages, &objects, out)
    }
}

fn limit(what: &str, place: &str) -> Problem {
    Problem::new(ProblemKind::Limit, what, Location::part(place))
}

fn say_objects(objects: &[Object], out: &mut Outcome<'_>) {
    /// Names said as facts.
    const MAX_NAMES: usize = 100;
    let is_own = |object: &&Object| !object.name.starts_with("MSys") && !object.name.starts_with('~');
    for sort in [Sort::Macro, Sort::Module, Sort::Form, Sort::Report, Sort::Query] {
        for object in objects.iter().filter(|object| object.sort == sort).filter(is_own).take(MAX_NAMES) {
            out.fact("object", format!("{} {}", sort.name(), object.name));
        }
    }
    let starts = |object: &&Object| object.sort == Sort::Macro && object.name.eq_ignore_ascii_case("AutoExec");
    if let Some(object) = objects.iter().find(starts) {
        out.raise(ACCESS_AUTOEXEC, Location::part("table MSysObjects"), format!("macro {}", object.name));
    }
    for object in objects.iter().filter(|object| object.sort == Sort::Linked).take(MAX_LINKS) {
        say_link(object, out);
    }
}

/// A table that lies elsewhere: `ODBC;SERVER=…`, `;DATABASE=\\host\…`, `HTML Import;DATABASE=http://…`.
fn say_link(object: &Object, out: &mut Outcome<'_>) {
    let at = || Location::part(format!("linked table {}", object.name));
    let text = format!("{};database={}", object.connect, object.database);
    let places = places(&text);
    for place in &places {
        if let Some(ioc) = place.ioc("linked table", at()) {
            out.ioc(ioc);
        }
    }
    let Some(furthest) = places.iter().max_by_key(|place| place.distance) else { return };
    let severity = match furthest.distance {
        Distance::Here => return,
        Distance::Inside => Severity::Low,
        Distance::Beyond => Severity::Medium,
        Distance::Web => Severity::High,
    };
    out.raise_as(REMOTE_OBJECT, severity, false, at(), format!("{} {}", furthest.key, furthest.value));
    if furthest.distance == Distance::Web {
        out.raise(REMOTE_HOST_UNUSUAL, at(), furthest.value.clone());
    }
}

fn give_storages(pages: &Pages, objects: &[Object], out: &mut Outcome<'_>) -> Result<(), StageError> {
    type Reader = fn(&Pages, u32) -> Option<Storage>;
    let mut has_project = false;
    let known: [(&str, Reader); 2] = [("MSysAccessStorage", of_rows), ("MSysAccessObjects", of_pieces)];
    for (name, read) in known {
        let Some(object) = objects.iter().find(|object| object.name.eq_ignore_ascii_case(name)) else { continue };
        let Some(storage) = read(pages, object.page) else { continue };
        if storage.is_cut {
            out.problem(limit("more rows than are put together", &format!("table {name}")));
        }
        let Some(file) = storage.file else { continue };
        has_project = true;
        if let Ok(view) = OleView::parse(&file) {
            say_compiled(&view, name, out);
            say_macros(&view, name, out);
        }
        let origin = Origin::part(OriginKind::Embedded, "projects, forms and macros of the database");
        out.child_bytes(EntryName::new(name), origin, file)?;
    }
    // Access 97 keeps modules, and those of forms and reports, in a way of its own.
    let has_code = |object: &&Object| matches!(object.sort, Sort::Module | Sort::Form | Sort::Report);
    let unread = objects.iter().filter(has_code).count();
    if !has_project && unread > 0 {
        let what = format!("{unread} modules, forms and reports whose code is not read");
        out.problem(Problem::unsupported(what, Location::part("table MSysObjects")));
    }
    Ok(())
}

/// Modules without any source: the database was compiled to hide it.
fn say_compiled(view: &OleView, table: &str, out: &mut Outcome<'_>) {
    let tables = |name: &str| {
        let name = name.to_ascii_lowercase();
        name == "dir" || name == "_vba_project" || name.starts_with("__srp_")
    };
    let modules: Vec<usize> = view
        .streams()
        .filter(|(index, entry)| {
            view.path(*index).to_ascii_lowercase().contains("vbaproject/vba/") && !tables(&entry.name)
        })
        .map(|(index, _)| index)
        .collect();
    if !modules.is_empty() && !modules.iter().any(|index| has_source(&view.data(*index))) {
        let observed = format!("{} modules, none with source", modules.len());
        out.raise(ACCESS_COMPILED_ONLY, Location::part(format!("table {table}")), observed);
    }
}

/// Texts and objects in the fields of tables.
fn give_values(pages: &Pages, objects: &[Object], out: &mut Outcome<'_>) -> Result<(), StageError> {
    let mut text = String::new();
    let mut given = 0usize;
    let mut left = pages.length();
    let mut seen = HashSet::new();
    let is_read = |object: &&Object| {
        object.sort == Sort::Table
            && (!object.name.starts_with("MSys")
                || object.name.eq_ignore_ascii_case("MSysQueries")
                || object.name.to_ascii_lowercase().starts_with("msysmodules"))
    };
    for object in objects.iter().filter(is_read) {
        out.budget().check_deadline()?;
        // Several objects may claim one definition.
        if !seen.insert(object.page) {
            continue;
        }
        let Some(table) = Table::read(pages, object.page) else {
            let what = "the definition of a table cannot be read";
            out.problem(Problem::damaged(what, Location::part(format!("table {}", object.name))));
            continue;
        };
        let wanted: Vec<usize> = table
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| [TEXT, MEMO, OLE].contains(&column.kind))
            .map(|(index, _)| index)
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let mut found: Vec<(String, Vec<u8>)> = Vec::new();
        let mut number = 0usize;
        let is_whole = table.walk(pages, |row| {
            /// Rows between two looks at the clock.
            const STRIDE: usize = 1_024;
            number = number.saturating_add(1);
            if number.is_multiple_of(STRIDE) && out.budget().check_deadline().is_err() {
                return false;
            }
            for index in &wanted {
                let Some(column) = table.columns.get(*index) else { continue };
                let is_object = column.kind == OLE;
                let limit = if is_object { MAX_FIELD.min(left) } else { MAX_VALUE };
                if limit == 0 || !is_object && text.len() >= MAX_TEXT {
                    continue;
                }
                match row.value(*index, limit) {
                    Some(Value::Text(value)) if !value.is_empty() => {
                        text.push_str(&value);
                        text.push('\n');
                    }
                    Some(Value::Bytes(value)) if !value.is_empty() => {
                        left = left.saturating_sub(value.len());
                        found.push((format!("{}/{}/{number}", object.name, column.name), value));
                    }
                    _ => {}
                }
            }
            left > 0 && found.len().saturating_add(given) < MAX_FIELDS
        });
        if !is_whole {
            out.problem(limit("more rows or objects than are read", &format!("table {}", object.name)));
        }
        for (name, value) in found {
            given = given.saturating_add(1);
            give_field(&name, value.into(), out)?;
        }
    }
    if text.len() >= MAX_TEXT {
        out.problem(limit("more text than is read", "tables"));
    }
    if !text.trim().is_empty() {
        let origin = Origin::part(OriginKind::Decoded, "texts of the tables");
        out.child_bytes(EntryName::new("text"), origin, text.into_bytes().into())?;
    }
    Ok(())
}

/// An object field has a head and an OLE 1 object in it (MS-OLEDS 2.2); an attachment is deflated, with a head of its
/// own. What is neither is only searched.
fn give_field(name: &str, value: Bytes, out: &mut Outcome<'_>) -> Result<(), StageError> {
    const OBJECT: u16 = 0x1C15;
    let name = EntryName::new(name);
    if u16_at(&value, 0) == Some(OBJECT)
        && let Some(inner) = object_data(&value)
    {
        let data = value.slice(inner);
        let is_known = crate::formats::recognised(&data);
        let detail = if is_known { "object in a field" } else { DOCUMENT_STREAM };
        return out.child_bytes(name, Origin::part(OriginKind::Embedded, detail), data);
    }
    // Type 1, then the size; the stream after it.
    let is_deflated = u32_at(&value, 0) == Some(1) && value.get(8..10).is_some_and(|head| matches!(head, [0x78, _]));
    if is_deflated {
        let (inflated, _) = out.pull(ZlibDecoder::new(value.get(8..).unwrap_or_default()));
        if let Some(bytes) = attachment(&Bytes::from(inflated)) {
            return out.child_bytes(name, Origin::part(OriginKind::Embedded, "attachment in a field"), bytes);
        }
    } else if u32_at(&value, 0) == Some(0)
        && let Some(bytes) = value.get(8..).and_then(|_| attachment(&value.slice(8..)))
    {
        return out.child_bytes(name, Origin::part(OriginKind::Embedded, "attachment in a field"), bytes);
    }
    let detail = if crate::formats::recognised(&value) { "object in a field" } else { DOCUMENT_STREAM };
    out.child_bytes(name, Origin::part(OriginKind::Embedded, detail), value)
}

/// Behind the size of the head, a number, and the extension with its length.
fn attachment(bytes: &Bytes) -> Option<Bytes> {
    let head = size_at(bytes, 0).filter(|head| (12..512).contains(head))?;
    (head <= bytes.len()).then(|| bytes.slice(head..))
}

/// The data of an OLE 1 object: behind the field's head a version and a format, three texts with their lengths, and the
/// size.
fn object_data(value: &[u8]) -> Option<std::ops::Range<usize>> {
    let head = usize::from(u16_at(value, 2)?);
    let mut at = head.checked_add(8)?;
    for _ in 0..3 {
        let length = size_at(value, at)?;
        at = at.checked_add(4)?.checked_add(length)?;
    }
    let size = size_at(value, at)?;
    let start = at.checked_add(4)?;
    (start < value.len()).then(|| start..start.saturating_add(size).min(value.len()))
}
