//! Tokens to the tree. What makes no sense becomes a statement that stops the run when it is come to, so that the rest
//! still runs.
//!
//! `control_flow` branches and loops; `declaration` what variables start as; `assignment` assignments and calls;
//! `expression` expressions. Here the tokens of a statement and the statements of a block.

mod assignment;
mod control_flow;
mod declaration;
mod expression;

use std::ops::Range;

use super::super::lexer::{Lexed, TokenKind};
use super::super::syntax::Procedure;
use super::tree::{Block, Leave, Names, Start, Step};

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

    /// A variable that is assigned to.
    fn target(&mut self) -> usize {
        let number = self.names.number(self.word());
        self.assigned.push(number);
        self.advance();
        number
    }
}
