//! A BIFF workbook's macros: its macro sheets decompiled, the values of its other sheets, its names.

use super::cells::{Reader, read};
use super::formula::{Parsed, parse};
use super::globals::Globals;
use super::shared_strings::shared_strings;
use crate::formats::office::xlm::program::{Name, Program, SheetKind};
use crate::model::{Location, Problem, ProblemKind};

/// Reads the macros of a workbook that has some. `place` says which stream they lie in.
pub(crate) fn program(mut globals: Globals<'_>, place: &Location) -> Program {
    let mut program = Program::default();
    let (strings, is_cut) = globals.shared_strings.as_ref().map(shared_strings).unwrap_or_default();
    if is_cut || globals.is_cut {
        let what = "the workbook has more strings, names or sheets than are read";
        program.problem(Problem::new(ProblemKind::Limit, what, place.clone()));
    }
    let mut context = globals.context(globals.sheets.iter().find_map(|sheet| sheet.offset).unwrap_or_default());
    let sheets = globals.sheets.clone();
    for sheet in &sheets {
        let kind = if sheet.is_macro { SheetKind::Macro } else { SheetKind::Work };
        let index = program.sheet(&sheet.name, kind, sheet.visibility, place.clone());
        let Some(offset) = sheet.offset else {
            if sheet.is_macro {
                let what = format!("macro sheet {} has no content", sheet.name);
                program.problem(Problem::damaged(what, place.clone()));
            }
            continue;
        };
        let reader = Reader { stream: globals.stream, shared_strings: &strings, reads_formulas: sheet.is_macro, place };
        if globals.version <= super::Version::Biff4 {
            // The names of a sheet are its own.
            let books = std::mem::take(&mut context.books);
            context = globals.context(offset);
            context.books = books;
        }
        read(&reader, offset, &mut context, &mut program, index);
    }
    context.base = (0, 0);
    if globals.version <= super::Version::Biff4 {
        context.names = globals.names.iter().map(|label| label.name.as_str().into()).collect();
    }
    for label in &globals.names {
        let (tokens, extra) = label.formula();
        let formula = match parse(tokens, extra, &context) {
            Ok(Parsed::Formula(formula)) => Some(formula),
            Ok(Parsed::Shared(..) | Parsed::Table) => None,
            // A name of a macro that VBA has needs no formula.
            Err(_) if tokens.is_empty() => None,
            Err(fault) => {
                let what = format!("name {} is not read from byte {} on: {}", label.name, fault.at, fault.what);
                program.problem(Problem::damaged(what, place.clone().with_offset(label.offset as u64)));
                None
            }
        };
        program.name(Name { name: label.name.clone(), is_hidden: label.is_hidden, formula });
    }
    program
}
