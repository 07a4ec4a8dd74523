//! Statements as a tree, with variables by number: what the runner walks.

use std::collections::HashMap;

use super::super::operators::Operator;
use super::super::value::Value;

/// An expression.
#[derive(Debug)]
pub(super) enum Expr {
    /// A literal, or something read over (then unknown).
    Value(Value),
    /// A variable, constant or call without arguments.
    Name(usize),
    /// A member of a list, or a call.
    Call(usize, Vec<Expr>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
}

/// What one `Case` takes.
#[derive(Debug)]
pub(super) enum Case {
    Is(Operator, Expr),
    Between(Expr, Expr),
}

/// The test of a `Do`: the condition, and whether the loop goes on while it holds.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) condition: Expr,
    pub(super) goes_on_if: bool,
}

/// What is left early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    For,
    Do,
    Procedure,
}

/// A statement.
#[derive(Debug)]
pub(super) enum Step {
    Assign(usize, Expr),
    /// `x = x & e`, in place.
    Append(usize, Expr),
    AssignMember(usize, Expr, Expr),
    /// `Mid(x, start[, length]) = e`.
    Overwrite {
        target: usize,
        start: Expr,
        length: Option<Expr>,
        value: Expr,
    },
    /// `ReDim x(upper)`.
    Size {
        target: usize,
        upper: Expr,
        keeps: bool,
    },
    If(Vec<(Expr, Vec<Step>)>, Vec<Step>),
    Select(Expr, Vec<(Vec<Case>, Vec<Step>)>, Vec<Step>),
    Count {
        counter: usize,
        from: Expr,
        to: Expr,
        by: Option<Expr>,
        body: Vec<Step>,
    },
    Each {
        member: usize,
        list: Expr,
        body: Vec<Step>,
    },
    Repeat {
        before: Option<Test>,
        after: Option<Test>,
        body: Vec<Step>,
    },
    Leave(Leave),
    /// A procedure called as a statement.
    Invoke(usize, Vec<Expr>),
    /// Something without a known effect on these variables.
    Touch(Vec<usize>),
    /// Something that cannot be followed.
    Stop,
}

/// How a variable starts.
#[derive(Debug)]
pub(super) enum Start {
    Value(Value),
    /// A list with this upper bound.
    List(Expr, Option<Expr>),
}

/// A piece of code to run.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) steps: Vec<Step>,
    pub(super) names: Vec<String>,
    /// Variables that are declared in it.
    pub(super) starts: Vec<(usize, Start)>,
    /// Numbers of the parameters, in order.
    pub(super) parameters: Vec<usize>,
    /// The number of the procedure's own name.
    pub(super) result: Option<usize>,
    /// Variables that are assigned in it.
    pub(super) assigned: Vec<usize>,
    /// Whether it makes texts of pieces; other code is not worth running.
    pub(super) makes_texts: bool,
}

/// Names to numbers.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
    by_name: HashMap<String, usize>,
}

impl Names {
    pub(super) fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.by_name.get(name) {
            return *number;
        }
        let number = self.names.len();
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), number);
        number
    }
}
