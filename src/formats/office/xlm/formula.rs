//! A formula as a tree, whatever file it came from: tokens of BIFF, text of OOXML and SYLK.

use std::sync::Arc;

/// How deep a formula may nest. Excel allows 64 functions inside each other; parentheses come on top.
pub(crate) const MAX_DEPTH: usize = 200;

/// A formula or a part of one. What is built keeps to [`MAX_DEPTH`], so that walking it may recurse.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// An argument left out.
    Missing,
    /// A number.
    Number(f64),
    /// A text.
    Text(Arc<str>),
    /// TRUE or FALSE.
    Bool(bool),
    /// An error, as Excel spells it.
    Error(&'static str),
    /// An array constant, by rows.
    Array(Vec<Vec<Expr>>),
    /// A cell or an area.
    Reference(Reference),
    /// A defined name, with the sheet or book before its `!`.
    Name(Option<Arc<str>>, Arc<str>),
    /// Parentheses, which Excel keeps.
    Paren(Box<Expr>),
    /// `-x`, `+x`, and `@x`.
    Prefix(char, Box<Expr>),
    /// `x%`, `x#`.
    Postfix(Box<Expr>, char),
    /// Operands with operators between them, to be worked through from the left. Chains of `&` have thousands.
    Chain(Box<Expr>, Vec<(Operator, Expr)>),
    /// A function of Excel's, or a command, by its English name.
    Call(&'static str, Vec<Expr>),
    /// A function called by name or reference: user-defined, registered, or of an add-in.
    CallOf(Box<Expr>, Vec<Expr>),
}

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Concat,
    Less,
    LessEqual,
    Equal,
    GreaterEqual,
    Greater,
    NotEqual,
    Intersection,
    Union,
    Range,
}

impl Operator {
    /// Its sign.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Power => "^",
            Operator::Concat => "&",
            Operator::Less => "<",
            Operator::LessEqual => "<=",
            Operator::Equal => "=",
            Operator::GreaterEqual => ">=",
            Operator::Greater => ">",
            Operator::NotEqual => "<>",
            Operator::Intersection => " ",
            Operator::Union => ",",
            Operator::Range => ":",
        }
    }
}

/// A row and a column, counted from 0, each fixed (`$`) or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) is_row_fixed: bool,
    pub(crate) is_column_fixed: bool,
}

impl Point {
    /// A fixed point.
    #[cfg(test)]
    pub(crate) const fn fixed(row: u32, column: u32) -> Self {
        Point { row, column, is_row_fixed: true, is_column_fixed: true }
    }
}

/// What a reference covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    /// One cell.
    Cell(Point),
    /// Cells between two corners.
    Cells(Point, Point),
    /// Whole columns.
    Columns(Point, Point),
    /// Whole rows.
    Rows(Point, Point),
    /// Cells that were deleted.
    Lost,
}

/// A reference to cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// What stands before the `!`: a sheet, two sheets, a book and a sheet. Without quotes.
    pub(crate) sheet: Option<Arc<str>>,
    pub(crate) area: Area,
}

impl Reference {
    /// The first cell.
    pub(crate) fn first(&self) -> Option<(u32, u32)> {
        let point = match self.area {
            Area::Cell(point) | Area::Cells(point, _) | Area::Columns(point, _) | Area::Rows(point, _) => point,
            Area::Lost => return None,
        };
        Some((point.row, point.column))
    }

    /// Rows and columns from the first to the last.
    pub(crate) fn corners(&self) -> Option<((u32, u32), (u32, u32))> {
        match self.area {
            Area::Cell(point) => Some(((point.row, point.column), (point.row, point.column))),
            Area::Cells(first, last) | Area::Columns(first, last) | Area::Rows(first, last) => {
                Some(((first.row, first.column), (last.row, last.column)))
            }
            Area::Lost => None,
        }
    }
}

/// Puts two operands together; what stands left and is a chain already gets longer, which keeps trees flat.
pub(crate) fn chain(left: Expr, operator: Operator, right: Expr) -> Expr {
    match left {
        Expr::Chain(first, mut rest) => {
            rest.push((operator, right));
            Expr::Chain(first, rest)
        }
        left => Expr::Chain(Box::new(left), vec![(operator, right)]),
    }
}

/// A formula as it reads in another cell: what is not fixed moves along.
pub(crate) fn shifted(expr: &Expr, from: (u32, u32), to: (u32, u32)) -> Expr {
    let all = |items: &[Expr]| items.iter().map(|item| shifted(item, from, to)).collect();
    let one = |inner: &Expr| Box::new(shifted(inner, from, to));
    match expr {
        Expr::Reference(reference) => {
            let point = |point: Point| {
                let moved = |value: u32, from: u32, to: u32| value.wrapping_add(to).wrapping_sub(from);
                Point {
                    row: if point.is_row_fixed { point.row } else { moved(point.row, from.0, to.0) & 0xF_FFFF },
                    column: if point.is_column_fixed {
                        point.column
                    } else {
                        moved(point.column, from.1, to.1) & 0x3FFF
                    },
                    ..point
                }
            };
            let area = match reference.area {
                Area::Cell(at) => Area::Cell(point(at)),
                Area::Cells(first, last) => Area::Cells(point(first), point(last)),
                Area::Columns(first, last) => Area::Columns(point(first), point(last)),
                Area::Rows(first, last) => Area::Rows(point(first), point(last)),
                Area::Lost => Area::Lost,
            };
            Expr::Reference(Reference { sheet: reference.sheet.clone(), area })
        }
        Expr::Paren(inner) => Expr::Paren(one(inner)),
        Expr::Prefix(sign, inner) => Expr::Prefix(*sign, one(inner)),
        Expr::Postfix(inner, sign) => Expr::Postfix(one(inner), *sign),
        Expr::Chain(first, rest) => Expr::Chain(
            one(first),
            rest.iter().map(|(operator, operand)| (*operator, shifted(operand, from, to))).collect(),
        ),
        Expr::Call(name, arguments) => Expr::Call(name, all(arguments)),
        Expr::CallOf(function, arguments) => Expr::CallOf(one(function), all(arguments)),
        other => other.clone(),
    }
}
