//! The decision.

use super::causes::{causes, of_report, strictest};
use super::headers::{Forged, fields, forged, removed};
use super::recipients::action;
use super::reply::{Reply, reply};
use super::targets::replacement;
use crate::config::{Action, Cause, Settings};
use crate::formats::mail::rewrite::{Replacement, Rewritten};
use crate::gate::checkpoint::{Examined, Refused};

/// What is done with a mail, as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What is done with it.
    pub action: Action,
    /// What for.
    pub cause: Cause,
    /// Fields to add, if it passes or is kept: name, and value folded with a line feed and a blank as the milter protocol
    /// wants it; elsewhere the line feed is written as CRLF. ASCII throughout, nothing in them is from the mail.
    pub headers_to_add: Vec<(String, String)>,
    /// Fields to delete before any are added, in this order.
    pub headers_to_remove: Vec<Forged>,
    /// What the sender's mail server is told, if the mail is refused for now or for good; `250` otherwise.
    pub reply: Option<Reply>,
    /// The mail must be safe in the quarantine before it is answered.
    pub quarantine: bool,
    /// What to take out of it first; then ask [`Decision::confirmed`]. Set exactly for [`Action::Replace`].
    pub replace: Option<Replacement>,
}

/// Decides what is done with a mail to these recipients. `names` are the names of its header fields, in order.
///
/// Where [`Action::Replace`] is asked for and there is nothing that can be taken out by itself, the mail is quarantined.
pub fn decide<'a>(
    outcome: &Result<Examined, Refused>,
    settings: &Settings,
    recipients: &[String],
    names: impl IntoIterator<Item = &'a str>,
) -> Decision {
    let actions = &settings.actions;
    let causes = causes(outcome);
    let cause = strictest(&causes, actions, recipients);
    let asked = action(actions, cause, recipients);
    let replace = match asked {
        Action::Replace => {
            let blamed: Vec<Cause> =
                causes.into_iter().filter(|cause| action(actions, *cause, recipients) == Action::Replace).collect();
            replacement(outcome, &blamed, cause, settings)
        }
        _ => None,
    };
    let action = if asked == Action::Replace && replace.is_none() { Action::Quarantine } else { asked };
    Decision { replace, headers_to_remove: forged(names, actions), ..Decision::plain(action, cause, outcome, settings) }
}

impl Decision {
    fn plain(action: Action, cause: Cause, outcome: &Result<Examined, Refused>, settings: &Settings) -> Decision {
        Decision {
            action,
            cause,
            headers_to_add: fields(action, outcome, &settings.actions),
            headers_to_remove: Vec::new(),
            reply: reply(action, cause, outcome, &settings.actions),
            quarantine: action == Action::Quarantine,
            replace: None,
        }
    }

    /// Another action for the same mail.
    fn instead(
        self,
        action: Action,
        cause: Cause,
        outcome: &Result<Examined, Refused>,
        settings: &Settings,
    ) -> Decision {
        Decision { headers_to_remove: self.headers_to_remove, ..Decision::plain(action, cause, outcome, settings) }
    }

    /// The decision once attachments were taken out, or could not be. The rewritten mail passes only if what is left of
    /// it, scanned again, would pass by the same table; otherwise the mail as it came is quarantined.
    pub fn confirmed(
        mut self,
        rewritten: Option<&Rewritten>,
        outcome: &Result<Examined, Refused>,
        settings: &Settings,
        recipients: &[String],
    ) -> Decision {
        let actions = &settings.actions;
        let left = rewritten.and_then(|rewritten| Some((rewritten, rewritten.left.as_deref()?)));
        if let Some((rewritten, left)) = left {
            let cause = strictest(&of_report(left), actions, recipients);
            if self.action == Action::Replace && action(actions, cause, recipients) <= Action::Tag {
                self.headers_to_add.extend(removed(rewritten.removed.len(), &rewritten.breaks, actions));
                return self;
            }
        }
        let cause = self.cause;
        self.instead(Action::Quarantine, cause, outcome, settings)
    }

    /// The decision once the store failed to keep the mail: the action of [`Cause::Store`], but what was found malicious
    /// never passes for it, and what needs the store is deferred.
    pub fn not_kept(self, outcome: &Result<Examined, Refused>, settings: &Settings, recipients: &[String]) -> Decision {
        let asked = action(&settings.actions, Cause::Store, recipients);
        let is_malicious = causes(outcome).contains(&Cause::Malicious);
        let action = match asked {
            Action::Replace | Action::Quarantine => Action::Defer,
            Action::Accept | Action::Tag if is_malicious => Action::Defer,
            other => other,
        };
        self.instead(action, Cause::Store, outcome, settings)
    }
}
