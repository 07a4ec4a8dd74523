//! Words: references, names, sheets in front of them, DDE links, and functions with their arguments.

use std::sync::Arc;

use super::super::formula::{Area, Expr, Reference};
use super::addresses::{a1, r1c1};
use super::{Parser, Style, is_name};
use crate::formats::office::biff::function_named;

impl Parser<'_> {
    /// A word: a reference, a name, a function with its arguments, or a sheet and one of these.
    pub(super) fn target(&mut self, sheet: Option<Arc<str>>) -> Result<Expr, String> {
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
