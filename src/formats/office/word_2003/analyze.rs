//! What the document reaches: DDE and other fields, templates, frames, linked objects and hyperlinks; and what it says
//! about itself.

use crate::formats::office::dde::DDE_LINK;
use crate::formats::office::external::{EXPLOIT_TARGET, REMOTE_TEMPLATE, say_external};
use crate::formats::office::field_reader::FieldReader;
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::word_fields::{Named, say_instruction};
use crate::formats::office::xml::{Piece, Tag, walk_text};
use crate::formats::text::base64::from_loose_base64;
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at the document.
pub(super) struct Document;

/// Targets said of one document.
const MAX_TARGETS: usize = 5_000;

/// Elements, their attribute that holds a target, and the relationship that documents of today have for it.
const TARGETS: [(&str, &str, &str); 14] = [
    ("attachedTemplate", "val", "attachedtemplate"),
    ("sourceFileName", "val", "frame"),
    ("hlink", "dest", "hyperlink"),
    ("subDoc", "link", "subdocument"),
    ("imagedata", "src", "image"),
    ("imagedata", "href", "image"),
    ("fill", "src", "image"),
    ("stroke", "src", "image"),
    ("bgPict", "src", "image"),
    ("shape", "href", "hyperlink"),
    ("dataSource", "val", "mailmergesource"),
    ("headerSource", "val", "mailmergeheadersource"),
    ("saveThroughXSLT", "xslt", "transform"),
    ("schema", "schemaLocation", "hyperlink"),
];

/// Elements of `DocumentProperties` and the facts they become.
const FACTS: [(&str, &str); 8] = [
    ("Author", "author"),
    ("LastAuthor", "last-author"),
    ("Title", "title"),
    ("Subject", "subject"),
    ("Company", "company"),
    ("Manager", "manager"),
    ("Template", "template"),
    ("Version", "application-version"),
];

#[derive(Default)]
struct Found {
    fields: FieldReader,
    variables: Named,
    targets: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    /// Base64 of the data of fields.
    field_data: Vec<String>,
    inside: Option<Inside>,
}

enum Inside {
    Fact(&'static str, String),
    FieldData(String),
}

impl Analyzer for Document {
    fn findings(&self) -> Kinds {
        &[DDE_LINK, EXPLOIT_TARGET, REMOTE_TEMPLATE, REMOTE_OBJECT, REMOTE_IMAGE, REMOTE_HOST_UNUSUAL]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<TextView>()?;
        let mut found = Found::default();
        // What stops the reading is said by the unpacker.
        let _ = walk_text(&view.text, |piece| found.piece(&piece));
        for (kind, target) in &found.targets {
            say_external(out, kind, target, &Location::whole);
        }
        for (key, value) in found.facts {
            out.fact(key, value);
        }
        for data in &found.field_data {
            for address in addresses(&from_loose_base64(data)) {
                say_external(out, "hyperlink", &address, &Location::whole);
            }
        }
        found.fields.close();
        let mut named = found.fields.named().clone();
        named.extend(found.variables);
        for instruction in found.fields.finish_with(&named) {
            say_instruction(out, &instruction, &Location::whole());
        }
        Ok(())
    }
}

impl Found {
    fn piece(&mut self, piece: &Piece<'_>) {
        self.fields.piece(piece);
        match piece {
            Piece::Open(tag) => self.open_tag(tag),
            Piece::Text(text) => match &mut self.inside {
                Some(Inside::Fact(_, value) | Inside::FieldData(value)) => value.push_str(text),
                None => {}
            },
            Piece::Close(_) => match self.inside.take() {
                Some(Inside::Fact(key, value)) if !value.trim().is_empty() => {
                    self.facts.push((key, value.trim().to_owned()));
                }
                Some(Inside::FieldData(data)) if self.field_data.len() < MAX_TARGETS => self.field_data.push(data),
                Some(_) | None => {}
            },
        }
    }

    fn open_tag(&mut self, tag: &Tag<'_>) {
        let name = tag.local();
        self.inside = match name {
            "fldData" => Some(Inside::FieldData(String::new())),
            _ => FACTS.iter().find(|(element, _)| *element == name).map(|(_, key)| Inside::Fact(key, String::new())),
        };
        if name == "docVar" {
            self.variables
                .insert(tag.get("name").unwrap_or_default().to_lowercase(), tag.get("val").unwrap_or_default());
        }
        for (_, attribute, kind) in TARGETS.iter().filter(|(element, ..)| *element == name) {
            if self.targets.len() < MAX_TARGETS
                && let Some(target) = tag.get(attribute)
                && !target.starts_with("wordml://")
            {
                self.targets.push((kind, target));
            }
        }
    }
}

/// Addresses in the data of a hyperlink field (MS-OSHARED 2.3.7.1): texts in UTF-16.
fn addresses(data: &[u8]) -> Vec<String> {
    const STARTS: [&str; 4] = ["http", "ftp:", "file", "\\\\"];
    let mut found = Vec::new();
    for start in STARTS {
        let needle: Vec<u8> = start.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for at in memchr::memmem::find_iter(data, &needle).take(20) {
            let units = data.get(at..).unwrap_or_default().chunks_exact(2).take(2_048).map(|pair| match pair {
                [low, high] => u16::from_le_bytes([*low, *high]),
                _ => 0,
            });
            let text: Vec<u16> = units.take_while(|unit| *unit >= 0x20).collect();
            found.push(String::from_utf16_lossy(&text));
        }
    }
    found
}
