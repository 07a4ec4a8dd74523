//! From what came of an examination to what is said: OK only for what was read completely and is clean, or what the
//! configuration accepts by name.

use super::names;
use super::received::Unread;
use super::reply::Said;
use crate::config::{Action, Actions, Cause, Clamd, ErrorStyle};
use crate::gate::disposition::causes;
use crate::gate::{Examined, Refused};
use crate::model::CoverageCause;

/// What a reply follows from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    /// The door's settings.
    pub(super) door: &'a Clamd,
    /// What happens by cause.
    pub(super) actions: &'a Actions,
    /// Whether every name is wanted.
    pub(super) every_name: bool,
}

impl Rules<'_> {
    /// What is said of an outcome.
    pub(super) fn judge(self, outcome: &Result<Examined, Refused>) -> Said {
        let causes = causes(outcome);
        let is_found =
            causes.contains(&Cause::Malicious) || (self.door.suspicious_found && causes.contains(&Cause::Suspicious));
        let report = match outcome {
            Ok(examined) => &examined.report,
            // Its turn would have come later.
            Err(Refused::Expired) => return self.unread(Cause::Timeout, ""),
            Err(_) => return self.unread(causes.first().copied().unwrap_or(Cause::Overload), ""),
        };
        if is_found {
            let mut names = names::found(report);
            if !self.every_name {
                names.truncate(1);
            }
            return Said::Found(names);
        }
        let gap = |cause| report.coverage.reasons.iter().find(|gap| gap.cause == cause);
        if self.door.encrypted_found && causes.contains(&Cause::Encrypted) {
            let path = gap(CoverageCause::Encrypted).map_or("", |gap| gap.artifact.as_str());
            let locked = report.artifacts.iter().find(|artifact| artifact.path == path);
            return Said::found(names::encrypted(locked.map_or("", |artifact| artifact.format.as_ref())));
        }
        // What is accepted by the door's own settings is no reason; of the others, what is treated strictest.
        let rest = causes
            .into_iter()
            .filter(|cause| !matches!(cause, Cause::Clean | Cause::Malicious | Cause::Suspicious | Cause::Encrypted));
        let worst = rest.rev().max_by_key(|cause| self.action(*cause));
        let limit = gap(CoverageCause::Limit).map_or("", |gap| gap.text.as_str());
        worst.map_or(Said::Clean, |cause| self.unread(cause, limit))
    }

    fn action(self, cause: Cause) -> Action {
        self.actions.table.get(&cause).copied().unwrap_or(Action::Defer)
    }

    /// What is said of something that was not read, for this cause.
    pub(super) fn unread(self, cause: Cause, text: &str) -> Said {
        let (name, message) = names::unread(cause, text);
        match (self.action(cause), self.door.errors) {
            (Action::Accept, _) => Said::Clean,
            // No use in trying again later.
            (Action::Replace | Action::Quarantine | Action::Reject, _) | (_, ErrorStyle::Found) => Said::found(name),
            (Action::Tag | Action::Defer, ErrorStyle::Error) => Said::failed(message),
        }
    }

    /// What is said of a file that could not be read.
    pub(super) fn unread_file(self, why: &Unread) -> Said {
        match why {
            Unread::NotRegular => Said::failed("Not a regular file."),
            Unread::TooLarge => self.unread(Cause::TooLarge, ""),
            Unread::NoRoom => self.unread(Cause::Overload, ""),
            Unread::Slow => self.unread(Cause::Timeout, ""),
            Unread::Failed(_) => Said::failed("Can't read file"),
        }
    }
}
