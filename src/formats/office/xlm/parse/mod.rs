//! Formulas from text: as OOXML keeps them (A1), as SYLK does (R1C1), and as macros write them with `FORMULA`.
//!
//! Here the text and the place in it; `operators` what binds how tightly; `operands` what stands between them; `words`
//! names and calls; `addresses` references as A1 and as R1C1.

mod addresses;
mod operands;
mod operators;
mod words;

pub(crate) use addresses::cell_address;

use super::formula::{Expr, MAX_DEPTH};

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

    fn odd(&self) -> String {
        format!("not understood from character {} on", self.at.saturating_add(1))
    }
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
