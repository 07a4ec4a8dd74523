//! A decision becomes changes and one final reply, of what was agreed on. Where something is not in the agreement the next
//! stricter thing is done, never a milder one.

use super::negotiate::{ADD_HEADERS, Agreement, CHANGE_BODY, CHANGE_HEADERS, QUARANTINE};
use super::reply::Reply;
use crate::config::{Action, Settings};
use crate::gate::disposition::{self, Decision, Forged};
use crate::worker::Rewritten;

/// Where our fields go: behind the `Received` field the mail server writes, before everything the client sent. Mail
/// servers count that field when they insert, though they do not tell it (`cleanup_milter.c` of Postfix).
const BEHIND_RECEIVED: u32 = 1;

/// What the sender's mail server is told when this one cannot do what was decided.
const NOT_POSSIBLE: &str = "Message cannot be taken at the moment, please try again later";

/// Whether the mail server lets attachments be taken out.
pub(super) fn may_replace(agreed: Agreement) -> bool {
    agreed.may(CHANGE_BODY | CHANGE_HEADERS)
}

/// Whether the mail server has a quarantine of its own.
pub(super) fn may_hold(agreed: Agreement) -> bool {
    agreed.may(QUARANTINE)
}

/// Whether a mail can be marked as decided. Marks may be switched off; then nothing is missing.
pub(super) fn may_mark(agreed: Agreement, settings: &Settings) -> bool {
    !settings.actions.add_headers || agreed.may(ADD_HEADERS)
}

/// The decision to quarantine instead of letting pass.
pub(super) fn quarantined(decision: Decision) -> Decision {
    Decision { action: Action::Quarantine, quarantine: true, replace: None, reply: None, ..decision }
}

/// The decision to ask for the mail again later.
pub(super) fn deferred(decision: Decision) -> Decision {
    let reply = disposition::Reply { code: 451, enhanced: "4.7.1", text: NOT_POSSIBLE.to_owned() };
    Decision { action: Action::Defer, quarantine: false, replace: None, reply: Some(reply), ..decision }
}

/// What is said to refuse a mail for now or for good; nothing if the decision is to take it.
pub(super) fn refusal(decision: &Decision) -> Option<Reply> {
    match (&decision.action, &decision.reply) {
        (Action::Defer | Action::Reject, Some(reply)) => Some(Reply::Code { line: reply.line() }),
        (Action::Defer | Action::Reject, None) => Some(Reply::Code { line: format!("451 4.7.1 {NOT_POSSIBLE}") }),
        _ => None,
    }
}

/// What is said to let a mail pass: fields deleted and added, attachments taken out.
pub(super) fn passage(decision: &Decision, rewritten: Option<Rewritten>, agreed: Agreement) -> Vec<Reply> {
    let mut said = cleaned(&decision.headers_to_remove, agreed);
    let (headers, body) = match rewritten {
        Some(rewritten) => (rewritten.headers, Some(rewritten.body)),
        None => (Vec::new(), None),
    };
    for (name, value) in headers {
        said.push(Reply::ChangeHeader { index: 1, name, value: value.unwrap_or_default() });
    }
    if agreed.may(ADD_HEADERS) {
        // Each is put before the one inserted last.
        for (name, value) in decision.headers_to_add.iter().rev() {
            said.push(Reply::InsertHeader { index: BEHIND_RECEIVED, name: name.clone(), value: value.clone() });
        }
    }
    said.extend(body.map(Reply::ReplaceBody));
    said.push(Reply::Continue);
    said
}

/// What is said to have the mail server keep a mail in its own quarantine. It gets its fields too: whoever releases it there
/// sends it on as it is.
pub(super) fn hold(decision: &Decision, agreed: Agreement) -> Vec<Reply> {
    let mut said = passage(decision, None, agreed);
    let last = said.len().saturating_sub(1);
    said.insert(last, Reply::Quarantine(format!("sekisho: {}", decision.cause.as_str())));
    said
}

/// What is said to delete fields that only this program may write. They are deleted before any is inserted, for a field
/// before `Received` changes how mail servers count.
pub(super) fn cleaned(forged: &[Forged], agreed: Agreement) -> Vec<Reply> {
    if !agreed.may(CHANGE_HEADERS) {
        return Vec::new();
    }
    let deletion = |field: &Forged| Reply::ChangeHeader {
        index: u32::try_from(field.occurrence).unwrap_or(u32::MAX),
        name: field.name.clone(),
        value: String::new(),
    };
    forged.iter().map(deletion).collect()
}
