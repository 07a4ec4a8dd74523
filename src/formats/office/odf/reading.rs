//! One XML part of an OpenDocument file, or the whole of a flat one: modules, events, targets, links to other programs.

use crate::formats::office::vba::BasicModule;
use crate::formats::office::xml::{Piece, Tag, walk};
use crate::model::Location;

/// What the parts of a document hold.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Modules of Basic.
    pub(super) modules: Vec<BasicModule>,
    /// Events that start something.
    pub(super) events: Vec<Event>,
    /// Targets of elements, as written.
    pub(super) targets: Vec<Target>,
    /// Links to other programs: service and topic.
    pub(super) exchanges: Vec<Exchange>,
    /// Formulas that call something.
    pub(super) formulas: Vec<(String, String)>,
    /// Content in base64 (flat documents).
    pub(super) binaries: Vec<Binary>,
    /// Libraries that are locked with a password.
    pub(super) locked: Vec<String>,
    /// The program that wrote the document.
    pub(super) generator: Option<String>,
    /// More of something than is kept.
    pub(super) is_cut: bool,
}

/// An event bound to a macro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) part: String,
    /// Its name: `dom:load`.
    pub(super) name: String,
    /// The macro, as written.
    pub(super) target: String,
}

/// A target of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) part: String,
    /// The element's local name.
    pub(super) element: String,
    pub(super) href: String,
}

/// A link to another program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) part: String,
    pub(super) service: String,
    pub(super) topic: String,
}

/// Content in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binary {
    /// The element around it.
    pub(super) element: String,
    pub(super) text: String,
}

/// Things of one sort kept.
const MAX_KEPT: usize = 10_000;
/// Formulas kept; sheets repeat them.
const MAX_FORMULAS: usize = 200;
/// Characters of one module's source.
const MAX_SOURCE: usize = 4 << 20;
/// Characters of base64 kept together.
const MAX_BASE64: usize = 256 << 20;

/// The place of something in a part; a flat document has no parts.
pub(super) fn place(part: &str) -> Location {
    if part.is_empty() { Location::whole() } else { Location::part(format!("part {part}")) }
}

/// Where a text goes.
enum Open {
    Nothing,
    Source,
    Binary,
    Generator,
}

impl Content {
    /// Reads a part. An error says where the rest could not be read.
    pub(super) fn read(&mut self, part: &str, data: &[u8]) -> Result<(), String> {
        let mut open = Open::Nothing;
        let mut library = library_of(part);
        let mut module = String::new();
        let mut element = String::new();
        let mut text = String::new();
        walk(data, |piece| match piece {
            Piece::Open(tag) => {
                if tag.is("module") {
                    // `script:module` holds its source; `ooo:module` an element that does.
                    module = tag.get("name").unwrap_or_default();
                    open = Open::Source;
                    text.clear();
                } else if tag.is("binary-data") {
                    open = Open::Binary;
                    text.clear();
                } else if tag.is("generator") {
                    open = Open::Generator;
                    text.clear();
                } else if tag.is("library-embedded") || tag.is("library") {
                    library = tag.get("name").unwrap_or_default();
                    if tag.get("passwordprotected").is_some_and(|value| value == "true") {
                        self.locked.push(library.clone());
                    }
                } else {
                    self.element(part, &tag, &mut element);
                }
            }
            Piece::Text(piece) => {
                let limit = match open {
                    Open::Nothing => return,
                    Open::Source | Open::Generator => MAX_SOURCE,
                    Open::Binary => MAX_BASE64,
                };
                if text.len().saturating_add(piece.len()) > limit {
                    self.is_cut = true;
                } else if matches!(open, Open::Binary) {
                    text.extend(piece.chars().filter(|c| !c.is_whitespace()));
                } else {
                    text.push_str(piece);
                }
            }
            Piece::Close("module") => {
                open = Open::Nothing;
                let name = if library.is_empty() { module.clone() } else { format!("{library}/{module}") };
                let source = std::mem::take(&mut text);
                if keep(&mut self.modules, BasicModule { name, source }, MAX_KEPT) {
                    self.is_cut = true;
                }
            }
            Piece::Close("binary-data") => {
                open = Open::Nothing;
                let binary = Binary { element: element.clone(), text: std::mem::take(&mut text) };
                let total = self.binaries.iter().fold(0usize, |sum, binary| sum.saturating_add(binary.text.len()));
                if total > MAX_BASE64 || keep(&mut self.binaries, binary, MAX_KEPT) {
                    self.is_cut = true;
                }
            }
            Piece::Close("generator") => {
                open = Open::Nothing;
                self.generator.get_or_insert(std::mem::take(&mut text));
            }
            Piece::Close(_) => {}
        })
    }

    fn element(&mut self, part: &str, tag: &Tag<'_>, element: &mut String) {
        let written = tag.written();
        if is_frame(tag) {
            *element = tag.name();
        }
        let mut is_cut = false;
        if tag.is("event-listener") || tag.is("event") {
            let name = tag.get("event-name").unwrap_or_default();
            let target = tag.get("href").or_else(|| tag.get("macro-name")).unwrap_or_default();
            let location = tag.get("location").map(|place| format!("?location={place}")).unwrap_or_default();
            let target = if target.contains("location=") { target } else { format!("{target}{location}") };
            if !target.is_empty() {
                is_cut |= keep(&mut self.events, Event { part: part.to_owned(), name, target }, MAX_KEPT);
            }
            self.is_cut |= is_cut;
            return;
        }
        if written.contains("href") || written.contains("base-dn") {
            let href = tag.get("href").unwrap_or_default();
            // Places in the package say nothing here.
            if href.contains(':') || href.starts_with(['\\', '/']) || href.contains("..") {
                is_cut |=
                    keep(&mut self.targets, Target { part: part.to_owned(), element: tag.name(), href }, MAX_KEPT);
            }
        }
        if written.contains("dde-application") {
            let service = tag.get("dde-application").unwrap_or_default();
            let topic = tag.get("dde-topic").unwrap_or_default();
            is_cut |= keep(&mut self.exchanges, Exchange { part: part.to_owned(), service, topic }, MAX_KEPT);
        }
        if written.contains("formula") && written.contains(['|', '(']) {
            let formula = tag.get("formula").unwrap_or_default();
            let upper = formula.to_ascii_uppercase();
            // A cheap look before the formula is taken apart.
            let may_call = upper.contains('|')
                || ["DDE", "WEBSERVICE", "HYPERLINK", "CALL", "REGISTER", "IMPORT"].iter().any(|w| upper.contains(w));
            if may_call && self.formulas.len() < MAX_FORMULAS {
                self.formulas.push((part.to_owned(), formula));
            }
        }
        self.is_cut |= is_cut;
    }
}

/// Elements that hold binary content.
fn is_frame(tag: &Tag<'_>) -> bool {
    ["image", "object-ole", "object", "fill-image", "background-image", "list-level-style-image", "plugin"]
        .iter()
        .any(|name| tag.is(name))
}

/// Keeps what fits; says whether it did not.
fn keep<T>(list: &mut Vec<T>, item: T, limit: usize) -> bool {
    if list.len() >= limit {
        return true;
    }
    list.push(item);
    false
}

/// `Basic/Standard/Module1.xml`, `Dialogs/Standard/Dialog1.xml`.
fn library_of(part: &str) -> String {
    let mut folders = part.split('/');
    let first = folders.next().unwrap_or_default();
    let library = folders.next().unwrap_or_default();
    let is_library = first.eq_ignore_ascii_case("basic") && folders.next().is_some();
    if is_library { library.to_owned() } else { String::new() }
}
