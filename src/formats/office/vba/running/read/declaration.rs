//! `Dim`, `Static`, `Const` and `ReDim`, MS-VBAL 5.4.3: how variables start.

use super::super::super::value::{Folded, Value};
use super::super::tree::{Expr, Start, Step};
use super::Reader;

impl Reader<'_> {
    pub(super) fn declaration(&mut self, is_constant: bool) {
        while self.at < self.end {
            let name = self.word();
            if name.is_empty() {
                self.advance();
                continue;
            }
            let number = self.names.number(name);
            self.advance();
            let mut start = Start::Value(Value::Empty);
            if self.is("(") {
                self.advance();
                let list = if self.is(")") { Start::Value(Value::List(Vec::new())) } else { self.bounds() };
                start = list;
                self.past_parenthesis();
            }
            if self.take("as") {
                let _ = self.take("new");
                if matches!(start, Start::Value(Value::Empty)) {
                    start = Start::Value(match self.word() {
                        "string" => Value::Text(Folded::default()),
                        "integer" | "long" | "byte" | "double" | "single" | "longlong" | "boolean" | "currency" => {
                            Value::Number(0.0)
                        }
                        _ => Value::Empty,
                    });
                }
            }
            while self.at < self.end && !self.is(",") && !self.is("=") {
                self.advance();
            }
            if self.is("=") {
                self.advance();
                if let (true, Expr::Value(value)) = (is_constant, self.expression()) {
                    start = Start::Value(value);
                }
            }
            self.starts.push((number, start));
            while self.at < self.end && !self.is(",") {
                self.advance();
            }
            self.advance();
        }
    }

    /// `upper`, or `lower To upper`.
    fn bounds(&mut self) -> Start {
        let first = self.expression();
        if self.take("to") {
            let upper = self.expression();
            return Start::List(upper, Some(first));
        }
        Start::List(first, None)
    }

    fn past_parenthesis(&mut self) {
        let mut depth = 1usize;
        while self.at < self.end && depth > 0 {
            if self.is("(") {
                depth = depth.saturating_add(1);
            } else if self.is(")") {
                depth = depth.saturating_sub(1);
            }
            self.advance();
        }
    }

    pub(super) fn size(&mut self) -> Step {
        self.advance();
        let keeps = self.take("preserve");
        let target = self.target();
        if !self.is("(") {
            return Step::Stop;
        }
        self.advance();
        let first = self.expression();
        let upper = if self.take("to") { self.expression() } else { first };
        if self.is(",") { Step::Stop } else { Step::Size { target, upper, keeps } }
    }
}
