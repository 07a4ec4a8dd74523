//! Does the jobs.

use bytes::Bytes;

use super::job::{Answer, Job};
use super::setup::{Setup, SetupError};
use crate::formats::mail::letter::Letter;
use crate::{Scanner, Submission};

/// A scanner that does jobs.
pub struct Analyst {
    scanner: Scanner,
}

impl Analyst {
    /// An analyst with this setup.
    pub fn new(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Analyst { scanner: setup.scanner()? })
    }

    /// Digest of the rules and policy in use.
    pub fn rules(&self) -> &str {
        self.scanner.rules()
    }

    /// Does one job.
    pub fn answer(&self, job: Job, bytes: Bytes) -> Answer {
        match job {
            Job::Scan { name, is_cut, offered, within } => {
                let letters = Letter::read(&bytes);
                let submission = Submission::new(name, bytes);
                let report = Box::new(self.scanner.scan_given(submission, is_cut, offered, within));
                Answer::Scanned { report, letters }
            }
            Job::Unreadable { name, why } => {
                Answer::Scanned { report: Box::new(self.scanner.unreadable(&name, &why)), letters: Vec::new() }
            }
            Job::Letters => Answer::Letters(Letter::read(&bytes)),
            Job::Rewrite(replacement) => {
                let _ = (replacement, bytes);
                Answer::Rewritten(None)
            }
        }
    }
}
