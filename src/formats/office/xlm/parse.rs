//! Formulas from text: as OOXML keeps them (A1), as SYLK does (R1C1), and as macros write them with `FORMULA`.

use std::sync::Arc;

use super::formula::{Area, Expr, MAX_DEPTH, Operator, Point, Reference, chain};
use crate::formats::office::biff::function_named;

/// How references are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `$A$1`.
    A1,
    /// `R1C1`, relative to a cell.
    R1C1 { row: u32, column: u32 },
}

/// Bytes of a formula read; Excel takes 8,192 characters.
const MAX_TEXT: usize = 1 << 16;

/// Reads a formula without its equals sign. The error says what did not fit, and where.
pub(crate) fn parse(text: &str, style: Style) -> Result<Expr, String> {
    if text.len() > MAX_TEXT {
        return Err("formula is too long".to_owned());
    }
    let mut parser = Parser { text, at: 0, depth: 0, style };
    let expr = parser.expression(0)?;
    parser.blanks();
    if parser.at < text.len() {
        return Err(format!("not understood from character {} on", parser.at.saturating_add(1)));
    }
    Ok(expr)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    style: Style,
}

/// Binary operators from the weakest; `-` as a sign binds tighter than all of them.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[
        ("<=", Operator::LessEqual),
        (">=", Operator::GreaterEqual),
        ("<>", Operator::NotEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("=", Operator::Equal),
    ],
    &[("&", Operator::Concat)],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide)],
    &[("^", Operator::Power)],
];

const ERRORS: [&str; 8] = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"];

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '\\' | '?' | '$' | '\0')
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn blanks(&mut self) -> bool {
        let rest = self.rest();
        let blanks = rest.len().saturating_sub(rest.trim_start().len());
        self.advance(blanks);
        blanks > 0
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.advance(sign.len());
        }
        found
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        // Each level of the text is some levels of this parser and at most two of the tree.
        if self.depth >= MAX_DEPTH / 2 {
            return Err("formula is nested too deeply".to_owned());
        }
        self.depth = self.depth.saturating_add(1);
        let read = read(self);
        self.depth = self.depth.saturating_sub(1);
        read
    }

    fn expression(&mut self, level: usize) -> Result<Expr, String> {
        let Some(operators) = LEVELS.get(level) else { return self.signed() };
        let mut left = self.expression(level.saturating_add(1))?;
        // A chain in parentheses is not a chain any more, so appending to what is one keeps the order.
        loop {
            self.blanks();
            let Some((_, operator)) = operators.iter().find(|(sign, _)| self.eat(sign)) else { return Ok(left) };
            let right = self.expression(level.saturating_add(1))?;
            left = match left {
                // Of a tighter level: a chain of its own.
                Expr::Chain(first, rest)
                    if !rest.iter().all(|(known, _)| operators.iter().any(|(_, own)| own == known)) =>
                {
                    Expr::Chain(Box::new(Expr::Chain(first, rest)), vec![(*operator, right)])
                }
                left => chain(left, *operator, right),
            };
        }
    }

    fn signed(&mut self) -> Result<Expr, String> {
        self.blanks();
        match self.peek() {
            Some(sign @ ('-' | '+' | '@')) => {
                self.advance(1);
                let inner = self.deeper(Self::signed)?;
                Ok(Expr::Prefix(sign, Box::new(inner)))
            }
            _ => self.postfixed(),
        }
    }

    fn postfixed(&mut self) -> Result<Expr, String> {
        let mut expr = self.references()?;
        for _ in 0..8 {
            if !self.eat("%") {
                break;
            }
            expr = Expr::Postfix(Box::new(expr), '%');
        }
        Ok(expr)
    }

    /// References with ranges and intersections between them.
    fn references(&mut self) -> Result<Expr, String> {
        let mut left = self.primary()?;
        loop {
            if self.eat(":") {
                let right = self.primary()?;
                left = chain(left, Operator::Range, right);
                continue;
            }
            let before = self.at;
            let begins = |c: char| is_name(c) && !c.is_ascii_digit() || c == '\'';
            if self.blanks() && self.peek().is_some_and(begins) && is_reference(&left) {
                let right = self.primary()?;
                left = chain(left, Operator::Intersection, right);
                continue;
            }
            self.at = before;
            return Ok(left);
        }
    }

    fn primary(&mut self) -> Result<Expr, String> {
        self.blanks();
        let Some(c) = self.peek() else { return Err("an operand is missing at the end".to_owned()) };
        match c {
            '"' => self.quoted('"').map(|text| Expr::Text(text.into())),
            '(' => self.deeper(Self::parenthesis),
            '{' => self.array(),
            '#' => {
                let rest = self.rest();
                let error = ERRORS
                    .iter()
                    .find(|error| rest.get(..error.len()).is_some_and(|own| own.eq_ignore_ascii_case(error)));
                let Some(error) = error else { return Err(self.odd()) };
                self.advance(error.len());
                Ok(Expr::Error(error))
            }
            '0'..='9' | '.' => self.number(),
            '\'' => {
                let sheet = self.quoted('\'')?;
                if !self.eat("!") {
                    return Err(self.odd());
                }
                self.target(Some(sheet.into()))
            }
            '!' => {
                self.advance(1);
                self.target(Some("".into()))
            }
            '[' => {
                let end = self.rest().find('!').ok_or_else(|| self.odd())?;
                let sheet = self.rest().get(..end).unwrap_or_default();
                self.advance(end.saturating_add(1));
                self.target(Some(sheet.into()))
            }
            c if is_name(c) => self.target(None),
            _ => Err(self.odd()),
        }
    }

    fn odd(&self) -> String {
        format!("not understood from character {} on", self.at.saturating_add(1))
    }

    fn quoted(&mut self, mark: char) -> Result<String, String> {
        self.advance(1);
        let mut text = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((at, c)) = chars.next() {
            if c != mark {
                text.push(c);
            } else if chars.as_str().starts_with(mark) {
                text.push(c);
                chars.next();
            } else {
                self.advance(at.saturating_add(1));
                return Ok(text);
            }
        }
        Err("a text has no end".to_owned())
    }

    /// What stands in parentheses; commas there are unions.
    fn parenthesis(&mut self) -> Result<Expr, String> {
        self.advance(1);
        let mut inner = self.expression(0)?;
        loop {
            self.blanks();
            if self.eat(")") {
                return Ok(Expr::Paren(Box::new(inner)));
            }
            if !self.eat(",") {
                return Err(self.odd());
            }
            let next = self.expression(0)?;
            inner = match inner {
                Expr::Chain(first, rest) if rest.iter().any(|(operator, _)| *operator != Operator::Union) => {
                    Expr::Chain(Box::new(Expr::Chain(first, rest)), vec![(Operator::Union, next)])
                }
                inner => chain(inner, Operator::Union, next),
            };
        }
    }

    fn array(&mut self) -> Result<Expr, String> {
        self.advance(1);
        let mut rows = vec![Vec::new()];
        loop {
            let value = self.deeper(Self::signed)?;
            if let Some(row) = rows.last_mut() {
                row.push(value);
            }
            self.blanks();
            if self.eat("}") {
                return Ok(Expr::Array(rows));
            }
            if self.eat(";") {
                rows.push(Vec::new());
            } else if !self.eat(",") {
                return Err(self.odd());
            }
        }
    }

    fn digits(&self, from: usize) -> usize {
        self.rest().get(from..).unwrap_or_default().bytes().take_while(u8::is_ascii_digit).count()
    }

    fn number(&mut self) -> Result<Expr, String> {
        let whole = self.digits(0);
        // `1:3` is rows.
        let rest = self.rest();
        if let Some(after) = rest.get(whole..).and_then(|rest| rest.strip_prefix(':'))
            && after.starts_with(|c: char| c == '$' || c.is_ascii_digit())
        {
            return self.target(None);
        }
        let mut end = whole;
        if rest.get(end..).is_some_and(|rest| rest.starts_with('.')) {
            end = end.saturating_add(1);
            end = end.saturating_add(self.digits(end));
        }
        if rest.get(end..).is_some_and(|rest| rest.starts_with(['E', 'e'])) {
            let sign = usize::from(rest.get(end.saturating_add(1)..).is_some_and(|rest| rest.starts_with(['+', '-'])));
            let exponent = self.digits(end.saturating_add(1).saturating_add(sign));
            if exponent > 0 {
                end = end.saturating_add(1).saturating_add(sign).saturating_add(exponent);
            }
        }
        let number = rest.get(..end).unwrap_or_default().parse().map_err(|_| self.odd())?;
        self.advance(end);
        Ok(Expr::Number(number))
    }

    /// A word: a reference, a name, a function with its arguments, or a sheet and one of these.
    fn target(&mut self, sheet: Option<Arc<str>>) -> Result<Expr, String> {
        if let Style::R1C1 { row, column } = self.style
            && let Some((area, size)) = r1c1(self.rest(), row, column)
        {
            self.advance(size);
            return Ok(Expr::Reference(Reference { sheet, area }));
        }
        let rest = self.rest();
        let size = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let word = rest.get(..size).unwrap_or_default();
        let behind = rest.get(size..).unwrap_or_default();
        if self.rest().starts_with("#REF!") && sheet.is_some() {
            self.advance("#REF!".len());
            return Ok(Expr::Reference(Reference { sheet, area: Area::Lost }));
        }
        if word.is_empty() {
            return Err(self.odd());
        }
        if sheet.is_none() {
            // Two sheets, or one.
            let to =
                behind.strip_prefix(':').map(|rest| rest.find(|c| !is_name(c)).unwrap_or(rest.len()).saturating_add(1));
            let end = match to {
                Some(to) if behind.get(to..).is_some_and(|rest| rest.starts_with('!')) => size.saturating_add(to),
                _ => size,
            };
            if rest.get(end..).is_some_and(|rest| rest.starts_with('!')) {
                let sheet = rest.get(..end).unwrap_or_default();
                self.advance(end.saturating_add(1));
                return self.target(Some(sheet.into()));
            }
        }
        if behind.starts_with('(') {
            self.advance(size.saturating_add(1));
            return self.call(sheet, word);
        }
        // Nothing else can be named so, whichever way references are spelled.
        if let Some((area, size)) = a1(rest) {
            self.advance(size);
            return Ok(Expr::Reference(Reference { sheet, area }));
        }
        self.advance(size);
        if sheet.is_none() && word.eq_ignore_ascii_case("TRUE") {
            return Ok(Expr::Bool(true));
        }
        if sheet.is_none() && word.eq_ignore_ascii_case("FALSE") {
            return Ok(Expr::Bool(false));
        }
        // A DDE link: service|topic!item.
        if let Some(rest) = self.rest().strip_prefix('|') {
            let end = rest.find(['!', ')', ',']).unwrap_or(rest.len());
            let topic = rest.get(..end).unwrap_or_default();
            self.advance(end.saturating_add(1));
            let link: Arc<str> = format!("{word}|{topic}").into();
            if self.eat("!") {
                return self.target(Some(link));
            }
            return Ok(Expr::Name(sheet, link));
        }
        Ok(Expr::Name(sheet, word.into()))
    }

    fn call(&mut self, sheet: Option<Arc<str>>, word: &str) -> Result<Expr, String> {
        let arguments = self.deeper(Self::arguments)?;
        let upper = word.to_ascii_uppercase();
        let plain = upper.trim_start_matches("_XLFN.").trim_start_matches("_XLWS.").trim_start_matches("_XLNM.");
        match function_named(plain).filter(|_| sheet.is_none()) {
            Some(name) => Ok(Expr::Call(name, arguments)),
            None => {
                // A macro may be called by its cell.
                let function =
                    match a1(word).filter(|(area, size)| matches!(area, Area::Cell(_)) && *size == word.len()) {
                        Some((area, _)) => Expr::Reference(Reference { sheet, area }),
                        None => Expr::Name(sheet, word.into()),
                    };
                Ok(Expr::CallOf(Box::new(function), arguments))
            }
        }
    }

    fn arguments(&mut self) -> Result<Vec<Expr>, String> {
        let mut arguments = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(',' | ';') => {
                    self.advance(1);
                    arguments.push(Expr::Missing);
                    continue;
                }
                Some(')') => {
                    self.advance(1);
                    if !arguments.is_empty() {
                        arguments.push(Expr::Missing);
                    }
                    return Ok(arguments);
                }
                _ => arguments.push(self.expression(0)?),
            }
            self.blanks();
            match self.peek() {
                Some(',' | ';') => self.advance(1),
                Some(')') => {
                    self.advance(1);
                    return Ok(arguments);
                }
                _ => return Err(self.odd()),
            }
        }
    }
}

fn is_reference(expr: &Expr) -> bool {
    matches!(expr, Expr::Reference(_) | Expr::Name(..) | Expr::Paren(_) | Expr::Chain(..))
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::office::xlm::text::shown;

    fn again(text: &str) -> String {
        shown(&parse(text, Style::A1).unwrap())
    }

    #[test]
    fn what_is_read_is_shown_again() {
        for text in [
            "HALT()",
            "EXEC(\"cmd \"\"x\"\"\",0)",
            "IF(A1>=$B$2,GOTO(Macro1!$A$5),)",
            "1+2*3^2&\"x\"<>-4%",
            "SUM((A1,B2:C3))",
            "{1,2;\"a\",TRUE}",
            "'My Sheet'!A1:B2",
            "[1]Sheet1!$A$1",
            "SUM(A:A,3:4)",
            "_name.x+#REF!",
            "CALL(\"urlmon\",\"URLDownloadToFileA\",\"JJCCJJ\",0,A1,\"c:\\x\",0,0)",
            "Sheet1:Sheet3!A1",
            "my.function(1,,2)",
            "!A1",
            "(A1:B2 B1:C4)",
            "1.5E+300*0.25",
        ] {
            assert_eq!(again(text), text, "{text}");
        }
    }

    #[test]
    fn operators_bind_as_in_excel() {
        let Expr::Chain(first, rest) = parse("1+2*3", Style::A1).unwrap() else { panic!() };
        assert_eq!(*first, Expr::Number(1.0));
        assert_eq!(rest.len(), 1);
        let Expr::Chain(first, rest) = parse("2*3+1+4", Style::A1).unwrap() else { panic!() };
        assert!(matches!(*first, Expr::Chain(..)));
        assert_eq!(rest.len(), 2);
    }

    #[test]
    fn relative_rows_and_columns() {
        let at = Style::R1C1 { row: 4, column: 2 };
        assert_eq!(shown(&parse("R[-1]C+R1C1+RC[1]", at).unwrap()), "C4+$A$1+D5");
        assert_eq!(shown(&parse("ROW(RC)&R2C1:R3C2", at).unwrap()), "ROW(C5)&$A$2:$B$3");
        assert_eq!(shown(&parse("Rate*CHAR(1)", at).unwrap()), "Rate*CHAR(1)");
    }

    #[test]
    fn broken_texts_are_errors_and_no_panics() {
        for text in ["", "(", "\"", "1+", "A1:", "f(", "{1", "'x", "[", "#", "=A1", "1 2", "RUN(\u{0}"] {
            assert!(parse(text, Style::A1).is_err() || !text.is_empty(), "{text}");
        }
        assert!(parse(&"(".repeat(10_000), Style::A1).is_err());
        assert!(parse(&"-".repeat(10_000), Style::A1).is_err());
        assert!(parse(&format!("{}1", "1&".repeat(20_000)), Style::A1).is_ok());
    }
}
