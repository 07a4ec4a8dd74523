//! Formulas as Excel's formula bar would show them, in the A1 style.

use super::formula::{Area, Expr, Point, Reference};

/// Characters of a formula shown; Excel takes 8,192.
const MAX_TEXT: usize = 1 << 16;

/// The formula without the equals sign. What is longer than Excel would take is cut, with an ellipsis at its end.
pub(crate) fn shown(expr: &Expr) -> String {
    let mut out = String::new();
    write(expr, &mut out);
    if out.len() > MAX_TEXT {
        out.truncate(out.floor_char_boundary(MAX_TEXT));
        out.push('…');
    }
    out
}

fn write(expr: &Expr, out: &mut String) {
    if out.len() > MAX_TEXT {
        return;
    }
    match expr {
        Expr::Missing => {}
        Expr::Number(number) => out.push_str(&number_text(*number)),
        Expr::Text(text) => quote(text, '"', out),
        Expr::Bool(true) => out.push_str("TRUE"),
        Expr::Bool(false) => out.push_str("FALSE"),
        Expr::Error(error) => out.push_str(error),
        Expr::Array(rows) => {
            out.push('{');
            for (index, row) in rows.iter().enumerate() {
                if index > 0 {
                    out.push(';');
                }
                list(row, out);
            }
            out.push('}');
        }
        Expr::Reference(reference) => write_reference(reference, out),
        Expr::Name(sheet, name) => {
            if let Some(sheet) = sheet {
                prefix(sheet, out);
            }
            out.push_str(name);
        }
        Expr::Paren(inner) => {
            out.push('(');
            write(inner, out);
            out.push(')');
        }
        Expr::Prefix(sign, inner) => {
            out.push(*sign);
            write(inner, out);
        }
        Expr::Postfix(inner, sign) => {
            write(inner, out);
            out.push(*sign);
        }
        Expr::Chain(first, rest) => {
            write(first, out);
            for (operator, operand) in rest {
                out.push_str(operator.sign());
                write(operand, out);
            }
        }
        Expr::Call(name, arguments) => {
            out.push_str(name);
            out.push('(');
            list(arguments, out);
            out.push(')');
        }
        Expr::CallOf(function, arguments) => {
            write(function, out);
            out.push('(');
            list(arguments, out);
            out.push(')');
        }
    }
}

fn list(items: &[Expr], out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
}

fn quote(text: &str, mark: char, out: &mut String) {
    out.push(mark);
    for c in text.chars() {
        if c == mark {
            out.push(mark);
        }
        out.push(c);
    }
    out.push(mark);
}

fn write_reference(reference: &Reference, out: &mut String) {
    if let Some(sheet) = &reference.sheet {
        prefix(sheet, out);
    }
    match reference.area {
        Area::Cell(point) => cell(point, out),
        Area::Cells(first, last) => {
            cell(first, out);
            out.push(':');
            cell(last, out);
        }
        Area::Columns(first, last) => {
            column(first, out);
            out.push(':');
            column(last, out);
        }
        Area::Rows(first, last) => {
            row(first, out);
            out.push(':');
            row(last, out);
        }
        Area::Lost => out.push_str("#REF!"),
    }
}

fn cell(point: Point, out: &mut String) {
    column(point, out);
    row(point, out);
}

fn column(point: Point, out: &mut String) {
    if point.is_column_fixed {
        out.push('$');
    }
    out.push_str(&column_name(point.column));
}

fn row(point: Point, out: &mut String) {
    if point.is_row_fixed {
        out.push('$');
    }
    out.push_str(&point.row.saturating_add(1).to_string());
}

/// The letters of a column counted from 0.
pub(crate) fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column).saturating_add(1);
    while left > 0 {
        let digit = left.saturating_sub(1) % 26;
        letters.push(char::from(b'A'.saturating_add(digit as u8)));
        left = left.saturating_sub(1) / 26;
    }
    letters.iter().rev().collect()
}

/// A cell's address in its sheet: `A1`.
pub(crate) fn address(row: u32, column: u32) -> String {
    format!("{}{}", column_name(column), row.saturating_add(1))
}

/// A sheet's name with its exclamation mark, in quotes where Excel needs them.
fn prefix(sheet: &str, out: &mut String) {
    let is_plain = sheet.split(':').all(is_plain);
    if is_plain {
        out.push_str(sheet);
    } else {
        quote(sheet, '\'', out);
    }
    out.push('!');
}

/// Whether a sheet's name needs no quotes.
fn is_plain(sheet: &str) -> bool {
    sheet.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '\\'))
        && !sheet.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && !looks_like_address(sheet)
}

/// Whether a name would be read as a cell: `A1`, `XFD12`, `R1C1`, `RC`.
fn looks_like_address(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let letters = upper.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = upper.bytes().skip(letters).take_while(u8::is_ascii_digit).count();
    let is_a1 = (1..=3).contains(&letters) && digits > 0 && letters.saturating_add(digits) == upper.len();
    let is_r1c1 = upper.strip_prefix('R').is_some_and(|rest| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.is_empty() || rest.strip_prefix('C').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    is_a1 || is_r1c1 || upper.strip_prefix('C').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A number with the fifteen digits that Excel shows.
pub(crate) fn number_text(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:.14e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    if (-10..=20).contains(&exponent) {
        let rounded: f64 = scientific.parse().unwrap_or(number);
        return format!("{rounded}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}E{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::office::xlm::formula::{Operator, chain};

    #[test]
    fn columns_have_letters() {
        assert_eq!(column_name(0), "A");
        assert_eq!(column_name(25), "Z");
        assert_eq!(column_name(26), "AA");
        assert_eq!(column_name(16_383), "XFD");
    }

    #[test]
    fn numbers_have_fifteen_digits() {
        assert_eq!(number_text(0.1 + 0.2), "0.3");
        assert_eq!(number_text(-1234.5), "-1234.5");
        assert_eq!(number_text(1e21), "1E+21");
        assert_eq!(number_text(1.5e-300), "1.5E-300");
        assert_eq!(number_text(1e20), "100000000000000000000");
    }

    #[test]
    fn names_of_sheets_are_quoted_where_needed() {
        let shown = |sheet: &str| {
            let area = Area::Cell(Point::fixed(0, 0));
            super::shown(&Expr::Reference(Reference { sheet: Some(sheet.into()), area }))
        };
        assert_eq!(shown("Macro1"), "Macro1!$A$1");
        assert_eq!(shown("My Sheet"), "'My Sheet'!$A$1");
        assert_eq!(shown("it's"), "'it''s'!$A$1");
        assert_eq!(shown("AB12"), "'AB12'!$A$1");
        assert_eq!(shown("売上"), "売上!$A$1");
    }

    #[test]
    fn chains_and_quotes() {
        let text = |text: &str| Expr::Text(text.into());
        let expr = chain(chain(text("a\"b"), Operator::Concat, Expr::Number(1.0)), Operator::Concat, text(""));
        assert_eq!(super::shown(&Expr::Call("EXEC", vec![expr, Expr::Missing])), "EXEC(\"a\"\"b\"&1&\"\",)");
    }
}
