//! What stands between operators: texts, numbers, errors, arrays, and whatever a word begins.

use super::super::formula::Expr;
use super::{Parser, is_name};

const ERRORS: [&str; 8] = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"];

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Result<Expr, String> {
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
}
