//! Field instructions in XML of Word, 2003 and since (ECMA-376-1, 17.16; WordprocessingML 2003): element and attribute
//! names are the same in both.

use std::collections::BTreeMap;

use crate::formats::office::word_fields::{Instructions, Named};
use crate::formats::office::xml::{Piece, Tag};

/// Bookmarks open at once, and bytes kept of the text in one.
const MAX_BOOKMARKS: usize = 64;
const MAX_TEXT: usize = 16 << 10;

/// Collects instructions, and the texts they may show.
#[derive(Debug, Default)]
pub(crate) struct FieldReader {
    fields: Instructions,
    inside: Inside,
    /// Open bookmarks by id: name and text so far.
    bookmarks: BTreeMap<String, (String, String)>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    Instruction,
    Text,
}

impl FieldReader {
    /// The next piece of the part.
    pub(crate) fn piece(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Open(tag) => self.open_tag(tag),
            Piece::Close("instrText" | "delInstrText" | "t" | "delText") => self.inside = Inside::Nothing,
            // An instruction is not split over paragraphs unless its field is open.
            Piece::Close("p") if !self.fields.is_open() => self.fields.end_loose(),
            Piece::Close(_) => {}
            Piece::Text(text) => match self.inside {
                Inside::Instruction => self.fields.text(text),
                Inside::Text => self.add_to_bookmarks(text),
                Inside::Nothing => {}
            },
        }
    }

    fn open_tag(&mut self, tag: &Tag<'_>) {
        match tag.local() {
            "instrText" | "delInstrText" => self.inside = Inside::Instruction,
            "t" | "delText" if !self.bookmarks.is_empty() => self.inside = Inside::Text,
            "fldSimple" => self.fields.keep(tag.get("instr").unwrap_or_default()),
            // Instructions after "separate" are odd, but Word has them run: only "begin" and "end" count.
            "fldChar" => match tag.get("fldCharType").as_deref() {
                Some("begin") => self.fields.begin(),
                Some("end") => self.fields.end(),
                _ => {}
            },
            "bookmarkStart" => self.open_bookmark(tag),
            "bookmarkEnd" => self.close_bookmark(&tag.get("id").unwrap_or_default()),
            "annotation" => match tag.get("type").as_deref() {
                Some("Word.Bookmark.Start") => self.open_bookmark(tag),
                Some("Word.Bookmark.End") => self.close_bookmark(&tag.get("id").unwrap_or_default()),
                _ => {}
            },
            _ => {}
        }
    }

    fn open_bookmark(&mut self, tag: &Tag<'_>) {
        let name = tag.get("name").unwrap_or_default();
        // Marks of the table of contents and of the last place of editing.
        let is_made_by_word = ["_Toc", "_GoBack", "_Hlk", "OLE_LINK"].iter().any(|start| name.starts_with(start));
        if !is_made_by_word && self.bookmarks.len() < MAX_BOOKMARKS {
            self.bookmarks.insert(tag.get("id").unwrap_or_default(), (name, String::new()));
        }
    }

    fn close_bookmark(&mut self, id: &str) {
        if let Some((name, text)) = self.bookmarks.remove(id) {
            self.fields.name(&name, text);
        }
    }

    fn add_to_bookmarks(&mut self, text: &str) {
        for (_, kept) in self.bookmarks.values_mut() {
            if kept.len() < MAX_TEXT {
                kept.push_str(text);
            }
        }
    }

    /// Ends what is open.
    pub(crate) fn close(&mut self) {
        self.fields.close();
        for (name, text) in std::mem::take(&mut self.bookmarks).into_values() {
            self.fields.name(&name, text);
        }
    }

    /// The texts that the part names.
    pub(crate) const fn named(&self) -> &Named {
        self.fields.named()
    }

    /// Every instruction, with texts named in any part of the document.
    pub(crate) fn finish_with(self, named: &Named) -> Vec<String> {
        self.fields.finish_with(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::office::xml::walk;

    fn instructions(xml: &str) -> Vec<String> {
        let mut reader = FieldReader::default();
        walk(xml.as_bytes(), |piece| reader.piece(&piece)).unwrap();
        reader.close();
        let named = reader.named().clone();
        reader.finish_with(&named)
    }

    #[test]
    fn split_and_nested_instructions_are_put_together() {
        let split = "<p><fldChar fldCharType='begin'/><instrText>DD</instrText><t>x</t><instrText>E&#65;UTO cmd</instrText>\
                     <fldChar fldCharType='separate'/><t>shown</t><fldChar fldCharType='end'/></p>";
        assert_eq!(instructions(split), ["DDEAUTO cmd"]);
        let nested = "<fldChar fldCharType='begin'/><instrText> </instrText>\
                      <fldChar fldCharType='begin'/><instrText>QUOTE 68 68 69</instrText><fldChar fldCharType='end'/>\
                      <instrText> c:\\\\a.exe</instrText><fldChar fldCharType='end'/>";
        assert_eq!(instructions(nested), ["QUOTE 68 68 69", " DDE c:\\\\a.exe"]);
        assert_eq!(instructions("<p><instrText>DDE </instrText><instrText>cmd</instrText></p>"), ["DDE cmd"]);
        assert_eq!(instructions("<fldSimple instr='PAGE'/>"), ["PAGE"]);
        assert_eq!(instructions("<fldChar fldCharType='begin'/><instrText>DDE cmd"), ["DDE cmd"]);
    }

    #[test]
    fn bookmarked_text_is_shown_where_it_is_referred_to() {
        let field = "<fldChar fldCharType='begin'/><instrText>DDE </instrText><fldChar fldCharType='begin'/>\
                     <instrText>REF b</instrText><fldChar fldCharType='end'/><fldChar fldCharType='end'/>";
        let new = format!("{field}<bookmarkStart id='1' name='B'/><t>cm</t><t>d.exe</t><bookmarkEnd id='1'/><t>x</t>");
        assert_eq!(instructions(&new)[1], "DDE cmd.exe");
        let old = format!(
            "{field}<annotation type='Word.Bookmark.Start' id='1' name='B'/><t>cmd</t><annotation type='Word.Bookmark.End' id='1'/>"
        );
        assert_eq!(instructions(&old)[1], "DDE cmd");
    }
}
