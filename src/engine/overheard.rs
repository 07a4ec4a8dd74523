//! Passwords said elsewhere in a tree than where the locked file lies: in another message of the same input, in a text
//! attached beside it. A message's own words are offered to its attachments while they are unpacked; these are known only
//! when everything has been read.

use std::sync::Arc;

use super::scheduler::Walked;
use crate::formats::mail::html_text::html_text;
use crate::formats::mail::passwords::{Message, candidates};
use crate::model::hints::MAX_PASSWORDS;
use crate::model::{Hints, PasswordHint, PasswordSource, ProblemKind};

/// What was said in the tree that a locked artifact has not been tried with.
pub(super) fn new_passwords(walked: &Walked) -> Vec<PasswordHint> {
    if walked.locked.is_empty() {
        return Vec::new();
    }
    let mut said: Vec<PasswordHint> = Vec::new();
    let elsewhere = |source| move |hint: PasswordHint| PasswordHint { text: hint.text, source };
    for hints in &walked.hints {
        said.extend(hints.passwords().into_iter().map(elsewhere(PasswordSource::OtherMessage)));
    }
    for text in &walked.texts {
        let text = String::from_utf8_lossy(text);
        let bodies = [if text.contains('<') { html_text(&text) } else { text.into_owned() }];
        let found = candidates(&Message { bodies: &bodies, ..Message::default() });
        said.extend(found.into_iter().map(elsewhere(PasswordSource::OtherText)));
    }
    let tried: Vec<Vec<PasswordHint>> = walked.locked.iter().map(|hints| hints.passwords()).collect();
    let is_new = |hint: &PasswordHint| tried.iter().any(|tried| !tried.iter().any(|known| known.text == hint.text));
    let mut new: Vec<PasswordHint> = Vec::new();
    for hint in said.into_iter().filter(is_new) {
        if new.len() < MAX_PASSWORDS && !new.iter().any(|known| known.text == hint.text) {
            new.push(hint);
        }
    }
    new
}

/// Artifacts that stayed locked.
pub(super) fn locked(walked: &Walked) -> usize {
    let is_locked = |kind: ProblemKind| kind == ProblemKind::Encrypted;
    walked.tree.records().iter().filter(|record| record.problems.iter().any(|problem| is_locked(problem.kind))).count()
}

/// The hints of a second walk: those of the first, and what was overheard.
pub(super) fn with(hints: &Arc<Hints>, overheard: Vec<PasswordHint>) -> Arc<Hints> {
    Arc::new(Hints::new(overheard, Some(hints.clone())))
}
