//! Control words and symbols, and the binary data of `\bin`.

use super::super::tokenizer::BinaryTrick;
use super::super::view::{Holder, flag};
use super::{MAX_ENTRIES, Own, Reader, Sink};
use crate::knowledge::rtf::Word;

/// Fields open at a time.
const MAX_FIELDS: usize = 60;

impl Reader {
    pub(super) fn word(&mut self, name: &[u8], number: Option<i64>, at: usize) {
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

    pub(super) fn symbol(&mut self, symbol: u8) {
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

    /// `\bin`; says whether to read on from where its data begins, since it claims more than there is and belongs to
    /// nothing.
    pub(super) fn binary(&mut self, data: &[u8], trick: Option<BinaryTrick>, at: usize) -> bool {
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
}
