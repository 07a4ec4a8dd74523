//! Word 97 documents (MS-DOC): text in pieces, the strings around it, and property sets.

use super::cfb::Cfb;

/// A document to be.
#[derive(Debug, Clone, Default)]
pub struct Word {
    pieces: Vec<(String, bool)>,
    template: String,
    variables: Vec<(String, String)>,
    bookmarks: Vec<(String, u32, u32)>,
}

impl Word {
    /// An empty document.
    pub fn new() -> Self {
        Word::default()
    }

    /// Adds text of one byte a character.
    pub fn narrow(mut self, text: &str) -> Self {
        self.pieces.push((text.to_owned(), false));
        self
    }

    /// Adds text of two bytes a character.
    pub fn wide(mut self, text: &str) -> Self {
        self.pieces.push((text.to_owned(), true));
        self
    }

    /// The template it is attached to.
    pub fn template(mut self, path: &str) -> Self {
        path.clone_into(&mut self.template);
        self
    }

    /// A document variable.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A bookmark over some positions of the text.
    pub fn bookmark(mut self, name: &str, start: u32, end: u32) -> Self {
        self.bookmarks.push((name.to_owned(), start, end));
        self
    }

    /// The two streams. Pieces stand in the stream in the opposite order, so that only the piece table gives the text.
    pub fn build(&self) -> Cfb {
        let mut document = vec![0u8; 0x400];
        document[..12].copy_from_slice(&[0xEC, 0xA5, 0xC1, 0, 0, 0, 0x11, 0x04, 0, 0, 0, 0x02]);
        let mut places: Vec<u32> = Vec::new();
        for (text, is_wide) in self.pieces.iter().rev() {
            let at = document.len() as u32;
            places.push(if *is_wide { at } else { (at * 2) | 0x4000_0000 });
            if *is_wide {
                document.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            } else {
                document.extend(encoding_rs::WINDOWS_1252.encode(text).0.iter());
            }
            document.resize(document.len().next_multiple_of(16), 0);
        }
        places.reverse();
        document.resize(document.len().max(4096), 0);

        let mut positions: Vec<u8> = vec![0; 4];
        let mut descriptors: Vec<u8> = Vec::new();
        let mut position = 0u32;
        for ((text, _), place) in self.pieces.iter().zip(&places) {
            position += text.encode_utf16().count() as u32;
            positions.extend(position.to_le_bytes());
            descriptors.extend([0, 0]);
            descriptors.extend(place.to_le_bytes());
            descriptors.extend([0, 0]);
        }
        let pieces = [positions, descriptors].concat();
        let mut clx = vec![1, 2, 0, 7, 7, 2];
        clx.extend((pieces.len() as u32).to_le_bytes());
        clx.extend(pieces);

        let mut assoc = vec![String::new(); 18];
        assoc[1].clone_from(&self.template);
        let mut variables = strings(&self.variables.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), 4);
        for (_, value) in &self.variables {
            variables.extend(counted(value));
        }
        let names: Vec<String> = self.bookmarks.iter().map(|(name, ..)| name.clone()).collect();
        let mut starts: Vec<u8> = self.bookmarks.iter().flat_map(|(_, start, _)| start.to_le_bytes()).collect();
        starts.extend(position.to_le_bytes());
        starts.extend((0..self.bookmarks.len()).flat_map(|index| (index as u32).to_le_bytes()));
        let mut ends: Vec<u8> = self.bookmarks.iter().flat_map(|(.., end)| end.to_le_bytes()).collect();
        ends.extend(position.to_le_bytes());
        let parts = [
            (33usize, clx),
            (32, strings(&assoc, 0)),
            (60, variables),
            (21, strings(&names, 0)),
            (22, starts),
            (23, ends),
        ];
        let mut table = Vec::new();
        for (pair, part) in parts {
            let at = 154 + pair * 8;
            document[at..at + 4].copy_from_slice(&(table.len() as u32).to_le_bytes());
            document[at + 4..at + 8].copy_from_slice(&(part.len() as u32).to_le_bytes());
            table.extend(part);
        }
        table.resize(table.len().max(4096), 0);
        Cfb::new()
            .class("", "00020906-0000-0000-C000-000000000046")
            .stream("WordDocument", document)
            .stream("1Table", table)
    }
}

fn counted(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [(units.len() as u16).to_le_bytes().to_vec(), units.into_iter().flat_map(u16::to_le_bytes).collect()].concat()
}

/// STTB of two-byte characters, each string followed by some bytes of its own.
fn strings(texts: &[String], extra: u16) -> Vec<u8> {
    let mut out = [0xFFFFu16, texts.len() as u16, extra].map(u16::to_le_bytes).concat();
    for text in texts {
        out.extend(counted(text));
        out.resize(out.len() + usize::from(extra), 0);
    }
    out
}

/// A property set stream (MS-OLEPS 2.21) of texts in a code page, by id, and a second section of named ones.
pub fn property_set(code_page: u16, properties: &[(u32, &str)], custom: &[(&str, &str)]) -> Vec<u8> {
    let encode = |text: &str| {
        let mut bytes = match code_page {
            932 => encoding_rs::SHIFT_JIS.encode(text).0.into_owned(),
            _ => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
        };
        bytes.push(0);
        bytes
    };
    let value = |text: &str| {
        let bytes = encode(text);
        let mut out = [0x1Eu32.to_le_bytes(), (bytes.len() as u32).to_le_bytes()].concat();
        out.extend(bytes);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    };
    let section = |mut rows: Vec<(u32, Vec<u8>)>| {
        rows.insert(0, (1, [2u32.to_le_bytes(), u32::from(code_page).to_le_bytes()].concat()));
        let mut table = Vec::new();
        let mut values = Vec::new();
        for (id, bytes) in &rows {
            table.extend(id.to_le_bytes());
            table.extend((8 + rows.len() as u32 * 8 + values.len() as u32).to_le_bytes());
            values.extend(bytes);
        }
        let size = 8 + table.len() + values.len();
        [(size as u32).to_le_bytes().to_vec(), (rows.len() as u32).to_le_bytes().to_vec(), table, values].concat()
    };
    let first = section(properties.iter().map(|(id, text)| (*id, value(text))).collect());
    let mut dictionary = (custom.len() as u32).to_le_bytes().to_vec();
    let mut rows = Vec::new();
    for (index, (name, text)) in custom.iter().enumerate() {
        let name = encode(name);
        dictionary.extend((index as u32 + 2).to_le_bytes());
        dictionary.extend((name.len() as u32).to_le_bytes());
        dictionary.extend(name);
        rows.push((index as u32 + 2, value(text)));
    }
    dictionary.resize(dictionary.len().next_multiple_of(4), 0);
    rows.insert(0, (0, dictionary));
    let second = section(rows);
    let mut out = vec![0xFE, 0xFF, 0, 0, 5, 1, 2, 0];
    out.extend([0; 16]);
    out.extend(2u32.to_le_bytes());
    out.extend([0xE0, 0x85, 0x9F, 0xF2, 0xF9, 0x4F, 0x68, 0x10, 0xAB, 0x91, 0x08, 0x00, 0x2B, 0x27, 0xB3, 0xD9]);
    out.extend(68u32.to_le_bytes());
    out.extend([0x05, 0xD5, 0xCD, 0xD5, 0x9C, 0x2E, 0x1B, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2B, 0x2C, 0xF9, 0xAE]);
    out.extend((68 + first.len() as u32).to_le_bytes());
    out.extend(first);
    out.extend(second);
    out
}
