//! Does the jobs.

use bytes::Bytes;

use super::job::{Answer, Job, Replacement, Rewritten};
use super::setup::{Setup, SetupError};
use crate::formats::mail::letter::Letter;
use crate::formats::mail::rewrite::rewrite;
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
            Job::Rewrite(replacement) => Answer::Rewritten(self.rewrite(&replacement, &bytes)),
        }
    }

    /// Takes attachments out of a message and scans what is left of it: nothing that had to go may be found there again,
    /// however deep.
    fn rewrite(&self, replacement: &Replacement, message: &Bytes) -> Option<Rewritten> {
        let mut rewritten = rewrite(message, replacement)?;
        let whole = rewritten.whole(message)?;
        let left = self.scanner.scan_given(Submission::new("message", whole), false, Vec::new(), None);
        let has_gone = |digest: &String| left.artifacts.iter().all(|artifact| artifact.sha256 != *digest);
        if !replacement.artifacts.iter().all(has_gone) {
            return None;
        }
        rewritten.left = Some(Box::new(left));
        Some(rewritten)
    }
}
