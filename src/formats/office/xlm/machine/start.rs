//! Where macros begin: at the names that start by themselves, then at every other name, then at every formula not yet
//! run; and the ways not taken, which are left for later.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::super::formula::Expr;
use super::super::program::{Program, SheetKind};
use super::{Flow, Formula, Frame, Machine, Place, below, plain};

/// Ways not taken that are kept for later.
const MAX_PENDING: usize = 2_000;

/// A way to take later.
pub(super) enum Start {
    At(Place),
    Arm(Place, Arc<Expr>),
}

/// Follows a program: from what the given names stand for first, then from everywhere else. Names that stand for nothing
/// that can be found start every macro sheet.
pub(in super::super) fn follow<'a>(program: &'a Program, starts: &[&'a Expr], starts_somewhere: bool) -> Machine<'a> {
    let mut machine = Machine {
        program,
        by_name: program.sheets_by_name(),
        names: HashMap::new(),
        set: HashMap::new(),
        made: BTreeMap::new(),
        values: HashMap::new(),
        visits: HashMap::new(),
        pending: VecDeque::new(),
        queued: HashSet::new(),
        frames: Vec::new(),
        registered: HashMap::new(),
        flow: None,
        active: None,
        is_halted: false,
        is_looking: false,
        is_reached: true,
        steps: 0,
        bytes: 0,
        depth: 0,
        nesting: 0,
        passed: std::cell::Cell::new(0),
        known_acts: HashSet::new(),
        writes: 0,
        current: None,
        named: String::new(),
        acts: Vec::new(),
        written: Vec::new(),
        is_cut: false,
    };
    for name in program.names.iter().rev() {
        if let Some(formula) = &name.formula {
            machine.names.insert(plain(&name.name), formula);
        }
    }
    for start in starts {
        let places = match machine.target_of(start) {
            Some(place) => vec![place],
            None => machine.places_like(Some(start)),
        };
        places.into_iter().for_each(|place| machine.begin(place));
    }
    if starts.is_empty() && starts_somewhere {
        machine.places_like(None).into_iter().for_each(|place| machine.begin(place));
    }
    machine.go_on();
    machine.is_reached = false;
    let named: Vec<&Expr> = program.names.iter().filter_map(|name| name.formula.as_ref()).collect();
    for start in named {
        if let Some(place) = machine.target_of(start).filter(|place| machine.is_macro(*place)) {
            machine.begin(place);
        }
    }
    machine.go_on();
    for (index, sheet) in program.sheets.iter().enumerate().filter(|(_, sheet)| sheet.kind == SheetKind::Macro) {
        for (column, row) in sheet.cells.iter().filter(|(_, cell)| cell.formula.is_some()).map(|(at, _)| *at) {
            if !machine.visits.contains_key(&(index, column, row)) {
                machine.begin((index, column, row));
            }
        }
    }
    machine.go_on();
    machine
}

impl Machine<'_> {
    /// The cell of a reference in every macro sheet, or the first formula of each: for names whose sheet is not found.
    fn places_like(&self, formula: Option<&Expr>) -> Vec<Place> {
        let sheets = self.program.sheets.iter().enumerate().filter(|(_, sheet)| sheet.kind == SheetKind::Macro);
        let cell = match formula {
            Some(Expr::Reference(reference)) => reference.first(),
            _ => None,
        };
        sheets
            .filter_map(|(index, sheet)| match cell {
                Some((row, column)) => Some((index, column, row)),
                None => {
                    let first = sheet.cells.iter().find(|(_, cell)| cell.formula.is_some());
                    first.map(|((column, row), _)| (index, *column, *row))
                }
            })
            .collect()
    }

    /// The cell a name stands for, without doing anything.
    fn target_of(&mut self, formula: &Expr) -> Option<Place> {
        let first = self.program.sheets.iter().position(|sheet| sheet.kind == SheetKind::Macro).unwrap_or_default();
        let worth = self.look((first, 0, 0), formula);
        self.place_of(&worth, (first, 0, 0))
    }

    /// Runs what was left for later.
    fn go_on(&mut self) {
        while let Some(start) = self.pending.pop_front() {
            match start {
                Start::At(place) => self.begin(place),
                Start::Arm(place, arm) => {
                    self.frames.push(Frame::default());
                    self.current = Some(Formula::Made(arm.clone()));
                    self.eval(&arm, place);
                    let next = match self.flow.take() {
                        Some(Flow::To(place)) => Some(place),
                        Some(Flow::Return(_) | Flow::Halt) => None,
                        None => Some(below(place)),
                    };
                    self.frames.pop();
                    // Where the first way has been, the second one need not go again.
                    if let Some(place) = next
                        .filter(|place| self.next_formula(*place).is_some_and(|(at, _)| !self.visits.contains_key(&at)))
                    {
                        self.begin(place);
                    }
                    self.is_halted = false;
                }
            }
        }
    }

    fn begin(&mut self, place: Place) {
        self.run(place, VecDeque::new());
        self.is_halted = false;
        self.flow = None;
    }

    pub(super) fn later(&mut self, start: Start, key: (Place, usize)) {
        if self.is_looking {
            return;
        }
        if self.pending.len() >= MAX_PENDING {
            self.is_cut = true;
        } else if self.queued.insert(key) {
            self.pending.push_back(start);
        }
    }
}
