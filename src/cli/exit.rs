//! Exit codes that scripts can trust.

use std::process::ExitCode;

use crate::model::{CoverageLevel, Level, Report};

/// Something was found at or above `--fail-on`.
pub(super) const FOUND: u8 = 1;
/// Nothing was found, but something could not be read.
pub(super) const INCOMPLETE: u8 = 2;
/// The command line or a file given on it is wrong.
pub(super) const USAGE: u8 = 64;

/// The exit code over all reports: what was found counts before what was not read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    found: bool,
    incomplete: bool,
}

impl Outcome {
    /// Takes a report into account.
    pub(super) fn add(&mut self, report: &Report, fail_on: Level) {
        self.found |= report.verdict.level >= Level::Suspicious && report.verdict.level >= fail_on;
        self.incomplete |= report.coverage.level != CoverageLevel::Complete;
    }

    /// The code.
    pub(super) fn code(self) -> ExitCode {
        if self.found {
            ExitCode::from(FOUND)
        } else if self.incomplete {
            ExitCode::from(INCOMPLETE)
        } else {
            ExitCode::SUCCESS
        }
    }
}
