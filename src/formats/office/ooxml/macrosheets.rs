//! The macro sheets of XML workbooks (MS-OFFMACRO2 2.2.1.8 ff.) and the values of their other sheets: formulas are text.

use std::collections::HashMap;
use std::sync::Arc;

use crate::formats::office::xlm::formula::{Expr, shifted};
use crate::formats::office::xlm::parse::{Style, cell_address, parse};
use crate::formats::office::xlm::program::{Cell, MAX_CELLS, Program, Value};
use crate::formats::office::xml::{Piece, walk};
use crate::model::{Location, Problem};

/// Shared strings kept.
const MAX_STRINGS: usize = 200_000;

/// `sst`, ECMA-376-1, 18.4.9: the texts of each `si`, without phonetic ones.
pub(super) fn shared_strings(part: &[u8]) -> Vec<Arc<str>> {
    let mut strings: Vec<Arc<str>> = Vec::new();
    let mut text = String::new();
    let (mut is_text, mut is_phonetic) = (false, false);
    let _ = walk(part, |piece| match piece {
        Piece::Open(tag) if tag.is("si") => text.clear(),
        Piece::Open(tag) if tag.is("t") => is_text = !is_phonetic,
        Piece::Open(tag) if tag.is("rPh") => is_phonetic = true,
        Piece::Close("t") => is_text = false,
        Piece::Close("rPh") => is_phonetic = false,
        Piece::Close("si") if strings.len() < MAX_STRINGS => strings.push(unescaped(&text).into()),
        Piece::Text(more) if is_text => text.push_str(more),
        _ => {}
    });
    strings
}

/// `_x000D_` stands for a character, ECMA-376-1, 22.9.2.19.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("_x") {
        out.push_str(before);
        let code = behind.get(..4).filter(|_| behind.get(4..5) == Some("_"));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = behind.get(5..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A sheet's part, to be read.
pub(super) struct SheetPart<'a> {
    pub(super) data: &'a [u8],
    /// Its number in the program.
    pub(super) sheet: usize,
    pub(super) place: Location,
    pub(super) reads_formulas: bool,
}

/// What is open of a cell.
#[derive(Default)]
struct Open {
    row: u32,
    column: u32,
    kind: String,
    formula: Option<String>,
    shared: Option<String>,
    value: String,
}

/// `sheetData`, ECMA-376-1, 18.3.1.80.
pub(super) fn read_sheet(part: &SheetPart<'_>, strings: &[Arc<str>], program: &mut Program) {
    let mut open = Open::default();
    let mut shared: HashMap<String, (u32, u32, Expr)> = HashMap::new();
    let (mut is_formula, mut is_value, mut row, mut column, mut cells) = (false, false, 0u32, 0u32, 0usize);
    let end = walk(part.data, |piece| match piece {
        Piece::Open(tag) if tag.is("row") => {
            let stated = tag.get("r").and_then(|row| row.trim().parse::<u32>().ok());
            row = stated.and_then(|row| row.checked_sub(1)).unwrap_or(row);
            column = 0;
        }
        Piece::Close("row") => row = row.saturating_add(1),
        Piece::Open(tag) if tag.is("c") => {
            let (at_row, at_column) = tag.get("r").and_then(|at| cell_address(at.trim())).unwrap_or((row, column));
            column = at_column.saturating_add(1);
            open = Open { row: at_row, column: at_column, kind: tag.get("t").unwrap_or_default(), ..Open::default() };
        }
        Piece::Open(tag) if tag.is("f") => {
            is_formula = true;
            open.formula = Some(String::new());
            open.shared = tag.get("si").filter(|_| tag.get("t").as_deref() == Some("shared"));
        }
        Piece::Open(tag) if tag.is("v") || tag.is("t") => is_value = true,
        Piece::Close("f") => is_formula = false,
        Piece::Close("v" | "t") => is_value = false,
        Piece::Text(text) if is_formula => {
            if let Some(formula) = &mut open.formula {
                formula.push_str(text);
            }
        }
        Piece::Text(text) if is_value => open.value.push_str(text),
        Piece::Close("c") if cells <= MAX_CELLS => {
            cells = cells.saturating_add(1);
            give(std::mem::take(&mut open), part, strings, &mut shared, program);
        }
        _ => {}
    });
    if let Err(problem) = end {
        program.problem(Problem::damaged(problem, part.place.clone()));
    }
}

fn give(
    open: Open,
    part: &SheetPart<'_>,
    strings: &[Arc<str>],
    shared: &mut HashMap<String, (u32, u32, Expr)>,
    program: &mut Program,
) {
    let value = value(&open.kind, &open.value, strings);
    let mut cell = Cell::constant(value);
    if let Some(text) = open.formula.filter(|_| part.reads_formulas) {
        let text = text.trim();
        let text = text.strip_prefix('=').unwrap_or(text);
        let master = open.shared.as_ref().and_then(|index| shared.get(index)).filter(|_| text.is_empty());
        if let Some((row, column, formula)) = master {
            cell.formula = Some(shifted(formula, (*row, *column), (open.row, open.column)));
        } else if !text.is_empty() {
            match parse(text, Style::A1) {
                Ok(formula) => {
                    if let Some(index) = open.shared {
                        shared.insert(index, (open.row, open.column, formula.clone()));
                    }
                    cell.formula = Some(formula);
                }
                Err(why) => {
                    let at = crate::formats::office::xlm::text::address(open.row, open.column);
                    let what = format!("formula of cell {at} is not followed: {why}");
                    program.problem(Problem::unsupported(what, part.place.clone()));
                    cell.unread = Some(text.into());
                }
            }
        }
    }
    program.cell(part.sheet, open.row, open.column, cell);
}

/// A cell's value by its type, ST_CellType (18.18.11).
fn value(kind: &str, text: &str, strings: &[Arc<str>]) -> Value {
    match kind {
        "s" => {
            let index = text.trim().parse::<usize>().ok();
            index.and_then(|index| strings.get(index)).map_or(Value::Empty, |text| Value::Text(text.clone()))
        }
        "str" | "inlineStr" => Value::Text(unescaped(text).into()),
        "b" => Value::Bool(text.trim() == "1" || text.trim().eq_ignore_ascii_case("true")),
        "e" => Value::Error("#VALUE!"),
        _ => text.trim().parse().map_or(Value::Empty, Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::office::xlm::Visibility;
    use crate::formats::office::xlm::program::SheetKind;
    use crate::formats::office::xlm::text::shown;

    fn read(data: &str) -> Program {
        let mut program = Program::default();
        let sheet = program.sheet("M", SheetKind::Macro, Visibility::Visible, Location::whole());
        let part = SheetPart { data: data.as_bytes(), sheet, place: Location::whole(), reads_formulas: true };
        read_sheet(&part, &["shared".into()], &mut program);
        program
    }

    #[test]
    fn formulas_shared_ones_and_values() {
        let program = read(
            "<xm:macrosheet><sheetData><row r='1'><c r='A1'><f>EXEC(\"a\"&amp;B1)</f><v>0</v></c><c r='B1' t='s'><v>0</v></c>\
             </row><row r='2'><c r='A2'><f t='shared' si='0' ref='A2:A3'>C2+$C$1</f></c></row>\
             <row><c><f t='shared' si='0'/></c><c t='inlineStr'><is><t>x_x000A_y</t></is></c></row></sheetData></xm:macrosheet>",
        );
        let cells = &program.sheets[0].cells;
        let formula = |column, row| shown(cells[&(column, row)].formula.as_ref().unwrap());
        assert_eq!(formula(0, 0), "EXEC(\"a\"&B1)");
        assert_eq!(formula(0, 1), "C2+$C$1");
        assert_eq!(formula(0, 2), "C3+$C$1");
        assert_eq!(cells[&(1, 0)].value, Value::Text("shared".into()));
        assert_eq!(cells[&(1, 2)].value, Value::Text("x\ny".into()));
        assert!(program.problems.is_empty());
    }

    #[test]
    fn a_formula_that_is_not_understood_is_kept_and_said() {
        let program = read("<m><row r='1'><c r='A1'><f>EXEC(</f></c></row></m>");
        assert_eq!(program.sheets[0].cells[&(0, 0)].unread.as_deref(), Some("EXEC("));
        assert_eq!(program.problems.len(), 1);
    }
}
