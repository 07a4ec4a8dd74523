//! Parts as a stream of tags and texts. Names are local: prefixes are the writer's choice, and strict and transitional
//! documents differ in namespaces only. Entities of a document type are not expanded.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};

/// A step through a part.
pub(in crate::formats::office) enum Piece<'a> {
    /// The start of an element, or an element without content (for which [`Piece::Close`] follows too).
    Open(Tag<'a>),
    /// The end of an element, by local name.
    Close(&'a str),
    /// Text with entities resolved; long texts come in several pieces.
    Text(&'a str),
}

/// A start tag.
pub(in crate::formats::office) struct Tag<'a>(&'a BytesStart<'a>);

impl Tag<'_> {
    /// Local name.
    pub(in crate::formats::office) fn name(&self) -> String {
        self.0.local_name().as_ref().to_owned()
    }

    /// The attributes as written, to ask for a word before they are taken apart.
    pub(in crate::formats::office) fn written(&self) -> &str {
        self.0.attributes_raw()
    }

    /// Whether this is its local name.
    pub(in crate::formats::office) fn is(&self, name: &str) -> bool {
        self.0.local_name().as_ref() == name
    }

    /// Value of the first attribute of this local name.
    pub(in crate::formats::office) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found =
            attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
        Some(match unescape(&found.value) {
            Ok(value) => value.into_owned(),
            Err(_) => found.value.into_owned(),
        })
    }
}

/// Walks a part. An error says where the rest could not be read.
pub(in crate::formats::office) fn walk(part: &[u8], mut visit: impl FnMut(Piece<'_>)) -> Result<(), String> {
    let text = decode(part);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        let event = reader.read_event().map_err(|error| format!("{error} at character {}", reader.error_position()))?;
        match event {
            Event::Start(tag) => visit(Piece::Open(Tag(&tag))),
            Event::Empty(tag) => {
                visit(Piece::Open(Tag(&tag)));
                visit(Piece::Close(tag.local_name().as_ref()));
            }
            Event::End(tag) => visit(Piece::Close(tag.local_name().as_ref())),
            Event::Text(text) => visit(Piece::Text(&text)),
            Event::CData(text) => visit(Piece::Text(&text)),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(c)) => visit(Piece::Text(c.encode_utf8(&mut [0; 4]))),
                _ => visit(Piece::Text(resolve_xml_entity(&entity).unwrap_or_default())),
            },
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// Packages may hold UTF-8 and UTF-16 (ECMA-376-2, 8.1.4), with or without a mark.
fn decode(part: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(part) {
        return encoding.decode_without_bom_handling(part.get(mark..).unwrap_or_default()).0;
    }
    match part {
        [b'<', 0, ..] => UTF_16LE.decode_without_bom_handling(part).0,
        [0, b'<', ..] => UTF_16BE.decode_without_bom_handling(part).0,
        _ => String::from_utf8_lossy(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(part: &[u8]) -> (String, Result<(), String>) {
        let mut all = String::new();
        let end = walk(part, |piece| match piece {
            Piece::Open(tag) => all.push_str(&format!("<{} {:?}>", tag.name(), tag.get("a"))),
            Piece::Close(name) => all.push_str(&format!("</{name}>")),
            Piece::Text(text) => all.push_str(text),
        });
        (all, end)
    }

    #[test]
    fn entities_and_prefixes_hide_nothing() {
        let (all, end) = texts(b"<w:x q:a='m&#104;tml&amp;'>D&#68;E<![CDATA[&]]><y/></w:x>");
        assert_eq!(all, "<x Some(\"mhtml&\")>DDE&<y None></y></x>");
        assert_eq!(end, Ok(()));
    }

    #[test]
    fn utf16_is_read_with_and_without_a_mark() {
        let wide: Vec<u8> = "<x a=\"1\"/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(texts(&wide).0, "<x Some(\"1\")></x>");
        assert_eq!(texts(&[&[0xFF, 0xFE], wide.as_slice()].concat()).0, "<x Some(\"1\")></x>");
    }

    #[test]
    fn what_comes_before_an_error_is_kept() {
        let (all, end) = texts(b"<x>text<y a=\"");
        assert_eq!(all, "<x None>text");
        assert!(end.is_err());
    }
}
