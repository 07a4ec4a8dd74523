//! Compiled lines back to VBA source: a machine with a stack of texts. Operands push, operators join, statements say.
//! Compiled code keeps parentheses, so the text needs none of its own. Every byte written is paid for, since lines of a
//! hostile table may overlap.

use std::borrow::Cow;

use super::line::{Instruction, Instructions};
use super::module::Line;
use super::operands::{NO_NAME, Scope};
use crate::formats::office::vba::codepage::CodePage;

/// Bytes of text that the lines of one project may take, with what is copied on the way.
pub(in crate::formats::office::vba) const MAX_WORK: usize = 8 << 20;
/// Operands a line may hold at once.
const MAX_STACK: usize = 4_096;

/// A line as source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    /// Whether every instruction made sense and found its operands.
    pub(super) is_whole: bool,
    /// Whether a name in it is not known.
    pub(super) has_unknown: bool,
    /// Whether it declares something: part of it comes from records.
    pub(super) declares: bool,
}

/// The machine.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) scope: Scope<'a>,
    code_page: CodePage,
    pub(super) stack: Vec<String>,
    pub(super) out: String,
    /// `Set `, `Let ` or nothing, for the assignment to come.
    pub(super) prefix: &'static str,
    /// What is being declared.
    pub(super) declaration: Option<Declaration>,
    /// Whether the next statement goes on in the one before: items of a list.
    pub(super) items: usize,
    pub(super) is_whole: bool,
    pub(super) has_unknown: bool,
    pub(super) declares: bool,
    /// Whether comments are left out.
    pub(super) skips_comments: bool,
    left: usize,
}

/// What a line declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) is_const: bool,
    pub(super) count: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(scope: Scope<'a>, code_page: CodePage, left: usize) -> Self {
        Writer {
            scope,
            code_page,
            stack: Vec::new(),
            out: String::new(),
            prefix: "",
            declaration: None,
            items: 0,
            is_whole: true,
            has_unknown: false,
            declares: false,
            skips_comments: false,
            left,
        }
    }

    /// Whether the work is done for.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// One line as source.
    pub(super) fn line(&mut self, line: Line) -> Text {
        self.stack.clear();
        self.out.clear();
        self.prefix = "";
        self.declaration = None;
        self.items = 0;
        (self.is_whole, self.has_unknown, self.declares) = (true, false, false);
        let mut instructions = Instructions::new(self.scope.code.body(line), self.scope.code.numbering);
        for instruction in instructions.by_ref() {
            self.pay(4);
            if self.is_spent() || self.stack.len() > MAX_STACK {
                self.is_whole = false;
                break;
            }
            if !self.expression(&instruction) && !self.statement(&instruction) && !self.declare(&instruction) {
                self.is_whole = false;
                self.say(instruction.mnemonic);
            }
        }
        self.is_whole &= !instructions.is_cut;
        // What no statement took is shown, so that a reader sees it.
        if !self.stack.is_empty() {
            self.is_whole = false;
            for operand in std::mem::take(&mut self.stack) {
                self.say(&operand);
            }
        }
        Text { text: self.out.clone(), is_whole: self.is_whole, has_unknown: self.has_unknown, declares: self.declares }
    }

    /// What of the work is left.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    pub(super) fn pay(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    pub(super) fn push(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.pay(text.len());
        self.stack.push(text);
    }

    pub(super) fn pop(&mut self) -> String {
        self.stack.pop().unwrap_or_else(|| {
            self.is_whole = false;
            "?".to_owned()
        })
    }

    /// The last operands, in the order they were pushed, joined by commas.
    pub(super) fn pop_list(&mut self, count: u32) -> String {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > self.stack.len() {
            self.is_whole = false;
        }
        let first = self.stack.len().saturating_sub(count);
        let items = self.stack.split_off(first);
        let mut list = items.join(", ");
        // Omitted arguments at the end leave commas that source has too, but nothing behind them.
        list.truncate(list.trim_end_matches(' ').len());
        self.pay(list.len());
        list
    }

    /// Says a word of the statement, after a space where one is needed.
    pub(super) fn say(&mut self, text: &str) {
        let needs_space = !self.out.is_empty() && !self.out.ends_with(' ') && !text.is_empty();
        if needs_space {
            self.out.push(' ');
        }
        self.out.push_str(text);
        self.pay(text.len().saturating_add(1));
    }

    /// An identifier, with what its kind says behind or around it.
    pub(super) fn name(&mut self, instruction: &Instruction<'_>) -> String {
        const BRACKETED: u8 = 32;
        let stored = low(instruction.values[0]);
        let name = self.identifier(stored);
        self.pay(name.len());
        match instruction.kind {
            BRACKETED => format!("[{name}]"),
            kind => format!("{name}{}", super::operands::suffix(kind)),
        }
    }

    pub(super) fn identifier(&mut self, stored: u16) -> Cow<'a, str> {
        self.has_unknown |= stored != NO_NAME && self.scope.names.get(stored).is_none();
        self.scope.name(stored)
    }

    pub(super) fn object(&mut self, value: u32) -> Cow<'a, str> {
        self.type_name(super::operands::Base::Object(low(value)))
    }

    pub(super) fn type_name(&mut self, base: super::operands::Base) -> Cow<'a, str> {
        let name = self.scope.type_name(base);
        self.has_unknown |= name.starts_with("type_") || name.contains("id_");
        name
    }

    /// Text as stored. Honest code has no line ends in it; they would make two lines of one.
    pub(super) fn decode(&self, bytes: &[u8]) -> String {
        let (text, _) = self.code_page.decode(bytes);
        if text.contains(['\r', '\n']) { text.replace(['\r', '\n'], " ") } else { text }
    }
}

/// The low half of an operand.
pub(super) fn low(value: u32) -> u16 {
    u16::try_from(value & 0xffff).unwrap_or_default()
}
