//! Macros followed cell by cell, as Excel would run them, but for what they do: that is noted. What depends on the machine
//! is not known, and both ways of a condition on it are taken, one after the other, on what the first one left.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::formula::{Expr, Operator};
use super::functions::apply;
use super::parse::{Style, parse};
use super::program::{Cell, Program, SheetKind, Value, sheet_of};
use super::text::shown;
use super::value::{MAX_TEXT, Worth};
use crate::knowledge::xlm::{MacroDeed, macros};

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
/// Parts of formulas inside each other, over all calls.
const MAX_NESTING: usize = 160;
/// Cells passed on the way to the next formula, all together.
const MAX_PASSED: usize = 20_000_000;
/// Ways not taken that are kept for later.
const MAX_PENDING: usize = 2_000;
/// Acts noted, and of them such that write into cells, which there may be one of for each character.
const MAX_ACTS: usize = 3_000;
const MAX_WRITES: usize = 1_000;
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

/// A way to take later.
enum Start {
    At(Place),
    Arm(Place, Arc<Expr>),
}

/// A loop that is open.
struct Loop {
    start: Place,
    name: Option<String>,
    end: f64,
    step: f64,
    cells: VecDeque<Place>,
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

/// Follows a program: from what the given names stand for first, then from everywhere else. Names that stand for nothing
/// that can be found start every macro sheet.
pub(super) fn follow<'a>(program: &'a Program, starts: &[&'a Expr], starts_somewhere: bool) -> Machine<'a> {
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

fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '\0').flat_map(char::to_lowercase).collect()
}

impl<'a> Machine<'a> {
    fn is_macro(&self, place: Place) -> bool {
        self.program.sheets.get(place.0).is_some_and(|sheet| sheet.kind == SheetKind::Macro)
    }

    /// Whether a cell has run since it was last written.
    pub(super) fn has_run(&self, place: Place) -> bool {
        self.visits.contains_key(&place)
    }

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

    fn later(&mut self, start: Start, key: (Place, usize)) {
        if self.is_looking {
            return;
        }
        if self.pending.len() >= MAX_PENDING {
            self.is_cut = true;
        } else if self.queued.insert(key) {
            self.pending.push_back(start);
        }
    }

    fn spend(&mut self, bytes: usize) -> bool {
        self.steps = self.steps.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        let has_left = self.steps <= MAX_STEPS && self.bytes <= MAX_BYTES;
        self.is_cut |= !has_left;
        has_left
    }

    /// Works a formula out without doing what it does.
    fn look(&mut self, at: Place, formula: &Expr) -> Worth {
        const MAX_LOOKS: usize = 24;
        if self.depth >= MAX_LOOKS {
            return Worth::Unknown;
        }
        self.depth = self.depth.saturating_add(1);
        let was = std::mem::replace(&mut self.is_looking, true);
        let worth = self.eval(formula, at);
        self.is_looking = was;
        self.depth = self.depth.saturating_sub(1);
        worth
    }

    /// What a cell is worth: what running it gave, what was written there, what it was when the file was saved.
    fn cell(&mut self, at: Place) -> Worth {
        if let Some(worth) = self.values.get(&at) {
            return worth.clone();
        }
        if let Some(formula) = self.made.get(&at).cloned() {
            let worth = self.look(at, &formula);
            return self.worth_of(worth);
        }
        let (sheet, column, row) = at;
        let cell: Option<&'a Cell> = self.program.sheets.get(sheet).and_then(|sheet| sheet.cells.get(&(column, row)));
        let Some(cell) = cell else { return Worth::Nothing };
        match (&cell.formula, &cell.value) {
            (Some(formula), Value::Empty | Value::Number(0.0) | Value::Bool(false) | Value::Error(_)) => {
                let worth = self.look(at, formula);
                self.worth_of(worth)
            }
            (_, value) => Worth::from(value),
        }
    }

    /// A value in place of cells.
    pub(super) fn worth_of(&mut self, worth: Worth) -> Worth {
        match worth {
            Worth::Cells(sheet, (row, column), _) => match self.cell((sheet, column, row)) {
                Worth::Cells(..) => Worth::Unknown,
                worth => worth,
            },
            worth => worth,
        }
    }

    /// Values in place of cells, all of them.
    fn all_of(&mut self, worth: Worth) -> Worth {
        let Worth::Cells(sheet, first, last) = worth else { return worth };
        if first == last {
            return self.worth_of(worth);
        }
        let wide = last.1.saturating_sub(first.1).saturating_add(1) as usize;
        let high = last.0.saturating_sub(first.0).saturating_add(1) as usize;
        if wide.saturating_mul(high) > MAX_AREA || !self.spend(wide.saturating_mul(high)) {
            return Worth::Unknown;
        }
        let mut rows = Vec::new();
        for row in first.0..=last.0 {
            let mut values = Vec::new();
            for column in first.1..=last.1 {
                let worth = self.cell((sheet, column, row));
                values.push(if matches!(worth, Worth::Cells(..)) { Worth::Unknown } else { worth });
            }
            rows.push(values);
        }
        Worth::Many(rows)
    }

    /// The cell that a value names: cells, or a text with a name or address.
    fn place_of(&mut self, worth: &Worth, at: Place) -> Option<Place> {
        match worth {
            Worth::Cells(sheet, (row, column), _) => Some((*sheet, *column, *row)),
            Worth::Text(text) => {
                let (_, column, row) = at;
                let formula = parse(text.trim_start_matches('='), Style::R1C1 { row, column }).ok()?;
                match self.look(at, &formula) {
                    Worth::Cells(sheet, (row, column), _) => Some((sheet, column, row)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn eval(&mut self, expr: &Expr, at: Place) -> Worth {
        if !self.spend(0) || self.is_halted {
            return Worth::Unknown;
        }
        if self.nesting >= MAX_NESTING {
            self.is_cut = true;
            return Worth::Unknown;
        }
        self.nesting = self.nesting.saturating_add(1);
        let worth = self.part(expr, at);
        self.nesting = self.nesting.saturating_sub(1);
        worth
    }

    fn part(&mut self, expr: &Expr, at: Place) -> Worth {
        match expr {
            Expr::Missing => Worth::Nothing,
            Expr::Number(number) => Worth::Number(*number),
            Expr::Text(text) => {
                self.spend(text.len());
                Worth::Text(text.clone())
            }
            Expr::Bool(value) => Worth::Bool(*value),
            Expr::Error(error) => Worth::Error(error),
            Expr::Array(rows) => {
                let rows = rows.iter().map(|row| row.iter().map(|item| self.eval(item, at)).collect()).collect();
                Worth::Many(rows)
            }
            Expr::Reference(reference) => match (sheet_of(reference, at.0, &self.by_name), reference.corners()) {
                (Some(sheet), Some((first, last))) => Worth::Cells(sheet, first, last),
                _ => Worth::Unknown,
            },
            Expr::Name(_, name) => self.name(name, at),
            Expr::Paren(inner) | Expr::Prefix('@' | '+', inner) => self.eval(inner, at),
            Expr::Prefix(_, inner) => {
                let worth = self.eval(inner, at);
                self.worth_of(worth).as_number().map_or(Worth::Unknown, |number| Worth::Number(-number))
            }
            Expr::Postfix(inner, _) => {
                let worth = self.eval(inner, at);
                self.worth_of(worth).as_number().map_or(Worth::Unknown, |number| Worth::Number(number / 100.0))
            }
            Expr::Chain(first, rest) => self.chain(first, rest, at),
            Expr::Call(name, arguments) => self.call(name, arguments, at),
            Expr::CallOf(function, arguments) => self.call_of(function, arguments, at),
        }
    }

    fn name(&mut self, name: &str, at: Place) -> Worth {
        let name = plain(name);
        if let Some(worth) = self.set.get(&name) {
            return worth.clone();
        }
        match self.names.get(&name).copied() {
            Some(formula) => self.look(at, formula),
            None => Worth::Unknown,
        }
    }

    fn chain(&mut self, first: &Expr, rest: &[(Operator, Expr)], at: Place) -> Worth {
        let mut left = self.eval(first, at);
        for (operator, operand) in rest {
            let right = self.eval(operand, at);
            left = match (operator, left, right) {
                (Operator::Range, Worth::Cells(sheet, first, _), Worth::Cells(other, _, last)) if sheet == other => {
                    Worth::Cells(sheet, first, last)
                }
                (Operator::Range | Operator::Intersection | Operator::Union, left, _) => left,
                (Operator::Concat, left, right) => {
                    let mut text = self.worth_of(left).as_text();
                    text.push_str(&self.worth_of(right).as_text());
                    // Only what is added is new; the rest moved along.
                    self.spend(text.len() / 8);
                    Worth::text(text)
                }
                (operator, left, right) => {
                    let (left, right) = (self.worth_of(left), self.worth_of(right));
                    binary(*operator, &left, &right)
                }
            };
        }
        left
    }

    fn values(&mut self, arguments: &[Expr], at: Place) -> Vec<Worth> {
        arguments
            .iter()
            .map(|argument| {
                let worth = self.eval(argument, at);
                self.all_of(worth)
            })
            .collect()
    }

    fn call(&mut self, name: &'static str, arguments: &[Expr], at: Place) -> Worth {
        if let Some(worth) = self.control(name, arguments, at) {
            return worth;
        }
        if let Some(worth) = self.addressing(name, arguments, at) {
            return worth;
        }
        let values = self.values(arguments, at);
        // Reading a text costs less than making one.
        let read: usize =
            values.iter().map(|worth| if let Worth::Text(text) = worth { text.len() / 16 } else { 0 }).sum();
        if !self.spend(read) {
            return Worth::Unknown;
        }
        if let Some(worth) = apply(name, &values) {
            if let Worth::Text(text) = &worth {
                self.spend(text.len());
            }
            return worth;
        }
        if name == "REGISTER"
            && let (Some(library), Some(function), Some(own)) = (values.first(), values.get(1), values.get(3))
        {
            self.registered.insert(plain(&own.as_text()), (library.as_text(), function.as_text()));
        }
        if let Some(does) = macros().deed(name) {
            self.note(does, name, values, at);
        }
        Worth::Unknown
    }

    fn note(&mut self, does: MacroDeed, function: &str, arguments: Vec<Worth>, place: Place) {
        if self.is_looking {
            return;
        }
        if does == MacroDeed::Modify {
            // What is written is kept elsewhere.
            self.writes = self.writes.saturating_add(1);
            if self.writes > MAX_WRITES {
                return;
            }
        }
        if self.acts.len() >= MAX_ACTS {
            self.is_cut = true;
            return;
        }
        let texts: Vec<String> = arguments.iter().map(Worth::as_text).collect();
        let key = format!("{place:?}{function}{}", texts.join("\u{1f}"));
        if self.spend(key.len()) && self.known_acts.insert(key) {
            let source = self.current.as_ref().map(|formula| shown(formula)).unwrap_or_default();
            let source = format!("{source}{}", self.named);
            let function = function.to_owned();
            self.acts.push(Act { does, function, arguments, place, is_reached: self.is_reached, source });
        }
    }

    /// A call of a macro, of a function registered before, or of an add-in.
    fn call_of(&mut self, function: &Expr, arguments: &[Expr], at: Place) -> Worth {
        let values = self.values(arguments, at);
        if let Expr::Name(_, name) = function
            && let Some((library, registered)) = self.registered.get(&plain(name)).cloned()
        {
            // The names were in the open where it was registered.
            self.named = format!(" {library} {registered}");
            let head = [Worth::text(library), Worth::text(registered)];
            self.note(MacroDeed::Native, "CALL", head.into_iter().chain(values).collect(), at);
            self.named.clear();
            return Worth::Unknown;
        }
        let worth = self.eval(function, at);
        match self.place_of(&worth, at).filter(|_| !self.is_looking) {
            Some(place) if self.is_macro(place) => self.sub(place, values.into()),
            _ => Worth::Unknown,
        }
    }

    /// Runs a macro and comes back.
    fn sub(&mut self, place: Place, arguments: VecDeque<Worth>) -> Worth {
        let current = self.current.clone();
        let flow = self.flow.take();
        let worth = self.run(place, arguments);
        self.flow = flow;
        self.current = current;
        worth
    }

    /// Functions that say where to go on; none for others.
    fn control(&mut self, name: &str, arguments: &[Expr], at: Place) -> Option<Worth> {
        let first = arguments.first();
        Some(match name {
            "IF" => match arguments {
                [condition] => {
                    let worth = self.eval(condition, at);
                    let known = self.worth_of(worth).as_bool();
                    let otherwise = self.skip(at, &["ELSE", "ELSE.IF", "END.IF"], "IF", "END.IF").map(below);
                    match (known, otherwise) {
                        (Some(false), Some(otherwise)) => {
                            self.later(Start::At(below(at)), (at, 1));
                            self.set_flow(Flow::To(otherwise));
                        }
                        (_, Some(otherwise)) => self.later(Start::At(otherwise), (otherwise, 0)),
                        (_, None) => {}
                    }
                    Worth::Nothing
                }
                [condition, arms @ ..] => {
                    let worth = self.eval(condition, at);
                    let known = self.worth_of(worth).as_bool();
                    let (taken, other) = match (known, arms) {
                        (Some(false), [then, otherwise, ..]) => (Some(otherwise), Some(then)),
                        (Some(false), [then]) => (None, Some(then)),
                        (_, [then, rest @ ..]) => (Some(then), rest.first()),
                        (_, []) => (None, None),
                    };
                    if let Some(other) = other.filter(|other| acts(other)) {
                        let key = std::ptr::from_ref(other) as usize;
                        self.later(Start::Arm(at, Arc::new(other.clone())), (at, key));
                    }
                    taken.map_or(Worth::Bool(false), |taken| self.eval(taken, at))
                }
                [] => Worth::Nothing,
            },
            "GOTO" => {
                let worth = first.map_or(Worth::Nothing, |first| self.eval(first, at));
                if let Some(place) = self.place_of(&worth, at) {
                    self.set_flow(Flow::To(place));
                }
                Worth::Nothing
            }
            "RUN" | "ON.TIME" | "ON.SHEET" | "ON.WINDOW" | "ON.RECALC" | "ON.DATA" | "ON.KEY" | "ON.ENTRY"
            | "ON.DOUBLECLICK" | "ERROR" => {
                let index = usize::from(name != "RUN");
                let worth = arguments.get(index).map_or(Worth::Nothing, |argument| self.eval(argument, at));
                let place = self.place_of(&worth, at).filter(|place| self.is_macro(*place));
                if let Some(does) = macros().deed(name) {
                    let values = self.values(arguments, at);
                    self.note(does, name, values, at);
                }
                match place {
                    Some(place) if name == "RUN" && !self.is_looking => self.sub(place, VecDeque::new()),
                    Some(place) => {
                        self.later(Start::At(place), (place, 0));
                        Worth::Nothing
                    }
                    None => Worth::Unknown,
                }
            }
            "HALT" => {
                self.note(MacroDeed::Leave, name, Vec::new(), at);
                self.set_flow(Flow::Halt);
                Worth::Nothing
            }
            "RETURN" => {
                let worth = first.map_or(Worth::Nothing, |first| self.eval(first, at));
                let worth = self.worth_of(worth);
                self.set_flow(Flow::Return(worth.clone()));
                worth
            }
            "ELSE" | "ELSE.IF" => {
                if let Some(end) = self.skip(at, &["END.IF"], "IF", "END.IF") {
                    self.set_flow(Flow::To(below(end)));
                }
                Worth::Nothing
            }
            "END.IF" | "RESULT" => Worth::Nothing,
            "WHILE" => {
                let worth = first.map_or(Worth::Nothing, |first| self.eval(first, at));
                let goes_on = self.worth_of(worth).as_bool();
                let repeats = goes_on == Some(true);
                self.open_loop(
                    at,
                    repeats,
                    goes_on != Some(false),
                    Loop { start: at, name: None, end: 0.0, step: 0.0, cells: VecDeque::new() },
                );
                Worth::Nothing
            }
            "FOR" => self.for_numbers(arguments, at),
            "FOR.CELL" => self.for_cells(arguments, at),
            "NEXT" => {
                self.next(at);
                Worth::Nothing
            }
            "BREAK" => {
                if let Some(frame) = self.frames.last_mut().filter(|_| !self.is_looking) {
                    frame.loops.pop();
                }
                if let Some(end) = self.skip(at, &["NEXT"], "FOR", "NEXT") {
                    self.set_flow(Flow::To(below(end)));
                }
                Worth::Nothing
            }
            "ARGUMENT" => {
                let name = first.map_or(Worth::Nothing, |first| self.eval(first, at));
                let value =
                    self.frames.last_mut().and_then(|frame| frame.arguments.pop_front()).unwrap_or(Worth::Unknown);
                self.give_name(&name.as_text(), value);
                Worth::Nothing
            }
            "SET.NAME" | "DEFINE.NAME" => {
                let name = first.map_or(Worth::Nothing, |first| self.eval(first, at));
                let value = arguments.get(1).map_or(Worth::Nothing, |value| self.eval(value, at));
                self.give_name(&self.worth_of_text(name), value.clone());
                value
            }
            "SET.VALUE" | "FORMULA" | "FORMULA.FILL" | "FORMULA.ARRAY" => {
                let values = self.values(arguments, at);
                let (target, value) =
                    if name == "SET.VALUE" { (first, arguments.get(1)) } else { (arguments.get(1), first) };
                let target = target.map_or(Worth::Nothing, |target| self.eval(target, at));
                let value = value.map_or(Worth::Nothing, |value| self.eval(value, at));
                let value = self.worth_of(value);
                self.note(MacroDeed::Modify, name, values, at);
                self.write(&target, value, at);
                Worth::Bool(true)
            }
            _ => return None,
        })
    }

    fn worth_of_text(&self, worth: Worth) -> String {
        match worth {
            Worth::Cells(sheet, (row, column), _) => {
                self.values.get(&(sheet, column, row)).map(Worth::as_text).unwrap_or_default()
            }
            worth => worth.as_text(),
        }
    }

    fn set_flow(&mut self, flow: Flow) {
        if !self.is_looking {
            self.flow = Some(flow);
        }
    }

    fn give_name(&mut self, name: &str, value: Worth) {
        const MAX_NAMES: usize = 10_000;
        if !self.is_looking && self.set.len() < MAX_NAMES {
            self.set.insert(plain(name), value);
        }
    }

    /// Writes into a cell, or into all of an area.
    fn write(&mut self, target: &Worth, value: Worth, at: Place) {
        const MAX_WRITTEN: usize = 50_000;
        if self.is_looking {
            return;
        }
        let (sheet, first, last) = match (target, self.active) {
            (Worth::Cells(sheet, first, last), _) => (*sheet, *first, *last),
            (Worth::Text(_), _) => match self.place_of(target, at) {
                Some((sheet, column, row)) => (sheet, (row, column), (row, column)),
                None => return,
            },
            (_, Some((sheet, column, row))) => (sheet, (row, column), (row, column)),
            _ => {
                // Into the cell that is selected, wherever that is.
                if let Worth::Text(text) = &value
                    && text.starts_with('=')
                {
                    self.keep_written(at, text, false);
                }
                return;
            }
        };
        let formula = match &value {
            Worth::Text(text) => text.strip_prefix('=').map(str::to_owned),
            _ => None,
        };
        let is_macro = self.is_macro((sheet, first.1, first.0));
        let size = (last.0.saturating_sub(first.0) as usize)
            .saturating_add(1)
            .saturating_mul((last.1.saturating_sub(first.1) as usize).saturating_add(1));
        if size > MAX_AREA || self.made.len().saturating_add(self.values.len()) > MAX_WRITTEN {
            self.is_cut = true;
            return;
        }
        for row in first.0..=last.0 {
            for column in first.1..=last.1 {
                let place = (sheet, column, row);
                self.visits.remove(&place);
                match &formula {
                    Some(text) => {
                        self.spend(text.len());
                        let parsed = parse(text, Style::R1C1 { row, column });
                        if let Ok(parsed) = parsed {
                            self.made.insert(place, Arc::new(parsed));
                            self.values.remove(&place);
                        } else {
                            self.values.insert(place, value.clone());
                        }
                        self.keep_written(place, text, is_macro);
                    }
                    None => {
                        self.made.remove(&place);
                        self.values.insert(place, value.clone());
                        if let Worth::Text(text) = &value {
                            self.keep_written(place, text, false);
                        }
                    }
                }
            }
        }
    }

    fn keep_written(&mut self, place: Place, text: &str, is_macro: bool) {
        const MAX_KEPT: usize = 2_000;
        if self.written.len() < MAX_KEPT && text.len() <= MAX_TEXT {
            self.written.push((place, text.trim_start_matches('=').to_owned(), is_macro));
        }
    }

    /// The cell below with one of these calls, past what opens and closes in between.
    fn skip(&mut self, at: Place, wanted: &[&str], opens: &str, closes: &str) -> Option<Place> {
        const MAX_CELLS: usize = 5_000;
        let mut depth = 0usize;
        let mut next = below(at);
        for _ in 0..MAX_CELLS {
            let (place, formula) = self.next_formula(next)?;
            if !self.spend(0) {
                return None;
            }
            if let Expr::Call(name, arguments) = &*formula {
                let is_block = *name == opens && (opens != "IF" || arguments.len() == 1)
                    || opens == "FOR" && matches!(*name, "WHILE" | "FOR.CELL");
                if depth == 0 && wanted.contains(name) {
                    return Some(place);
                }
                if is_block {
                    depth = depth.saturating_add(1);
                } else if *name == closes {
                    depth = depth.saturating_sub(1);
                }
            }
            next = below(place);
        }
        None
    }

    fn open_loop(&mut self, at: Place, repeats: bool, enters: bool, open: Loop) {
        if self.is_looking {
            return;
        }
        if !enters {
            if let Some(end) = self.skip(at, &["NEXT"], "FOR", "NEXT") {
                self.set_flow(Flow::To(below(end)));
            }
        } else if let Some(frame) = self.frames.last_mut() {
            // A loop on what is not known runs once.
            frame.loops.retain(|known| known.start != at);
            if repeats {
                frame.loops.push(open);
            }
        }
    }

    fn for_numbers(&mut self, arguments: &[Expr], at: Place) -> Worth {
        let values = self.values(arguments, at);
        let number = |index: usize| values.get(index).and_then(Worth::as_number);
        let step = match values.get(3) {
            Some(step) if *step != Worth::Nothing => step.as_number(),
            _ => Some(1.0),
        };
        let name = values.first().map(Worth::as_text).unwrap_or_default();
        if let (Some(start), Some(end), Some(step)) = (number(1), number(2), step) {
            self.give_name(&name, Worth::Number(start));
            let enters = if step >= 0.0 { start <= end } else { start >= end };
            self.open_loop(at, true, enters, Loop { start: at, name: Some(name), end, step, cells: VecDeque::new() });
        } else {
            self.give_name(&name, Worth::Unknown);
        }
        Worth::Nothing
    }

    fn for_cells(&mut self, arguments: &[Expr], at: Place) -> Worth {
        let name = arguments.first().map_or(Worth::Nothing, |name| self.eval(name, at)).as_text();
        let area = arguments.get(1).map_or(Worth::Unknown, |area| self.eval(area, at));
        let Worth::Cells(sheet, first, last) = area else { return Worth::Nothing };
        let skips_empty =
            arguments.get(2).map(|skip| self.eval(skip, at)).and_then(|skip| skip.as_bool()).unwrap_or_default();
        let mut cells = VecDeque::new();
        'area: for row in first.0..=last.0 {
            for column in first.1..=last.1 {
                if cells.len() >= MAX_AREA {
                    self.is_cut = true;
                    break 'area;
                }
                let place = (sheet, column, row);
                if !skips_empty || self.cell(place) != Worth::Nothing {
                    cells.push_back(place);
                }
            }
        }
        let enters = !cells.is_empty();
        if let Some((sheet, column, row)) = cells.pop_front() {
            self.give_name(&name, Worth::Cells(sheet, (row, column), (row, column)));
        }
        self.open_loop(at, true, enters, Loop { start: at, name: Some(name), end: 0.0, step: 0.0, cells });
        Worth::Nothing
    }

    fn next(&mut self, _at: Place) {
        if self.is_looking {
            return;
        }
        let Some(mut open) = self.frames.last_mut().and_then(|frame| frame.loops.pop()) else { return };
        let Some(name) = open.name.clone() else {
            // The condition is asked again.
            self.set_flow(Flow::To(open.start));
            return;
        };
        let again = if let Some((sheet, column, row)) = open.cells.pop_front() {
            self.give_name(&name, Worth::Cells(sheet, (row, column), (row, column)));
            true
        } else if open.step != 0.0 {
            let value = self.set.get(&plain(&name)).and_then(Worth::as_number).map(|value| value + open.step);
            match value {
                Some(value) if (open.step > 0.0 && value <= open.end) || (open.step < 0.0 && value >= open.end) => {
                    self.give_name(&name, Worth::Number(value));
                    true
                }
                _ => false,
            }
        } else {
            false
        };
        if again {
            let start = open.start;
            if let Some(frame) = self.frames.last_mut() {
                frame.loops.push(open);
            }
            self.set_flow(Flow::To(below(start)));
        }
    }

    /// Functions about cells rather than what is in them; none for others.
    fn addressing(&mut self, name: &str, arguments: &[Expr], at: Place) -> Option<Worth> {
        let single = |place: Place| Worth::Cells(place.0, (place.2, place.1), (place.2, place.1));
        Some(match name {
            "SELECT" => {
                let worth = arguments.first().map_or(Worth::Nothing, |first| self.eval(first, at));
                let place = self.place_of(&worth, at);
                if !self.is_looking {
                    self.active = place.or(self.active);
                }
                Worth::Nothing
            }
            "ACTIVE.CELL" | "SELECTION" => self.active.map_or(Worth::Unknown, single),
            "INDIRECT" | "TEXTREF" | "ABSREF" | "DEREF" | "EVALUATE" => {
                let worth = arguments.first().map_or(Worth::Nothing, |first| self.eval(first, at));
                let worth = self.worth_of(worth);
                match (name, &worth) {
                    ("DEREF", _) => worth,
                    ("EVALUATE", Worth::Text(text)) => {
                        let (_, column, row) = at;
                        match parse(text.trim_start_matches('='), Style::R1C1 { row, column }) {
                            Ok(formula) if self.depth < 8 => {
                                self.depth = self.depth.saturating_add(1);
                                let worth = self.eval(&formula, at);
                                self.depth = self.depth.saturating_sub(1);
                                worth
                            }
                            _ => Worth::Unknown,
                        }
                    }
                    ("ABSREF", _) => {
                        let base = arguments.get(1).map_or(Worth::Nothing, |base| self.eval(base, at));
                        let base = self.place_of(&base, at).unwrap_or(at);
                        self.place_of(&worth, base).map_or(Worth::Unknown, single)
                    }
                    _ => self.place_of(&worth, at).map_or(Worth::Unknown, single),
                }
            }
            "OFFSET" => {
                let base = arguments.first().map_or(Worth::Nothing, |first| self.eval(first, at));
                let moves = self.values(arguments.get(1..).unwrap_or_default(), at);
                let moved = |index: usize, from: u32| {
                    let by = moves.get(index).map_or(Some(0.0), Worth::as_number)?;
                    let to = f64::from(from) + by.trunc();
                    (0.0..1_048_576.0).contains(&to).then_some(to as u32)
                };
                match base {
                    Worth::Cells(sheet, (row, column), _) => match (moved(0, row), moved(1, column)) {
                        (Some(row), Some(column)) => Worth::Cells(sheet, (row, column), (row, column)),
                        _ => Worth::Unknown,
                    },
                    _ => Worth::Unknown,
                }
            }
            "INDEX" => {
                let base = arguments.first().map_or(Worth::Nothing, |first| self.eval(first, at));
                let indices = self.values(arguments.get(1..).unwrap_or_default(), at);
                let row = indices.first().and_then(Worth::as_count);
                let column = indices.get(1).and_then(Worth::as_count);
                match (base, row, column) {
                    (Worth::Cells(sheet, first, last), Some(row), column) => {
                        // One index counts along an area of one row.
                        let (row, column) = match column {
                            None if first.0 == last.0 => (1, row),
                            column => (row, column.unwrap_or(1)),
                        };
                        let to = |from: u32, by: usize| {
                            from.saturating_add(u32::try_from(by.max(1)).unwrap_or(u32::MAX).saturating_sub(1))
                        };
                        single((sheet, to(first.1, column), to(first.0, row)))
                    }
                    (Worth::Many(rows), Some(row), column) => {
                        let (row, column) = match column {
                            None if rows.len() == 1 => (1, row),
                            column => (row, column.unwrap_or(1)),
                        };
                        let found = rows.get(row.saturating_sub(1)).and_then(|row| row.get(column.saturating_sub(1)));
                        found.cloned().unwrap_or(Worth::Error("#REF!"))
                    }
                    _ => Worth::Unknown,
                }
            }
            "ROW" | "COLUMN" | "ROWS" | "COLUMNS" => {
                let worth = match arguments.first() {
                    Some(first) => self.eval(first, at),
                    None => single(at),
                };
                let Worth::Cells(_, first, last) = worth else { return Some(Worth::Unknown) };
                let number = match name {
                    "ROW" => first.0.saturating_add(1),
                    "COLUMN" => first.1.saturating_add(1),
                    "ROWS" => last.0.saturating_sub(first.0).saturating_add(1),
                    _ => last.1.saturating_sub(first.1).saturating_add(1),
                };
                Worth::Number(f64::from(number))
            }
            "ADDRESS" => {
                let values = self.values(arguments, at);
                match (values.first().and_then(Worth::as_count), values.get(1).and_then(Worth::as_count)) {
                    (Some(row @ 1..=1_048_576), Some(column @ 1..=16_384)) => Worth::text(format!("R{row}C{column}")),
                    _ => Worth::Unknown,
                }
            }
            _ => return None,
        })
    }
}

fn below(place: Place) -> Place {
    (place.0, place.1, place.2.saturating_add(1))
}

/// Whether a part of a formula goes somewhere or does something.
fn acts(expr: &Expr) -> bool {
    match expr {
        Expr::Call(name, arguments) => {
            matches!(*name, "GOTO" | "RUN" | "HALT" | "RETURN" | "SET.NAME")
                || macros().deed(name).is_some()
                || arguments.iter().any(acts)
        }
        Expr::CallOf(..) => true,
        Expr::Paren(inner) | Expr::Prefix(_, inner) | Expr::Postfix(inner, _) => acts(inner),
        Expr::Chain(first, rest) => acts(first) || rest.iter().any(|(_, operand)| acts(operand)),
        _ => false,
    }
}

fn binary(operator: Operator, left: &Worth, right: &Worth) -> Worth {
    let compared = || -> Option<std::cmp::Ordering> {
        if left.is_unknown() || right.is_unknown() {
            return None;
        }
        match (left, right) {
            (Worth::Text(left), Worth::Text(right)) => Some(left.to_lowercase().cmp(&right.to_lowercase())),
            // Texts come behind numbers.
            (Worth::Text(text), Worth::Nothing) => Some(text.len().cmp(&0)),
            (Worth::Nothing, Worth::Text(text)) => Some(0.cmp(&text.len())),
            (Worth::Text(_), Worth::Number(_)) => Some(std::cmp::Ordering::Greater),
            (Worth::Number(_), Worth::Text(_)) => Some(std::cmp::Ordering::Less),
            _ => left.as_number()?.partial_cmp(&right.as_number()?),
        }
    };
    let of =
        |decide: fn(std::cmp::Ordering) -> bool| compared().map_or(Worth::Unknown, |order| Worth::Bool(decide(order)));
    let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
        return match operator {
            Operator::Less => of(std::cmp::Ordering::is_lt),
            Operator::LessEqual => of(std::cmp::Ordering::is_le),
            Operator::Equal => of(std::cmp::Ordering::is_eq),
            Operator::GreaterEqual => of(std::cmp::Ordering::is_ge),
            Operator::Greater => of(std::cmp::Ordering::is_gt),
            Operator::NotEqual => of(std::cmp::Ordering::is_ne),
            _ => Worth::Unknown,
        };
    };
    match operator {
        Operator::Add => Worth::Number(a + b),
        Operator::Subtract => Worth::Number(a - b),
        Operator::Multiply => Worth::Number(a * b),
        Operator::Divide if b == 0.0 => Worth::Error("#DIV/0!"),
        Operator::Divide => Worth::Number(a / b),
        Operator::Power => Worth::Number(a.powf(b)),
        Operator::Less => of(std::cmp::Ordering::is_lt),
        Operator::LessEqual => of(std::cmp::Ordering::is_le),
        Operator::Equal => of(std::cmp::Ordering::is_eq),
        Operator::GreaterEqual => of(std::cmp::Ordering::is_ge),
        Operator::Greater => of(std::cmp::Ordering::is_gt),
        Operator::NotEqual => of(std::cmp::Ordering::is_ne),
        Operator::Concat | Operator::Intersection | Operator::Union | Operator::Range => Worth::Unknown,
    }
}
