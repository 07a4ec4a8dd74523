//! Cells of a sheet's substream: formulas of macro sheets, and values (MS-XLS 2.4.127, 2.4.149, 2.4.180, 2.4.220, 2.4.175,
//! 2.4.24, 2.4.268, 2.4.260, 2.4.4).

use std::collections::HashMap;
use std::sync::Arc;

use super::formula::{Context, Fault, Parsed, parse};
use super::records::{Record, records};
use super::strings::{narrow, unicode};
use super::version::{Version, is_begin};
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::biff::formula::error;
use crate::formats::office::xlm::program::{Cell, MAX_CELLS, Program, Value};
use crate::formats::office::xlm::text::address;
use crate::model::{Location, Problem};

const EOF: u16 = 0x000A;
const ARRAY: [u16; 2] = [0x0021, 0x0221];
const SHARED_FORMULA: [u16; 2] = [0x04BC, 0x00BC];
const STRING: [u16; 2] = [0x0007, 0x0207];

/// What reading a sheet needs.
pub(super) struct Reader<'a> {
    pub(super) stream: &'a [u8],
    pub(super) shared_strings: &'a [Arc<str>],
    /// Whether formulas are read; of a worksheet only their results are.
    pub(super) reads_formulas: bool,
    pub(super) place: &'a Location,
}

/// Records of shared and array formulas by cell, with the size of what stands before their tokens.
type Shared<'a> = HashMap<(u32, u32), (usize, std::borrow::Cow<'a, [u8]>)>;

/// A formula's tokens, at a cell.
struct Pending<'a> {
    row: u32,
    column: u32,
    offset: usize,
    tokens: std::borrow::Cow<'a, [u8]>,
    /// Where tokens start, and how many there are.
    span: (usize, usize),
    value: Value,
}

/// Reads the cells of the substream at an offset into a sheet of the program.
pub(super) fn read(reader: &Reader<'_>, offset: usize, context: &mut Context, program: &mut Program, sheet: usize) {
    let mut formulas: Vec<Pending<'_>> = Vec::new();
    let mut shared: Shared<'_> = HashMap::new();
    let mut depth = 0usize;
    for record in records(reader.stream, offset) {
        if is_begin(record.kind) {
            depth = depth.saturating_add(1);
            continue;
        }
        if record.kind == EOF {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                break;
            }
            continue;
        }
        // Charts within a sheet have cells of their own.
        if depth > 1 {
            continue;
        }
        if ARRAY.contains(&record.kind) || SHARED_FORMULA.contains(&record.kind) {
            // Its first cell is what PtgExp points to; the cell it follows is what Excel starts from.
            if let Some(pending) = formulas.last().filter(|_| reader.reads_formulas) {
                let data = record.whole();
                let header = if SHARED_FORMULA.contains(&record.kind) { 8 } else { array_header(context.version) };
                if let (Some(row), Some(column)) = (u16_at(&data, 0), data.get(4).copied()) {
                    shared.entry((u32::from(row), u32::from(column))).or_insert((header, data.clone()));
                }
                shared.entry((pending.row, pending.column)).or_insert((header, data));
            }
            continue;
        }
        if STRING.contains(&record.kind) {
            if let Some(pending) = formulas.last_mut() {
                pending.value = Value::Text(result(&record, context).into());
            }
            continue;
        }
        match formula(&record, context.version) {
            Some(pending) if formulas.len() <= MAX_CELLS => formulas.push(pending),
            Some(_) => break,
            None => values(&record, reader, context, &mut |row, column, value| {
                program.cell(sheet, row, column, Cell::constant(value));
            }),
        }
    }
    for pending in formulas {
        let cell = if reader.reads_formulas {
            decompiled(&pending, &shared, reader, context, program)
        } else {
            Cell::constant(pending.value)
        };
        program.cell(sheet, pending.row, pending.column, cell);
    }
}

/// Bytes before the tokens of an array formula.
const fn array_header(version: Version) -> usize {
    match version {
        Version::Biff2 => 7,
        Version::Biff3 | Version::Biff4 => 8,
        _ => 12,
    }
}

/// The formula of a cell, or what can be said in its place.
fn decompiled(
    pending: &Pending<'_>,
    shared: &Shared<'_>,
    reader: &Reader<'_>,
    context: &mut Context,
    program: &mut Program,
) -> Cell {
    let (start, size) = pending.span;
    let rest = pending.tokens.get(start..).unwrap_or_default();
    let (tokens, extra) = rest.split_at_checked(size).unwrap_or((rest, &[]));
    let is_cut = tokens.len() < size;
    context.base = (pending.row, pending.column);
    let mut parsed = parse(tokens, extra, context);
    if let Ok(Parsed::Shared(row, column)) = parsed {
        let at = (row, column.unwrap_or(pending.column));
        let other = shared.get(&at).or_else(|| shared.get(&(pending.row, pending.column)));
        parsed = match other {
            Some((header, data)) => {
                let (size, start) = match context.version {
                    Version::Biff2 => {
                        (usize::from(data.get(*header).copied().unwrap_or_default()), header.saturating_add(1))
                    }
                    _ => (usize::from(u16_at(data, *header).unwrap_or_default()), header.saturating_add(2)),
                };
                let rest = data.get(start..).unwrap_or_default();
                let (tokens, extra) = rest.split_at_checked(size).unwrap_or((rest, &[]));
                parse(tokens, extra, context)
            }
            None => Err(Fault { at: 0, what: "the shared formula is missing".to_owned(), before: String::new() }),
        };
    }
    let value = pending.value.clone();
    let fault = match parsed {
        Ok(Parsed::Formula(formula)) => return Cell { formula: Some(formula), value, unread: None },
        Ok(Parsed::Table) => Fault { at: 0, what: "a data table".to_owned(), before: "TABLE()".to_owned() },
        Ok(Parsed::Shared(..)) => {
            Fault { at: 0, what: "shared formulas point at each other".to_owned(), before: String::new() }
        }
        Err(fault) => fault,
    };
    let cell = address(pending.row, pending.column);
    if fault.before != "TABLE()" {
        let what = if is_cut { "tokens end early" } else { &fault.what };
        let what = format!("formula of cell {cell} is not read from byte {} on: {what}", fault.at);
        let at = reader.place.clone().with_offset(pending.offset as u64);
        program.problem(Problem::damaged(what, at));
    }
    Cell { formula: None, value, unread: Some(fault.before.into()) }
}

/// FORMULA, 2.4.127: position, result, then the tokens behind their count.
fn formula<'a>(record: &Record<'a>, version: Version) -> Option<Pending<'a>> {
    let (value_at, size_at) = match (record.kind, version) {
        (0x0006 | 0x0206 | 0x0406, Version::Biff2) => (7usize, 16usize),
        (0x0006 | 0x0206 | 0x0406, Version::Biff3 | Version::Biff4) => (6, 16),
        (0x0006 | 0x0206 | 0x0406, _) => (6, 20),
        _ => return None,
    };
    let body = record.body;
    let value = body.get(value_at..value_at.saturating_add(8))?;
    let data = record.whole();
    let (size, start) = match version {
        Version::Biff2 => (usize::from(*data.get(size_at)?), size_at.saturating_add(1)),
        _ => (usize::from(u16_at(&data, size_at)?), size_at.saturating_add(2)),
    };
    Some(Pending {
        row: u32::from(u16_at(body, 0)?),
        column: u32::from(u16_at(body, 2)?),
        offset: record.offset,
        value: result_value(value),
        span: (start, size),
        tokens: data,
    })
}

/// FormulaValue, 2.5.133: a number, or a mark and what is not one.
fn result_value(bytes: &[u8]) -> Value {
    let [kind, _, what, _, _, _, 0xFF, 0xFF] = bytes else {
        let number = bytes.try_into().map(f64::from_le_bytes).unwrap_or_default();
        return Value::Number(number);
    };
    match kind {
        1 => Value::Bool(*what != 0),
        2 => Value::Error(error(*what)),
        _ => Value::Empty,
    }
}

/// STRING, 2.4.268: the text a formula gave.
fn result(record: &Record<'_>, context: &Context) -> String {
    let data = record.whole();
    match context.version {
        Version::Biff8 => {
            unicode(data.get(2..).unwrap_or_default(), usize::from(u16_at(&data, 0).unwrap_or_default())).0
        }
        Version::Biff2 => narrow(
            data.get(1..).unwrap_or_default(),
            usize::from(data.first().copied().unwrap_or_default()),
            context.page,
        ),
        _ => narrow(data.get(2..).unwrap_or_default(), usize::from(u16_at(&data, 0).unwrap_or_default()), context.page),
    }
}

/// Cells that are no formulas.
fn values(record: &Record<'_>, reader: &Reader<'_>, context: &Context, give: &mut impl FnMut(u32, u32, Value)) {
    let body = record.body;
    let (Some(row), Some(column)) = (u16_at(body, 0).map(u32::from), u16_at(body, 2).map(u32::from)) else { return };
    let is_2 = context.version == Version::Biff2;
    let at = if is_2 { 7usize } else { 6 };
    let number = |at: usize| body.get(at..at.saturating_add(8)).and_then(|b| b.try_into().ok()).map(f64::from_le_bytes);
    let value = match record.kind {
        0x0002 if is_2 => u16_at(body, 7).map(|number| Value::Number(f64::from(number))),
        0x0003 | 0x0203 => number(at).map(Value::Number),
        0x0004 | 0x0204 | 0x00D6 => {
            let data = record.whole();
            let text = match context.version {
                Version::Biff8 => {
                    let count = usize::from(u16_at(&data, 6).unwrap_or_default());
                    unicode(data.get(8..).unwrap_or_default(), count).0
                }
                Version::Biff2 => {
                    let count = usize::from(data.get(7).copied().unwrap_or_default());
                    narrow(data.get(8..).unwrap_or_default(), count, context.page)
                }
                _ => {
                    let count = usize::from(u16_at(&data, 6).unwrap_or_default());
                    narrow(data.get(8..).unwrap_or_default(), count, context.page)
                }
            };
            Some(Value::Text(text.into()))
        }
        0x0005 | 0x0205 => match (body.get(at), body.get(at.saturating_add(1))) {
            (Some(value), Some(0)) => Some(Value::Bool(*value != 0)),
            (Some(value), _) => Some(Value::Error(error(*value))),
            _ => None,
        },
        0x027E => u32_at(body, 6).map(|rk| Value::Number(rk_number(rk))),
        0x00BD => {
            // MulRk, 2.4.175: format and number for each column, the last column behind them.
            let cells = body.get(4..).unwrap_or_default().chunks_exact(6);
            for (column, cell) in (column..).zip(cells) {
                if let Some(rk) = u32_at(cell, 2) {
                    give(row, column, Value::Number(rk_number(rk)));
                }
            }
            None
        }
        0x00FD => {
            let index = u32_at(body, 6).and_then(|index| usize::try_from(index).ok());
            index.and_then(|index| reader.shared_strings.get(index)).map(|text| Value::Text(text.clone()))
        }
        _ => None,
    };
    if let Some(value) = value {
        give(row, column, value);
    }
}

/// RkNumber, 2.5.217.
pub(super) fn rk_number(rk: u32) -> f64 {
    let number = if rk & 2 == 0 {
        f64::from_bits(u64::from(rk & !3) << 32)
    } else {
        f64::from(i32::from_le_bytes(rk.to_le_bytes()) >> 2)
    };
    if rk & 1 == 0 { number } else { number / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers() {
        assert_eq!(rk_number(0x3FF0_0000), 1.0);
        assert_eq!(rk_number(0x3FF0_0001), 0.01);
        assert_eq!(rk_number(0x004B_5646), 1_234_321.0);
        assert_eq!(rk_number(0x004B_5647), 12_343.21);
        assert_eq!(rk_number(0xFFFF_FFFE), -1.0);
    }

    #[test]
    fn results_are_numbers_or_marked() {
        assert_eq!(result_value(&2.5f64.to_le_bytes()), Value::Number(2.5));
        assert_eq!(result_value(&[1, 0, 1, 0, 0, 0, 0xFF, 0xFF]), Value::Bool(true));
        assert_eq!(result_value(&[2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF]), Value::Error("#N/A"));
        assert_eq!(result_value(&[0, 0, 0, 0, 0, 0, 0xFF, 0xFF]), Value::Empty);
    }
}
