//! What an RTF carries, as `parser` gathers it.

use bytes::Bytes;

use super::hex::Hex;
use super::objects::Embedded;
use super::tokenizer::BinaryTrick;
use crate::formats::office::strings::NamedString;
use crate::knowledge::rtf::Word;

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
    pub(super) flags: u8,
}

impl Holder {
    /// Whether one of these words stands in the group.
    pub(super) fn has(&self, word: Word) -> bool {
        self.flags & flag(word) != 0
    }
}

pub(super) const fn flag(word: Word) -> u8 {
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
    pub(super) hex: Hex,
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
