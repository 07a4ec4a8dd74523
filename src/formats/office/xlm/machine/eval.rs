//! What a formula comes to: its parts, names, operators and arguments.

use super::super::formula::{Expr, Operator};
use super::super::program::sheet_of;
use super::super::value::Worth;
use super::{Machine, Place, plain};

/// Parts of formulas inside each other, over all calls.
const MAX_NESTING: usize = 160;

impl Machine<'_> {
    /// Works a formula out without doing what it does.
    pub(super) fn look(&mut self, at: Place, formula: &Expr) -> Worth {
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

    pub(super) fn eval(&mut self, expr: &Expr, at: Place) -> Worth {
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

    pub(super) fn values(&mut self, arguments: &[Expr], at: Place) -> Vec<Worth> {
        arguments
            .iter()
            .map(|argument| {
                let worth = self.eval(argument, at);
                self.all_of(worth)
            })
            .collect()
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
