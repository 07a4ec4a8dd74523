//! Expressions, by the precedence of MS-VBAL 5.6.9.

use super::super::super::functions;
use super::super::super::lexer::TokenKind;
use super::super::super::operators::{Operator, literal};
use super::super::super::value::{Folded, Value};
use super::super::tree::Expr;
use super::{MAX_DEPTH, Reader};

impl Reader<'_> {
    pub(super) fn expression(&mut self) -> Expr {
        self.operation(0)
    }

    fn operation(&mut self, floor: u8) -> Expr {
        if self.depth >= MAX_DEPTH {
            self.at = self.end;
            return Expr::Value(Value::Unknown);
        }
        self.depth = self.depth.saturating_add(1);
        let mut left = self.operand();
        while self.at < self.end {
            let Some((operator, power, tokens)) = Operator::at(self.lexed, self.at, self.end) else { break };
            if power < floor {
                break;
            }
            self.at = self.at.saturating_add(tokens);
            self.makes_texts |= matches!(operator, Operator::Join | Operator::Xor);
            let right = self.operation(power.saturating_add(1));
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
        self.depth = self.depth.saturating_sub(1);
        left
    }

    fn operand(&mut self) -> Expr {
        let unknown = Expr::Value(Value::Unknown);
        if self.at >= self.end {
            return unknown;
        }
        match self.lexed.kind(self.at) {
            TokenKind::Text => {
                let text = self.lexed.literal(self.at);
                self.advance();
                Expr::Value(Value::Text(Folded::literal(text)))
            }
            TokenKind::Number => {
                let number = literal(self.lexed.lower(self.at));
                self.advance();
                Expr::Value(number.map_or(Value::Unknown, Value::Number))
            }
            TokenKind::Word => match self.word() {
                "not" => {
                    self.advance();
                    Expr::Not(Box::new(self.operation(2)))
                }
                "true" => {
                    self.advance();
                    Expr::Value(Value::Number(-1.0))
                }
                "false" => {
                    self.advance();
                    Expr::Value(Value::Number(0.0))
                }
                "new" | "typeof" | "addressof" | "byval" | "byref" => {
                    self.advance();
                    let _ = self.operation(7);
                    unknown
                }
                _ => self.chain(),
            },
            TokenKind::Symbol if self.is("(") => {
                self.advance();
                let inner = self.operation(0);
                if self.is(")") {
                    self.advance();
                }
                inner
            }
            TokenKind::Symbol if self.is("-") => {
                self.advance();
                Expr::Negate(Box::new(self.operation(7)))
            }
            TokenKind::Symbol if self.is("+") => {
                self.advance();
                self.operation(7)
            }
            TokenKind::Symbol if self.is(".") || self.is("!") => {
                self.advance();
                let _ = self.chain();
                unknown
            }
            TokenKind::Symbol if self.is(")") || self.is(",") => unknown,
            _ => {
                self.advance();
                unknown
            }
        }
    }

    fn chain(&mut self) -> Expr {
        let mut name = self.word();
        self.advance();
        while self.is(".") && functions::LIBRARY.contains(&name) && !self.word_at(self.at.saturating_add(1)).is_empty()
        {
            self.advance();
            name = self.word();
            self.advance();
        }
        let number = self.names.number(name);
        self.makes_texts |= matches!(name, "chr" | "chrw" | "chrb" | "mid" | "strreverse" | "replace");
        let mut expression = if self.is("(") {
            self.advance();
            Expr::Call(number, self.arguments())
        } else {
            Expr::Name(number)
        };
        // Members of something else are not known; they are read over.
        while self.at < self.end && (self.is(".") || self.is("!")) {
            self.advance();
            if self.lexed.kind(self.at) == TokenKind::Word {
                self.advance();
            }
            if self.is("(") {
                self.advance();
                let _ = self.arguments();
            }
            expression = Expr::Value(Value::Unknown);
        }
        expression
    }

    fn arguments(&mut self) -> Vec<Expr> {
        let mut arguments = Vec::new();
        while self.at < self.end && !self.is(")") {
            let before = self.at;
            arguments.push(self.operation(0));
            if self.is(",") || self.at == before {
                self.advance();
            }
        }
        self.advance();
        arguments
    }
}
