//! What the workbook reaches: DDE in linked books and formulas, hyperlinks, queries; and what it says about itself.

use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::formats::office::external::{EXPLOIT_TARGET, REMOTE_TEMPLATE, say_external};
use crate::formats::office::formula_text::{Call, calls};
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::formats::office::xml::{Piece, Tag, walk_text};
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, Location, Problem};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at the workbook.
pub(super) struct Workbook;

/// Links and targets said of one workbook; a sheet of market data has a link in every cell.
const MAX_KEPT: usize = 5_000;
/// Bytes kept of an element's text.
const MAX_TEXT: usize = 32 << 10;

/// Elements whose text is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    /// `Path` of `SupBook`: a file, or `service|topic`.
    Path,
    /// `URLString`, `Href`, `FileName`, `Src` of queries and pivot tables.
    Source,
    /// A property of the document.
    Fact(&'static str),
}

const TEXTS: [(&str, Text); 13] = [
    ("Path", Text::Path),
    ("URLString", Text::Source),
    ("URL", Text::Source),
    ("HRef", Text::Source),
    ("Href", Text::Source),
    ("FileName", Text::Source),
    ("Src", Text::Source),
    ("Author", Text::Fact("author")),
    ("LastAuthor", Text::Fact("last-author")),
    ("Title", Text::Fact("title")),
    ("Company", Text::Fact("company")),
    ("Manager", Text::Fact("manager")),
    ("Version", Text::Fact("application-version")),
];

#[derive(Default)]
struct Found {
    links: Vec<(String, String)>,
    targets: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    open: Option<(Text, String)>,
}

impl Analyzer for Workbook {
    fn findings(&self) -> Kinds {
        &[DDE_LINK, EXPLOIT_TARGET, REMOTE_TEMPLATE, REMOTE_OBJECT, REMOTE_IMAGE, REMOTE_HOST_UNUSUAL]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<TextView>()?;
        let mut found = Found::default();
        if let Err(problem) = walk_text(&view.text, |piece| found.piece(&piece)) {
            out.problem(Problem::damaged(format!("the workbook ends early: {problem}"), Location::whole()));
        }
        for (service, topic) in &found.links {
            say_dde(out, DdeHost::Excel, service, topic, Location::whole());
        }
        for (kind, target) in &found.targets {
            say_external(out, kind, target, &Location::whole);
        }
        for (key, value) in found.facts {
            out.fact(key, value);
        }
        Ok(())
    }
}

impl Found {
    fn piece(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Open(tag) => self.open_tag(tag),
            Piece::Text(text) => {
                if let Some((_, kept)) = self.open.as_mut().filter(|(_, kept)| kept.len() < MAX_TEXT) {
                    kept.push_str(text);
                }
            }
            Piece::Close(_) => {
                if let Some((kind, text)) = self.open.take() {
                    self.keep(kind, text.trim());
                }
            }
        }
    }

    fn open_tag(&mut self, tag: &Tag<'_>) {
        let name = tag.local();
        self.open = TEXTS.iter().find(|(element, _)| *element == name).map(|(_, text)| (*text, String::new()));
        if !matches!(name, "Cell" | "NamedRange" | "Formula" | "Worksheet" | "Comment" | "Condition") {
            return;
        }
        for attribute in ["Formula", "RefersTo", "ArrayRange"] {
            if let Some(formula) = tag.get(attribute).filter(|formula| formula.contains(['|', '｜'])) {
                self.links.extend(calls(&formula).into_iter().filter_map(|call| match call {
                    Call::Link { service, topic } => Some((service, topic)),
                    Call::Function { .. } => None,
                }));
                self.links.truncate(MAX_KEPT);
            }
        }
        if let Some(target) = tag.get("HRef").filter(|_| self.targets.len() < MAX_KEPT) {
            self.targets.push(("hyperlink", target));
        }
    }

    fn keep(&mut self, kind: Text, text: &str) {
        match kind {
            _ if text.is_empty() => {}
            Text::Path => match text.split_once('|') {
                Some((service, topic)) if self.links.len() < MAX_KEPT => {
                    self.links.push((service.to_owned(), topic.trim_matches('\'').to_owned()));
                }
                Some(_) => {}
                None if self.targets.len() < MAX_KEPT => self.targets.push(("externallinkpath", text.to_owned())),
                None => {}
            },
            Text::Source if self.targets.len() < MAX_KEPT => self.targets.push(("querytable", text.to_owned())),
            Text::Source => {}
            Text::Fact(key) => self.facts.push((key, text.to_owned())),
        }
    }
}
