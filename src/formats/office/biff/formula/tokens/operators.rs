//! Operators, functions and commands, and the hints for calculating (PtgAttr) between them.

use super::super::commands::command;
use super::super::functions::{BY_NAME, function};
use super::Machine;
use crate::formats::office::biff::version::Version;
use crate::formats::office::xlm::formula::{Expr, Operator, chain};

impl Machine<'_> {
    pub(super) fn binary(&mut self, base: u8) -> Result<(), String> {
        use Operator::{
            Add, Concat, Divide, Equal, Greater, GreaterEqual, Intersection, Less, LessEqual, Multiply, NotEqual,
            Power, Range, Subtract, Union,
        };
        const OPERATORS: [Operator; 15] = [
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
        ];
        let operator = OPERATORS.get(usize::from(base).saturating_sub(3)).copied().ok_or("operator is not known")?;
        let right = self.pop()?;
        let left = self.pop()?;
        // A chain goes on at its own depth.
        let left_depth = if matches!(left.expr, Expr::Chain(..)) { left.depth.saturating_sub(1) } else { left.depth };
        let depth = left_depth.max(right.depth);
        self.push(chain(left.expr, operator, right.expr), depth, 0).map(|_| ())
    }

    pub(super) fn unary(&mut self, base: u8) -> Result<(), String> {
        let inner = self.pop()?;
        let depth = inner.depth;
        let inner = Box::new(inner.expr);
        let expr = match base {
            0x12 => Expr::Prefix('+', inner),
            0x13 => Expr::Prefix('-', inner),
            0x14 => Expr::Postfix(inner, '%'),
            _ => Expr::Paren(inner),
        };
        self.push(expr, depth, 0).map(|_| ())
    }

    /// PtgAttr*, 2.5.198.33 ff.: hints for calculating and spaces, of which only the sum is a part of the formula.
    pub(super) fn attribute(&mut self) -> Result<usize, String> {
        let flags = self.byte(0)?;
        let is_old = self.context.version == Version::Biff2;
        let size = if is_old { 2 } else { 3usize };
        if flags & 0x04 != 0 {
            let count = if is_old { usize::from(self.byte(1)?) } else { usize::from(self.u16(1)?) };
            let width = if is_old { 1 } else { 2usize };
            return Ok(size.saturating_add(count.saturating_add(1).saturating_mul(width)));
        }
        if flags & 0x10 != 0 {
            let (arguments, depth) = self.arguments(1)?;
            self.push(Expr::Call("SUM", arguments), depth, 0)?;
        }
        Ok(size)
    }

    /// PtgFunc, 2.5.198.62: a function whose number of arguments is fixed.
    pub(super) fn function(&mut self) -> Result<usize, String> {
        let (id, size) =
            if self.context.version < Version::Biff4 { (u16::from(self.byte(0)?), 1) } else { (self.u16(0)?, 2) };
        let (name, count) = function(id).ok_or_else(|| format!("function {id} is not known"))?;
        let count = count.ok_or_else(|| format!("{name} without a number of arguments"))?;
        let (arguments, depth) = self.arguments(usize::from(count))?;
        self.push(Expr::Call(name, arguments), depth, size)
    }

    /// PtgFuncVar, 2.5.198.63: a function or command, with a number of arguments. Up to BIFF3 commands had a token of
    /// their own.
    pub(super) fn function_of_any_count(&mut self, base: u8) -> Result<usize, String> {
        let count = usize::from(self.byte(0)? & 0x7F);
        let is_old = self.context.version < Version::Biff4;
        let (id, size) = if is_old { (u16::from(self.byte(1)?), 2) } else { (self.u16(1)?, 3) };
        // BIFF12 has more arguments, up to 255.
        let count = if self.context.version == Version::Biff12 { usize::from(self.byte(0)?) } else { count };
        let (mut arguments, depth) = self.arguments(count)?;
        if base == 0x38 || (!is_old && id & 0x8000 != 0) {
            let id = id & 0x7FFF;
            let name = command(id).ok_or_else(|| format!("command {id} is not known"))?;
            return self.push(Expr::Call(name, arguments), depth, size);
        }
        if id == BY_NAME {
            if arguments.is_empty() {
                return Err("a call without a function".to_owned());
            }
            let function = arguments.remove(0);
            return self.push(Expr::CallOf(Box::new(function), arguments), depth, size);
        }
        let (name, _) = function(id).ok_or_else(|| format!("function {id} is not known"))?;
        self.push(Expr::Call(name, arguments), depth, size)
    }
}
