//! The forms of a compound file: storages with the streams `f` and `o`, and those nested in them for frames and pages.

use bytes::Bytes;

use super::block::Block;
use super::layout::{Class, Property, class};
use super::site::{Site, Sites};
use super::{frame, runs};
use crate::formats::office::ole::{OleKind, OleView};
use crate::formats::office::strings::{MAX_STRINGS, NamedString, StringSource};

/// Forms of one file.
const MAX_FORMS: usize = 500;
/// Frames in frames.
const MAX_DEPTH: usize = 12;
/// Bytes of text kept of all forms of a file.
const MAX_TEXT: usize = 16 << 20;

/// A form.
#[derive(Debug, Default)]
pub struct Form {
    /// Its name: that of its storage, which is its module's.
    pub name: String,
    /// Path of its storage.
    pub place: String,
    /// Its texts, by the names macros reach them by: `UserForm1.Label1.Caption`.
    pub strings: Vec<NamedString>,
    /// Whether some of it could not be followed, so that what is printable was taken instead.
    pub is_partial: bool,
}

/// What may still be kept.
struct Left {
    strings: usize,
    bytes: usize,
}

/// Every form of a compound file, in directory order.
pub fn forms(view: &OleView) -> Vec<Form> {
    let is_form = |storage: usize| storage != 0 && stream(view, storage, "f").is_some();
    let tops = view.streams().filter(|(_, entry)| entry.name.eq_ignore_ascii_case("f")).filter_map(|(_, entry)| {
        let storage = entry.parent.filter(|storage| *storage != 0)?;
        let above = view.entries.get(storage)?.parent.unwrap_or_default();
        (!is_form(above)).then_some(storage)
    });
    let mut left = Left { strings: MAX_STRINGS, bytes: MAX_TEXT };
    tops.take(MAX_FORMS).map(|storage| read(view, storage, &mut left)).collect()
}

fn stream(view: &OleView, storage: usize, name: &str) -> Option<Bytes> {
    let index = view.child(storage, name)?;
    (view.entries.get(index)?.kind == OleKind::Stream).then(|| view.data(index))
}

fn read(view: &OleView, storage: usize, left: &mut Left) -> Form {
    let name = view.entries.get(storage).map(|entry| entry.name.clone()).unwrap_or_default();
    let mut form = Form { name, place: view.path(storage), ..Form::default() };
    if let Some(text) = stream(view, storage, "\u{3}VBFrame") {
        for (property, value) in frame::properties(&text.iter().map(|byte| char::from(*byte)).collect::<String>()) {
            form.keep(&[&property], value, left);
        }
    }
    let mut open = vec![(storage, 0usize)];
    while let Some((storage, depth)) = open.pop() {
        let sites = stream(view, storage, "f").map(|stream| Sites::read(&stream)).unwrap_or_default();
        let records = stream(view, storage, "o").unwrap_or_default();
        if let Some(caption) = &sites.caption {
            let own = view.entries.get(storage).map(|entry| entry.name.as_str()).unwrap_or_default();
            let path: &[&str] = if depth == 0 { &["Caption"] } else { &[own, "Caption"] };
            form.keep(path, caption.clone(), left);
        }
        let mut is_whole = sites.is_whole;
        let mut at = 0usize;
        for site in &sites.sites {
            let record = records.get(at..at.saturating_add(site.size));
            at = at.saturating_add(site.size);
            is_whole &= record.is_some() && form.read_site(site, record.unwrap_or_default(), left);
            if matches!(class(site.class), Class::Nested) && depth < MAX_DEPTH {
                let inner = view.child(storage, &format!("i{:02}", site.id));
                open.extend(inner.map(|inner| (inner, depth.saturating_add(1))));
            }
        }
        if !is_whole {
            form.is_partial = true;
            let described = stream(view, storage, "f").unwrap_or_default();
            for run in runs::runs(&records).into_iter().chain(runs::runs(&described)) {
                if !form.strings.iter().any(|known| known.value.contains(run.trim_end())) {
                    form.keep(&["?"], run, left);
                }
            }
        }
    }
    form
}

impl Form {
    /// A control's own texts, and those of its record. Whether the record could be followed.
    fn read_site(&mut self, site: &Site, record: &[u8], left: &mut Left) -> bool {
        for (property, text) in &site.texts {
            self.keep(&[&site.name, property.as_str()], text.clone(), left);
        }
        let layout = match class(site.class) {
            Class::Record(layout) => layout,
            Class::Bare | Class::Nested => return true,
            Class::Foreign => return record.is_empty(),
        };
        let Some(block) = Block::read(record, layout) else { return false };
        let mut count = 0usize;
        for (property, text) in block.texts {
            let is_tab = matches!(property, Property::Items | Property::TipStrings | Property::Names | Property::Tags);
            if is_tab {
                self.keep(&[&site.name, &format!("{}({count})", property.as_str())], text, left);
                count = count.saturating_add(1);
            } else {
                self.keep(&[&site.name, property.as_str()], text, left);
            }
        }
        block.is_whole
    }

    fn keep(&mut self, path: &[&str], value: String, left: &mut Left) {
        if value.is_empty() || left.strings == 0 || value.len() > left.bytes {
            return;
        }
        left.strings = left.strings.saturating_sub(1);
        left.bytes = left.bytes.saturating_sub(value.len());
        let name = [&[self.name.as_str()], path].concat().join(".");
        self.strings.push(NamedString { source: StringSource::Control, name, value });
    }

    /// The form as text, a line for each string.
    pub(in crate::formats::office::vba) fn text(&self) -> String {
        self.strings.iter().map(|string| format!("{} = {}\r\n", string.name, string.value)).collect()
    }
}
