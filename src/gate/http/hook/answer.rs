//! What Stalwart is told.

use serde::Serialize;

use crate::config::Action;
use crate::gate::disposition::{Decision, Forged, Reply};
use crate::worker::Rewritten;

/// What it does with the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verb {
    /// Goes on, with the modifications.
    Accept,
    /// Says that it took the mail, and forgets it.
    Discard,
    /// Refuses it, for now or for good as the response says.
    Reject,
    /// Goes on, with the field `X-Quarantine: true` and the modifications.
    Quarantine,
}

/// The answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Answer {
    pub(super) action: Verb,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response: Option<Response>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) modifications: Vec<Modification>,
}

/// What Stalwart says to the client. Its program reads `enhanced_status`, its documentation says `enhancedStatus`, and what
/// it does not know it ignores.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Response {
    status: u16,
    enhanced_status: &'static str,
    #[serde(rename = "enhancedStatus")]
    documented: &'static str,
    message: String,
    disconnect: bool,
}

/// A change to the mail. Stalwart makes them in order; fields of one name are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(super) enum Modification {
    /// Puts a field before all others.
    AddHeader { name: String, value: String },
    /// Gives a field another value, or adds it.
    ChangeHeader { index: u32, name: String, value: String },
    /// Removes a field.
    DeleteHeader { index: u32, name: String },
    /// Puts something in the place of the body.
    ReplaceContents { value: String },
}

impl Answer {
    /// Goes on without any change.
    pub(super) fn plain(action: Verb) -> Self {
        Answer { action, response: None, modifications: Vec::new() }
    }

    /// Goes on, but not with fields that only this program may write.
    pub(super) fn cleaned(forged: &[Forged]) -> Self {
        Answer { modifications: deletions(forged), ..Answer::plain(Verb::Accept) }
    }

    /// What was decided, where the mail is not in our quarantine.
    pub(super) fn of(decision: &Decision, rewritten: Option<(Rewritten, String)>) -> Self {
        match decision.action {
            Action::Accept | Action::Tag | Action::Replace => {
                Answer { modifications: modifications(decision, rewritten), ..Answer::plain(Verb::Accept) }
            }
            Action::Quarantine => {
                Answer { modifications: modifications(decision, None), ..Answer::plain(Verb::Quarantine) }
            }
            Action::Defer | Action::Reject => {
                let later = || Reply {
                    code: 451,
                    enhanced: "4.7.1",
                    text: "Message cannot be taken at the moment, please try again later".to_owned(),
                };
                let Reply { code, enhanced, text } = decision.reply.clone().unwrap_or_else(later);
                let response = Response {
                    status: code,
                    enhanced_status: enhanced,
                    documented: enhanced,
                    message: text,
                    disconnect: false,
                };
                Answer { response: Some(response), ..Answer::plain(Verb::Reject) }
            }
        }
    }
}

/// Fields that are not the sender's to write go first, then what changes with the body, then ours: each step counts fields as
/// the one before left them.
fn modifications(decision: &Decision, rewritten: Option<(Rewritten, String)>) -> Vec<Modification> {
    let mut all = deletions(&decision.headers_to_remove);
    let (changed, body) = rewritten.map(|(rewritten, body)| (rewritten.headers, body)).unzip();
    for (name, value) in changed.unwrap_or_default() {
        all.push(match value {
            Some(value) => Modification::ChangeHeader { index: 1, name, value: with_line_ends(&value) },
            None => Modification::DeleteHeader { index: 1, name },
        });
    }
    // Each goes before those already there.
    for (name, value) in decision.headers_to_add.iter().rev() {
        all.push(Modification::AddHeader { name: name.clone(), value: with_line_ends(value) });
    }
    all.extend(body.map(|value| Modification::ReplaceContents { value }));
    all
}

fn deletions(forged: &[Forged]) -> Vec<Modification> {
    let deletion = |field: &Forged| Modification::DeleteHeader {
        index: u32::try_from(field.occurrence).unwrap_or(u32::MAX),
        name: field.name.clone(),
    };
    forged.iter().map(deletion).collect()
}

/// Folded lines end in CRLF in a message.
fn with_line_ends(value: &str) -> String {
    value.replace("\r\n", "\n").replace('\n', "\r\n")
}
