//! Jobs and answers, as they cross the door.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::formats::mail::letter::Letter;
pub use crate::formats::mail::rewrite::{Replacement, Rewritten};
use crate::model::{PasswordHint, Report};

/// What to do with the bytes that come with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Job {
    /// Scan them.
    Scan {
        /// What they are called in the report.
        name: String,
        /// They are only the beginning of something that was too large to be read whole.
        is_cut: bool,
        /// Passwords related messages offer.
        offered: Vec<PasswordHint>,
        /// The most the scan may take, if less than the setup's limit.
        within: Option<Duration>,
    },
    /// The report of an input that could not be read at all.
    Unreadable {
        /// What it is called in the report.
        name: String,
        /// Why it could not be read.
        why: String,
    },
    /// Only look at the messages in them: who sent them when, in which thread, which passwords they offer.
    Letters,
    /// Take attachments out of the message they are.
    Rewrite(Replacement),
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Of [`Job::Scan`] and [`Job::Unreadable`]: the report, and the messages in the bytes as [`Job::Letters`] gives them.
    Scanned {
        /// The report.
        report: Box<Report>,
        /// The messages in the input itself; not those attached to it.
        letters: Vec<Letter>,
    },
    /// Of [`Job::Letters`].
    Letters(Vec<Letter>),
    /// Of [`Job::Rewrite`]; nothing if the bytes are no message, or no part of it can be taken out by itself.
    Rewritten(Option<Rewritten>),
}
