//! Tokens to the tree. What makes no sense becomes a statement that stops the run when it is come to, so that the rest
//! still runs.

use std::ops::Range;

use super::super::functions;
use super::super::lexer::{Lexed, TokenKind};
use super::super::operators::{Operator, literal};
use super::super::syntax::Procedure;
use super::super::value::{Folded, Value};
use super::tree::{Block, Case, Expr, Leave, Names, Start, Step, Test};

/// Blocks in blocks, and expressions in expressions.
const MAX_DEPTH: usize = 40;

/// Reads a procedure.
pub(super) fn procedure(lexed: &Lexed, procedure: &Procedure) -> Block {
    let mut reader = Reader::new(lexed, &procedure.statements);
    let parameters: Vec<usize> = procedure.parameters.iter().map(|name| reader.names.number(name)).collect();
    let result = reader.names.number(&procedure.name.to_lowercase());
    let steps = reader.block(0, &[]);
    let mut block = reader.finish(steps);
    block.parameters = parameters;
    block.result = Some(result);
    block
}

/// Reads statements that are a whole loop.
pub(super) fn statements(lexed: &Lexed, statements: &[Range<usize>]) -> Block {
    let mut reader = Reader::new(lexed, statements);
    let steps = reader.block(0, &[]);
    reader.finish(steps)
}

struct Reader<'a> {
    lexed: &'a Lexed,
    statements: &'a [Range<usize>],
    /// The statement read next.
    next: usize,
    /// The token read next, and the end of its statement.
    at: usize,
    end: usize,
    names: Names,
    starts: Vec<(usize, Start)>,
    assigned: Vec<usize>,
    makes_texts: bool,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(lexed: &'a Lexed, statements: &'a [Range<usize>]) -> Self {
        Reader {
            lexed,
            statements,
            next: 0,
            at: 0,
            end: 0,
            names: Names::default(),
            starts: Vec::new(),
            assigned: Vec::new(),
            makes_texts: false,
            depth: 0,
        }
    }

    fn finish(mut self, steps: Vec<Step>) -> Block {
        self.assigned.sort_unstable();
        self.assigned.dedup();
        Block {
            steps,
            names: self.names.names,
            starts: self.starts,
            parameters: Vec::new(),
            result: None,
            assigned: self.assigned,
            makes_texts: self.makes_texts,
        }
    }

    fn word(&self) -> &'a str {
        if self.at < self.end && self.lexed.kind(self.at) == TokenKind::Word { self.lexed.lower(self.at) } else { "" }
    }

    fn word_at(&self, at: usize) -> &'a str {
        if at < self.end && self.lexed.kind(at) == TokenKind::Word { self.lexed.lower(at) } else { "" }
    }

    fn is(&self, symbol: &str) -> bool {
        self.at < self.end && self.lexed.is(self.at, symbol)
    }

    fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.advance();
        }
        found
    }

    /// Goes to the next statement; its first two words.
    fn open(&mut self) -> Option<(&'a str, &'a str)> {
        let range = self.statements.get(self.next)?;
        self.at = range.start;
        self.end = range.end;
        if self.lexed.kind(self.at) == TokenKind::Number {
            self.advance();
        }
        Some((self.word(), self.word_at(self.at.saturating_add(1))))
    }

    fn consume(&mut self) {
        self.next = self.next.saturating_add(1);
    }

    /// Statements up to one that starts with one of these words, which is left.
    fn block(&mut self, depth: usize, until: &[&str]) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some((first, second)) = self.open() {
            let ends = match first {
                "end" => until.contains(&second),
                // These begin what `End If` and `End Select` end.
                "if" | "select" => false,
                word => until.contains(&word),
            };
            if ends && !until.is_empty() {
                break;
            }
            if depth >= MAX_DEPTH {
                steps.push(Step::Stop);
                self.next = self.statements.len();
                break;
            }
            self.consume();
            steps.push(self.statement(first, second, depth.saturating_add(1)));
        }
        steps
    }

    fn statement(&mut self, first: &'a str, second: &'a str, depth: usize) -> Step {
        match first {
            "if" => self.choice(depth),
            "select" => self.selection(depth),
            "for" if second == "each" => self.each(depth),
            "for" => self.count(depth),
            "do" | "while" => self.repeat(first, depth),
            "exit" => match second {
                "for" => Step::Leave(Leave::For),
                "do" => Step::Leave(Leave::Do),
                _ => Step::Leave(Leave::Procedure),
            },
            "dim" | "static" | "const" => {
                self.advance();
                self.declaration(first == "const");
                Step::Touch(Vec::new())
            }
            "redim" => self.size(),
            "on" | "option" | "debug" | "randomize" | "doevents" | "with" | "attribute" | "beep" => {
                Step::Touch(Vec::new())
            }
            "end" if second == "with" => Step::Touch(Vec::new()),
            "goto" | "gosub" | "return" | "resume" | "end" | "else" | "elseif" | "case" | "next" | "loop" | "wend" => {
                Step::Stop
            }
            "let" => {
                self.advance();
                self.assignment()
            }
            "call" => {
                self.advance();
                self.invoke()
            }
            _ => self.assignment(),
        }
    }

    /// `If … Then`, over several lines or on one.
    fn choice(&mut self, depth: usize) -> Step {
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

    fn selection(&mut self, depth: usize) -> Step {
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
        let next = if self.at.saturating_add(1) < self.end { self.lexed.lower(self.at.saturating_add(1)) } else { "" };
        let (operator, _, is_long) = Operator::read(self.lexed.lower(self.at), next)?;
        self.at = self.at.saturating_add(if is_long { 2 } else { 1 });
        Some(operator)
    }

    fn count(&mut self, depth: usize) -> Step {
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

    fn each(&mut self, depth: usize) -> Step {
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

    fn repeat(&mut self, first: &str, depth: usize) -> Step {
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

    /// A variable that is assigned to.
    fn target(&mut self) -> usize {
        let number = self.names.number(self.word());
        self.assigned.push(number);
        self.advance();
        number
    }

    fn declaration(&mut self, is_constant: bool) {
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

    fn size(&mut self) -> Step {
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

    /// `x = e`, `x(i) = e`, `Mid(x, i) = e`, or a call.
    fn assignment(&mut self) -> Step {
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
    fn invoke(&mut self) -> Step {
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

    fn expression(&mut self) -> Expr {
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
            let next = self.at.saturating_add(1);
            let following = if next < self.end { self.lexed.lower(next) } else { "" };
            let Some((operator, power, is_long)) = Operator::read(self.lexed.lower(self.at), following) else { break };
            if power < floor {
                break;
            }
            self.at = self.at.saturating_add(if is_long { 2 } else { 1 });
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
