//! Fields of Word documents (ECMA-376-1, 17.16): DDE and what fields include from elsewhere. Every part is read, whether
//! or not a relationship leads to it; texts that fields show by name may stand in any of them.

use super::OoxmlView;
use super::parts::{Part, parts};
use crate::formats::office::dde::DDE_LINK;
use crate::formats::office::field_reader::FieldReader;
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::word_fields::{Named, say_instruction};
use crate::formats::office::xml::{Piece, walk};
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Fields;

impl Analyzer for Fields {
    fn findings(&self) -> Kinds {
        &[DDE_LINK, REMOTE_IMAGE, REMOTE_OBJECT, REMOTE_HOST_UNUSUAL]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        if !view.may_be_word() {
            return Ok(());
        }
        let texts = parts(artifact, out, |name| view.is_xml(name) && !name.starts_with("docprops/c"))?;
        if !texts.iter().any(|part| has_fields(&part.data)) {
            return Ok(());
        }
        let mut readers = Vec::new();
        let mut named = Named::new();
        for part in texts.iter().filter(|part| has_fields(&part.data) || has(&part.data, b"bookmarkStart")) {
            let mut reader = FieldReader::default();
            // A damaged part is said by whoever reads it as XML; the instructions before the damage count.
            let _ = walk(&part.data, |piece| reader.piece(&piece));
            reader.close();
            named.extend(reader.named().clone());
            readers.push((&part.name, reader));
        }
        for part in texts.iter().filter(|part| has(&part.data, b"docVar")) {
            named.extend(variables(part));
        }
        for part in parts(artifact, out, |name| name.starts_with("docprops/c"))? {
            named.extend(properties(&part));
        }
        for (name, reader) in readers {
            for instruction in reader.finish_with(&named) {
                say_instruction(out, &instruction, &Location::part(format!("part {name}")));
            }
        }
        Ok(())
    }
}

fn has(data: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(data, needle).is_some()
}

/// Whether a part has fields, or is not written in bytes of ASCII.
fn has_fields(data: &[u8]) -> bool {
    let is_plain = data.first() == Some(&b'<') && data.get(1) != Some(&0) || data.starts_with(b"\xEF\xBB\xBF");
    !is_plain || has(data, b"nstrText") || has(data, b"fldSimple")
}

/// `docVar`, ECMA-376-1, 17.15.1.32.
fn variables(part: &Part) -> Named {
    let mut named = Named::new();
    let _ = walk(&part.data, |piece| {
        if let Piece::Open(tag) = piece
            && tag.is("docVar")
        {
            named.insert(tag.get("name").unwrap_or_default().to_lowercase(), tag.get("val").unwrap_or_default());
        }
    });
    named
}

/// Custom properties by name, the others by what their fields are called.
fn properties(part: &Part) -> Named {
    let mut named = Named::new();
    let mut name = String::new();
    let mut text = String::new();
    let _ = walk(&part.data, |piece| match piece {
        Piece::Open(tag) => {
            match tag.local() {
                "property" => name = tag.get("name").unwrap_or_default().to_lowercase(),
                "creator" => "author".clone_into(&mut name),
                "description" => "comments".clone_into(&mut name),
                property @ ("title" | "subject" | "keywords") => property.clone_into(&mut name),
                _ => {}
            }
            text.clear();
        }
        Piece::Text(more) => text.push_str(more),
        Piece::Close(_) => {
            let value = std::mem::take(&mut text);
            if !name.is_empty() && !value.trim().is_empty() {
                named.insert(std::mem::take(&mut name), value);
            }
        }
    });
    named
}
