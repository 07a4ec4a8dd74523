//! Code pages of RTF's text: of the document (`\ansicpg`), and of each font (`\fcharset`, `\cpg`).

use std::collections::HashMap;

use crate::formats::office::vba::CodePage;
use crate::knowledge::rtf::Word;

/// Fonts remembered.
const MAX_FONTS: usize = 40_000;

/// The code page some text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Charset(u16);

impl Default for Charset {
    fn default() -> Self {
        Charset(1252)
    }
}

impl Charset {
    /// The text.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        CodePage(self.0).decode(bytes).0
    }
}

/// The fonts of a document.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    pages: HashMap<i64, Charset>,
    document: Charset,
    default: Option<i64>,
    described: i64,
}

impl Fonts {
    /// The document's own code page.
    pub(super) fn document(&mut self, word: Word, number: Option<i64>) -> Charset {
        let page = match word {
            Word::Macintosh => Some(10_000),
            Word::Dos => Some(437),
            _ => number.and_then(|page| u16::try_from(page).ok()).filter(|page| *page != 0),
        };
        self.document = page.map(Charset).unwrap_or(self.document);
        self.document
    }

    /// The font of text that names none.
    pub(super) fn set_default(&mut self, number: Option<i64>) {
        self.default = number;
    }

    /// A font begins to be described.
    pub(super) fn describe(&mut self, number: Option<i64>) {
        self.described = number.unwrap_or(0);
    }

    /// The character set or code page of the font described.
    pub(super) fn charset(&mut self, word: Word, number: Option<i64>) {
        let page = match word {
            Word::FontCodePage => number.and_then(|page| u16::try_from(page).ok()),
            _ => number.and_then(page_of_charset),
        };
        if let Some(page) = page
            && self.pages.len() < MAX_FONTS
        {
            self.pages.insert(self.described, Charset(page));
        }
    }

    /// The code page of a font.
    pub(super) fn of(&self, number: Option<i64>) -> Charset {
        self.pages.get(&number.unwrap_or(0)).copied().unwrap_or(self.document)
    }

    /// The code page of text without a font.
    pub(super) fn plain(&self) -> Charset {
        self.default.and_then(|font| self.pages.get(&font)).copied().unwrap_or(self.document)
    }
}

/// The code page of a font's character set, MS-OXRTFEX 2.1.3.2. Western fonts are used for the document's own text too.
fn page_of_charset(charset: i64) -> Option<u16> {
    Some(match charset {
        77 => 10_000,
        128 => 932,
        129 => 949,
        130 => 1361,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}
