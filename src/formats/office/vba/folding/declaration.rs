//! `Dim`, `Static` and `Const`, MS-VBAL 5.4.3: what variables start as, and constants.

use super::super::lexer::TokenKind;
use super::super::operators::literal;
use super::super::value::Value;
use super::Folder;

impl Folder<'_> {
    /// `Dim a, b(3) As String`: what is declared is empty. The types are read as the rest of the statement.
    pub(super) fn declaration(&mut self) {
        let (mut depth, mut expects) = (0usize, true);
        for index in self.at..self.end {
            match self.lexed.lower(index) {
                "(" => {
                    depth = depth.saturating_add(1);
                    // A list: its size is read by `running` where it matters.
                    if depth == 1
                        && let Some(name) = index.checked_sub(1)
                    {
                        let list = self.list(index);
                        let name = self.lexed.lower(name).to_owned();
                        self.fresh.remove(&name);
                        if let Some(list) = list {
                            self.known.insert(name, list);
                        }
                    }
                }
                ")" => depth = depth.saturating_sub(1),
                "," => expects = depth == 0,
                word if expects && self.lexed.kind(index) == TokenKind::Word => {
                    if !self.known.contains_key(word) {
                        self.fresh.insert(word.to_owned());
                    }
                    expects = false;
                }
                _ => {}
            }
        }
    }

    /// The list that `Dim x(10)` makes; without a size, an empty one.
    fn list(&self, parenthesis: usize) -> Option<Value> {
        const MAX_LIST: usize = 65_536;
        let next = parenthesis.saturating_add(1);
        if self.lexed.is(next, ")") {
            return Some(Value::List(Vec::new()));
        }
        let number = |at: usize| literal(self.lexed.lower(at)).and_then(|n| Value::Number(n).count());
        let (lower, upper, end) = if self.lexed.is_word(next.saturating_add(1), "to") {
            (number(next)?, number(next.saturating_add(2))?, next.saturating_add(3))
        } else {
            (0, number(next)?, next.saturating_add(1))
        };
        if upper >= MAX_LIST || !self.lexed.is(end, ")") {
            return None;
        }
        Some(Value::List((0..=upper).map(|at| if at < lower { Value::Unknown } else { Value::Empty }).collect()))
    }

    /// `Const name [As type] = value`, one of a comma-separated list.
    pub(super) fn constant(&mut self) -> bool {
        let name = self.word();
        if name.is_empty() {
            return false;
        }
        self.advance();
        while self.at < self.end && !self.is("=") && !self.is(",") {
            self.advance();
        }
        if self.is("=") {
            self.advance();
            let value = self.expression(0);
            self.set(name, value);
        }
        let goes_on = self.is(",");
        self.advance();
        goes_on
    }
}
