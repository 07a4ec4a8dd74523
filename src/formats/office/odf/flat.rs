//! OpenDocument in one XML file (ODF 1.3 part 3, 3.1.2): the view.

use bytes::Bytes;

use super::reading::Content;
use crate::model::{Location, ParseError, Problem, ProblemKind, View};

/// A flat document.
#[derive(Debug)]
pub struct FlatView {
    /// What was odd or damaged.
    pub problems: Vec<Problem>,
    pub(super) content: Content,
}

impl View for FlatView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let mut view = FlatView { problems: Vec::new(), content: Content::default() };
        if let Err(problem) = view.content.read("", bytes) {
            view.problems.push(Problem::damaged(problem, Location::whole()));
        }
        if view.content.is_cut {
            let what = "more macros, events or targets than are read";
            view.problems.push(Problem::new(ProblemKind::Limit, what, Location::whole()));
        }
        Ok(view)
    }
}
