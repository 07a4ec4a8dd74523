//! The database: what columns a table has stands in `_Columns`, and each table's stream holds them one after another.

use std::collections::HashMap;

use bytes::Bytes;

use super::names;
use super::strings::Strings;
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::ole::OleView;
use crate::model::{Location, ParseError, Problem, View};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text; empty for none.
    Text(String),
    /// A number; none for an empty cell.
    Number(Option<i32>),
    /// A stream of its own.
    Stream,
}

/// A table.
#[derive(Debug, Default)]
pub struct Table {
    /// Names of columns in order.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// The text in a column of a row; empty if there is none.
    pub fn text<'a>(&self, row: &'a [Value], column: &str) -> &'a str {
        match self.cell(row, column) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The number in a column of a row.
    pub fn number(&self, row: &[Value], column: &str) -> Option<i32> {
        match self.cell(row, column) {
            Some(Value::Number(number)) => *number,
            _ => None,
        }
    }

    fn cell<'a>(&self, row: &'a [Value], column: &str) -> Option<&'a Value> {
        row.get(self.columns.iter().position(|name| name.eq_ignore_ascii_case(column))?)
    }
}

/// A stream that is no table: `Binary.Name`, `Icon.Name`, a cabinet.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Its name, decoded.
    pub name: String,
    /// Its index in the compound file.
    pub index: usize,
}

/// A package as read.
#[derive(Debug, Default)]
pub struct MsiView {
    /// Tables by name, those that are read.
    pub tables: HashMap<String, Table>,
    /// Names of all tables.
    pub table_names: Vec<String>,
    /// The other streams.
    pub streams: Vec<Stream>,
    /// What was damaged.
    pub problems: Vec<Problem>,
}

/// Tables that say something of interest here.
const WANTED: &[&str] =
    &["CustomAction", "InstallExecuteSequence", "InstallUISequence", "Property", "Binary", "Media", "File", "Shortcut"];
/// Cells kept in all.
const MAX_CELLS: usize = 1 << 20;

/// A column as `_Columns` has it.
#[derive(Debug, Clone)]
struct Column {
    number: i32,
    name: String,
    kind: u16,
}

impl Column {
    /// `msidefs.h`: text columns refer to the pool, streams take two bytes, numbers two or four.
    fn width(&self, strings: &Strings) -> usize {
        match self.kind {
            kind if is_stream(kind) => 2,
            kind if kind & 0x0800 != 0 => 2usize.saturating_add(usize::from(strings.is_wide)),
            kind if kind & 0xff <= 2 => 2,
            _ => 4,
        }
    }
}

/// A stream is a text column of length nought that may not be translated; it may be left empty (0x1000).
const fn is_stream(kind: u16) -> bool {
    kind & 0xefff == 0x0900
}

impl View for MsiView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let file = OleView::parse(bytes)?;
        let mut streams: HashMap<String, usize> = HashMap::new();
        let mut view = MsiView::default();
        for (index, entry) in file.streams() {
            let (name, is_table) = names::decode(&entry.name);
            if is_table {
                streams.insert(name, index);
            } else if !entry.name.starts_with('\u{5}') {
                let path = file.path(index);
                // A patch keeps transforms, packages of their own, in storages.
                let name = match path.rsplit_once('/') {
                    Some((folder, _)) => format!("{}/{name}", names::decode(folder).0),
                    None => name,
                };
                view.streams.push(Stream { name, index });
            }
        }
        let stream = |name: &str| streams.get(name).map(|index| file.data(*index)).unwrap_or_default();
        let strings = Strings::read(&stream("_StringPool"), &stream("_StringData"));
        if strings.is_cut {
            view.say("the pool of texts ends early", "_StringData");
        }
        let columns = columns(&stream("_Columns"), &strings);
        let mut cells = MAX_CELLS;
        for name in WANTED {
            let Some(columns) = columns.get(*name).filter(|_| streams.contains_key(*name)) else { continue };
            let data = stream(name);
            let table = table(&data, columns, &strings, &mut cells);
            let is_cut = table.is_none();
            view.tables.insert((*name).to_owned(), table.unwrap_or_default());
            if is_cut {
                view.say("the table is longer than is read", name);
            }
        }
        view.table_names = streams.into_keys().collect();
        view.table_names.sort();
        Ok(view)
    }
}

impl MsiView {
    fn say(&mut self, what: &str, table: &str) {
        self.problems.push(Problem::damaged(what, Location::part(format!("table {table}"))));
    }

    /// A table that is read.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The value of a property.
    pub fn property(&self, name: &str) -> Option<&str> {
        let table = self.table("Property")?;
        let row = table.rows.iter().find(|row| table.text(row, "Property") == name)?;
        Some(table.text(row, "Value"))
    }
}

/// Columns of every table, in order. `_Columns` has a table, a number, a name and a type.
fn columns(data: &[u8], strings: &Strings) -> HashMap<String, Vec<Column>> {
    let column = |name: &str, kind: u16| Column { number: 0, name: name.to_owned(), kind };
    let own = [column("Table", 0x0d40), column("Number", 0x0502), column("Name", 0x0d40), column("Type", 0x0502)];
    let mut cells = MAX_CELLS;
    let mut all: HashMap<String, Vec<Column>> = HashMap::new();
    let table = table(data, &own, strings, &mut cells).unwrap_or_default();
    for row in &table.rows {
        let (Some(number), Some(kind)) = (table.number(row, "Number"), table.number(row, "Type")) else { continue };
        // Stored with an offset, so that it is the low half that counts.
        let kind = u16::try_from(kind & 0xffff).unwrap_or(0);
        let name = table.text(row, "Name").to_owned();
        let columns = all.entry(table.text(row, "Table").to_owned()).or_default();
        if columns.len() < 64 {
            columns.push(Column { number, name, kind });
        }
    }
    for columns in all.values_mut() {
        columns.sort_by_key(|column| column.number);
    }
    all
}

/// Reads a table, column by column; none if it has more cells than are left.
fn table(data: &[u8], columns: &[Column], strings: &Strings, cells: &mut usize) -> Option<Table> {
    let widths: Vec<usize> = columns.iter().map(|column| column.width(strings)).collect();
    let row_size: usize = widths.iter().sum();
    let rows = data.len().checked_div(row_size).unwrap_or(0);
    *cells = cells.checked_sub(rows.checked_mul(columns.len())?)?;
    let mut table =
        Table { columns: columns.iter().map(|column| column.name.clone()).collect(), rows: vec![Vec::new(); rows] };
    let mut base = 0usize;
    for (column, width) in columns.iter().zip(widths) {
        for (index, row) in table.rows.iter_mut().enumerate() {
            let at = base.saturating_add(index.saturating_mul(width));
            row.push(value(data, at, column, width, strings));
        }
        base = base.saturating_add(rows.saturating_mul(width));
    }
    Some(table)
}

fn value(data: &[u8], at: usize, column: &Column, width: usize, strings: &Strings) -> Value {
    if is_stream(column.kind) {
        return Value::Stream;
    }
    if column.kind & 0x0800 != 0 {
        let low = usize::from(u16_at(data, at).unwrap_or(0));
        let high = if width > 2 { data.get(at.saturating_add(2)).copied().unwrap_or(0) } else { 0 };
        return Value::Text(strings.get(low | (usize::from(high) << 16)).to_owned());
    }
    // Numbers are stored with the sign bit turned, so that nought can stand for none.
    Value::Number(match width {
        2 => u16_at(data, at).filter(|stored| *stored != 0).map(|stored| i32::from((stored ^ 0x8000).cast_signed())),
        _ => u32_at(data, at).filter(|stored| *stored != 0).map(|stored| (stored ^ 0x8000_0000).cast_signed()),
    })
}
