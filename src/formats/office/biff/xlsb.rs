//! Binary workbooks (MS-XLSB): records with numbers and sizes of variable length in the parts of a package, and formulas
//! of BIFF12 in them.

use std::collections::HashMap;
use std::sync::Arc;

use super::cells::rk_number;
use super::formula::{Book, Context, Fault, Parsed, error, parse};
use super::strings::wide;
use super::version::Version;
use crate::formats::fields::{size_at, u32_at};
use crate::formats::office::vba::CodePage;
use crate::formats::office::xlm::Visibility;
use crate::formats::office::xlm::program::{Cell, MAX_CELLS, Name, Program, Value};
use crate::formats::office::xlm::text::address;
use crate::model::{Location, Problem};

/// A sheet as the workbook lists it, BrtBundleSh (2.4.311).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BundledSheet {
    pub(crate) name: String,
    pub(crate) relation: String,
    pub(crate) visibility: Visibility,
}

/// The workbook part.
#[derive(Debug)]
pub(crate) struct Workbook<'a> {
    pub(crate) sheets: Vec<BundledSheet>,
    /// Names with their tokens and the data behind those.
    pub(crate) names: Vec<(String, bool, &'a [u8], &'a [u8])>,
    books: Vec<Book>,
    xti: Vec<(u32, i32, i32)>,
}

/// Sheets, names and links kept of each.
const MAX_KEPT: usize = 20_000;
/// Shared strings kept.
const MAX_STRINGS: usize = 200_000;

/// Visits each record, 2.1.4: its number and body. A size that leads behind the end gives what there is.
pub(crate) fn records<'a>(data: &'a [u8], mut visit: impl FnMut(u32, &'a [u8])) {
    let mut at = 0usize;
    while let (Some(kind), Some(size)) = (number(data, &mut at, 2), number(data, &mut at, 4)) {
        let end = at.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(data.len());
        visit(kind, data.get(at..end).unwrap_or_default());
        at = end;
    }
}

/// Seven bits a byte, the lowest first.
fn number(data: &[u8], at: &mut usize, max_bytes: u32) -> Option<u32> {
    let mut value = 0u32;
    for step in 0..max_bytes {
        let byte = *data.get(*at)?;
        *at = at.saturating_add(1);
        value |= u32::from(byte & 0x7F) << step.saturating_mul(7);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

/// XLWideString, 2.5.169; a count of all ones is no text.
pub(crate) fn wide_string(body: &[u8], at: &mut usize) -> Option<String> {
    let count = size_at(body, *at)?;
    let start = at.checked_add(4)?;
    if count == 0xFFFF_FFFF {
        *at = start;
        return Some(String::new());
    }
    let end = start.checked_add(count.checked_mul(2)?)?;
    let text = wide(body.get(start..end)?, count);
    *at = end;
    Some(text)
}

/// Tokens behind their size, and data behind its own: CellParsedFormula, 2.5.98.4.
fn formula(body: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let size = size_at(body, at)?;
    let rest = body.get(at.checked_add(4)?..)?;
    let (tokens, rest) = rest.split_at_checked(size).unwrap_or((rest, &[]));
    let extra_size = size_at(rest, 0).unwrap_or_default();
    let rest = rest.get(4..).unwrap_or_default();
    Some((tokens, rest.get(..extra_size).unwrap_or(rest)))
}

/// Reads `workbook.bin`.
pub(crate) fn workbook(data: &[u8]) -> Workbook<'_> {
    const NAME: u32 = 39;
    const BUNDLE_SHEET: u32 = 156;
    const SUP_BOOK_SOURCE: u32 = 355;
    const SUP_SELF: u32 = 357;
    const SUP_SAME: u32 = 358;
    const PLACEHOLDER_NAME: u32 = 361;
    const EXTERN_SHEET: u32 = 362;
    const SUP_ADD_IN: u32 = 667;
    let mut book = Workbook { sheets: Vec::new(), names: Vec::new(), books: Vec::new(), xti: Vec::new() };
    records(data, |kind, body| match kind {
        BUNDLE_SHEET if book.sheets.len() < MAX_KEPT => {
            let mut from = 8usize;
            let relation = wide_string(body, &mut from).unwrap_or_default();
            let name = wide_string(body, &mut from).unwrap_or_default();
            let visibility = match u32_at(body, 0) {
                Some(0) => Visibility::Visible,
                Some(1) => Visibility::Hidden,
                _ => Visibility::VeryHidden,
            };
            book.sheets.push(BundledSheet { name, relation, visibility });
        }
        NAME if book.names.len() < MAX_KEPT => {
            let mut from = 9usize;
            if let Some(name) = wide_string(body, &mut from) {
                let (tokens, extra) = formula(body, from).unwrap_or_default();
                book.names.push((name, body.first().is_some_and(|flags| flags & 1 != 0), tokens, extra));
            }
        }
        SUP_BOOK_SOURCE | SUP_SELF | SUP_SAME | SUP_ADD_IN if book.books.len() < MAX_KEPT => {
            let path = if kind == SUP_BOOK_SOURCE { (book.books.len()).to_string() } else { String::new() };
            book.books.push(Book {
                is_own: matches!(kind, SUP_SELF | SUP_SAME),
                is_add_in: kind == SUP_ADD_IN,
                path,
                ..Book::default()
            });
        }
        PLACEHOLDER_NAME => {
            if let Some(last) = book.books.last_mut().filter(|last| last.names.len() < MAX_KEPT) {
                last.names.push(wide_string(body, &mut 0).unwrap_or_default().into());
            }
        }
        EXTERN_SHEET => {
            let signed =
                |entry: &[u8], at: usize| u32_at(entry, at).map(|value| i32::from_le_bytes(value.to_le_bytes()));
            let entries = body.get(4..).unwrap_or_default().chunks_exact(12).take(MAX_KEPT);
            book.xti =
                entries.filter_map(|entry| Some((u32_at(entry, 0)?, signed(entry, 4)?, signed(entry, 8)?))).collect();
        }
        _ => {}
    });
    book
}

impl Workbook<'_> {
    /// What tokens point into.
    fn context(&mut self) -> Context {
        Context {
            version: Version::Biff12,
            page: CodePage::default(),
            names: self.names.iter().map(|(name, ..)| Arc::from(name.as_str())).collect(),
            tabs: self.sheets.iter().map(|sheet| sheet.name.as_str().into()).collect(),
            books: std::mem::take(&mut self.books),
            sheets: self.xti.clone(),
            base: (0, 0),
        }
    }
}

/// A sheet's part, to be read.
pub(crate) struct SheetPart<'a> {
    pub(crate) data: &'a [u8],
    /// Its number in the program.
    pub(crate) sheet: usize,
    pub(crate) place: Location,
    pub(crate) reads_formulas: bool,
}

/// Reads the names of a workbook and the cells of the given parts into a program.
pub(crate) fn read(mut book: Workbook<'_>, strings: Option<&[u8]>, parts: &[SheetPart<'_>], program: &mut Program) {
    let strings = strings.map(shared_strings).unwrap_or_default();
    let mut context = book.context();
    for part in parts {
        read_sheet(part, &strings, &mut context, program);
    }
    context.base = (0, 0);
    for (name, is_hidden, tokens, extra) in book.names {
        let formula = match parse(tokens, extra, &context) {
            Ok(Parsed::Formula(formula)) => Some(formula),
            Ok(Parsed::Shared(..) | Parsed::Table) => None,
            Err(_) if tokens.is_empty() => None,
            Err(fault) => {
                let what = format!("name {name} is not read from byte {} on: {}", fault.at, fault.what);
                program.problem(Problem::damaged(what, Location::part("workbook")));
                None
            }
        };
        program.name(Name { name, is_hidden, formula });
    }
}

/// `sharedStrings.bin`: BrtSSTItem (2.4.828), a RichStr each.
fn shared_strings(data: &[u8]) -> Vec<Arc<str>> {
    const ITEM: u32 = 19;
    let mut strings = Vec::new();
    records(data, |kind, body| {
        if kind == ITEM && strings.len() < MAX_STRINGS {
            strings.push(wide_string(body, &mut 1).unwrap_or_default().into());
        }
    });
    strings
}

/// Tokens and the data behind them.
type Tokens<'a> = (&'a [u8], &'a [u8]);

/// A formula whose tokens are to be read once the shared ones are known.
struct Pending<'a> {
    row: u32,
    column: u32,
    tokens: Tokens<'a>,
    value: Value,
}

fn read_sheet(part: &SheetPart<'_>, strings: &[Arc<str>], context: &mut Context, program: &mut Program) {
    const ROW: u32 = 0;
    const ARRAY: u32 = 426;
    const SHARED: u32 = 427;
    let mut row = 0u32;
    let mut formulas: Vec<Pending<'_>> = Vec::new();
    let mut shared: HashMap<(u32, u32), Tokens<'_>> = HashMap::new();
    records(part.data, |kind, body| match kind {
        ROW => row = u32_at(body, 0).unwrap_or(row),
        ARRAY | SHARED => {
            let at = if kind == ARRAY { 17 } else { 16 };
            if let (Some(pending), Some(tokens)) = (formulas.last(), formula(body, at)) {
                if let (Some(row), Some(column)) = (u32_at(body, 0), u32_at(body, 8)) {
                    shared.entry((row, column)).or_insert(tokens);
                }
                shared.entry((pending.row, pending.column)).or_insert(tokens);
            }
        }
        1..=11 | 62 => {
            let Some(column) = u32_at(body, 0) else { return };
            let Some((value, end)) = value(kind, body, strings) else { return };
            let is_formula = (8..=11).contains(&kind);
            match formula(body, end.saturating_add(2)).filter(|_| is_formula && part.reads_formulas) {
                Some(tokens) if formulas.len() <= MAX_CELLS => formulas.push(Pending { row, column, tokens, value }),
                Some(_) => {}
                None => program.cell(part.sheet, row, column, Cell::constant(value)),
            }
        }
        _ => {}
    });
    for pending in formulas {
        context.base = (pending.row, pending.column);
        let mut parsed = parse(pending.tokens.0, pending.tokens.1, context);
        if let Ok(Parsed::Shared(row, column)) = parsed {
            let at = (row, column.unwrap_or(pending.column));
            parsed = match shared.get(&at).or_else(|| shared.get(&(pending.row, pending.column))) {
                Some((tokens, extra)) => parse(tokens, extra, context),
                None => Err(Fault { at: 0, what: "the shared formula is missing".to_owned(), before: String::new() }),
            };
        }
        let value = pending.value;
        let cell = match parsed {
            Ok(Parsed::Formula(formula)) => Cell { formula: Some(formula), value, unread: None },
            Ok(Parsed::Shared(..) | Parsed::Table) => Cell { formula: None, value, unread: Some("TABLE()".into()) },
            Err(fault) => {
                let cell = address(pending.row, pending.column);
                let what = format!("formula of cell {cell} is not read from byte {} on: {}", fault.at, fault.what);
                program.problem(Problem::damaged(what, part.place.clone()));
                Cell { formula: None, value, unread: Some(fault.before.into()) }
            }
        };
        program.cell(part.sheet, pending.row, pending.column, cell);
    }
}

/// What a cell shows, 2.4.20 to 2.4.27 and 2.4.677 to 2.4.680, and where that ends.
fn value(kind: u32, body: &[u8], strings: &[Arc<str>]) -> Option<(Value, usize)> {
    const START: usize = 8;
    Some(match kind {
        2 => (Value::Number(rk_number(u32_at(body, START)?)), 12),
        3 | 11 => (Value::Error(error(*body.get(START)?)), 9),
        4 | 10 => (Value::Bool(*body.get(START)? != 0), 9),
        5 | 9 => (Value::Number(f64::from_le_bytes(body.get(START..16)?.try_into().ok()?)), 16),
        6 | 8 => {
            let mut at = START;
            let text = wide_string(body, &mut at)?;
            (Value::Text(text.into()), at)
        }
        62 => {
            let mut at = START.saturating_add(1);
            let text = wide_string(body, &mut at)?;
            (Value::Text(text.into()), at)
        }
        7 => {
            let index = size_at(body, START)?;
            (Value::Text(strings.get(index).cloned().unwrap_or_else(|| "".into())), 12)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        let units: Vec<u16> = text.encode_utf16().collect();
        [(units.len() as u32).to_le_bytes().to_vec(), units.iter().flat_map(|unit| unit.to_le_bytes()).collect()]
            .concat()
    }

    #[test]
    fn reads_sheets_of_binary_workbooks() {
        let body = [vec![2, 0, 0, 0, 1, 0, 0, 0], wide("rId3"), wide("Macro1")].concat();
        let name = [vec![1, 0, 0, 0, 0, 0, 0, 0, 0], wide("Auto_Open")].concat();
        let data = [vec![0x9C, 0x01, body.len() as u8], body, vec![39, name.len() as u8], name].concat();
        let book = workbook(&data);
        assert_eq!(book.sheets[0].name, "Macro1");
        assert_eq!(book.sheets[0].relation, "rId3");
        assert_eq!(book.sheets[0].visibility, Visibility::VeryHidden);
        assert_eq!(book.names[0].0, "Auto_Open");
        assert!(book.names[0].1);
    }
}
