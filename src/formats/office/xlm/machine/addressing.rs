//! Functions about cells rather than what is in them: `SELECT`, `OFFSET`, `INDEX`, `ROW` and the like.

use super::super::formula::Expr;
use super::super::parse::{Style, parse};
use super::super::value::Worth;
use super::{Machine, Place};

impl Machine<'_> {
    /// Functions about cells rather than what is in them; none for others.
    pub(super) fn addressing(&mut self, name: &str, arguments: &[Expr], at: Place) -> Option<Worth> {
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
