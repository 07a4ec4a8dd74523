//! `If`, `Select Case`, `For`, `Do` and `While` with what stands in them, MS-VBAL 5.4.2.

use super::super::super::lexer::TokenKind;
use super::super::super::operators::Operator;
use super::super::tree::{Case, Expr, Step, Test};
use super::{MAX_DEPTH, Reader};

impl<'a> Reader<'a> {
    /// `If … Then`, over several lines or on one.
    pub(super) fn choice(&mut self, depth: usize) -> Step {
        self.advance();
        let condition = self.expression();
        let is_block = self.lexed.kind(self.end) == TokenKind::LineEnd;
        if !is_block {
            return self.choice_on_a_line(condition, depth);
        }
        let mut arms = Vec::new();
        let mut arm = Some(condition);
        let mut otherwise = Vec::new();
        loop {
            let steps = self.block(depth, &["else", "elseif", "if"]);
            match arm.take() {
                Some(condition) => arms.push((condition, steps)),
                None => otherwise = steps,
            }
            let Some((first, _)) = self.open() else { break };
            self.consume();
            match first {
                "elseif" => {
                    self.advance();
                    arm = Some(self.expression());
                }
                "else" => {}
                _ => break,
            }
        }
        Step::If(arms, otherwise)
    }

    fn choice_on_a_line(&mut self, condition: Expr, depth: usize) -> Step {
        let (mut then, mut otherwise) = (Vec::new(), Vec::new());
        let mut in_else = false;
        while let Some((first, second)) = self.open() {
            self.consume();
            let last = self.end.saturating_sub(1);
            let has_else = self.lexed.is_word(last, "else");
            if has_else {
                self.end = last;
            }
            if self.at < self.end {
                let step = if depth >= MAX_DEPTH {
                    Step::Stop
                } else {
                    self.statement(first, second, depth.saturating_add(1))
                };
                if in_else { otherwise.push(step) } else { then.push(step) }
            }
            in_else |= has_else;
            // An `If` inside has taken the rest of the line.
            if (!has_else && self.lexed.kind(self.end) == TokenKind::LineEnd) || first == "if" {
                break;
            }
        }
        Step::If(vec![(condition, then)], otherwise)
    }

    pub(super) fn selection(&mut self, depth: usize) -> Step {
        self.at = self.at.saturating_add(2);
        let subject = self.expression();
        let (mut arms, mut otherwise) = (Vec::new(), Vec::new());
        while let Some((first, second)) = self.open() {
            self.consume();
            if first != "case" {
                if first == "end" && second == "select" {
                    break;
                }
                continue;
            }
            self.advance();
            // `Case Else` ends in `Else`, which is cut off as a statement's end.
            let is_else = self.word() == "else";
            let cases = if is_else { Vec::new() } else { self.cases() };
            let steps = self.block(depth, &["case", "select"]);
            if is_else { otherwise = steps } else { arms.push((cases, steps)) }
        }
        Step::Select(subject, arms, otherwise)
    }

    fn cases(&mut self) -> Vec<Case> {
        let mut cases = Vec::new();
        while self.at < self.end {
            let before = self.at;
            if self.take("is") {
                if let Some(operator) = self.operator() {
                    let value = self.expression();
                    cases.push(Case::Is(operator, value));
                }
            } else {
                let value = self.expression();
                if self.take("to") {
                    let to = self.expression();
                    cases.push(Case::Between(value, to));
                } else {
                    cases.push(Case::Is(Operator::Equal, value));
                }
            }
            if self.is(",") || self.at == before {
                self.advance();
            }
        }
        cases
    }

    fn operator(&mut self) -> Option<Operator> {
        let (operator, _, tokens) = Operator::at(self.lexed, self.at, self.end)?;
        self.at = self.at.saturating_add(tokens);
        Some(operator)
    }

    pub(super) fn count(&mut self, depth: usize) -> Step {
        self.advance();
        let counter = self.target();
        if !self.is("=") {
            return Step::Stop;
        }
        self.advance();
        let from = self.expression();
        if !self.take("to") {
            return Step::Stop;
        }
        let to = self.expression();
        let by = self.take("step").then(|| self.expression());
        let body = self.block(depth, &["next"]);
        self.consume();
        Step::Count { counter, from, to, by, body }
    }

    pub(super) fn each(&mut self, depth: usize) -> Step {
        self.at = self.at.saturating_add(2);
        let member = self.target();
        if !self.take("in") {
            return Step::Stop;
        }
        let list = self.expression();
        let body = self.block(depth, &["next"]);
        self.consume();
        Step::Each { member, list, body }
    }

    pub(super) fn repeat(&mut self, first: &str, depth: usize) -> Step {
        self.advance();
        let before = match first {
            "while" => Some(Test { condition: self.expression(), goes_on_if: true }),
            _ => self.test(),
        };
        let body = self.block(depth, if first == "while" { &["wend"] } else { &["loop"] });
        let after = self.open().and_then(|_| {
            self.advance();
            self.test()
        });
        self.consume();
        Step::Repeat { before, after, body }
    }

    fn test(&mut self) -> Option<Test> {
        let goes_on_if = match self.word() {
            "while" => true,
            "until" => false,
            _ => return None,
        };
        self.advance();
        Some(Test { condition: self.expression(), goes_on_if })
    }
}
