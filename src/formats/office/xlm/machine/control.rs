//! Functions that say where to go on (conditions, jumps, events), and those of macros' own names and values.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::formula::Expr;
use super::super::value::Worth;
use super::loops::Loop;
use super::start::Start;
use super::{Flow, Machine, Place, below, plain};
use crate::knowledge::xlm::{MacroDeed, macros};

impl Machine<'_> {
    /// Functions that say where to go on; none for others.
    pub(super) fn control(&mut self, name: &str, arguments: &[Expr], at: Place) -> Option<Worth> {
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

    pub(super) fn set_flow(&mut self, flow: Flow) {
        if !self.is_looking {
            self.flow = Some(flow);
        }
    }

    pub(super) fn give_name(&mut self, name: &str, value: Worth) {
        const MAX_NAMES: usize = 10_000;
        if !self.is_looking && self.set.len() < MAX_NAMES {
            self.set.insert(plain(name), value);
        }
    }

    /// The cell below with one of these calls, past what opens and closes in between.
    pub(super) fn skip(&mut self, at: Place, wanted: &[&str], opens: &str, closes: &str) -> Option<Place> {
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
