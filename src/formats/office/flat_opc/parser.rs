//! `pkg:package`: its parts with their content types and content. Names are local, prefixes are the writer's choice.

use std::ops::Range;

use quick_xml::events::Event;

use crate::formats::office::xml::{Tag, reader};
use crate::formats::text::base64::from_loose_base64;

/// Parts kept; honest documents have some hundred.
const MAX_PARTS: usize = 20_000;

/// A part of the package.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Name as written, with its leading slash.
    pub(super) name: String,
    /// Content type as written.
    pub(super) content_type: String,
    /// Content.
    pub(super) data: Vec<u8>,
}

/// What was read, and what stopped the reading.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub(super) parts: Vec<Part>,
    pub(super) damage: Option<String>,
    pub(super) is_cut: bool,
}

/// What the reader is inside of.
enum Inside {
    Nothing,
    /// `xmlData`: where it starts, and how many of its elements are open.
    Xml(usize, usize),
    /// `binaryData`: its text so far.
    Binary(String),
}

/// Reads the parts. What stands between `xmlData` tags is taken as it is written.
pub(super) fn read(text: &str) -> Package {
    let mut package = Package::default();
    let mut reader = reader(text);
    let mut part: Option<Part> = None;
    let mut inside = Inside::Nothing;
    loop {
        let before = position(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                package.damage = Some(format!("{error} at character {}", reader.error_position()));
                break;
            }
        };
        let after = position(reader.buffer_position());
        match event {
            Event::Start(tag) => match (&mut inside, tag.local_name().as_ref()) {
                (Inside::Xml(_, depth), _) => *depth = depth.saturating_add(1),
                (_, "part") => {
                    package.keep(part.take());
                    part = Some(started(&Tag::new(&tag)));
                }
                (_, "xmlData") => inside = Inside::Xml(after, 0),
                (_, "binaryData") => inside = Inside::Binary(String::new()),
                _ => {}
            },
            Event::Empty(tag) if matches!(inside, Inside::Nothing) && tag.local_name().as_ref() == "part" => {
                package.keep(part.take());
                package.keep(Some(started(&Tag::new(&tag))));
            }
            Event::End(tag) => match (&mut inside, tag.local_name().as_ref()) {
                (Inside::Xml(_, depth), _) if *depth > 0 => *depth = depth.saturating_sub(1),
                (Inside::Xml(start, _), _) => {
                    fill(&mut part, slice(text, *start..before));
                    inside = Inside::Nothing;
                }
                (Inside::Binary(written), "binaryData") => {
                    fill(&mut part, &from_loose_base64(written));
                    inside = Inside::Nothing;
                }
                (_, "part") => package.keep(part.take()),
                _ => {}
            },
            Event::Text(more) => {
                if let Inside::Binary(written) = &mut inside {
                    written.push_str(&more);
                }
            }
            Event::CData(more) => {
                if let Inside::Binary(written) = &mut inside {
                    written.push_str(&more);
                }
            }
            Event::GeneralRef(entity) => {
                if let (Inside::Binary(written), Ok(Some(c))) = (&mut inside, entity.resolve_char_ref()) {
                    written.push(c);
                }
            }
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    // What is cut off is kept as far as it goes.
    match inside {
        Inside::Xml(start, _) => fill(&mut part, slice(text, start..text.len())),
        Inside::Binary(written) => fill(&mut part, &from_loose_base64(&written)),
        Inside::Nothing => {}
    }
    package.keep(part);
    package
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn slice(text: &str, range: Range<usize>) -> &[u8] {
    text.as_bytes().get(range).unwrap_or_default()
}

fn started(tag: &Tag<'_>) -> Part {
    Part {
        name: tag.get("name").unwrap_or_default(),
        content_type: tag.get("contentType").unwrap_or_default(),
        data: Vec::new(),
    }
}

fn fill(part: &mut Option<Part>, data: &[u8]) {
    if let Some(part) = part {
        part.data.extend_from_slice(data);
    }
}

impl Package {
    fn keep(&mut self, part: Option<Part>) {
        match part {
            Some(part) if self.parts.len() < MAX_PARTS => self.parts.push(part),
            Some(_) => self.is_cut = true,
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_whatever_the_prefix() {
        let package = read(
            "<?xml version='1.0'?><q:package xmlns:q='x'><q:part q:name='/word/document.xml' q:contentType='a/b+xml'>\
             <q:xmlData><w:document><part><xmlData/></part></w:document></q:xmlData></q:part>\
             <q:part q:name='/a.bin' q:contentType='c'><q:binaryData>aGVs\r\n&#98;G8=</q:binaryData></q:part>\
             <q:part q:name='/empty'/></q:package>",
        );
        assert_eq!(package.damage, None);
        let parts: Vec<_> = package.parts.iter().map(|part| (part.name.as_str(), part.data.as_slice())).collect();
        let document = b"<w:document><part><xmlData/></part></w:document>".as_slice();
        assert_eq!(parts, [("/word/document.xml", document), ("/a.bin", b"hello"), ("/empty", b"")]);
        assert_eq!(package.parts[0].content_type, "a/b+xml");
    }

    #[test]
    fn what_comes_before_the_damage_is_kept() {
        let package = read("<p:package><p:part p:name='/a'><p:xmlData><w>text</w><x a=\"");
        assert!(package.damage.is_some());
        assert_eq!(package.parts[0].data, b"<w>text</w><x a=\"");
        let package = read("<p:package><p:part p:name='/a'><p:binaryData>aGVsbG8");
        assert_eq!(package.parts[0].data, b"hello");
    }
}
