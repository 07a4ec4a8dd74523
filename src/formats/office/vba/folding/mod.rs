//! Statements in order, with every value that is known without running code: which names are used, with which
//! arguments, and which texts come of it. Constants, concatenation, library functions and straight-line assignments are
//! followed; loops and the program's own functions are run where they need nothing but values (`running`). Of branches
//! every one is read.

mod expression;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::functions::MAX_TEXT;
use super::lexer::{Lexed, TokenKind};
use super::running::{Functions, run_loop};
use super::value::{Folded, Value};

/// A name used in code, with what it was given.
#[derive(Debug)]
pub(super) struct Use {
    /// Token of the name.
    pub(super) token: usize,
    /// What stands before it.
    pub(super) receiver: Receiver,
    /// Texts of its arguments, where known.
    pub(super) arguments: Vec<Option<String>>,
    /// What an argument takes from the document, where it does: `UserForm1.Label1.Caption`.
    pub(super) document: Option<String>,
    /// Whether it names a class, after `New` or `As`.
    pub(super) is_new: bool,
    /// Whether it is assigned to.
    pub(super) is_target: bool,
}

/// What stands before a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receiver {
    /// Nothing: a call or a variable.
    None,
    /// A dot after another name, whose token this is.
    Name(usize),
    /// A dot after something else, or the object of a `With`.
    Other,
}

/// A text that came of folding and that the source does not hold as one literal.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) line: u32,
    pub(super) text: Folded,
}

/// Known values by lower-case name.
pub(super) type Known = BTreeMap<String, Value>;

/// Values known from outside a procedure: its module's, then the project's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outer<'a> {
    pub(super) module: &'a Known,
    pub(super) project: &'a Known,
    /// Functions that may be run for their value.
    pub(super) functions: Option<&'a Functions<'a>>,
    /// What the document keeps outside its code.
    pub(super) strings: &'a Strings,
    /// The module's name in lower case: in a form, its controls go without it.
    pub(super) form: &'a str,
}

/// Texts by the names code reaches them by, lower case: `userform1.label1.caption`.
pub(super) type Strings = BTreeMap<String, String>;

static NO_STRINGS: Strings = Strings::new();
static NOTHING: Known = Known::new();

impl Default for Outer<'_> {
    fn default() -> Self {
        Outer { module: &NOTHING, project: &NOTHING, functions: None, strings: &NO_STRINGS, form: "" }
    }
}

impl<'a> Outer<'a> {
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.module.get(name).or_else(|| self.project.get(name))
    }

    /// The text that the document keeps under this name. The default property of a control may be left out.
    fn string(self, name: &str) -> Option<&'a String> {
        if self.strings.is_empty() {
            return None;
        }
        let name = name.to_lowercase().replace('!', ".");
        let bare = name.strip_prefix("me.").unwrap_or(&name);
        let bare = bare.strip_suffix(".text").unwrap_or(bare);
        let of = |name: &str| {
            let suffixes = ["", ".value", ".caption", ".text"].iter();
            suffixes.clone().find_map(|suffix| self.strings.get(&format!("{name}{suffix}")))
        };
        of(bare).or_else(|| of(&format!("{}.{bare}", self.form)))
    }
}

/// What folding may cost per project. `x = x & y` over a large payload stays linear; anything worse ends here.
#[derive(Debug)]
pub(super) struct Work {
    /// Bytes it may still write.
    bytes: usize,
    /// Steps it may still run.
    steps: usize,
}

impl Work {
    pub(super) fn new() -> Self {
        Work { bytes: 32 << 20, steps: 1_500_000 }
    }

    pub(super) fn pay(&mut self, bytes: usize) -> bool {
        match self.bytes.checked_sub(bytes.saturating_add(16)) {
            Some(left) => {
                self.bytes = left;
                true
            }
            None => {
                // What costs too much ends here, lest it be tried again and again.
                self.bytes = 0;
                false
            }
        }
    }

    /// Pays for steps of a run. What is not run stays unknown, like all that depends on running.
    pub(super) fn step(&mut self, steps: usize) -> bool {
        let left = self.steps.checked_sub(steps);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether folding was cut short.
    pub(super) fn is_spent(&self) -> bool {
        self.bytes < 1_024
    }
}

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

    /// Statements of the loop that starts here.
    fn loop_length(&self, statements: &[Range<usize>]) -> Option<usize> {
        const MAX_LENGTH: usize = 400;
        let first = |range: &Range<usize>| {
            let at = range.start;
            let is_number = self.lexed.kind(at) == TokenKind::Number;
            self.lexed.lower(if is_number { at.saturating_add(1) } else { at })
        };
        let mut depth = 0usize;
        for (index, statement) in statements.iter().take(MAX_LENGTH).enumerate() {
            match first(statement) {
                "for" | "do" | "while" => depth = depth.saturating_add(1),
                "next" | "loop" | "wend" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(index.saturating_add(1));
                    }
                }
                _ if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// What a loop leaves behind, if it needs nothing but values.
    fn ran(&mut self, statements: &[Range<usize>]) -> Option<Vec<(String, Value)>> {
        let (known, fresh, local) = (&self.known, &self.fresh, &self.local);
        let before = |name: &str| match known.get(name) {
            Some(value) => Some(value.clone()),
            None if fresh.contains(name) => Some(Value::Empty),
            None => local.contains(name).then_some(Value::Unknown),
        };
        run_loop(self.lexed, statements, self.outer, before, self.work)
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

    /// `Dim a, b(3) As String`: what is declared is empty. The types are read as the rest of the statement.
    fn declaration(&mut self) {
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
        let number = |at: usize| super::operators::literal(self.lexed.lower(at)).and_then(|n| Value::Number(n).count());
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
    fn constant(&mut self) -> bool {
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

    /// `name = value`, or any other start of a statement.
    fn assignment(&mut self) {
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

    /// Arguments, up to the closing parenthesis or the end of the statement.
    fn values(&mut self, in_parentheses: bool) -> Vec<Value> {
        const MAX_ARGUMENTS: usize = 65_536;
        let mut values = Vec::new();
        let mut is_empty = true;
        while self.at < self.end {
            if in_parentheses && self.is(")") {
                self.advance();
                break;
            }
            if self.is(",") || self.is(";") {
                if is_empty {
                    values.push(Value::Unknown);
                }
                is_empty = true;
                self.advance();
                continue;
            }
            // `name:=value`
            if self.lexed.is(self.at.saturating_add(1), ":") && self.lexed.is(self.at.saturating_add(2), "=") {
                self.at = self.at.saturating_add(3);
            }
            let before = self.at;
            let line = self.lexed.line(self.at);
            let value = self.expression(0);
            if let Value::Text(text) = &value {
                let text = text.clone();
                self.note(&text, line);
            }
            if self.at == before {
                self.advance();
            } else if values.len() < MAX_ARGUMENTS {
                values.push(value);
                is_empty = false;
            }
        }
        values
    }
}

/// Texts of values, where they are texts.
fn texts(values: Vec<Value>) -> Vec<Option<String>> {
    values
        .into_iter()
        .map(|value| match value {
            Value::Text(text) => Some(text.text),
            Value::Document(_, text) => text,
            _ => None,
        })
        .collect()
}

/// What the first of some values that comes of the document is called.
fn document(values: &[Value]) -> Option<String> {
    values.iter().find_map(|value| match value {
        Value::Document(name, _) => Some(name.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
