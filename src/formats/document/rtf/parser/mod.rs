//! RTF to what it carries: objects, pictures, text, fields, names of other files. One pass with a stack of groups; what a
//! group's text is for is decided by the last destination word in it or around it, wherever that word stands.
//!
//! Here the pass over the tokens; `groups` where groups and destinations begin and end; `words` control words and
//! symbols; `characters` what is text or digits; `captures` what the text of a destination is kept as.

mod captures;
mod characters;
mod groups;
mod words;

use bytes::Bytes;

use self::captures::names_a_place;
use super::objects;
use super::text::{Charset, Fonts};
use super::tokenizer::{Token, Tokens};
use super::view::{Data, Holder, RtfView};
use crate::formats::office::word_fields::Instructions;
use crate::knowledge::rtf::{Word, Words, words};
use crate::model::{ParseError, View};

/// Entries kept of each list.
const MAX_ENTRIES: usize = 10_000;

impl View for RtfView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let mut view = Reader::new(words()).read(bytes);
        view.embedded = objects::embedded(&view, bytes);
        Ok(view)
    }
}

/// Where a group's text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sink {
    Nothing,
    Text,
    Capture,
    Data,
}

/// What ends with the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    Nothing,
    Capture,
    Data,
}

#[derive(Debug, Clone, Copy)]
struct Group {
    sink: Sink,
    own: Own,
    charset: Charset,
    fallback: u8,
    is_field: bool,
    is_font_table: bool,
    holder: u32,
}

/// A text being captured.
#[derive(Debug)]
struct Capture {
    kind: Word,
    name: String,
    at: usize,
    text: String,
}

struct Reader {
    words: &'static Words,
    view: RtfView,
    group: Group,
    stack: Vec<Group>,
    /// Groups opened beyond [`MAX_DEPTH`].
    excess: usize,
    captures: Vec<Capture>,
    open: Vec<Data>,
    fields: Instructions,
    open_fields: usize,
    fonts: Fonts,
    /// Bytes not decoded yet.
    pending: Vec<u8>,
    /// The first half of a UTF-16 pair.
    high: Option<u16>,
    /// Characters to leave out after a `\u`.
    skip: usize,
    is_optional: bool,
    shape: String,
    property: String,
}

impl Reader {
    fn new(words: &'static Words) -> Self {
        let group = Group {
            sink: Sink::Text,
            own: Own::Nothing,
            charset: Charset::default(),
            fallback: 1,
            is_field: false,
            is_font_table: false,
            holder: 0,
        };
        Reader {
            words,
            view: RtfView { holders: vec![Holder::default()], ..RtfView::default() },
            group,
            stack: Vec::new(),
            excess: 0,
            captures: Vec::new(),
            open: Vec::new(),
            fields: Instructions::default(),
            open_fields: 0,
            fonts: Fonts::default(),
            pending: Vec::new(),
            high: None,
            skip: 0,
            is_optional: false,
            shape: String::new(),
            property: String::new(),
        }
    }

    fn read(mut self, bytes: &Bytes) -> RtfView {
        let mut tokens = Tokens::new(bytes);
        loop {
            let at = tokens.at();
            let Some(token) = tokens.next() else { break };
            match token {
                Token::Open => self.open_group(),
                Token::Close => self.close_group(at),
                Token::Text(text) => self.text(text),
                Token::Hex(value) => self.escape(value),
                Token::Symbol(symbol) => self.symbol(symbol),
                Token::Word { name, number } => self.word(name, number, tokens.at()),
                Token::Binary { data, trick } => {
                    if self.binary(data, trick, at) {
                        tokens.go_to(tokens.at().saturating_sub(data.len()));
                    }
                }
            }
        }
        self.view.unclosed = self.stack.len().saturating_add(self.excess);
        while !self.stack.is_empty() {
            self.close_group(bytes.len());
        }
        self.close_own(bytes.len());
        self.flush();
        self.view.instructions = self.fields.finish();
        for instruction in self.view.instructions.iter().filter(|text| names_a_place(text) && !is_read(text)) {
            self.view.text.push('\n');
            self.view.text.push_str(instruction);
        }
        self.view
    }
}

/// Whether an instruction is one whose target is read.
fn is_read(instruction: &str) -> bool {
    let keyword = instruction.split_whitespace().next().unwrap_or_default();
    ["HYPERLINK", "INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "RD", "LINK", "DATABASE"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(keyword))
}
