//! Statements in order, with every value that is known without running code: which names are used, with which
//! arguments, and which texts come of it. Constants, concatenation, library functions and straight-line assignments are
//! followed; loops and the program's own functions are run where they need nothing but values (`running`). Of branches
//! every one is read.
//!
//! `declaration` `assignment` statements by kind, `loops` those that are run; `arguments` `expression` what stands in
//! them; `uses` what is found; `outer` what is known before, `work` what all of it may cost. Here the walk through the
//! statements of a procedure.

mod arguments;
mod assignment;
mod declaration;
mod expression;
mod loops;
mod outer;
mod uses;
mod work;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::lexer::{Lexed, TokenKind};
use super::value::{Folded, Value};

pub(super) use self::outer::{Known, Outer, Strings};
pub(super) use self::uses::{Made, Receiver, Use};
pub(super) use self::work::Work;

/// Behind the name of something the document holds, once more was joined to it.
const JOINED: &str = " & …";
/// Expressions inside expressions; VBA itself refuses far fewer.
const MAX_DEPTH: usize = 48;
/// Texts kept per procedure.
const MAX_MADE: usize = 4_096;

/// Walks the statements of one procedure.
pub(super) struct Folder<'a> {
    lexed: &'a Lexed,
    outer: Outer<'a>,
    work: &'a mut Work,
    known: HashMap<String, Value>,
    /// Names with a local value or lost value: outer values of the same name do not count.
    local: BTreeSet<String>,
    /// Names declared here that nothing was assigned to yet.
    fresh: BTreeSet<String>,
    loops: usize,
    depth: usize,
    uses: Vec<Use>,
    made: Vec<Made>,
    at: usize,
    end: usize,
}

impl<'a> Folder<'a> {
    /// A walk with values known from outside the procedure.
    pub(super) fn new(lexed: &'a Lexed, outer: Outer<'a>, locals: &BTreeSet<String>, work: &'a mut Work) -> Self {
        Folder {
            lexed,
            outer,
            work,
            known: HashMap::new(),
            local: locals.clone(),
            fresh: BTreeSet::new(),
            loops: 0,
            depth: 0,
            uses: Vec::new(),
            made: Vec::new(),
            at: 0,
            end: 0,
        }
    }

    /// A parameter whose value every call gives alike.
    pub(super) fn give(&mut self, parameter: &str, text: &str) {
        self.known.insert(parameter.to_owned(), Value::Text(Folded::literal(text.to_owned())));
    }

    /// Statements in order. A loop that only makes values is run.
    pub(super) fn statements(&mut self, statements: &[Range<usize>]) {
        let mut ends: Option<(usize, Vec<(String, Value)>)> = None;
        for (index, statement) in statements.iter().enumerate() {
            if ends.is_none()
                && self.loops == 0
                && self.outer.functions.is_some()
                && let Some(length) = self.loop_length(statements.get(index..).unwrap_or_default())
            {
                let whole = statements.get(index..index.saturating_add(length)).unwrap_or_default();
                ends = self.ran(whole).map(|after| (index.saturating_add(length), after));
            }
            self.statement(statement);
            if ends.as_ref().is_some_and(|(end, _)| *end == index.saturating_add(1)) {
                let line = self.lexed.line(statement.start);
                for (name, value) in ends.take().into_iter().flat_map(|(_, after)| after) {
                    if let Value::Text(text) = &value {
                        self.note(text, line);
                    }
                    self.set(&name, value);
                }
            }
        }
    }

    /// One statement.
    pub(super) fn statement(&mut self, range: &Range<usize>) {
        self.at = range.start;
        self.end = range.end;
        if self.lexed.kind(self.at) == TokenKind::Number {
            self.at = self.at.saturating_add(1);
        }
        match self.word() {
            "for" | "do" | "while" => self.loops = self.loops.saturating_add(1),
            "next" | "loop" | "wend" => self.loops = self.loops.saturating_sub(1),
            _ => {}
        }
        if matches!(self.word(), "public" | "private" | "global" | "static" | "friend") {
            self.at = self.at.saturating_add(1);
        }
        match self.word() {
            "const" => {
                self.at = self.at.saturating_add(1);
                while self.constant() {}
            }
            "dim" | "static" => {
                self.advance();
                self.declaration();
            }
            "let" | "set" => {
                self.at = self.at.saturating_add(1);
                self.assignment();
            }
            _ => self.assignment(),
        }
        // Whatever of the statement is left: arguments without parentheses, words of statements.
        let mut last = usize::MAX;
        while self.at < self.end && self.at != last {
            last = self.at;
            self.loose();
        }
    }

    /// Known values and texts at the procedure's end.
    pub(super) fn finish(mut self) -> (Vec<Use>, Vec<Made>, HashMap<String, Value>) {
        let line = self.lexed.line(self.end.saturating_sub(1));
        let mut left: Vec<(&String, &Value)> = self.known.iter().collect();
        left.sort_by_key(|(name, _)| *name);
        let texts: Vec<Folded> = left
            .into_iter()
            .filter_map(|(_, value)| match value {
                Value::Text(text) if text.is_made() => Some(text.clone()),
                _ => None,
            })
            .collect();
        for text in texts {
            self.note(&text, line);
        }
        (self.uses, self.made, self.known)
    }

    fn word(&self) -> &'a str {
        if self.at < self.end && self.lexed.kind(self.at) == TokenKind::Word { self.lexed.lower(self.at) } else { "" }
    }

    fn is(&self, symbol: &str) -> bool {
        self.at < self.end && self.lexed.is(self.at, symbol)
    }

    fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn note(&mut self, text: &Folded, line: u32) {
        if text.is_made() && self.made.len() < MAX_MADE && self.work.pay(text.text.len()) {
            self.made.push(Made { line, text: text.clone() });
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        self.local.insert(name.to_owned());
        self.fresh.remove(name);
        if let Some(Value::Text(old)) = self.known.remove(name) {
            // An overwritten text was used before; an extended one is noted when it is complete.
            let is_extended = matches!(&value, Value::Text(new) if new.text.starts_with(&old.text));
            if !is_extended {
                let line = self.lexed.line(self.at.saturating_sub(1));
                self.note(&old, line);
            }
        }
        if value != Value::Unknown {
            self.known.insert(name.to_owned(), value);
        }
    }

    /// One more expression somewhere in a statement.
    fn loose(&mut self) {
        let line = self.lexed.line(self.at);
        let before = self.at;
        let value = self.expression(0);
        if let Value::Text(text) = value {
            self.note(&text, line);
        }
        if self.at == before {
            self.advance();
        }
    }
}

#[cfg(test)]
mod tests;
