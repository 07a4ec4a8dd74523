//! Assignments and calls, MS-VBAL 5.4.2.1 and 5.4.3.8, and statements of which no more is known than the names in them.

use super::super::tree::{Expr, Step};
use super::Reader;

impl Reader<'_> {
    /// `x = e`, `x(i) = e`, `Mid(x, i) = e`, or a call.
    pub(super) fn assignment(&mut self) -> Step {
        let name = self.word();
        let next = self.at.saturating_add(1);
        if name.is_empty() {
            return self.touch();
        }
        if self.lexed.is(next, "=") && next < self.end {
            let target = self.target();
            self.advance();
            let joins = |at| self.lexed.is(at, "&") || self.lexed.is(at, "+");
            if self.word() == name && joins(self.at.saturating_add(1)) {
                self.at = self.at.saturating_add(2);
                self.makes_texts = true;
                return Step::Append(target, self.expression());
            }
            return Step::Assign(target, self.expression());
        }
        if self.lexed.is(next, "(") && next < self.end {
            let start = self.at;
            if let Some(step) = self.member_assignment(name) {
                return step;
            }
            self.at = start;
        }
        if name == "set" {
            self.advance();
            let target = self.target();
            return Step::Touch(vec![target]);
        }
        self.invoke()
    }

    fn member_assignment(&mut self, name: &str) -> Option<Step> {
        self.at = self.at.saturating_add(2);
        if matches!(name, "mid" | "midb") && !self.word().is_empty() {
            let target = self.target();
            if !self.is(",") {
                return None;
            }
            self.advance();
            let start = self.expression();
            let length = if self.is(",") {
                self.advance();
                Some(self.expression())
            } else {
                None
            };
            if !self.is(")") || !self.lexed.is(self.at.saturating_add(1), "=") {
                return None;
            }
            self.at = self.at.saturating_add(2);
            self.makes_texts = true;
            return Some(Step::Overwrite { target, start, length, value: self.expression() });
        }
        let index = self.expression();
        if !self.is(")") || !self.lexed.is(self.at.saturating_add(1), "=") {
            return None;
        }
        self.at = self.at.saturating_add(2);
        let target = self.names.number(name);
        self.assigned.push(target);
        Some(Step::AssignMember(target, index, self.expression()))
    }

    /// A call as a statement.
    pub(super) fn invoke(&mut self) -> Step {
        let name = self.word();
        let next = self.at.saturating_add(1);
        if name.is_empty() || self.lexed.is(next, ".") || self.lexed.is(next, "!") || self.lexed.is(next, "#") {
            return self.touch();
        }
        let number = self.names.number(name);
        self.advance();
        let mut arguments = Vec::new();
        let in_parentheses = self.is("(");
        if in_parentheses {
            self.advance();
        }
        while self.at < self.end && !self.is(")") {
            let before = self.at;
            arguments.push(self.expression());
            if self.is(",") || self.at == before {
                self.advance();
            }
        }
        for argument in &arguments {
            if let Expr::Name(number) = argument {
                self.assigned.push(*number);
            }
        }
        Step::Invoke(number, arguments)
    }

    /// A statement that is not understood: the variables it names may change.
    fn touch(&mut self) -> Step {
        let mut touched = Vec::new();
        while self.at < self.end {
            let is_bare = self.at.checked_sub(1).is_none_or(|before| !self.lexed.is(before, "."));
            if !self.word().is_empty() && is_bare && touched.len() < 16 {
                touched.push(self.names.number(self.word()));
            }
            self.advance();
        }
        Step::Touch(touched)
    }
}
