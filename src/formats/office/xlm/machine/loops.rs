//! Loops: over numbers, over cells, and while something is so.

use std::collections::VecDeque;

use super::super::formula::Expr;
use super::super::value::Worth;
use super::{Flow, MAX_AREA, Machine, Place, below, plain};

/// A loop that is open.
pub(super) struct Loop {
    pub(super) start: Place,
    pub(super) name: Option<String>,
    pub(super) end: f64,
    pub(super) step: f64,
    pub(super) cells: VecDeque<Place>,
}

impl Machine<'_> {
    pub(super) fn open_loop(&mut self, at: Place, repeats: bool, enters: bool, open: Loop) {
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

    pub(super) fn for_numbers(&mut self, arguments: &[Expr], at: Place) -> Worth {
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

    pub(super) fn for_cells(&mut self, arguments: &[Expr], at: Place) -> Worth {
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

    pub(super) fn next(&mut self, _at: Place) {
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
}
