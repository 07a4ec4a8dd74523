//! RTF to what it carries: objects, pictures, text, fields, names of other files. One pass with a stack of groups; what a
//! group's text is for is decided by the last destination word in it or around it, wherever that word stands.

use bytes::Bytes;

use super::hex::Hex;
use super::objects::{self, Embedded};
use super::text::{Charset, Fonts};
use super::tokenizer::{BinaryTrick, Token, Tokens};
use crate::formats::office::strings::{MAX_STRINGS, NamedString, StringSource};
use crate::formats::office::word_fields::Instructions;
use crate::knowledge::rtf::{Word, Words, words};
use crate::model::{ParseError, View};

/// Groups inside groups that are kept apart; Word refuses far fewer.
const MAX_DEPTH: usize = 1 << 16;
/// Bytes of one captured text: a name, an address, an instruction.
const MAX_CAPTURE: usize = 64 << 10;
/// Entries kept of each list.
const MAX_ENTRIES: usize = 10_000;
/// Fields open at a time.
const MAX_FIELDS: usize = 60;

/// What an RTF carries.
#[derive(Debug, Default)]
pub(crate) struct RtfView {
    /// Groups `\object`; the first stands for the document, for words outside any such group.
    pub(super) holders: Vec<Holder>,
    /// Data of objects, in the order they end.
    pub(super) objects: Vec<Data>,
    /// What those objects are.
    pub(super) embedded: Vec<Embedded>,
    /// Pictures and files of the writing program.
    pub(super) blobs: Vec<Data>,
    /// The text, in reading order, notes and hidden destinations included.
    pub(super) text: String,
    /// Field instructions.
    pub(super) instructions: Vec<String>,
    /// Names of other files and places, with what names them, and where.
    pub(super) targets: Vec<(Word, usize, String)>,
    /// Properties of shapes that name a file: name, where, value.
    pub(super) shapes: Vec<(String, usize, String)>,
    /// Title, author and the like, by control word.
    pub(super) information: Vec<(String, String)>,
    /// Strings a macro could ask for.
    pub(super) strings: Vec<NamedString>,
    /// Entries of font tables.
    pub(super) fonts: usize,
    /// Where the document's outermost group ends.
    pub(super) end: Option<usize>,
    /// Groups that are not closed.
    pub(super) unclosed: usize,
    /// Whether groups were too deep to be kept apart.
    pub(super) is_too_deep: bool,
    /// Whether entries were left out.
    pub(super) is_cut: bool,
    /// Impossible lengths of `\bin`.
    pub(super) tricks: Vec<(BinaryTrick, usize)>,
}

/// A group `\object`.
#[derive(Debug, Default, Clone)]
pub(super) struct Holder {
    pub(super) at: usize,
    pub(super) class: String,
    pub(super) class_id: String,
    /// Words that say how the object is embedded, as bits of [`flag`].
    flags: u8,
}

impl Holder {
    /// Whether one of these words stands in the group.
    pub(super) fn has(&self, word: Word) -> bool {
        self.flags & flag(word) != 0
    }
}

const fn flag(word: Word) -> u8 {
    match word {
        Word::Embedded => 1,
        Word::Linked => 2,
        Word::AutoLinked => 4,
        Word::Updated => 8,
        Word::Control => 16,
        Word::Html => 32,
        Word::Subscribed => 64,
        _ => 0,
    }
}

/// Data written in hexadecimal.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) kind: Word,
    /// Its control word, where the kind has several.
    pub(super) name: String,
    /// Index of the group `\object` around it.
    pub(super) holder: usize,
    /// Where its digits begin and end.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) bytes: Bytes,
    pub(super) tricks: Tricks,
    hex: Hex,
}

/// What lies between the digits of data.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tricks {
    /// Control words and symbols.
    pub(super) words: usize,
    /// `\'hh`.
    pub(super) escapes: usize,
    /// Groups.
    pub(super) groups: usize,
    /// Groups that are skipped, and other destinations.
    pub(super) skipped: usize,
    /// `\bin`, with and without a sensible length.
    pub(super) binaries: usize,
    /// Digits that Word drops.
    pub(super) dropped: usize,
    /// Characters that are no digits.
    pub(super) strange: usize,
    /// The longest run of blanks.
    pub(super) longest_blank: usize,
    /// Whether the data lies inside the data of another object.
    pub(super) is_nested: bool,
}

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

    fn open_group(&mut self) {
        self.flush();
        self.skip = 0;
        self.is_optional = false;
        if self.stack.len() >= MAX_DEPTH {
            self.excess = self.excess.saturating_add(1);
            self.view.is_too_deep = true;
            return;
        }
        self.stack.push(self.group);
        self.group.own = Own::Nothing;
        self.group.is_field = false;
        if self.group.sink == Sink::Data
            && let Some(data) = self.open.last_mut()
        {
            data.tricks.groups = data.tricks.groups.saturating_add(1);
        }
    }

    fn close_group(&mut self, at: usize) {
        self.flush();
        self.skip = 0;
        self.is_optional = false;
        if self.excess > 0 {
            self.excess = self.excess.saturating_sub(1);
            return;
        }
        self.close_own(at);
        if self.group.is_field {
            self.fields.end();
            self.open_fields = self.open_fields.saturating_sub(1);
        }
        if self.group.sink == Sink::Capture
            && let Some(capture) = self.captures.last_mut().filter(|capture| capture.kind == Word::Variable)
        {
            // The name and the value of a variable are told apart by their groups.
            capture.text.push('\0');
        }
        let Some(outer) = self.stack.pop() else { return };
        self.group = outer;
        if self.stack.is_empty() && self.view.end.is_none() {
            self.view.end = Some(at.saturating_add(1));
            // What follows is no text of the document, but objects in it are looked at.
            self.group.sink = Sink::Nothing;
        }
    }

    /// Ends what the group began.
    fn close_own(&mut self, at: usize) {
        match std::mem::replace(&mut self.group.own, Own::Nothing) {
            Own::Nothing => {}
            Own::Capture => {
                if let Some(capture) = self.captures.pop() {
                    self.captured(capture);
                }
            }
            Own::Data => {
                if let Some(data) = self.open.pop() {
                    self.keep(data, at);
                }
            }
        }
    }

    fn keep(&mut self, mut data: Data, at: usize) {
        data.hex.end();
        data.end = at.max(data.start);
        data.tricks.dropped = data.hex.dropped;
        data.tricks.strange = data.hex.strange;
        data.tricks.longest_blank = data.hex.longest_blank;
        data.bytes = std::mem::take(&mut data.hex.bytes).into();
        let list = if data.kind == Word::ObjectData { &mut self.view.objects } else { &mut self.view.blobs };
        if data.bytes.is_empty() && data.kind != Word::ObjectData {
            return;
        }
        if list.len() < MAX_ENTRIES {
            list.push(data);
        } else {
            self.view.is_cut = true;
        }
    }

    /// A new place for the group's text.
    fn enter(&mut self, sink: Sink, at: usize) {
        self.flush();
        self.close_own(at);
        if self.group.sink == Sink::Data
            && let Some(data) = self.open.last_mut()
        {
            data.tricks.skipped = data.tricks.skipped.saturating_add(1);
        }
        self.group.sink = sink;
        if sink == Sink::Text && !self.view.text.ends_with('\n') && !self.view.text.is_empty() {
            self.view.text.push('\n');
        }
    }

    fn capture(&mut self, kind: Word, name: &[u8], at: usize) {
        self.enter(Sink::Capture, at);
        self.group.own = Own::Capture;
        let name = String::from_utf8_lossy(name).into_owned();
        self.captures.push(Capture { kind, name, at, text: String::new() });
    }

    fn data(&mut self, kind: Word, name: &[u8], at: usize) {
        let is_nested = self.open.iter().rev().take(1).any(|outer| outer.kind == Word::ObjectData);
        self.enter(Sink::Data, at);
        self.group.own = Own::Data;
        self.open.push(Data {
            kind,
            name: String::from_utf8_lossy(name).into_owned(),
            holder: self.group.holder as usize,
            start: at,
            end: at,
            bytes: Bytes::new(),
            tricks: Tricks { is_nested, ..Tricks::default() },
            hex: Hex::default(),
        });
    }

    fn word(&mut self, name: &[u8], number: Option<i64>, at: usize) {
        let is_optional = std::mem::take(&mut self.is_optional);
        self.skip = 0;
        if self.group.sink == Sink::Data
            && let Some(data) = self.open.last_mut().filter(|data| !data.hex.is_empty())
        {
            data.tricks.words = data.tricks.words.saturating_add(1);
        }
        let Some(word) = self.words.get(name) else {
            if is_optional {
                self.ignorable();
            }
            return;
        };
        match word {
            Word::Hidden => self.enter(Sink::Nothing, at),
            Word::Shown => self.enter(Sink::Text, at),
            Word::Object => {
                self.enter(Sink::Text, at);
                if self.view.holders.len() < MAX_ENTRIES {
                    self.group.holder = u32::try_from(self.view.holders.len()).unwrap_or(0);
                    self.view.holders.push(Holder { at, ..Holder::default() });
                }
            }
            Word::ObjectData | Word::Picture | Word::Blob => self.data(word, name, at),
            Word::Field => self.field(),
            Word::FieldResult => {
                if self.open_fields > 0 {
                    self.settle_instruction();
                    self.fields.separate();
                }
                self.enter(Sink::Text, at);
            }
            Word::FontTable => {
                self.enter(Sink::Nothing, at);
                self.group.is_font_table = true;
            }
            Word::Macro
            | Word::ObjectClass
            | Word::ObjectName
            | Word::ObjectClassId
            | Word::FieldInstruction
            | Word::Template
            | Word::Variable
            | Word::Information
            | Word::PropertyName
            | Word::PropertyValue
            | Word::ShapeName
            | Word::ShapeValue
            | Word::Link
            | Word::File
            | Word::Connection => self.capture(word, name, at),
            Word::Embedded
            | Word::Linked
            | Word::AutoLinked
            | Word::Updated
            | Word::Control
            | Word::Html
            | Word::Subscribed => {
                if let Some(holder) = self.view.holders.get_mut(self.group.holder as usize) {
                    holder.flags |= flag(word);
                }
            }
            Word::Value => {}
            Word::AnsiCodePage | Word::Macintosh | Word::Dos => {
                self.flush();
                self.group.charset = self.fonts.document(word, number);
            }
            Word::DefaultFont => self.fonts.set_default(number),
            Word::Font if self.group.is_font_table => {
                self.view.fonts = self.view.fonts.saturating_add(1);
                self.fonts.describe(number);
            }
            Word::FontCharset | Word::FontCodePage => {
                if self.group.is_font_table {
                    self.fonts.charset(word, number);
                }
            }
            Word::Font => {
                self.flush();
                self.group.charset = self.fonts.of(number);
            }
            Word::Plain => {
                self.flush();
                self.group.charset = self.fonts.plain();
            }
            Word::UnicodeFallback => {
                self.group.fallback = number.and_then(|count| u8::try_from(count).ok()).unwrap_or(1).min(16);
            }
            Word::Unicode => self.unit(number),
            Word::LineEnd => self.character('\n'),
            Word::Tabulator => self.character('\t'),
            Word::LeftQuote => self.character('\u{2018}'),
            Word::RightQuote => self.character('\u{2019}'),
            Word::LeftDoubleQuote => self.character('\u{201C}'),
            Word::RightDoubleQuote => self.character('\u{201D}'),
            Word::Bullet => self.character('\u{2022}'),
            Word::EnDash => self.character('\u{2013}'),
            Word::EmDash => self.character('\u{2014}'),
        }
    }

    /// `\*` before a word that nobody knows: readers skip the group. In plain text it is read all the same, since the
    /// writing program does.
    fn ignorable(&mut self) {
        match self.group.sink {
            Sink::Text | Sink::Nothing => {}
            Sink::Capture => self.group.sink = Sink::Nothing,
            Sink::Data => {
                if self.group.own == Own::Nothing {
                    self.group.sink = Sink::Nothing;
                    if let Some(data) = self.open.last_mut() {
                        data.tricks.skipped = data.tricks.skipped.saturating_add(1);
                    }
                }
            }
        }
    }

    fn field(&mut self) {
        self.flush();
        self.settle_instruction();
        if !self.group.is_field && self.open_fields < MAX_FIELDS {
            self.fields.begin();
            self.open_fields = self.open_fields.saturating_add(1);
            self.group.is_field = true;
        }
    }

    /// Text of an instruction before a field inside it, or before what it shows.
    fn settle_instruction(&mut self) {
        if let Some(capture) = self.captures.last_mut().filter(|capture| capture.kind == Word::FieldInstruction) {
            self.fields.text(&std::mem::take(&mut capture.text));
        }
    }

    fn symbol(&mut self, symbol: u8) {
        if self.group.sink == Sink::Data
            && let Some(data) = self.open.last_mut().filter(|data| !data.hex.is_empty())
        {
            data.tricks.words = data.tricks.words.saturating_add(1);
        }
        match symbol {
            b'*' => self.is_optional = true,
            b'{' | b'}' | b'\\' => self.byte(symbol),
            b'~' => self.character('\u{A0}'),
            b'_' => self.character('\u{2011}'),
            b'\r' | b'\n' => self.character('\n'),
            b'\t' => self.character('\t'),
            _ => {}
        }
    }

    fn escape(&mut self, value: Option<u8>) {
        match self.group.sink {
            Sink::Nothing => {}
            Sink::Data => {
                if let Some(data) = self.open.last_mut() {
                    data.tricks.escapes = data.tricks.escapes.saturating_add(1);
                    data.hex.escape();
                }
            }
            Sink::Text | Sink::Capture => {
                if let Some(value) = value {
                    self.byte(value);
                }
            }
        }
    }

    /// `\bin`; says whether to read on from where its data begins, since it claims more than there is and belongs to
    /// nothing.
    fn binary(&mut self, data: &[u8], trick: Option<BinaryTrick>, at: usize) -> bool {
        if let Some(trick) = trick
            && self.view.tricks.len() < MAX_ENTRIES
        {
            self.view.tricks.push((trick, at));
        }
        if self.group.sink == Sink::Data
            && let Some(open) = self.open.last_mut()
        {
            open.tricks.binaries = open.tricks.binaries.saturating_add(1);
            open.hex.binary(data);
            return false;
        }
        trick == Some(BinaryTrick::Beyond)
    }

    fn text(&mut self, text: &[u8]) {
        match self.group.sink {
            Sink::Nothing => {}
            Sink::Data => {
                if let Some(data) = self.open.last_mut() {
                    data.hex.text(text);
                }
            }
            Sink::Text | Sink::Capture => self.readable(text),
        }
        if !text.trim_ascii().is_empty() {
            self.is_optional = false;
        }
    }

    fn readable(&mut self, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let length = memchr::memchr3(b'\r', b'\n', 0, rest).unwrap_or(rest.len());
            let (run, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = after.get(1..).unwrap_or_default();
            let skipped = self.skip.min(run.len());
            self.skip = self.skip.saturating_sub(skipped);
            let run = run.get(skipped..).unwrap_or_default();
            if run.is_empty() {
                continue;
            }
            match std::str::from_utf8(run) {
                Ok(ascii) if self.pending.is_empty() && run.is_ascii() => {
                    self.high = None;
                    self.push(ascii);
                }
                _ => self.pending.extend_from_slice(run),
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip = self.skip.saturating_sub(1);
        } else if matches!(self.group.sink, Sink::Text | Sink::Capture) {
            self.pending.push(byte);
        }
    }

    fn character(&mut self, character: char) {
        if matches!(self.group.sink, Sink::Text | Sink::Capture) {
            self.flush();
            self.push(character.encode_utf8(&mut [0; 4]));
        }
    }

    /// A UTF-16 unit; the two of a pair stand in two words.
    fn unit(&mut self, number: Option<i64>) {
        if !matches!(self.group.sink, Sink::Text | Sink::Capture) {
            return;
        }
        let unit = u16::try_from(number.unwrap_or_default().rem_euclid(0x1_0000)).unwrap_or(0xFFFD);
        if !self.pending.is_empty() {
            self.flush();
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            for decoded in char::decode_utf16(self.high.take().into_iter().chain([unit])) {
                self.push(decoded.unwrap_or('\u{FFFD}').encode_utf8(&mut [0; 4]));
            }
        }
        self.skip = usize::from(self.group.fallback);
    }

    /// Decodes what waits, in the code page of the font it is set in.
    #[inline]
    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.decode();
        }
    }

    fn decode(&mut self) {
        self.high = None;
        let pending = std::mem::take(&mut self.pending);
        let text = self.group.charset.decode(&pending);
        self.push(&text);
        self.pending = pending;
        self.pending.clear();
    }

    fn push(&mut self, text: &str) {
        match self.group.sink {
            Sink::Text => self.view.text.push_str(text),
            Sink::Capture => {
                if let Some(capture) = self.captures.last_mut() {
                    if capture.text.len().saturating_add(text.len()) <= MAX_CAPTURE {
                        capture.text.push_str(text);
                    } else {
                        self.view.is_cut = true;
                    }
                }
            }
            Sink::Nothing | Sink::Data => {}
        }
    }

    fn captured(&mut self, capture: Capture) {
        let Capture { kind, name, at, text } = capture;
        let is_empty = text.trim_matches(['\0', ' ']).is_empty();
        let is_told = matches!(kind, Word::Variable | Word::Information | Word::PropertyValue | Word::Connection);
        if is_told || kind == Word::ShapeValue && names_a_place(&text) {
            for part in text.split('\0') {
                self.view.text.push_str(part);
                self.view.text.push('\n');
            }
        }
        match kind {
            Word::FieldInstruction => {
                self.fields.text(&text);
                if !self.fields.is_open() {
                    self.fields.end_loose();
                }
            }
            _ if is_empty => {}
            Word::ObjectClass | Word::ObjectClassId => {
                if let Some(holder) = self.view.holders.get_mut(self.group.holder as usize) {
                    let slot = if kind == Word::ObjectClass { &mut holder.class } else { &mut holder.class_id };
                    text.trim().clone_into(slot);
                }
            }
            Word::Template | Word::Link | Word::File | Word::Connection | Word::ObjectName | Word::Macro => {
                if self.view.targets.len() < MAX_ENTRIES {
                    self.view.targets.push((kind, at, text.trim().to_owned()));
                } else {
                    self.view.is_cut = true;
                }
            }
            Word::Variable => {
                let mut parts = text.split('\0');
                let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                self.fields.name(name, value.to_owned());
                self.named(StringSource::DocumentVariable, name.to_owned(), value.to_owned());
            }
            Word::Information => {
                if self.view.information.len() < MAX_ENTRIES {
                    self.view.information.push((name.clone(), text.clone()));
                }
                self.fields.name(&name, text.clone());
                self.named(StringSource::BuiltinProperty, name, text);
            }
            Word::PropertyName => self.property = text,
            Word::PropertyValue => {
                let property = std::mem::take(&mut self.property);
                self.fields.name(&property, text.clone());
                self.named(StringSource::CustomProperty, property, text);
            }
            Word::ShapeName => self.shape = text.trim().to_owned(),
            Word::ShapeValue => self.shape_value(at, text),
            _ => {}
        }
    }

    /// A shape's property: a linked picture, WordArt, what a reader is told of a picture.
    fn shape_value(&mut self, at: usize, value: String) {
        match self.shape.as_str() {
            "pibName" | "pibFillName" | "fillBlipName" | "lineFillBlipName" if self.view.shapes.len() < MAX_ENTRIES => {
                self.view.shapes.push((std::mem::take(&mut self.shape), at, value));
            }
            "wzDescription" | "wzName" | "wzScript" => {
                let name = std::mem::take(&mut self.shape);
                self.named(StringSource::AlternativeText, name, value);
            }
            "gtextUNICODE" => {
                self.view.text.push_str(&value);
                self.view.text.push('\n');
            }
            _ => {}
        }
    }

    fn named(&mut self, source: StringSource, name: String, value: String) {
        if self.view.strings.len() < MAX_STRINGS {
            self.view.strings.push(NamedString { source, name, value });
        } else {
            self.view.is_cut = true;
        }
    }
}

/// Whether a text could hold an address.
fn names_a_place(text: &str) -> bool {
    text.contains("://") || text.contains(r"\\")
}

/// Whether an instruction is one whose target is read.
fn is_read(instruction: &str) -> bool {
    let keyword = instruction.split_whitespace().next().unwrap_or_default();
    ["HYPERLINK", "INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "RD", "LINK", "DATABASE"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(keyword))
}
