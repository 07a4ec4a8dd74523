//! Operands of tokens: references, whose fields differ with every version, and constants.

use std::sync::Arc;

use super::context::Context;
use crate::formats::fields::{u16_at, u32_at};
use crate::formats::office::biff::strings::{narrow, unicode, wide};
use crate::formats::office::biff::version::Version;
use crate::formats::office::xlm::formula::{Area, Expr, Point};

/// Rows and columns of a sheet.
const fn extent(version: Version) -> (u32, u32) {
    match version {
        Version::Biff12 => (1 << 20, 1 << 14),
        Version::Biff8 => (1 << 16, 1 << 8),
        _ => (1 << 14, 1 << 8),
    }
}

/// Bytes of a cell reference: RgceLoc, MS-XLS 2.5.198.109, MS-XLSB 2.5.98.89.
pub(super) const fn cell_size(version: Version) -> usize {
    match version {
        Version::Biff12 => 6,
        Version::Biff8 => 4,
        _ => 3,
    }
}

/// Bytes of an area reference: RgceArea, 2.5.198.105.
pub(super) const fn area_size(version: Version) -> usize {
    cell_size(version).saturating_mul(2)
}

/// How far references are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// From the first cell of the sheet.
    Plain,
    /// From the cell the formula is in, where they are relative: PtgRefN and PtgAreaN.
    Relative,
}

/// Row and column fields, with the two flags in the column, or in the row before BIFF8.
fn point(row: u32, column: u32, flags: u16, counting: Counting, context: &Context) -> Point {
    let (rows, columns) = extent(context.version);
    let mut point = Point { row, column, is_row_fixed: flags & 0x8000 == 0, is_column_fixed: flags & 0x4000 == 0 };
    if counting == Counting::Relative {
        // Offsets wrap around the edges of the sheet, so that negative ones need no sign.
        if !point.is_row_fixed {
            point.row = context.base.0.wrapping_add(row) % rows;
        }
        if !point.is_column_fixed {
            point.column = context.base.1.wrapping_add(column) % columns;
        }
    }
    point
}

/// A cell reference.
pub(super) fn cell(body: &[u8], counting: Counting, context: &Context) -> Option<Area> {
    let point = match context.version {
        Version::Biff12 => {
            let column = u16_at(body, 4)?;
            point(u32_at(body, 0)? & 0xF_FFFF, u32::from(column & 0x3FFF), column, counting, context)
        }
        Version::Biff8 => {
            let column = u16_at(body, 2)?;
            point(u32::from(u16_at(body, 0)?), u32::from(column & 0xFF), column, counting, context)
        }
        _ => {
            let row = u16_at(body, 0)?;
            let column = *body.get(2)?;
            point(u32::from(row & 0x3FFF), u32::from(column), row, counting, context)
        }
    };
    Some(Area::Cell(point))
}

/// An area reference. One that spans a whole sheet's height is of columns, as Excel shows it.
pub(super) fn area(body: &[u8], counting: Counting, context: &Context) -> Option<Area> {
    let point = |row: u32, column: u16, flags: u16| {
        let column = if context.version == Version::Biff12 { column & 0x3FFF } else { column & 0xFF };
        point(row, u32::from(column), flags, counting, context)
    };
    let (first, last) = match context.version {
        Version::Biff12 => {
            let (left, right) = (u16_at(body, 8)?, u16_at(body, 10)?);
            (point(u32_at(body, 0)? & 0xF_FFFF, left, left), point(u32_at(body, 4)? & 0xF_FFFF, right, right))
        }
        Version::Biff8 => {
            let (left, right) = (u16_at(body, 4)?, u16_at(body, 6)?);
            (point(u32::from(u16_at(body, 0)?), left, left), point(u32::from(u16_at(body, 2)?), right, right))
        }
        _ => {
            let (top, bottom) = (u16_at(body, 0)?, u16_at(body, 2)?);
            let (left, right) = (u16::from(*body.get(4)?), u16::from(*body.get(5)?));
            (point(u32::from(top & 0x3FFF), left, top), point(u32::from(bottom & 0x3FFF), right, bottom))
        }
    };
    let (rows, columns) = extent(context.version);
    Some(if first.row == 0 && last.row == rows.saturating_sub(1) {
        Area::Columns(first, last)
    } else if first.column == 0 && last.column == columns.saturating_sub(1) {
        Area::Rows(first, last)
    } else {
        Area::Cells(first, last)
    })
}

/// PtgStr, 2.5.198.89: a text and its bytes.
pub(super) fn text(body: &[u8], context: &Context) -> Option<(Arc<str>, usize)> {
    if context.version == Version::Biff12 {
        let count = usize::from(u16_at(body, 0)?);
        let text = wide(body.get(2..)?, count);
        return Some((text.into(), count.saturating_mul(2).saturating_add(2)));
    }
    let count = usize::from(*body.first()?);
    if context.version < Version::Biff8 {
        return Some((narrow(body.get(1..)?, count, context.page).into(), count.saturating_add(1)));
    }
    let (text, size) = unicode(body.get(1..)?, count);
    Some((text.into(), size.saturating_add(1)))
}

/// BErr, 2.5.10.
pub(in crate::formats::office::biff) fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        _ => "#ERR!",
    }
}

pub(super) fn double(body: &[u8]) -> Option<f64> {
    Some(f64::from_le_bytes(body.get(..8)?.try_into().ok()?))
}

/// Values of an array constant: PtgExtraArray, 2.5.198.59, and MS-XLSB 2.5.98.41. Gives the bytes it took.
pub(super) fn array(extra: &[u8], context: &Context) -> Option<(Expr, usize)> {
    let (columns, rows, mut at) = match context.version {
        Version::Biff12 => (u32_at(extra, 4)?, u32_at(extra, 0)?, 8usize),
        Version::Biff8 => {
            (u32::from(*extra.first()?).saturating_add(1), u32::from(u16_at(extra, 1)?).saturating_add(1), 3)
        }
        _ => {
            let columns = u32::from(*extra.first()?);
            (if columns == 0 { 256 } else { columns }, u32::from(u16_at(extra, 1)?), 3)
        }
    };
    let mut all = Vec::new();
    for _ in 0..rows {
        let mut row = Vec::new();
        for _ in 0..columns {
            let (value, size) = array_value(extra.get(at..)?, context)?;
            at = at.checked_add(size)?;
            row.push(value);
        }
        all.push(row);
    }
    Some((Expr::Array(all), at))
}

/// SerAr, 2.5.198.112 and MS-XLSB 2.5.98.93.
fn array_value(body: &[u8], context: &Context) -> Option<(Expr, usize)> {
    let (kind, rest) = body.split_first()?;
    if context.version == Version::Biff12 {
        return Some(match kind {
            0 => (Expr::Number(double(rest)?), 9),
            1 => {
                let count = usize::from(u16_at(rest, 0)?);
                (Expr::Text(wide(rest.get(2..)?, count).into()), count.saturating_mul(2).saturating_add(3))
            }
            2 => (Expr::Bool(*rest.first()? != 0), 2),
            4 => (Expr::Error(error(*rest.first()?)), 5),
            _ => return None,
        });
    }
    Some(match kind {
        0 => (Expr::Missing, 9),
        1 => (Expr::Number(double(rest)?), 9),
        2 if context.version == Version::Biff8 => {
            let count = usize::from(u16_at(rest, 0)?);
            let (text, size) = unicode(rest.get(2..)?, count);
            (Expr::Text(text.into()), size.saturating_add(3))
        }
        2 => {
            let count = usize::from(*rest.first()?);
            (Expr::Text(narrow(rest.get(1..)?, count, context.page).into()), count.saturating_add(2))
        }
        4 => (Expr::Bool(*rest.first()? != 0), 9),
        0x10 => (Expr::Error(error(*rest.first()?)), 9),
        _ => return None,
    })
}
