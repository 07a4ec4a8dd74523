//! What in a PDF acts or carries something: actions (ISO 32000-1 §12.6), scripts, attached files (§7.11.4), forms. Taken
//! from every dictionary of every object, whether or not anything refers to it.

use std::collections::HashSet;
use std::io::Read;

use bytes::Bytes;

use super::filter::{Storage, reader};
use super::object::{Dictionary, Value};
use super::parser::{Object, PdfView};
use crate::knowledge::pdf::pdf;

/// Entries kept of each list; a document with more repeats itself.
const MAX_ENTRIES: usize = 5_000;
/// Bytes of scripts and forms decoded, all together.
const MAX_TEXT: u64 = 32 << 20;
/// Actions followed one after the other (`/Next`).
const MAX_CHAIN: usize = 16;

/// What acts or carries.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// Scripts.
    pub(crate) scripts: Vec<Script>,
    /// Every action.
    pub(crate) actions: Vec<Action>,
    /// Actions that start without a click.
    pub(crate) opening: Vec<Action>,
    /// Attached files.
    pub(crate) files: Vec<AttachedFile>,
    /// The XFA form's XML, joined.
    pub(crate) xfa: Vec<u8>,
    /// Offset of the object that names the form.
    pub(crate) xfa_offset: usize,
    /// Watched names written with needless escapes, and where.
    pub(crate) disguised: Vec<(String, usize)>,
    /// Indexes of objects whose stream is spoken for: a script, a file, a form.
    pub(crate) spoken_for: HashSet<usize>,
    /// Entries of the information dictionary, §14.3.3.
    pub(crate) information: Vec<(&'static str, String)>,
    /// Whether scripts or forms were cut at the limit.
    pub(crate) is_cut: bool,
}

/// A script.
#[derive(Debug)]
pub(crate) struct Script {
    /// Number of the object it is in.
    pub(crate) object: u32,
    /// Offset of the object that holds it.
    pub(crate) offset: usize,
    /// Its text.
    pub(crate) text: String,
}

/// An action.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    /// Offset of the object that holds it.
    pub(crate) offset: usize,
    /// Its type, §12.6.4: `URI`, `Launch`.
    pub(crate) kind: String,
    /// The event that starts it without a click: `OpenAction`, `AA O`.
    pub(crate) event: Option<String>,
    /// What it names: a URI, a file, a command line.
    pub(crate) target: String,
    /// Whether a launch brings parameters.
    pub(crate) has_parameters: bool,
}

/// An attached file.
#[derive(Debug)]
pub(crate) struct AttachedFile {
    /// Names it goes by, the one viewers show first.
    pub(crate) names: Vec<String>,
    /// Media type its stream claims.
    pub(crate) media_type: Option<String>,
    /// Index of the object whose stream it is.
    pub(crate) index: usize,
}

/// Events of one dictionary looked at; the standard knows thirty.
const MAX_EVENTS: usize = 64;
/// Parts of one form looked at; names and streams of about ten packets.
const MAX_PARTS: usize = 256;

/// Types of actions (§12.6.4 table 198 and later additions).
const ACTIONS: [&str; 19] = [
    "GoTo",
    "GoToR",
    "GoToE",
    "Launch",
    "Thread",
    "URI",
    "Sound",
    "Movie",
    "Hide",
    "Named",
    "SubmitForm",
    "ResetForm",
    "ImportData",
    "JavaScript",
    "SetOCGState",
    "Rendition",
    "Trans",
    "GoTo3DView",
    "RichMediaExecute",
];

/// Events of additional actions that come without a click: document and page opening, closing, becoming visible
/// (§12.6.3 tables 194 and 195).
const OPENING_EVENTS: [&str; 7] = ["O", "PO", "PV", "WC", "DC", "PC", "PI"];

/// Collects the contents of a document.
pub(crate) fn collect(view: &PdfView, bytes: &Bytes) -> Contents {
    let mut collector = Collector { view, bytes, left: MAX_TEXT, found: Contents::default() };
    for object in &view.objects {
        object.value.each_dictionary(&mut |dictionary| collector.dictionary(object, dictionary));
        collector.disguised(object);
    }
    collector.unnamed_files();
    collector.information();
    collector.found
}

struct Collector<'a> {
    view: &'a PdfView,
    bytes: &'a Bytes,
    left: u64,
    found: Contents,
}

impl<'a> Collector<'a> {
    fn dictionary(&mut self, object: &'a Object, dictionary: &'a Dictionary) {
        for value in dictionary.all("OpenAction") {
            self.opening(object, value, "OpenAction");
        }
        for value in dictionary.all("AA") {
            if let Value::Dictionary(events) = self.view.resolve(value) {
                for (event, action) in events.0.iter().take(MAX_EVENTS) {
                    if OPENING_EVENTS.contains(&event.text.as_str()) {
                        self.opening(object, action, &format!("AA {}", event.text));
                    }
                }
            }
        }
        if let Some(action) = self.action(object, dictionary, None)
            && self.found.actions.len() < MAX_ENTRIES
        {
            self.found.actions.push(action);
        }
        for value in dictionary.all("JS") {
            self.script(object, value);
        }
        for value in dictionary.all("XFA") {
            self.found.xfa_offset = object.offset;
            self.form(value);
        }
        for value in dictionary.all("EF") {
            self.file(dictionary, value);
        }
    }

    /// An action dictionary, §12.6.2.
    fn action(&self, object: &Object, dictionary: &Dictionary, event: Option<&str>) -> Option<Action> {
        let kind = dictionary.all("S").find_map(|value| self.view.resolve(value).name());
        let kind = match kind {
            Some(kind) if ACTIONS.contains(&kind) => kind,
            // A link base, or an action without a type.
            _ if matches!(dictionary.get("URI").map(|value| self.view.resolve(value)), Some(Value::Text(_))) => "URI",
            _ => return None,
        };
        let value = |key| dictionary.get(key).map(|value| self.view.resolve(value));
        let target = match kind {
            "URI" => value("URI").and_then(Value::text),
            "JavaScript" => value("JS").and_then(Value::text),
            "Named" => value("N").and_then(Value::name).map(str::to_owned),
            "Launch" => self.launched(dictionary),
            _ => value("F").and_then(|file| self.file_name(file)),
        };
        Some(Action {
            offset: object.offset,
            kind: kind.to_owned(),
            event: event.map(str::to_owned),
            target: target.unwrap_or_default(),
            has_parameters: value("Win").and_then(Value::dictionary).is_some_and(|windows| windows.has("P")),
        })
    }

    /// What a launch action starts, §12.6.4.5: `/F`, or `/Win` with its parameters.
    fn launched(&self, dictionary: &Dictionary) -> Option<String> {
        let file = dictionary.get("F").and_then(|file| self.file_name(self.view.resolve(file)));
        let windows = dictionary.get("Win").and_then(|value| self.view.resolve(value).dictionary());
        let Some(windows) = windows else { return file };
        let text = |key| windows.get(key).and_then(|value| self.view.resolve(value).text());
        let program = text("F").or(file).unwrap_or_default();
        Some(match text("P") {
            Some(parameters) => format!("{program} {parameters}"),
            None => program,
        })
    }

    /// A file specification, §7.11.
    fn file_name(&self, value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.decoded()),
            Value::Dictionary(dictionary) => ["UF", "F", "DOS", "Unix", "Mac"]
                .iter()
                .find_map(|key| dictionary.get(key).and_then(|value| self.view.resolve(value).text())),
            _ => None,
        }
    }

    /// An action that starts by itself and those that follow it.
    fn opening(&mut self, object: &Object, value: &'a Value, event: &str) {
        let mut next = Some(value);
        for _ in 0..MAX_CHAIN {
            let Some(value) = next else { return };
            if self.found.opening.len() >= MAX_ENTRIES {
                return;
            }
            match self.view.resolve(value) {
                Value::Dictionary(dictionary) => {
                    if let Some(action) = self.action(object, dictionary, Some(event)) {
                        self.found.opening.push(action);
                    }
                    next = dictionary.get("Next").and_then(|value| match self.view.resolve(value) {
                        Value::Array(values) => values.first(),
                        _ => Some(value),
                    });
                }
                // A destination: a page to show.
                Value::Array(_) | Value::Name(_) | Value::Text(_) => {
                    self.found.opening.push(Action {
                        offset: object.offset,
                        kind: "GoTo".to_owned(),
                        event: Some(event.to_owned()),
                        target: String::new(),
                        has_parameters: false,
                    });
                    return;
                }
                _ => return,
            }
        }
    }

    /// A script, a string or a stream, in all its revisions.
    fn script(&mut self, object: &Object, value: &'a Value) {
        let (number, offset) = (object.number, object.offset);
        match value {
            Value::Text(text) => self.push_script(number, offset, text.decoded()),
            Value::Reference(to) => {
                for index in self.view.revisions(*to) {
                    let Some(target) = self.view.objects.get(*index) else { continue };
                    match (&target.value, &target.stream) {
                        (Value::Text(text), _) => self.push_script(target.number, target.offset, text.decoded()),
                        (Value::Dictionary(_), Some(_)) if self.found.spoken_for.insert(*index) => {
                            let content = self.content(target);
                            self.push_script(target.number, target.offset, text_of(&content));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn push_script(&mut self, object: u32, offset: usize, text: String) {
        let is_known = self.found.scripts.iter().rev().take(64).any(|script| script.text == text);
        if !text.trim().is_empty() && !is_known && self.found.scripts.len() < MAX_ENTRIES {
            self.found.scripts.push(Script { object, offset, text });
        }
    }

    /// An XFA form, §12.7.8: a stream, or an array of names and streams.
    fn form(&mut self, value: &'a Value) {
        let parts: Vec<&Value> = match self.view.resolve(value) {
            Value::Array(values) => values.iter().take(MAX_PARTS).collect(),
            _ => vec![value],
        };
        for part in parts {
            let Value::Reference(to) = part else { continue };
            for index in self.view.revisions(*to) {
                if self.found.spoken_for.insert(*index)
                    && let Some(target) = self.view.objects.get(*index)
                {
                    let content = self.content(target);
                    self.found.xfa.extend_from_slice(&content);
                }
            }
        }
    }

    /// A file specification with its stream, §7.11.4.
    fn file(&mut self, specification: &'a Dictionary, streams: &'a Value) {
        let Value::Dictionary(streams) = self.view.resolve(streams) else { return };
        let mut names: Vec<String> = Vec::new();
        for key in ["UF", "F", "DOS", "Unix", "Mac"] {
            for value in specification.all(key) {
                if let Some(name) = self.view.resolve(value).text()
                    && !name.is_empty()
                    && !names.contains(&name)
                    && names.len() < 8
                {
                    names.push(name);
                }
            }
        }
        for (_, value) in streams.0.iter().take(MAX_EVENTS) {
            let Value::Reference(to) = value else { continue };
            for index in self.view.revisions(*to) {
                self.push_file(names.clone(), *index);
            }
        }
    }

    /// Streams that say they are attached files and that no specification names.
    fn unnamed_files(&mut self) {
        for (index, object) in self.view.objects.iter().enumerate() {
            let is_file = object.value.dictionary().is_some_and(|dictionary| dictionary.is("Type", "EmbeddedFile"));
            if is_file && object.stream.is_some() {
                self.push_file(Vec::new(), index);
            }
        }
    }

    fn push_file(&mut self, names: Vec<String>, index: usize) {
        let Some(object) = self.view.objects.get(index) else { return };
        let (Some(dictionary), Some(_)) = (object.value.dictionary(), &object.stream) else { return };
        if self.found.files.len() >= MAX_ENTRIES || !self.found.spoken_for.insert(index) {
            return;
        }
        let media_type = dictionary.get("Subtype").and_then(Value::name).map(str::to_lowercase);
        self.found.files.push(AttachedFile { names, media_type, index });
    }

    /// A stream's content, under this collection's own ceiling.
    fn content(&mut self, object: &Object) -> Vec<u8> {
        let (Some(dictionary), Some(range)) = (object.value.dictionary(), object.stream.clone()) else {
            return Vec::new();
        };
        let Storage::Filters(filters) = self.view.storage(dictionary) else { return Vec::new() };
        let mut content = Vec::new();
        // A filter that fails midway has given what a viewer would run.
        let _ = reader(&filters, self.bytes.get(range).unwrap_or_default()).take(self.left).read_to_end(&mut content);
        self.left = self.left.saturating_sub(content.len() as u64);
        self.found.is_cut |= self.left == 0;
        content
    }

    fn disguised(&mut self, object: &Object) {
        let watched = &pdf().watched_names;
        let offset = object.offset;
        let found = &mut self.found.disguised;
        let mut note = |name: &super::object::Name| {
            if name.is_disguised && watched.contains(&name.text) && found.len() < MAX_ENTRIES {
                found.push((name.text.clone(), offset));
            }
        };
        object.value.each_dictionary(&mut |dictionary| {
            for (name, value) in &dictionary.0 {
                note(name);
                if let Value::Name(name) = value {
                    note(name);
                }
            }
        });
    }

    fn information(&mut self) {
        const KEYS: [(&str, &str); 5] = [
            ("Title", "pdf-title"),
            ("Author", "pdf-author"),
            ("Creator", "pdf-creator"),
            ("Producer", "pdf-producer"),
            ("CreationDate", "pdf-created"),
        ];
        for trailer in &self.view.trailers {
            let Some(information) = trailer.get("Info").and_then(|value| self.view.resolve(value).dictionary()) else {
                continue;
            };
            for (key, fact) in KEYS {
                if let Some(text) = information.get(key).and_then(|value| self.view.resolve(value).text())
                    && !text.trim().is_empty()
                    && self.found.information.len() < 50
                    && !self.found.information.contains(&(fact, text.clone()))
                {
                    self.found.information.push((fact, text));
                }
            }
        }
    }
}

/// A script stream's text: UTF-16 with its mark, else UTF-8 or Latin-1.
fn text_of(content: &[u8]) -> String {
    super::object::Text { bytes: content.to_vec(), is_encoded: true }.decoded()
}
