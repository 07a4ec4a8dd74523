//! Fields of Word documents (ECMA-376-1, 17.16): DDE and what fields include from elsewhere. Instructions may be split
//! over runs and nested, so they are put together before they are read.

use super::OoxmlView;
use super::parts::parts;
use super::xml::{Piece, Tag, walk};
use crate::formats::office::dde::DDE_LINK;
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::word_fields::{Instructions, say_instruction};
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Fields;

impl Analyzer for Fields {
    fn findings(&self) -> Kinds {
        &[DDE_LINK, REMOTE_IMAGE, REMOTE_OBJECT, REMOTE_HOST_UNUSUAL]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        let is_word = view.main.as_deref().is_some_and(|main| main.to_ascii_lowercase().contains("word"))
            || view.format.is_some_and(|format| format.as_str().starts_with("do"));
        if !is_word {
            return Ok(());
        }
        for part in parts(artifact, out, |name| name.ends_with(".xml") && !name.starts_with("docprops/"))? {
            if memchr::memmem::find(&part.data, b"nstrText").is_none()
                && memchr::memmem::find(&part.data, b"fldSimple").is_none()
                && part.data.first() == Some(&b'<')
                && part.data.get(1) != Some(&0)
            {
                continue;
            }
            let mut reader = Reader::default();
            // A damaged part is said by whoever reads it as XML; the instructions before the damage count.
            let _ = walk(&part.data, |piece| reader.piece(piece));
            for instruction in reader.fields.finish() {
                say_instruction(out, &instruction, &Location::part(format!("part {}", part.name)));
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Reader {
    fields: Instructions,
    /// Whether text belongs to an instruction.
    in_text: bool,
}

impl Reader {
    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Open(tag) => self.open_tag(&tag),
            Piece::Close("instrText" | "delInstrText") => self.in_text = false,
            // An instruction is not split over paragraphs unless its field is open.
            Piece::Close("p") if !self.fields.is_open() => self.fields.end_loose(),
            Piece::Close(_) => {}
            Piece::Text(text) if self.in_text => self.fields.text(text),
            Piece::Text(_) => {}
        }
    }

    fn open_tag(&mut self, tag: &Tag<'_>) {
        if tag.is("instrText") || tag.is("delInstrText") {
            self.in_text = true;
        } else if tag.is("fldSimple") {
            self.fields.keep(tag.get("instr").unwrap_or_default());
        } else if tag.is("fldChar") {
            // Instructions after "separate" are odd, but Word has them run: only "begin" and "end" count.
            match tag.get("fldCharType").as_deref() {
                Some("begin") => self.fields.begin(),
                Some("end") => self.fields.end(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instructions(xml: &str) -> Vec<String> {
        let mut reader = Reader::default();
        walk(xml.as_bytes(), |piece| reader.piece(piece)).unwrap();
        reader.fields.finish()
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
    }
}
