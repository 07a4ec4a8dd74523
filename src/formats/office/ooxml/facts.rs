//! What a document says about itself: author, program, template (ECMA-376-2, 11; ECMA-376-1, 22.2).

use super::OoxmlView;
use super::parts::parts;
use crate::finding_kind;
use crate::formats::office::xml::{Piece, walk};
use crate::model::{Artifact, ProblemKind};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Facts;

/// Elements of the property parts and the facts they become.
const ELEMENTS: [(&str, &str); 9] = [
    ("creator", "author"),
    ("lastModifiedBy", "last-author"),
    ("title", "title"),
    ("subject", "subject"),
    ("Application", "application"),
    ("AppVersion", "application-version"),
    ("Template", "template"),
    ("Company", "company"),
    ("Manager", "manager"),
];

impl Analyzer for Facts {
    fn findings(&self) -> Kinds {
        &[OOXML_DAMAGED]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if let Some(first) = view.problems.iter().find(|problem| problem.kind == ProblemKind::Damaged) {
            out.raise(OOXML_DAMAGED, first.at.clone(), first.what.clone());
        }
        if let Some(content_type) = view.main.as_deref().and_then(|main| view.content_type(main)) {
            out.fact("main-content-type", content_type);
        }
        for part in parts(artifact, out, |name| matches!(name, "docprops/core.xml" | "docprops/app.xml"))? {
            let mut key = None;
            let mut text = String::new();
            let mut found = Vec::new();
            let _ = walk(&part.data, |piece| match piece {
                Piece::Open(tag) => {
                    key = ELEMENTS.iter().find(|(element, _)| tag.is(element)).map(|(_, key)| *key);
                    text.clear();
                }
                Piece::Text(more) if key.is_some() => text.push_str(more),
                Piece::Text(_) => {}
                Piece::Close(_) => found.extend(key.take().map(|key| (key, text.trim().to_owned()))),
            });
            for (key, text) in found.into_iter().filter(|(_, text)| !text.is_empty()) {
                out.fact(key, text);
            }
        }
        Ok(())
    }
}

finding_kind! {
    /// ## What it is
    /// The list of content types or the relationships of an office document cannot be read to their end.
    ///
    /// ## Why it matters
    /// They say which part does what. Office offers to repair such documents, and then opens what was not examined.
    ///
    /// ## How we see it
    /// The XML of `[Content_Types].xml` or of a `.rels` part is malformed, or its entry cannot be unpacked.
    ///
    /// ## When it is innocent
    /// Downloads and transfers that broke off. The same file sent again would be whole.
    ///
    /// ## References
    /// - ECMA-376-2, 9.3 Relationships and 10.1.2 Content types:
    ///   https://ecma-international.org/publications-and-standards/standards/ecma-376/
    pub(crate) const OOXML_DAMAGED = {
        id: "ooxml-structure-damaged",
        title: "the document's list of parts is damaged",
        ja: "文書の部品一覧が壊れています",
        why_ja: "読めなかった部分は検査できていません。Officeは壊れた文書を修復して開くことがあります。",
        severity: Low,
        facet: Structure,
        confidence: Medium,
        attack: [],
    }
}
