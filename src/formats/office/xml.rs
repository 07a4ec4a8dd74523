//! XML of office documents as a stream of tags and texts. Names are local: prefixes are the writer's choice, and strict and transitional
//! documents differ in namespaces only. Entities of a document type are not expanded.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use crate::formats::text::plain::TextView;
use crate::model::Artifact;

/// A step through a part.
pub(crate) enum Piece<'a> {
    /// The start of an element, or an element without content (for which [`Piece::Close`] follows too).
    Open(Tag<'a>),
    /// The end of an element, by local name.
    Close(&'a str),
    /// Text with entities resolved; long texts come in several pieces.
    Text(&'a str),
}

/// A start tag.
pub(crate) struct Tag<'a>(&'a BytesStart<'a>);

impl<'a> Tag<'a> {
    /// A start tag as the reader gives it.
    pub(crate) fn new(start: &'a BytesStart<'a>) -> Self {
        Tag(start)
    }

    /// Local names of the attributes and their values.
    pub(crate) fn attributes(&self) -> Vec<(String, String)> {
        let mut attributes = self.0.attributes();
        attributes
            .with_checks(false)
            .flatten()
            .take(MAX_ATTRIBUTES)
            .map(|found| (found.key.local_name().as_ref().to_owned(), resolved(&found.value)))
            .collect()
    }

    /// Local name.
    pub(crate) fn local(&self) -> &str {
        let name: &str = self.0.name().into_inner();
        name.rsplit(':').next().unwrap_or(name)
    }

    /// Local name.
    pub(crate) fn name(&self) -> String {
        self.local().to_owned()
    }

    /// The attributes as written, to ask for a word before they are taken apart.
    pub(crate) fn written(&self) -> &str {
        self.0.attributes_raw()
    }

    /// Whether this is its local name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0.local_name().as_ref() == name
    }

    /// Value of the first attribute of this local name.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found =
            attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
        Some(resolved(&found.value))
    }
}

/// An attribute's value with entities resolved. One that is none leaves the text as it is written.
fn resolved(value: &str) -> String {
    match unescape(value) {
        Ok(value) => value.into_owned(),
        Err(_) => value.to_owned(),
    }
}

/// Attributes looked at of one tag.
const MAX_ATTRIBUTES: usize = 1_000;

/// Walks a part. An error says where the rest could not be read.
pub(crate) fn walk(part: &[u8], visit: impl FnMut(Piece<'_>)) -> Result<(), String> {
    walk_text(&decode(part), visit)
}

/// A reader of office XML: what programs forgive is no error.
pub(crate) fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// As [`walk`], of decoded text.
pub(crate) fn walk_text(text: &str, mut visit: impl FnMut(Piece<'_>)) -> Result<(), String> {
    let mut reader = reader(text);
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

/// Packages may hold UTF-8 and UTF-16 (ECMA-376-2, 8.1.4), with or without a mark; the declaration may name another
/// encoding, which Office follows.
pub(crate) fn decode(part: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(part) {
        return encoding.decode_without_bom_handling(part.get(mark..).unwrap_or_default()).0;
    }
    match part {
        [b'<', 0, ..] => UTF_16LE.decode_without_bom_handling(part).0,
        [0, b'<', ..] => UTF_16BE.decode_without_bom_handling(part).0,
        _ => match declared(part) {
            Some(encoding) => encoding.decode_without_bom_handling(part).0,
            None => String::from_utf8_lossy(part),
        },
    }
}

/// Whether the start of an artifact's text holds this, lower case, also where characters of it are written as entities.
pub(crate) fn root_has(artifact: &Artifact, needle: &str) -> bool {
    artifact.view::<TextView>().is_ok_and(|view| {
        let head = view.lower_head();
        head.contains(needle) || (head.contains("&#") && character_references(head).contains(needle))
    })
}

/// The text with its character references resolved; what is none stays.
fn character_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split("&#");
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let read = piece.split_once(';').and_then(|(number, rest)| {
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            Some((char::from_u32(code)?.to_ascii_lowercase(), rest))
        });
        match read {
            Some((c, rest)) => {
                out.push(c);
                out.push_str(rest);
            }
            None => {
                out.push_str("&#");
                out.push_str(piece);
            }
        }
    }
    out
}

/// The encoding that an XML declaration names, if bytes of ASCII letters can be of it.
fn declared(part: &[u8]) -> Option<&'static Encoding> {
    const HEAD: usize = 200;
    let head = part.get(..HEAD).unwrap_or(part).strip_prefix(b"<?xml")?;
    let head = head.get(..memchr::memmem::find(head, b"?>")?)?;
    let value = head.get(memchr::memmem::find(head, b"encoding")?.checked_add(8)?..)?;
    let value = value.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let label = value.split(|byte| byte == quote).next()?;
    let encoding = Encoding::for_label(label)?;
    (encoding != UTF_8 && encoding.is_ascii_compatible()).then_some(encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(part: &[u8]) -> (String, Result<(), String>) {
        let mut all = String::new();
        let end = walk(part, |piece| match piece {
            Piece::Open(tag) => all.push_str(&format!("<{} {:?}>", tag.local(), tag.get("a"))),
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
    fn the_declared_encoding_is_followed_where_it_can_be() {
        assert_eq!(texts(b"<?xml version='1.0' encoding='windows-1252'?><x>\xE9</x>").0, "<x None>é</x>");
        assert_eq!(texts(b"<?xml version='1.0' encoding=\"Shift_JIS\"?><x>\x82\xA0</x>").0, "<x None>あ</x>");
        assert_eq!(texts("<?xml version='1.0' encoding='utf-16'?><x>é</x>".as_bytes()).0, "<x None>é</x>");
    }

    #[test]
    fn references_are_resolved_in_a_root() {
        assert_eq!(character_references("a&#x62;&#99;d&#;&#x;"), "abcd&#;&#x;");
    }

    #[test]
    fn what_comes_before_an_error_is_kept() {
        let (all, end) = texts(b"<x>text<y a=\"");
        assert_eq!(all, "<x None>text");
        assert!(end.is_err());
    }
}
