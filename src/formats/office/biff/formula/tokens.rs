//! Tokens to a formula.

use super::commands::command;
use super::context::Context;
use super::functions::{BY_NAME, function};
use super::operands::{Counting, area, area_size, array, cell, cell_size, double, error, text};
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::biff::version::Version;
use crate::formats::office::xlm::formula::{Area, Expr, MAX_DEPTH, Operator, Reference, chain};
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

    fn binary(&mut self, base: u8) -> Result<(), String> {
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

    fn unary(&mut self, base: u8) -> Result<(), String> {
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

    /// PtgElf* of BIFF8 (2.5.198.47 ff.), natural-language references, and PtgList of BIFF12 (2.5.98.52).
    fn extended(&mut self) -> Result<usize, String> {
        let kind = self.byte(0)?;
        match kind {
            0x19 => {
                let table = format!("Table{}[]", self.u32(5)?);
                self.push(Expr::Name(None, table.into()), 0, 13)
            }
            // Labels in rows and columns: a location.
            0x02 | 0x03 | 0x06 | 0x07 | 0x0A | 0x0B | 0x0D | 0x0F => {
                let area =
                    cell(self.body().get(1..).unwrap_or_default(), Counting::Plain, self.context).ok_or(SHORT)?;
                self.push(Expr::Reference(Reference { sheet: None, area }), 0, 5)
            }
            0x01 | 0x10 | 0x1D => self.push(Expr::Error("#NAME?"), 0, 5),
            _ => Err(format!("extended token {kind:#04x} is not known")),
        }
    }

    /// PtgAttr*, 2.5.198.33 ff.: hints for calculating and spaces, of which only the sum is a part of the formula.
    fn attribute(&mut self) -> Result<usize, String> {
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

    /// PtgFunc, 2.5.198.62: a function whose number of arguments is fixed.
    fn function(&mut self) -> Result<usize, String> {
        let (id, size) =
            if self.context.version < Version::Biff4 { (u16::from(self.byte(0)?), 1) } else { (self.u16(0)?, 2) };
        let (name, count) = function(id).ok_or_else(|| format!("function {id} is not known"))?;
        let count = count.ok_or_else(|| format!("{name} without a number of arguments"))?;
        let (arguments, depth) = self.arguments(usize::from(count))?;
        self.push(Expr::Call(name, arguments), depth, size)
    }

    /// PtgFuncVar, 2.5.198.63: a function or command, with a number of arguments. Up to BIFF3 commands had a token of
    /// their own.
    fn function_of_any_count(&mut self, base: u8) -> Result<usize, String> {
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

    /// PtgName, 2.5.198.76.
    fn name(&mut self) -> Result<usize, String> {
        let (number, size) = match self.context.version {
            Version::Biff12 | Version::Biff8 => (self.u32(0)?, 4),
            Version::Biff5 => (u32::from(self.u16(0)?), 14),
            Version::Biff4 | Version::Biff3 => (u32::from(self.u16(0)?), 10),
            Version::Biff2 => (u32::from(self.u16(0)?), 7),
        };
        let name = self.context.name(number);
        self.push(Expr::Name(None, name), 0, size)
    }

    /// PtgRef, PtgArea, their relative forms and those of deleted cells: 2.5.198.84, 2.5.198.27 ff.
    fn reference(&mut self, base: u8) -> Result<usize, String> {
        let version = self.context.version;
        let counting = if matches!(base, 0x2C | 0x2D) { Counting::Relative } else { Counting::Plain };
        let is_area = matches!(base, 0x25 | 0x2B | 0x2D);
        let size = if is_area { area_size(version) } else { cell_size(version) };
        let target = if matches!(base, 0x2A | 0x2B) {
            Area::Lost
        } else if is_area {
            area(self.body(), counting, self.context).ok_or(SHORT)?
        } else {
            cell(self.body(), counting, self.context).ok_or(SHORT)?
        };
        self.push(Expr::Reference(Reference { sheet: None, area: target }), 0, size)
    }

    /// PtgMem*, 2.5.198.70 ff.: the result of the tokens that follow, remembered. Those are read instead.
    fn remembered(&mut self, base: u8) -> Result<usize, String> {
        if base == 0x26 {
            // PtgExtraMem, 2.5.198.61.
            let used = match self.context.version {
                Version::Biff12 => {
                    let count = u32_at(self.extra, 0).unwrap_or_default();
                    usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(16).saturating_add(4)
                }
                Version::Biff8 => {
                    usize::from(u16_at(self.extra, 0).unwrap_or_default()).saturating_mul(8).saturating_add(2)
                }
                _ => usize::from(u16_at(self.extra, 0).unwrap_or_default()).saturating_mul(6).saturating_add(2),
            };
            self.extra = self.extra.get(used..).unwrap_or_default();
        }
        let is_old = self.context.version == Version::Biff2;
        Ok(match (base, is_old) {
            (0x29 | 0x2E | 0x2F, true) => 1,
            (0x29 | 0x2E | 0x2F, false) => 2,
            (_, true) => 4,
            (_, false) => 6,
        })
    }

    /// PtgNameX, PtgRef3d, PtgArea3d and those of deleted cells: 2.5.198.77, 2.5.198.85, 2.5.198.28.
    fn elsewhere(&mut self, base: u8) -> Result<usize, String> {
        let version = self.context.version;
        if version < Version::Biff5 {
            return Err(format!("token {base:#04x} is not known"));
        }
        let is_area = matches!(base, 0x3B | 0x3D);
        if version == Version::Biff5 {
            return self.elsewhere_in_5(base, is_area);
        }
        let number = self.u16(0)?;
        if base == 0x39 {
            let (sheet, name) = self.context.name_elsewhere(number, self.u32(2)?);
            return self.push(Expr::Name(sheet, name), 0, 6);
        }
        let body = self.body().get(2..).unwrap_or_default();
        let target = match base {
            0x3A => cell(body, Counting::Plain, self.context).ok_or(SHORT)?,
            0x3B => area(body, Counting::Plain, self.context).ok_or(SHORT)?,
            _ => Area::Lost,
        };
        let size = if is_area { area_size(version) } else { cell_size(version) };
        let sheet = self.context.sheet(number);
        self.push(Expr::Reference(Reference { sheet, area: target }), 0, size.saturating_add(2))
    }

    /// The same in BIFF5: a number into EXTERNSHEET, negative for own sheets, then the sheets' own numbers.
    fn elsewhere_in_5(&mut self, base: u8, is_area: bool) -> Result<usize, String> {
        let number = i16::from_le_bytes(self.u16(0)?.to_le_bytes());
        if base == 0x39 {
            let (sheet, name) = if number < 0 {
                (None, self.context.name(u32::from(self.u16(10)?)))
            } else {
                let index = u16::try_from(number).unwrap_or_default().saturating_sub(1);
                self.context.name_elsewhere(index, u32::from(self.u16(10)?))
            };
            return self.push(Expr::Name(sheet, name), 0, 24);
        }
        let body = self.body().get(14..).unwrap_or_default();
        let target = match base {
            0x3A => cell(body, Counting::Plain, self.context).ok_or(SHORT)?,
            0x3B => area(body, Counting::Plain, self.context).ok_or(SHORT)?,
            _ => Area::Lost,
        };
        let tab = |value: u16| i32::from(i16::from_le_bytes(value.to_le_bytes()));
        let sheet = if number < 0 {
            self.context.own_sheets(tab(self.u16(10)?), tab(self.u16(12)?))
        } else {
            self.context.sheet(u16::try_from(number).unwrap_or_default().saturating_sub(1))
        };
        let size = if is_area { 20 } else { 17 };
        self.push(Expr::Reference(Reference { sheet, area: target }), 0, size)
    }
}
