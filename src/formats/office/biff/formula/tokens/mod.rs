//! Tokens to a formula.
//!
//! Here the stack machine; `operators` operators and functions, which take operands from the stack; `references` cells and
//! names, which are operands.

mod operators;
mod references;

use super::context::Context;
use super::operands::{array, double, error, text};
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::biff::version::Version;
use crate::formats::office::xlm::formula::{Expr, MAX_DEPTH};
use crate::formats::office::xlm::text::shown;

/// What tokens are.
#[derive(Debug, PartialEq)]
pub(in crate::formats::office::biff) enum Parsed {
    /// A formula.
    Formula(Expr),
    /// A part of the shared or array formula that stands with this cell: PtgExp.
    Shared(u32, Option<u32>),
    /// A part of a data table: PtgTbl.
    Table,
}

/// Why tokens could not be read to their end.
#[derive(Debug, PartialEq)]
pub(in crate::formats::office::biff) struct Fault {
    /// Offset of the token.
    pub(in crate::formats::office::biff) at: usize,
    pub(in crate::formats::office::biff) what: String,
    /// What was read before, operand by operand.
    pub(in crate::formats::office::biff) before: String,
}

/// An operand with its depth.
struct Operand {
    expr: Expr,
    depth: usize,
}

struct Machine<'a> {
    tokens: &'a [u8],
    extra: &'a [u8],
    context: &'a Context,
    at: usize,
    stack: Vec<Operand>,
}

/// Reads tokens (Rgce) with the data some of them keep behind (RgbExtra).
pub(in crate::formats::office::biff) fn parse(tokens: &[u8], extra: &[u8], context: &Context) -> Result<Parsed, Fault> {
    let mut machine = Machine { tokens, extra, context, at: 0, stack: Vec::new() };
    match machine.run() {
        Ok(parsed) => Ok(parsed),
        Err(what) => {
            let before: Vec<String> = machine.stack.iter().take(64).map(|operand| shown(&operand.expr)).collect();
            Err(Fault { at: machine.at, what, before: before.join(" ") })
        }
    }
}

const SHORT: &str = "tokens end early";

impl Machine<'_> {
    fn body(&self) -> &[u8] {
        self.tokens.get(self.at.saturating_add(1)..).unwrap_or_default()
    }

    fn run(&mut self) -> Result<Parsed, String> {
        while let Some(token) = self.tokens.get(self.at).copied() {
            // Value, array and reference class are variants of one token: 2.5.198.25.
            let base = if token & 0x60 != 0 { 0x20 | (token & 0x1F) } else { token };
            let size = match base {
                0x01 | 0x02 => return self.part_of_another(base),
                0x00 | 0x1A | 0x1B => self.old_or_unknown(base)?,
                0x03..=0x11 => {
                    self.binary(base)?;
                    0
                }
                0x12..=0x15 => {
                    self.unary(base)?;
                    0
                }
                0x16 => self.push(Expr::Missing, 0, 0)?,
                0x17 => {
                    let (text, size) = text(self.body(), self.context).ok_or(SHORT)?;
                    self.push(Expr::Text(text), 0, size)?
                }
                0x18 => self.extended()?,
                0x19 => self.attribute()?,
                0x1C => self.push(Expr::Error(error(self.byte(0)?)), 0, 1)?,
                0x1D => self.push(Expr::Bool(self.byte(0)? != 0), 0, 1)?,
                0x1E => self.push(Expr::Number(f64::from(self.u16(0)?)), 0, 2)?,
                0x1F => self.push(Expr::Number(double(self.body()).ok_or(SHORT)?), 0, 8)?,
                0x20 => self.array()?,
                0x21 => self.function()?,
                0x22 | 0x38 => self.function_of_any_count(base)?,
                0x23 => self.name()?,
                0x24..=0x25 | 0x2A..=0x2D => self.reference(base)?,
                0x26..=0x29 | 0x2E..=0x2F => self.remembered(base)?,
                0x39..=0x3D => self.elsewhere(base)?,
                _ => return Err(format!("token {token:#04x} is not known")),
            };
            self.at = self.at.saturating_add(size).saturating_add(1);
        }
        if self.at > self.tokens.len() {
            return Err(SHORT.to_owned());
        }
        match (self.stack.pop(), self.stack.is_empty()) {
            (Some(operand), true) => Ok(Parsed::Formula(operand.expr)),
            (None, _) => Err("no operand is left".to_owned()),
            (Some(operand), false) => {
                self.stack.push(operand);
                Err(format!("{} operands are left", self.stack.len()))
            }
        }
    }

    fn byte(&self, at: usize) -> Result<u8, String> {
        self.body().get(at).copied().ok_or_else(|| SHORT.to_owned())
    }

    fn u16(&self, at: usize) -> Result<u16, String> {
        u16_at(self.body(), at).ok_or_else(|| SHORT.to_owned())
    }

    fn u32(&self, at: usize) -> Result<u32, String> {
        u32_at(self.body(), at).ok_or_else(|| SHORT.to_owned())
    }

    /// Pushes an operand that holds others of a depth, and gives back the size of its token.
    fn push(&mut self, expr: Expr, inner: usize, size: usize) -> Result<usize, String> {
        let depth = inner.saturating_add(1);
        if depth > MAX_DEPTH {
            return Err("formula is nested too deeply".to_owned());
        }
        self.stack.push(Operand { expr, depth });
        Ok(size)
    }

    fn pop(&mut self) -> Result<Operand, String> {
        self.stack.pop().ok_or_else(|| "an operand is missing".to_owned())
    }

    fn arguments(&mut self, count: usize) -> Result<(Vec<Expr>, usize), String> {
        let start = self.stack.len().checked_sub(count).ok_or("an argument is missing")?;
        let operands = self.stack.split_off(start);
        let depth = operands.iter().map(|operand| operand.depth).max().unwrap_or_default();
        Ok((operands.into_iter().map(|operand| operand.expr).collect(), depth))
    }

    /// PtgExp and PtgTbl, 2.5.198.58 and 2.5.198.91. In BIFF12 the column stands behind the tokens.
    fn part_of_another(&self, base: u8) -> Result<Parsed, String> {
        if base == 0x02 {
            return Ok(Parsed::Table);
        }
        Ok(match self.context.version {
            Version::Biff12 => Parsed::Shared(self.u32(0)?, u32_at(self.extra, 0)),
            Version::Biff2 => Parsed::Shared(u32::from(self.u16(0)?), self.byte(2).ok().map(u32::from)),
            _ => Parsed::Shared(u32::from(self.u16(0)?), self.u16(2).ok().map(u32::from)),
        })
    }

    /// Tokens of BIFF2 to 4 that name a sheet of another book. Their sizes are known, their content says nothing that the
    /// name before the reference does not.
    fn old_or_unknown(&self, base: u8) -> Result<usize, String> {
        match (base, self.context.version) {
            (0x1A, Version::Biff2) => Ok(7),
            (0x1A, Version::Biff3 | Version::Biff4) => Ok(10),
            (0x1B, Version::Biff2) => Ok(3),
            (0x1B, Version::Biff3 | Version::Biff4) => Ok(4),
            _ => Err(format!("token {base:#04x} is not known")),
        }
    }

    /// PtgArray, 2.5.198.32. Its values stand behind the tokens.
    fn array(&mut self) -> Result<usize, String> {
        let (values, used) = array(self.extra, self.context).ok_or("values of an array are missing")?;
        self.extra = self.extra.get(used..).unwrap_or_default();
        let size = match self.context.version {
            Version::Biff12 => 14,
            Version::Biff2 => 6,
            _ => 7,
        };
        self.push(values, 1, size)
    }
}
