//! Expressions: the names they use, and their values.

use super::super::functions::{self, MAX_TEXT};
use super::super::lexer::TokenKind;
use super::super::operators::{Operator, complement, literal, negate};
use super::super::value::{Folded, Value};
use super::arguments::{document, texts};
use super::{Folder, JOINED, MAX_DEPTH, Receiver, Use};
use crate::knowledge::vba::capabilities;

impl Folder<'_> {
    /// An expression, by the precedence of MS-VBAL 5.6.9.
    pub(super) fn expression(&mut self, floor: u8) -> Value {
        if self.depth >= MAX_DEPTH {
            self.advance();
            return Value::Unknown;
        }
        self.depth = self.depth.saturating_add(1);
        let mut left = self.operand();
        while self.at < self.end {
            let Some((operator, power, tokens)) = Operator::at(self.lexed, self.at, self.end) else { break };
            if power < floor {
                break;
            }
            self.at = self.at.saturating_add(tokens);
            let right = self.expression(power.saturating_add(1));
            left = self.join(operator, left, right);
        }
        self.depth = self.depth.saturating_sub(1);
        left
    }

    fn join(&mut self, operator: Operator, left: Value, right: Value) -> Value {
        if !operator.joins(&left, &right) {
            return operator.compute(&left, &right);
        }
        if let (Value::Document(name, _), _) | (_, Value::Document(name, _)) = (&left, &right) {
            let name = format!("{}{JOINED}", name.trim_end_matches(JOINED));
            let joined = left.into_text().zip(right.into_text()).map(|(left, right)| left.text + &right.text);
            let joined = joined.filter(|text| text.len() <= MAX_TEXT && self.work.pay(text.len()));
            return Value::Document(name, joined);
        }
        match (left.into_text(), right.into_text()) {
            (Some(mut left), Some(right)) => {
                let fits = left.text.len().saturating_add(right.text.len()) <= MAX_TEXT;
                if fits && self.work.pay(right.text.len()) {
                    left.append(&right);
                    Value::Text(left)
                } else {
                    Value::Unknown
                }
            }
            (left, right) => {
                // One side stays unknown; what the other has come to is still worth a look.
                let line = self.lexed.line(self.at.saturating_sub(1));
                for side in [left, right].into_iter().flatten() {
                    self.note(&side, line);
                }
                Value::Unknown
            }
        }
    }

    fn operand(&mut self) -> Value {
        if self.at >= self.end {
            return Value::Unknown;
        }
        match self.lexed.kind(self.at) {
            TokenKind::Text => {
                let text = self.lexed.literal(self.at);
                self.advance();
                if self.work.pay(text.len()) { Value::Text(Folded::literal(text)) } else { Value::Unknown }
            }
            TokenKind::Number => {
                let number = literal(self.lexed.lower(self.at));
                self.advance();
                number.map_or(Value::Unknown, Value::Number)
            }
            TokenKind::Date => {
                self.advance();
                Value::Unknown
            }
            TokenKind::Word => match self.word() {
                "not" => {
                    self.advance();
                    complement(&self.expression(2))
                }
                "addressof" | "typeof" | "byval" | "byref" | "call" => {
                    self.advance();
                    let _ = self.expression(7);
                    Value::Unknown
                }
                "new" => {
                    self.advance();
                    let first = self.uses.len();
                    self.chain();
                    if let Some(last) = self.uses.get_mut(first..).and_then(|uses| uses.last_mut()) {
                        last.is_new = true;
                    }
                    Value::Unknown
                }
                "as" => {
                    // A type, or an object of it: `As New WshShell`.
                    self.advance();
                    if self.word() == "new" {
                        self.advance();
                    }
                    let first = self.uses.len();
                    self.chain();
                    if let Some(last) = self.uses.get_mut(first..).and_then(|uses| uses.last_mut()) {
                        last.is_new = true;
                    }
                    Value::Unknown
                }
                _ => self.chain(),
            },
            TokenKind::Symbol if self.is("(") => {
                self.advance();
                let value = self.expression(0);
                if self.is(")") {
                    self.advance();
                }
                value
            }
            TokenKind::Symbol if self.is("-") || self.is("+") => {
                let is_minus = self.is("-");
                self.advance();
                let value = self.expression(7);
                if is_minus { negate(&value) } else { value }
            }
            TokenKind::Symbol if self.is(".") || self.is("!") => self.chain(),
            // A file number.
            TokenKind::Symbol if self.is("#") => {
                self.advance();
                Value::Unknown
            }
            TokenKind::Symbol | TokenKind::LineEnd => Value::Unknown,
        }
    }

    /// `a.b(c)!d`: names joined by dots, with arguments.
    pub(super) fn chain(&mut self) -> Value {
        let mut receiver = Receiver::None;
        if self.is(".") || self.is("!") {
            self.advance();
            receiver = Receiver::Other;
        }
        let mut value = Value::Unknown;
        let start = self.at;
        while self.at < self.end && self.lexed.kind(self.at) == TokenKind::Word {
            let token = self.at;
            let name = self.lexed.lower(token);
            self.advance();
            let values = if self.is("(") {
                self.advance();
                if self.depth >= MAX_DEPTH {
                    None
                } else {
                    self.depth = self.depth.saturating_add(1);
                    let values = self.values(true);
                    self.depth = self.depth.saturating_sub(1);
                    Some(values)
                }
            } else {
                None
            };
            let given = values.as_deref().unwrap_or_default();
            let document = document(given);
            let arguments = texts(given.to_vec());
            self.uses.push(Use { token, receiver, arguments, document, is_new: false, is_target: false });
            value = match value {
                // `.Value` of a document variable is as unknown as the variable.
                value @ Value::Document(..) if receiver != Receiver::None => value,
                _ => self.value_of(name, receiver, values),
            };
            // Cells go without their sheet.
            if receiver != Receiver::None || matches!(name, "range" | "cells") {
                let spelled = self.spelled(start);
                let text = self.outer.string(&spelled).cloned();
                if text.is_some() || capabilities().settings.documents.iter().any(|known| known == name) {
                    value = Value::Document(spelled, text);
                }
            }
            if !(self.is(".") || self.is("!")) {
                break;
            }
            self.advance();
            receiver =
                if self.lexed.is(token.saturating_add(1), "(") { Receiver::Other } else { Receiver::Name(token) };
        }
        value
    }

    /// What a name stands for.
    fn value_of(&mut self, name: &str, receiver: Receiver, arguments: Option<Vec<Value>>) -> Value {
        let is_bare = match receiver {
            Receiver::None => true,
            Receiver::Name(token) => {
                functions::LIBRARY.contains(&self.lexed.lower(token))
                    || (arguments.is_none() && self.outer.get(name).is_some())
            }
            Receiver::Other => false,
        };
        if !is_bare {
            return Value::Unknown;
        }
        let held = self.known.get(name).or_else(|| self.outer.get(name).filter(|_| !self.local.contains(name)));
        match (held, arguments) {
            (Some(Value::List(list)), Some(arguments)) => {
                let index = arguments.first().and_then(Value::count);
                index.and_then(|index| list.get(index)).cloned().unwrap_or(Value::Unknown)
            }
            (Some(value), None) => {
                let value = value.clone();
                if self.work.pay(value.size()) { value } else { Value::Unknown }
            }
            (None, arguments) if self.is_own_function(name) => {
                let known = self.outer.functions;
                known.map_or(Value::Unknown, |known| known.call(name, arguments.unwrap_or_default(), self.work))
            }
            (None, Some(arguments)) if functions::is_known(name) && !self.local.contains(name) => {
                let size = arguments.iter().map(Value::size).fold(0usize, usize::saturating_add);
                if !self.work.pay(size.saturating_mul(2)) {
                    return Value::Unknown;
                }
                let value = functions::call(name, arguments);
                // `String(60000, "a")` makes much of little.
                if self.work.pay(value.size()) { value } else { Value::Unknown }
            }
            (None, None) => functions::constant(name).unwrap_or(Value::Unknown),
            _ => Value::Unknown,
        }
    }

    fn is_own_function(&self, name: &str) -> bool {
        !self.local.contains(name) && self.outer.functions.is_some_and(|functions| functions.has(name))
    }

    /// The chain from a token on, as written; of calls, what they are given.
    fn spelled(&self, start: usize) -> String {
        const MAX_TOKENS: usize = 24;
        let end = self.at.min(start.saturating_add(MAX_TOKENS));
        (start..end).map(|token| self.lexed.spelling(token)).collect()
    }
}
