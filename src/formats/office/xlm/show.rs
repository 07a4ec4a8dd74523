//! Macro sheets as text, one cell a line, so that rules and indicators are looked for in them.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::ORIGIN;
use super::abilities::call_text;
use super::machine::{Machine, Place};
use super::program::{Cell, Program, Sheet, SheetKind, Value};
use super::text::{address, number_text, shown};
use crate::knowledge::xlm::MacroDeed;
use crate::model::{EntryName, Location, Origin, OriginKind, Problem, ProblemKind};
use crate::stage::{Outcome, StageError};

/// Bytes of one sheet's text.
const MAX_TEXT: usize = 16 << 20;

/// Gives every macro sheet as a child; the first has the names before its cells.
pub(super) fn give(program: &Program, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let mut names = names(program);
    for sheet in program.sheets.iter().filter(|sheet| sheet.kind == SheetKind::Macro) {
        let mut text = std::mem::take(&mut names);
        if !write_cells(sheet, &mut text) {
            let what = format!("the text of macro sheet {} is cut after {MAX_TEXT} bytes", sheet.name);
            out.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
        }
        let detail = format!("{ORIGIN} {}, {}", sheet.name, sheet.visibility.as_str());
        let origin = Origin::part(OriginKind::Decoded, detail);
        out.child_bytes(EntryName::new(sheet.name.to_string()), origin, text.into_bytes().into())?;
    }
    Ok(())
}

fn names(program: &Program) -> String {
    let mut text = String::new();
    for name in &program.names {
        let hidden = if name.is_hidden { ", hidden" } else { "" };
        let formula = name.formula.as_ref().map(|formula| format!(": ={}", shown(formula))).unwrap_or_default();
        let _ = writeln!(text, "name {}{hidden}{formula}", one_line(&name.name));
        if text.len() > MAX_TEXT {
            break;
        }
    }
    text
}

/// Writes all cells; says whether there was room.
fn write_cells(sheet: &Sheet, text: &mut String) -> bool {
    for ((column, row), cell) in &sheet.cells {
        if text.len() > MAX_TEXT {
            return false;
        }
        if let Some(line) = line(cell) {
            let _ = writeln!(text, "{}: {line}", address(*row, *column));
        }
    }
    true
}

/// A cell: its formula, and what it was worth where that is more than nothing.
fn line(cell: &Cell) -> Option<String> {
    let value = value_text(&cell.value);
    let formula = match (&cell.formula, &cell.unread) {
        (Some(formula), _) => format!("={}", one_line(&shown(formula))),
        (None, Some(unread)) => format!("={} (not read to its end)", one_line(unread)),
        (None, None) => return value,
    };
    Some(match value.filter(|value| value != "0" && value != "FALSE") {
        Some(value) => format!("{formula} -> {value}"),
        None => formula,
    })
}

/// A value as text; none if there is nothing.
pub(super) fn value_text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Empty => return None,
        Value::Number(number) => number_text(*number),
        Value::Text(text) => format!("\"{}\"", one_line(text)),
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::Error(error) => (*error).to_owned(),
    })
}

/// Text without breaks, so that a line stays a cell.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Gives what macros come to when they are followed: calls with what their arguments are, formulas they wrote. What stands
/// in the sheets as it is is left out.
pub(super) fn give_made(program: &Program, machine: &Machine<'_>, out: &mut Outcome<'_>) -> Result<(), StageError> {
    const MAX_MADE: usize = 1 << 20;
    let mut text = String::new();
    let mut known = BTreeSet::new();
    let mut add = |place: Place, line: &str, source: &str| {
        let line = one_line(line);
        let is_new = line != one_line(source) && text.len() < MAX_MADE && known.insert((place, line.clone()));
        if is_new {
            let (sheet, column, row) = place;
            let name = program.sheets.get(sheet).map(|sheet| &*sheet.name).unwrap_or_default();
            let _ = writeln!(text, "{name}!{}: {line}", address(row, column));
        }
    };
    for act in machine.acts.iter().filter(|act| act.does != MacroDeed::Modify) {
        add(act.place, &call_text(act), &act.source);
    }
    for (place, formula, _) in &machine.written {
        add(*place, &format!("={formula}"), "");
    }
    if text.is_empty() {
        return Ok(());
    }
    let origin = Origin::part(OriginKind::Decoded, format!("{ORIGIN}s as they run"));
    out.child_bytes(EntryName::new("macros as they run"), origin, text.into_bytes().into())
}
