//! Macros followed cell by cell, as Excel would run them, but for what they do: that is noted. What depends on the machine
//! is not known, and both ways of a condition on it are taken, one after the other, on what the first one left.
//!
//! `start` where macros begin, and what is left for later; here the run from cell to cell; `eval` what a formula comes
//! to; `calls` functions, macros and what is registered, and the acts noted; `control` functions that say where to go on,
//! `loops` those that repeat; `cells` what is in cells and what is written there; `addressing` functions about cells.

mod addressing;
mod calls;
mod cells;
mod control;
mod eval;
mod loops;
mod start;

pub(super) use start::follow;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use self::loops::Loop;
use self::start::Start;
use super::formula::Expr;
use super::program::{Program, SheetKind};
use super::value::Worth;
use crate::knowledge::xlm::MacroDeed;

/// A cell: sheet, column and row.
pub(super) type Place = (usize, u32, u32);

/// Parts of formulas worked out; an attack needs some ten thousand.
const MAX_STEPS: usize = 1_000_000;
/// Bytes of texts made on the way.
const MAX_BYTES: usize = 64 << 20;
/// How often one cell runs.
const MAX_VISITS: u32 = 60_000;
/// Calls inside calls.
const MAX_CALLS: usize = 24;
/// Cells passed on the way to the next formula, all together.
const MAX_PASSED: usize = 20_000_000;
/// Cells of an area looked at.
const MAX_AREA: usize = 4_096;

/// Something a macro does.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) does: MacroDeed,
    /// The function, and its arguments as far as they are known.
    pub(super) function: String,
    pub(super) arguments: Vec<Worth>,
    pub(super) place: Place,
    /// Whether what starts by itself comes to it.
    pub(super) is_reached: bool,
    /// Its formula as written.
    pub(super) source: String,
}

/// Where a cell's formula leads.
enum Flow {
    To(Place),
    Return(Worth),
    Halt,
}

#[derive(Default)]
struct Frame {
    arguments: VecDeque<Worth>,
    loops: Vec<Loop>,
}

/// A formula, of the file or written by a macro.
#[derive(Clone)]
enum Formula<'a> {
    Own(&'a Expr),
    Made(Arc<Expr>),
}

impl std::ops::Deref for Formula<'_> {
    type Target = Expr;

    fn deref(&self) -> &Expr {
        match self {
            Formula::Own(expr) => expr,
            Formula::Made(expr) => expr,
        }
    }
}

/// Macros being followed.
pub(super) struct Machine<'a> {
    program: &'a Program,
    by_name: HashMap<String, usize>,
    names: HashMap<String, &'a Expr>,
    set: HashMap<String, Worth>,
    made: BTreeMap<Place, Arc<Expr>>,
    values: HashMap<Place, Worth>,
    visits: HashMap<Place, u32>,
    pending: VecDeque<Start>,
    queued: HashSet<(Place, usize)>,
    frames: Vec<Frame>,
    /// Functions registered under names of the macro's own: library and function.
    registered: HashMap<String, (String, String)>,
    flow: Option<Flow>,
    active: Option<Place>,
    is_halted: bool,
    /// Whether nothing is done, only worked out.
    is_looking: bool,
    is_reached: bool,
    steps: usize,
    bytes: usize,
    depth: usize,
    nesting: usize,
    passed: std::cell::Cell<usize>,
    known_acts: HashSet<String>,
    writes: usize,
    /// The formula that runs, and names it was given elsewhere.
    current: Option<Formula<'a>>,
    named: String,
    /// What was done.
    pub(super) acts: Vec<Act>,
    /// Formulas that macros wrote: text, and whether into a macro sheet.
    pub(super) written: Vec<(Place, String, bool)>,
    /// Whether a limit was reached.
    pub(super) is_cut: bool,
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '\0').flat_map(char::to_lowercase).collect()
}

fn below(place: Place) -> Place {
    (place.0, place.1, place.2.saturating_add(1))
}

impl<'a> Machine<'a> {
    fn is_macro(&self, place: Place) -> bool {
        self.program.sheets.get(place.0).is_some_and(|sheet| sheet.kind == SheetKind::Macro)
    }

    /// Whether a cell has run since it was last written.
    pub(super) fn has_run(&self, place: Place) -> bool {
        self.visits.contains_key(&place)
    }

    /// Runs down from a cell, and gives what it returns.
    fn run(&mut self, mut at: Place, arguments: VecDeque<Worth>) -> Worth {
        if self.frames.len() >= MAX_CALLS {
            self.is_cut = true;
            return Worth::Unknown;
        }
        self.frames.push(Frame { arguments, loops: Vec::new() });
        let mut returned = Worth::Nothing;
        while let Some((place, formula)) = self.next_formula(at) {
            let visits = self.visits.entry(place).or_default();
            *visits = visits.saturating_add(1);
            let has_left = self.steps <= MAX_STEPS && self.bytes <= MAX_BYTES && self.passed.get() <= MAX_PASSED;
            if *visits > MAX_VISITS || !has_left {
                self.is_cut = true;
                break;
            }
            self.current = Some(formula.clone());
            let worth = self.eval(&formula, place);
            let worth = self.worth_of(worth);
            self.values.insert(place, worth);
            match self.flow.take() {
                None => at = below(place),
                Some(Flow::To(next)) => at = next,
                Some(Flow::Return(worth)) => {
                    returned = worth;
                    break;
                }
                Some(Flow::Halt) => self.is_halted = true,
            }
            if self.is_halted {
                break;
            }
        }
        self.frames.pop();
        returned
    }

    /// The first formula at a cell or below it.
    fn next_formula(&self, at: Place) -> Option<(Place, Formula<'a>)> {
        let (sheet, column, row) = at;
        let end = (column, u32::MAX);
        let cells = &self.program.sheets.get(sheet)?.cells;
        let own = cells.range((column, row)..=end).find_map(|((column, row), cell)| {
            self.passed.set(self.passed.get().saturating_add(1));
            Some(((sheet, *column, *row), cell.formula.as_ref()?))
        });
        let made = self.made.range(at..=(sheet, column, u32::MAX)).next();
        match (own, made) {
            (Some((own, _)), Some((made, formula))) if *made <= own => Some((*made, Formula::Made(formula.clone()))),
            (Some((own, formula)), _) => Some((own, Formula::Own(formula))),
            (None, Some((made, formula))) => Some((*made, Formula::Made(formula.clone()))),
            (None, None) => None,
        }
    }

    fn spend(&mut self, bytes: usize) -> bool {
        self.steps = self.steps.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        let has_left = self.steps <= MAX_STEPS && self.bytes <= MAX_BYTES;
        self.is_cut |= !has_left;
        has_left
    }
}
