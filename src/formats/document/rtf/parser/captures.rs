//! What a captured text is kept as: names of files, variables, properties, field instructions.

use super::{Capture, MAX_ENTRIES, Reader};
use crate::formats::office::strings::{MAX_STRINGS, NamedString, StringSource};
use crate::knowledge::rtf::Word;

impl Reader {
    pub(super) fn captured(&mut self, capture: Capture) {
        let Capture { kind, name, at, text } = capture;
        let is_empty = text.trim_matches(['\0', ' ']).is_empty();
        let is_told = matches!(kind, Word::Variable | Word::Information | Word::PropertyValue | Word::Connection);
        if is_told || kind == Word::ShapeValue && names_a_place(&text) {
            for part in text.split('\0') {
                self.view.text.push_str(part);
                self.view.text.push('\n');
            }
        }
        match kind {
            Word::FieldInstruction => {
                self.fields.text(&text);
                if !self.fields.is_open() {
                    self.fields.end_loose();
                }
            }
            _ if is_empty => {}
            Word::ObjectClass | Word::ObjectClassId => {
                if let Some(holder) = self.view.holders.get_mut(self.group.holder as usize) {
                    let slot = if kind == Word::ObjectClass { &mut holder.class } else { &mut holder.class_id };
                    text.trim().clone_into(slot);
                }
            }
            Word::Template | Word::Link | Word::File | Word::Connection | Word::ObjectName | Word::Macro => {
                if self.view.targets.len() < MAX_ENTRIES {
                    self.view.targets.push((kind, at, text.trim().to_owned()));
                } else {
                    self.view.is_cut = true;
                }
            }
            Word::Variable => {
                let mut parts = text.split('\0');
                let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                self.fields.name(name, value.to_owned());
                self.named(StringSource::DocumentVariable, name.to_owned(), value.to_owned());
            }
            Word::Information => {
                if self.view.information.len() < MAX_ENTRIES {
                    self.view.information.push((name.clone(), text.clone()));
                }
                self.fields.name(&name, text.clone());
                self.named(StringSource::BuiltinProperty, name, text);
            }
            Word::PropertyName => self.property = text,
            Word::PropertyValue => {
                let property = std::mem::take(&mut self.property);
                self.fields.name(&property, text.clone());
                self.named(StringSource::CustomProperty, property, text);
            }
            Word::ShapeName => self.shape = text.trim().to_owned(),
            Word::ShapeValue => self.shape_value(at, text),
            _ => {}
        }
    }

    /// A shape's property: a linked picture, WordArt, what a reader is told of a picture.
    fn shape_value(&mut self, at: usize, value: String) {
        match self.shape.as_str() {
            "pibName" | "pibFillName" | "fillBlipName" | "lineFillBlipName" if self.view.shapes.len() < MAX_ENTRIES => {
                self.view.shapes.push((std::mem::take(&mut self.shape), at, value));
            }
            "wzDescription" | "wzName" | "wzScript" => {
                let name = std::mem::take(&mut self.shape);
                self.named(StringSource::AlternativeText, name, value);
            }
            "gtextUNICODE" => {
                self.view.text.push_str(&value);
                self.view.text.push('\n');
            }
            _ => {}
        }
    }

    fn named(&mut self, source: StringSource, name: String, value: String) {
        if self.view.strings.len() < MAX_STRINGS {
            self.view.strings.push(NamedString { source, name, value });
        } else {
            self.view.is_cut = true;
        }
    }
}

/// Whether a text could hold an address.
pub(super) fn names_a_place(text: &str) -> bool {
    text.contains("://") || text.contains(r"\\")
}
