//! Assignments, and calls as statements.

use super::super::functions::MAX_TEXT;
use super::super::lexer::TokenKind;
use super::super::value::Value;
use super::arguments::{document, texts};
use super::{Folder, Receiver, Use};

impl Folder<'_> {
    /// `name = value`, or any other start of a statement.
    pub(super) fn assignment(&mut self) {
        let name = self.word();
        if name.is_empty() || !self.lexed.is(self.at.saturating_add(1), "=") {
            self.head();
            return;
        }
        self.uses.push(Use {
            token: self.at,
            receiver: Receiver::None,
            arguments: Vec::new(),
            document: None,
            is_new: false,
            is_target: true,
        });
        self.advance();
        self.advance();
        // `x = x & …` extends in place: copying the text each time would be quadratic.
        let extends = self.word() == name
            && (self.lexed.is(self.at.saturating_add(1), "&") || self.lexed.is(self.at.saturating_add(1), "+"));
        let old = if extends { self.known.remove(name) } else { None };
        if let Some(Value::Text(mut text)) = old {
            self.advance();
            self.advance();
            let more = self.expression(0);
            let more = if self.loops == 0 { more.into_text() } else { None };
            match more {
                Some(more)
                    if text.text.len().saturating_add(more.text.len()) <= MAX_TEXT
                        && self.work.pay(more.text.len()) =>
                {
                    text.append(&more);
                    self.local.insert(name.to_owned());
                    self.known.insert(name.to_owned(), Value::Text(text));
                }
                _ => self.note(&text, self.lexed.line(self.at.saturating_sub(1))),
            }
            return;
        }
        // What is no plain text is joined as in any expression.
        if let Some(old) = old {
            self.known.insert(name.to_owned(), old);
        }
        let value = self.expression(0);
        let value = if extends && self.loops > 0 { Value::Unknown } else { value };
        self.set(name, value);
    }

    /// The first expression of a statement that assigns nothing to a plain name: a call, a member, a keyword.
    fn head(&mut self) {
        if self.word() == "call" {
            self.advance();
        }
        let first = self.uses.len();
        if matches!(self.lexed.kind(self.at), TokenKind::Word) || self.is(".") {
            self.chain();
        }
        // What follows a call without parentheses are its arguments.
        if self.at < self.end && !self.is("=") {
            let target = self.uses.len().checked_sub(1).filter(|last| *last >= first);
            let values = self.values(false);
            if let Some(named) = target.and_then(|index| self.uses.get_mut(index))
                && named.arguments.is_empty()
            {
                named.document = document(&values);
                named.arguments = texts(values);
            }
        } else if self.is("=") {
            self.advance();
            let value = self.expression(0);
            let line = self.lexed.line(self.at.saturating_sub(1));
            if let Value::Text(text) = &value {
                let text = text.clone();
                self.note(&text, line);
            }
            let target = self.uses.get_mut(first..).and_then(|uses| uses.last_mut());
            if let Some(named) = target
                && named.arguments.is_empty()
                && matches!(value, Value::Text(_) | Value::Document(..))
            {
                named.document = document(std::slice::from_ref(&value));
                named.arguments = texts(vec![value]);
            }
        }
    }
}
