//! References as text: `A1` and `R1C1`, whole rows and columns, and areas.

use super::super::formula::{Area, Point};
use super::is_name;

/// `$A$1`, `A1:B2`, `A:B`, `1:2` at the start of a text, and its bytes.
pub(super) fn a1(text: &str) -> Option<(Area, usize)> {
    let (first, size) = corner(text)?;
    let rest = text.get(size..)?;
    let other = rest.strip_prefix(':').and_then(corner);
    let (area, size) = match (first, other) {
        ((Some(column), Some(row)), Some(((Some(last_column), Some(last_row)), more))) => {
            (Area::Cells(point(column, row), point(last_column, last_row)), size.saturating_add(more).saturating_add(1))
        }
        ((Some(column), Some(row)), _) => (Area::Cell(point(column, row)), size),
        ((Some(column), None), Some(((Some(last), None), more))) => (
            Area::Columns(point(column, (0, true)), point(last, (0xF_FFFF, true))),
            size.saturating_add(more).saturating_add(1),
        ),
        ((None, Some(row)), Some(((None, Some(last)), more))) => (
            Area::Rows(point((0, true), row), point((0x3FFF, true), last)),
            size.saturating_add(more).saturating_add(1),
        ),
        _ => return None,
    };
    // Part of a longer word it is no reference.
    let ends = text.get(size..)?.chars().next().is_none_or(|c| !is_name(c));
    ends.then_some((area, size))
}

/// Row and column of an address that is nothing but one: `A1`.
pub(crate) fn cell_address(text: &str) -> Option<(u32, u32)> {
    match a1(text)? {
        (Area::Cell(point), size) if size == text.len() => Some((point.row, point.column)),
        _ => None,
    }
}

/// A number counted from 0, and whether it is fixed.
type Axis = (u32, bool);
/// Two of them, either of which may be missing.
type Corner = (Option<Axis>, Option<Axis>);

fn point(column: Axis, row: Axis) -> Point {
    Point { row: row.0, column: column.0, is_row_fixed: row.1, is_column_fixed: column.1 }
}

/// Letters and digits, either of which may be missing.
fn corner(text: &str) -> Option<(Corner, usize)> {
    let mut at = 0usize;
    let fixed = |at: &mut usize| {
        let is_fixed = text.get(*at..).is_some_and(|rest| rest.starts_with('$'));
        *at = at.saturating_add(usize::from(is_fixed));
        is_fixed
    };
    let column_fixed = fixed(&mut at);
    let letters = text.get(at..)?.bytes().take_while(u8::is_ascii_alphabetic).count();
    let mut column = None;
    let mut is_row_fixed = column_fixed;
    if letters > 0 {
        if letters > 3 {
            return None;
        }
        let end = at.checked_add(letters)?;
        let number = text.get(at..end)?.bytes().fold(0u32, |value, byte| {
            value.saturating_mul(26).saturating_add(u32::from(byte.to_ascii_uppercase().saturating_sub(b'@')))
        });
        if number > 0x4000 {
            return None;
        }
        column = Some((number.saturating_sub(1), column_fixed));
        at = end;
        is_row_fixed = fixed(&mut at);
    }
    let digits = text.get(at..)?.bytes().take_while(u8::is_ascii_digit).count();
    let mut row = None;
    if digits > 0 {
        let end = at.checked_add(digits)?;
        let number: u32 = text.get(at..end)?.parse().ok()?;
        if number == 0 || number > 0x10_0000 {
            return None;
        }
        row = Some((number.saturating_sub(1), is_row_fixed));
        at = end;
    } else if is_row_fixed && letters > 0 {
        return None;
    }
    (column.is_some() || row.is_some()).then_some(((column, row), at))
}

/// `R1C1`, `R[-1]C`, `RC[2]`, `R3`, `C2`, and areas of them, at the start of a text, and its bytes.
pub(super) fn r1c1(text: &str, row: u32, column: u32) -> Option<(Area, usize)> {
    let ((first_row, first_column), size) = r1c1_corner(text, row, column)?;
    let other = text.get(size..)?.strip_prefix(':').and_then(|rest| r1c1_corner(rest, row, column));
    let end = |more: usize| size.saturating_add(more).saturating_add(1);
    let (area, size) = match ((first_row, first_column), other) {
        ((Some(row), Some(column)), Some(((Some(last_row), Some(last_column)), more))) => {
            (Area::Cells(point(column, row), point(last_column, last_row)), end(more))
        }
        ((Some(row), Some(column)), _) => (Area::Cell(point(column, row)), size),
        ((Some(row), None), Some(((Some(last), None), more))) => {
            (Area::Rows(point((0, true), row), point((0x3FFF, true), last)), end(more))
        }
        ((None, Some(column)), Some(((None, Some(last)), more))) => {
            (Area::Columns(point(column, (0, true)), point(last, (0xF_FFFF, true))), end(more))
        }
        ((Some(row), None), _) => (Area::Rows(point((0, true), row), point((0x3FFF, true), row)), size),
        ((None, Some(column)), _) => (Area::Columns(point(column, (0, true)), point(column, (0xF_FFFF, true))), size),
        ((None, None), _) => return None,
    };
    let ends = text.get(size..)?.chars().next().is_none_or(|c| !is_name(c) && c != '(');
    ends.then_some((area, size))
}

fn r1c1_corner(text: &str, row: u32, column: u32) -> Option<(Corner, usize)> {
    let mut at = 0usize;
    let mut axis = |letter: char, base: u32| -> Option<Axis> {
        let rest = text.get(at..)?;
        let rest = rest.strip_prefix(letter).or_else(|| rest.strip_prefix(letter.to_ascii_lowercase()))?;
        at = at.saturating_add(1);
        if let Some(inside) = rest.strip_prefix('[') {
            let end = inside.find(']')?;
            let offset: i64 = inside.get(..end)?.parse().ok()?;
            at = at.saturating_add(end).saturating_add(2);
            return Some((u32::try_from(i64::from(base).saturating_add(offset)).ok()?, false));
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Some((base, false));
        }
        let number: u32 = rest.get(..digits)?.parse().ok()?;
        at = at.saturating_add(digits);
        Some((number.checked_sub(1)?, true))
    };
    let rows = axis('R', row);
    let columns = axis('C', column);
    (rows.is_some() || columns.is_some()).then_some(((rows, columns), at))
}
