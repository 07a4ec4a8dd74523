//! What cells are worth, which cell a value names, and what macros write.

use std::sync::Arc;

use super::super::parse::{Style, parse};
use super::super::program::{Cell, Value};
use super::super::value::{MAX_TEXT, Worth};
use super::{MAX_AREA, Machine, Place};

impl<'a> Machine<'a> {
    /// What a cell is worth: what running it gave, what was written there, what it was when the file was saved.
    pub(super) fn cell(&mut self, at: Place) -> Worth {
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
    pub(in super::super) fn worth_of(&mut self, worth: Worth) -> Worth {
        match worth {
            Worth::Cells(sheet, (row, column), _) => match self.cell((sheet, column, row)) {
                Worth::Cells(..) => Worth::Unknown,
                worth => worth,
            },
            worth => worth,
        }
    }

    /// Values in place of cells, all of them.
    pub(super) fn all_of(&mut self, worth: Worth) -> Worth {
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
    pub(super) fn place_of(&mut self, worth: &Worth, at: Place) -> Option<Place> {
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

    pub(super) fn worth_of_text(&self, worth: Worth) -> String {
        match worth {
            Worth::Cells(sheet, (row, column), _) => {
                self.values.get(&(sheet, column, row)).map(Worth::as_text).unwrap_or_default()
            }
            worth => worth.as_text(),
        }
    }

    /// Writes into a cell, or into all of an area.
    pub(super) fn write(&mut self, target: &Worth, value: Worth, at: Place) {
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
}
