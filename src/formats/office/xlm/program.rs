//! The macros of a workbook, whatever kind of file it is: sheets of formulas, the values they read, names.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Visibility;
use super::formula::{Expr, Reference};
use crate::model::{Location, Problem, ProblemKind};

/// Cells kept of one workbook; macros of attacks have some thousands.
pub(crate) const MAX_CELLS: usize = 400_000;
/// Names kept.
const MAX_NAMES: usize = 20_000;
/// Problems kept; a damaged sheet repeats them for every cell.
const MAX_PROBLEMS: usize = 20;

/// What a sheet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SheetKind {
    /// Macros.
    Macro,
    /// Data.
    Work,
}

/// What a cell shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Nothing.
    Empty,
    /// A number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
    /// TRUE or FALSE.
    Bool(bool),
    /// An error.
    Error(&'static str),
}

/// A cell: what it was worth when the file was saved, and the formula if it has one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) formula: Option<Expr>,
    pub(crate) value: Value,
    /// What can be shown of a formula that could not be read.
    pub(crate) unread: Option<Box<str>>,
}

impl Cell {
    /// A cell without a formula.
    pub(crate) fn constant(value: Value) -> Self {
        Cell { formula: None, value, unread: None }
    }
}

/// A sheet. Macros run down a column, so columns come first.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) name: Arc<str>,
    pub(crate) kind: SheetKind,
    pub(crate) visibility: Visibility,
    /// Where in the file.
    pub(crate) place: Location,
    /// Cells by column and row.
    pub(crate) cells: BTreeMap<(u32, u32), Cell>,
}

/// A defined name.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) name: String,
    pub(crate) is_hidden: bool,
    /// What it stands for.
    pub(crate) formula: Option<Expr>,
}

/// The macros of a workbook.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) names: Vec<Name>,
    pub(crate) problems: Vec<Problem>,
    cells: usize,
}

impl Program {
    /// Adds a sheet and says where it stands; its cells follow.
    pub(crate) fn sheet(&mut self, name: &str, kind: SheetKind, visibility: Visibility, place: Location) -> usize {
        self.sheets.push(Sheet { name: name.into(), kind, visibility, place, cells: BTreeMap::new() });
        self.sheets.len().saturating_sub(1)
    }

    /// Adds a cell; of two at one place the last stays. No cell is added once there are too many.
    pub(crate) fn cell(&mut self, sheet: usize, row: u32, column: u32, cell: Cell) {
        if self.cells >= MAX_CELLS {
            let what = format!("more than {MAX_CELLS} cells; the others were not read");
            self.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
            return;
        }
        if let Some(sheet) = self.sheets.get_mut(sheet) {
            self.cells = self.cells.saturating_add(1);
            sheet.cells.insert((column, row), cell);
        }
    }

    /// Adds a name.
    pub(crate) fn name(&mut self, name: Name) {
        if self.names.len() < MAX_NAMES {
            self.names.push(name);
        } else {
            let what = format!("more than {MAX_NAMES} names; the others were not read");
            self.problem(Problem::new(ProblemKind::Limit, what, Location::whole()));
        }
    }

    /// Says what could not be read.
    pub(crate) fn problem(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Sheets by lower-case name.
    pub(crate) fn sheets_by_name(&self) -> HashMap<String, usize> {
        let named = self.sheets.iter().enumerate().rev();
        named.map(|(index, sheet)| (sheet.name.to_lowercase(), index)).collect()
    }
}

/// The sheet a reference names, of the names given; the sheet it stands on where it names none.
pub(crate) fn sheet_of(reference: &Reference, on: usize, by_name: &HashMap<String, usize>) -> Option<usize> {
    match &reference.sheet {
        None => Some(on),
        Some(name) => {
            // `[0]` is the workbook itself.
            let own = name.rsplit(']').next().unwrap_or(name);
            let own = own.split(':').next().unwrap_or(own);
            by_name.get(&own.to_lowercase()).copied()
        }
    }
}
