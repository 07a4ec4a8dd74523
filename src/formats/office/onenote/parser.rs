//! Files inside a section, and the names it gives them.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use bytes::Bytes;
use memchr::memmem;

use super::packaged::{blobs, is_package};
use crate::formats::fields::{number_at, range_in, u16_at, u32_at, u64_at};
use crate::model::name::extension;
use crate::model::{Location, ParseError, Problem, ProblemKind, View};

/// MS-ONESTORE 2.6.13, FileDataStoreObject: guidHeader {BDE316E7-2665-4511-A4C4-8D4D0B7A9EAC}.
const HEADER: &[u8] = b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";
/// Bytes from the header to the data: the GUID, a length, eight and four bytes unused.
const DATA_AT: usize = 36;
/// Property EmbeddedFileName, MS-ONE 2.3.
const FILE_NAME: u32 = 0x1c00_1d77;
/// Property SourceFilepath.
const SOURCE_PATH: u32 = 0x1c00_1d9d;
/// MS-ONESTORE 2.5.19, ObjectDataEncryptionKeyV2FNDX: the header of the key of locked pages.
const KEY_NODE: &[u8] = b"\x67\xa0\xd1\xda\x85\xa3\x6b\xfb";
/// Ways to write a reference to an object (2.2.4.2): bytes from the end of the size back to the offset, width of the
/// offset, unit of the offset. The size takes 4, 8, 1 or 2 bytes.
const PLACES: [(usize, usize, u64); 16] = [
    (12, 8, 1),
    (16, 8, 1),
    (9, 8, 1),
    (10, 8, 1),
    (8, 4, 1),
    (12, 4, 1),
    (5, 4, 1),
    (6, 4, 1),
    (6, 2, 8),
    (10, 2, 8),
    (3, 2, 8),
    (4, 2, 8),
    (8, 4, 8),
    (12, 4, 8),
    (5, 4, 8),
    (6, 4, 8),
];
/// Files read.
const MAX_FILES: usize = 4_096;
/// Longest name, in bytes.
const MAX_NAME: usize = 1_024;

/// A file dropped onto a page, or a picture of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// Its bytes.
    pub range: Range<usize>,
    /// Its name, where one could be told.
    pub name: Option<String>,
    /// The extension the section notes for it, without the dot.
    pub extension: Option<String>,
}

/// A section as read.
#[derive(Debug, Default)]
pub struct OneNoteView {
    /// Files, in the order of the file.
    pub files: Vec<Embedded>,
    /// Paths the files came from on the author's machine.
    pub sources: Vec<String>,
    /// Names of files of which it is not known which is which.
    pub loose_names: Vec<String>,
    /// Whether pages are locked with a password.
    pub is_encrypted: bool,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
}

impl View for OneNoteView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let mut view = OneNoteView::default();
        let mut floor = 0usize;
        for at in memmem::find_iter(bytes, HEADER) {
            // An object inside another's data belongs to that file.
            let (Some(length), true) = (u64_at(bytes, at.saturating_add(16)), at >= floor) else { continue };
            let range = range_in(bytes, at.saturating_add(DATA_AT), length);
            if view.files.len() >= MAX_FILES {
                let what = format!("more than {MAX_FILES} embedded files; the others are not given");
                view.problems.push(Problem::new(ProblemKind::Limit, what, Location::at(at)));
                break;
            }
            if (range.len() as u64) < length {
                let what = format!("embedded file ends after {} of {length} bytes", range.len());
                view.problems.push(Problem::damaged(what, Location::at(at)));
                // The length may be the lie, and other objects follow.
                floor = at.saturating_add(DATA_AT);
            } else {
                floor = range.end;
            }
            view.files.push(Embedded { range, name: None, extension: None });
        }
        if is_package(bytes) {
            view.read_package(bytes);
        }
        read_extensions(bytes, &mut view.files);
        let names = texts(bytes, FILE_NAME);
        // In a package pictures have no extension by which they could be told from files.
        if !is_package(bytes) || names.len() == view.files.len() {
            give_names(&mut view.files, names);
        } else {
            view.loose_names = names;
        }
        view.sources = texts(bytes, SOURCE_PATH);
        view.is_encrypted = memmem::find(bytes, KEY_NODE).is_some();
        Ok(view)
    }
}

impl OneNoteView {
    /// Files of a section that is a package.
    fn read_package(&mut self, bytes: &[u8]) {
        let (found, broken) = blobs(bytes, MAX_FILES.saturating_sub(self.files.len()));
        if let Some(at) = broken {
            let what = "the section's package breaks off; files behind this place are not given";
            self.problems.push(Problem::damaged(what, Location::at(at)));
        }
        self.files.extend(found.into_iter().map(|range| Embedded { range, name: None, extension: None }));
    }
}

/// MS-ONESTORE 2.5.27, ObjectDeclarationFileData3RefCountFND: `<ifndf>{GUID}` and an extension, each a text with its
/// length. The GUID stands in a FileDataStoreObjectReferenceFND (2.5.21) behind the place of the object.
fn read_extensions(bytes: &[u8], files: &mut [Embedded]) {
    const MARK: &[u8] = b"<\0i\0f\0n\0d\0f\0>\0{\0";
    const GUID_UNITS: usize = 36;
    let mut known: HashMap<[u8; 16], String> = HashMap::new();
    for at in memmem::find_iter(bytes, MARK).take(MAX_FILES) {
        let text_at = at.saturating_add(MARK.len());
        let Some(guid) = wide(bytes, text_at, GUID_UNITS * 2).and_then(|text| guid(&text)) else { continue };
        // A closing brace, then the length of the extension in characters.
        let length_at = text_at.saturating_add(GUID_UNITS * 2 + 2);
        let Some(length) = u32_at(bytes, length_at).filter(|length| (1..=64).contains(length)) else { continue };
        let text = wide(bytes, length_at.saturating_add(4), (length as usize).saturating_mul(2));
        if let Some(text) = text {
            known.insert(guid, text.trim_matches(['.', '\0']).to_lowercase());
        }
    }
    if known.is_empty() {
        return;
    }
    let by_data: HashMap<u64, usize> = files
        .iter()
        .enumerate()
        .map(|(index, file)| (file.range.start.saturating_sub(DATA_AT) as u64, index))
        .collect();
    let guids: Vec<[u8; 16]> = known.keys().copied().collect();
    let Ok(search) = AhoCorasick::new(&guids) else { return };
    for hit in search.find_iter(bytes).take(MAX_FILES.saturating_mul(4)) {
        let Some(extension) = guids.get(hit.pattern().as_usize()).and_then(|guid| known.get(guid)) else { continue };
        // The reference before it is an offset and a size; either may be 8 or 4 bytes, or 4 and 2 in units of eight.
        let index = PLACES.iter().find_map(|(back, width, unit)| {
            let value = number_at(bytes, hit.start().checked_sub(*back)?, *width)?;
            by_data.get(&value.saturating_mul(*unit)).copied()
        });
        if let Some(file) = index.and_then(|index| files.get_mut(index)) {
            file.extension = Some(extension.clone());
        }
    }
}

/// Gives each name to the first file of its extension that has none yet.
fn give_names(files: &mut [Embedded], names: Vec<String>) {
    let mut left = Vec::new();
    for name in names {
        let wanted = extension(&name);
        match files.iter_mut().find(|file| file.name.is_none() && file.extension.as_deref() == Some(&wanted)) {
            Some(file) => file.name = Some(name),
            None => left.push(name),
        }
    }
    let mut nameless = files.iter_mut().filter(|file| file.name.is_none() && file.extension.is_none());
    for name in left {
        let Some(file) = nameless.next() else { return };
        file.name = Some(name);
    }
}

/// Texts of one property, without repeats, in the order of the file.
fn texts(bytes: &[u8], property: u32) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for at in memmem::find_iter(bytes, &property.to_le_bytes()).take(MAX_FILES) {
        if let Some(text) = text_of_property(bytes, at)
            && !texts.contains(&text)
            && texts.len() < 256
        {
            texts.push(text);
        }
    }
    texts
}

/// The text of the property whose id stands at an offset: the ids of a property set come first (2.6.7), after their
/// count, and their values in the same order behind them.
fn text_of_property(bytes: &[u8], at: usize) -> Option<String> {
    const MAX_PROPERTIES: usize = 64;
    for before in 0..MAX_PROPERTIES {
        let first = at.checked_sub(before.checked_mul(4)?)?;
        let count = usize::from(u16_at(bytes, first.checked_sub(2)?)?);
        if count <= before || count > MAX_PROPERTIES {
            continue;
        }
        let mut value = first.checked_add(count.checked_mul(4)?)?;
        let is_set = (0..before).all(|index| {
            let id = u32_at(bytes, first.saturating_add(index.saturating_mul(4)));
            match id.and_then(|id| size_of_value(bytes, id, value)) {
                Some(size) => {
                    value = value.saturating_add(size);
                    true
                }
                None => false,
            }
        });
        if !is_set {
            continue;
        }
        let length = u32_at(bytes, value)? as usize;
        if !(2..=MAX_NAME).contains(&length) || !length.is_multiple_of(2) {
            continue;
        }
        let text = wide(bytes, value.checked_add(4)?, length)?;
        let text = text.trim_end_matches('\0');
        if !text.is_empty() && !text.chars().any(char::is_control) {
            return Some(text.to_owned());
        }
    }
    None
}

/// Bytes a value takes behind the ids, by its type (2.6.6); none for types whose values hold others.
fn size_of_value(bytes: &[u8], id: u32, at: usize) -> Option<usize> {
    Some(match (id >> 26) & 0x1f {
        1 | 2 | 8 | 0xa | 0xc => 0,
        3 => 1,
        4 => 2,
        5 | 9 | 0xb | 0xd => 4,
        6 => 8,
        7 => (u32_at(bytes, at)? as usize).checked_add(4)?,
        _ => return None,
    })
}

fn wide(bytes: &[u8], at: usize, length: usize) -> Option<String> {
    let units = bytes.get(at..at.checked_add(length)?)?.as_chunks::<2>().0;
    Some(String::from_utf16_lossy(&units.iter().map(|unit| u16::from_le_bytes(*unit)).collect::<Vec<u16>>()))
}

/// A GUID as text, without braces, as it is stored.
fn guid(text: &str) -> Option<[u8; 16]> {
    crate::knowledge::clsids::Clsid::from_text(text).map(|clsid| clsid.0)
}
