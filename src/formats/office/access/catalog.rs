//! `MSysObjects`, the table of everything in a database.

use super::pages::Pages;
use super::table::Table;

/// Page of the catalogue's definition, the same in every file.
const CATALOG: u32 = 2;
/// Objects kept.
const MAX_OBJECTS: usize = 50_000;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Table,
    /// A table of another source of data.
    Linked,
    Query,
    Form,
    Report,
    Macro,
    Module,
    Other,
}

impl Sort {
    fn of(kind: i64) -> Sort {
        match kind {
            1 => Sort::Table,
            4 | 6 => Sort::Linked,
            5 => Sort::Query,
            -32_768 => Sort::Form,
            -32_766 => Sort::Macro,
            -32_764 => Sort::Report,
            -32_761 => Sort::Module,
            _ => Sort::Other,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Sort::Table => "table",
            Sort::Linked => "linked table",
            Sort::Query => "query",
            Sort::Form => "form",
            Sort::Report => "report",
            Sort::Macro => "macro",
            Sort::Module => "module",
            Sort::Other => "object",
        }
    }
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) name: String,
    pub(super) sort: Sort,
    /// Page of a table's definition.
    pub(super) page: u32,
    /// Of a linked table: how to reach it, and where it lies.
    pub(super) connect: String,
    pub(super) database: String,
}

/// The objects, and whether all were read; none if there is no catalogue.
pub(super) fn objects(pages: &Pages) -> Option<(Vec<Object>, bool)> {
    let table = Table::read(pages, CATALOG)?;
    let columns = ["Id", "Name", "Type", "Connect", "Database"].map(|name| table.column(name));
    let [id, name, kind, connect, database] = columns;
    (name.is_some() && kind.is_some()).then_some(())?;
    let mut objects = Vec::new();
    let is_whole = table.walk(pages, |row| {
        objects.push(Object {
            name: row.text(name),
            sort: Sort::of(row.number(kind).unwrap_or_default()),
            page: u32::try_from(row.number(id).unwrap_or_default() & 0x00FF_FFFF).unwrap_or_default(),
            connect: row.text(connect),
            database: row.text(database),
        });
        objects.len() < MAX_OBJECTS
    });
    Some((objects, is_whole))
}
