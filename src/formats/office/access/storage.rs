//! Where Access keeps projects, forms and macros: rows that imitate a compound file (`MSysAccessStorage`, Access 2002
//! and later), or a compound file cut into rows (`MSysAccessObjects`, Access 2000). Both become the file they stand for.

use std::collections::HashMap;

use bytes::Bytes;

use super::pages::Pages;
use super::table::Table;
use crate::formats::office::ole::{Node, compound_file};

/// Rows put together.
const MAX_ROWS: usize = 50_000;
/// How deep storages lie in each other.
const MAX_DEPTH: usize = 16;

/// A row of the imitation.
struct Part {
    parent: i64,
    name: String,
    /// None for a storage.
    data: Option<Bytes>,
}

/// What the rows stand for, and whether something was left out.
#[derive(Debug, Default)]
pub(super) struct Storage {
    /// The compound file.
    pub(super) file: Option<Bytes>,
    pub(super) is_cut: bool,
}

/// Rows with parents: `Id`, `ParentId`, `Name`, `Type` (1 for a storage), `Lv`.
pub(super) fn of_rows(pages: &Pages, page: u32) -> Option<Storage> {
    let table = Table::read(pages, page)?;
    let [id, parent, name, kind, data] = ["Id", "ParentId", "Name", "Type", "Lv"].map(|name| table.column(name));
    let mut parts: Vec<(i64, Part)> = Vec::new();
    let mut left = pages.length();
    let is_whole = table.walk(pages, |row| {
        let Some(number) = row.number(id) else { return true };
        let is_storage = row.number(kind) == Some(1);
        let bytes = (!is_storage).then(|| row.bytes(data, left).unwrap_or_default());
        left = left.saturating_sub(bytes.as_ref().map_or(0, Vec::len));
        let part =
            Part { parent: row.number(parent).unwrap_or_default(), name: row.text(name), data: bytes.map(Bytes::from) };
        parts.push((number, part));
        parts.len() < MAX_ROWS && left > 0
    });
    let file = tree(&parts);
    Some(Storage { file, is_cut: !is_whole })
}

/// The tree the rows describe. Rows whose parent is missing hang from the root; a circle is left out.
fn tree(parts: &[(i64, Part)]) -> Option<Bytes> {
    let mut children: HashMap<i64, Vec<usize>> = HashMap::new();
    let known: HashMap<i64, usize> = parts.iter().enumerate().map(|(index, (id, _))| (*id, index)).collect();
    let mut roots = Vec::new();
    for (index, (id, part)) in parts.iter().enumerate() {
        if part.parent == *id || !known.contains_key(&part.parent) {
            roots.push(index);
        } else {
            children.entry(part.parent).or_default().push(index);
        }
    }
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<(usize, Option<usize>, usize)> = roots.into_iter().rev().map(|index| (index, None, 0)).collect();
    while let Some((index, parent, depth)) = open.pop() {
        let Some((id, part)) = parts.get(index) else { continue };
        if nodes.len() >= MAX_ROWS {
            break;
        }
        // The table's own root stands for the file's.
        let is_top =
            parent.is_none() && part.data.is_none() && part.name.eq_ignore_ascii_case("MSysAccessStorage_ROOT");
        let at = if is_top {
            None
        } else {
            nodes.push(Node { name: part.name.clone(), parent, data: part.data.clone() });
            nodes.len().checked_sub(1)
        };
        if part.data.is_none() && depth < MAX_DEPTH {
            let inside = children.get(id).map(Vec::as_slice).unwrap_or_default();
            open.extend(inside.iter().rev().map(|child| (*child, at, depth.saturating_add(1))));
        }
    }
    let has_content = nodes.iter().any(|node| node.data.as_ref().is_some_and(|data| !data.is_empty()));
    if has_content { compound_file(&nodes) } else { None }
}

/// Pieces in the order of their numbers: `ID`, `Data`.
pub(super) fn of_pieces(pages: &Pages, page: u32) -> Option<Storage> {
    let table = Table::read(pages, page)?;
    let [id, data] = ["ID", "Data"].map(|name| table.column(name));
    let mut pieces: Vec<(i64, Vec<u8>)> = Vec::new();
    let mut left = pages.length();
    let is_whole = table.walk(pages, |row| {
        let bytes = row.bytes(data, left).unwrap_or_default();
        left = left.saturating_sub(bytes.len());
        pieces.push((row.number(id).unwrap_or_default(), bytes));
        pieces.len() < MAX_ROWS && left > 0
    });
    pieces.sort_by_key(|(number, _)| *number);
    let file: Vec<u8> = pieces.into_iter().flat_map(|(_, bytes)| bytes).collect();
    // The file may have a head before it.
    let start = memchr::memmem::find(file.get(..4_096).unwrap_or(&file), b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")?;
    Some(Storage { file: Some(Bytes::from(file).slice(start..)), is_cut: !is_whole })
}
