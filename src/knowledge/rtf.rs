//! Control words of Rich Text Format: `rules/indicators/rtf.toml`.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use serde::Deserialize;

/// What a control word does to what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// A destination nobody sees.
    Hidden,
    /// A destination with text.
    Shown,
    /// The name of a macro that a form field starts.
    Macro,
    /// An object with all that belongs to it.
    Object,
    /// An object's data in hexadecimal.
    ObjectData,
    /// The class of an object.
    ObjectClass,
    /// The name of an object.
    ObjectName,
    /// The class id of a control.
    ObjectClassId,
    /// A picture.
    Picture,
    /// A file of the writing program in hexadecimal.
    Blob,
    /// A field.
    Field,
    /// What a field does.
    FieldInstruction,
    /// What a field shows.
    FieldResult,
    /// The document's template.
    Template,
    /// The fonts.
    FontTable,
    /// A document variable: two groups, its name and its value.
    Variable,
    /// A text about the document.
    Information,
    /// The name of a property of the user's own.
    PropertyName,
    /// Its value.
    PropertyValue,
    /// The name of a property of a shape.
    ShapeName,
    /// Its value.
    ShapeValue,
    /// Where a shape's link leads.
    Link,
    /// A file the document refers to.
    File,
    /// Where the letters of a mail merge come from.
    Connection,
    /// Called a destination, taken as a value.
    Value,
    /// The object is embedded.
    Embedded,
    /// The object is linked.
    Linked,
    /// The object is linked, and the link is followed without asking.
    AutoLinked,
    /// The object is brought up to date before it is shown.
    Updated,
    /// The object is a control.
    Control,
    /// The object is a control of a web page.
    Html,
    /// The object came from another Macintosh program.
    Subscribed,
    /// The code page of the document.
    AnsiCodePage,
    /// The document is written in Macintosh Roman.
    Macintosh,
    /// The document is written in a code page of DOS.
    Dos,
    /// A font, or the one being described.
    Font,
    /// The character set of a font.
    FontCharset,
    /// The code page of a font.
    FontCodePage,
    /// Back to the default formatting.
    Plain,
    /// The font of text that names none.
    DefaultFont,
    /// A UTF-16 unit.
    Unicode,
    /// How many characters stand in for a unit.
    UnicodeFallback,
    /// A line end.
    LineEnd,
    /// A tabulator.
    Tabulator,
    /// ‘
    LeftQuote,
    /// ’
    RightQuote,
    /// “
    LeftDoubleQuote,
    /// ”
    RightDoubleQuote,
    /// •
    Bullet,
    /// –
    EnDash,
    /// —
    EmDash,
}

/// The words are asked for at every backslash of a document, so the hash is short (FNV-1a); its keys are ours.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    fn write_usize(&mut self, length: usize) {
        self.0 = (self.0 ^ length as u64).wrapping_mul(0x0100_0000_01B3);
    }
}

/// The control words, by name.
#[derive(Debug)]
pub struct Words {
    by_name: HashMap<Box<[u8]>, Word, BuildHasherDefault<Fnv>>,
    longest: usize,
}

impl Words {
    /// What a word does; none if it only formats.
    pub fn get(&self, name: &[u8]) -> Option<Word> {
        if name.len() > self.longest { None } else { self.by_name.get(name).copied() }
    }
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let table: BTreeMap<Word, Vec<String>> =
        super::shipped("rtf.toml", include_str!("../../rules/indicators/rtf.toml"));
    let longest = table.values().flatten().map(String::len).max().unwrap_or_default();
    let words = table.into_iter().flat_map(|(word, names)| names.into_iter().map(move |name| (name, word)));
    Words { by_name: words.map(|(name, word)| (name.into_bytes().into_boxed_slice(), word)).collect(), longest }
});

/// The table.
pub fn words() -> &'static Words {
    &WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_once_and_is_found() {
        let table: BTreeMap<Word, Vec<String>> =
            super::super::shipped("rtf.toml", include_str!("../../rules/indicators/rtf.toml"));
        assert_eq!(table.values().flatten().count(), words().by_name.len());
        assert_eq!(words().get(b"objdata"), Some(Word::ObjectData));
        assert_eq!(words().get(b"pxe"), Some(Word::Value));
        assert_eq!(words().get(b"b"), None);
    }
}
