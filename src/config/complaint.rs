//! What is wrong with a configuration, where, and what to do about it.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The daemon does not start with it.
    Error,
    /// It starts, but does something that few people want.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// How bad it is.
    pub severity: Severity,
    /// Line and column, both from 1, columns in characters; nothing if it is about what is not there.
    pub at: Option<(usize, usize)>,
    /// What is wrong, with the key's full name, and what to do.
    pub text: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.at {
            write!(out, "{line}:{column}: ")?;
        }
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(out, "{severity}: {}", self.text)
    }
}

/// A configuration that cannot be used: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong; at least one is an error.
    pub complaints: Vec<Complaint>,
}

impl ConfigError {
    /// One error about a file as a whole.
    pub(super) fn about(file: &Path, text: String) -> Self {
        let complaint = Complaint { severity: Severity::Error, at: None, text };
        ConfigError { file: file.to_owned(), complaints: vec![complaint] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, complaint) in self.complaints.iter().enumerate() {
            if index > 0 {
                out.write_str("\n")?;
            }
            write!(out, "{}:{}{complaint}", self.file.display(), if complaint.at.is_some() { "" } else { " " })?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Collects complaints about a text.
#[derive(Debug)]
pub(super) struct Complaints<'t> {
    text: &'t str,
    found: Vec<Complaint>,
}

impl<'t> Complaints<'t> {
    pub(super) fn about(text: &'t str) -> Self {
        Complaints { text, found: Vec::new() }
    }

    pub(super) fn error(&mut self, at: Option<Range<usize>>, text: String) {
        self.push(Severity::Error, at, text);
    }

    pub(super) fn warning(&mut self, at: Option<Range<usize>>, text: String) {
        self.push(Severity::Warning, at, text);
    }

    fn push(&mut self, severity: Severity, at: Option<Range<usize>>, text: String) {
        let at = at.map(|span| self.place(span.start));
        self.found.push(Complaint { severity, at, text });
    }

    /// Line and column of a byte.
    fn place(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.get(line_start..).unwrap_or_default().chars().count().saturating_add(1);
        (line, column)
    }

    pub(super) fn has_errors(&self) -> bool {
        self.found.iter().any(|complaint| complaint.severity == Severity::Error)
    }

    /// All of them, in the order of the file; those about no place last.
    pub(super) fn finish(mut self) -> Vec<Complaint> {
        self.found.sort_by_key(|complaint| (complaint.at.is_none(), complaint.at, complaint.severity));
        self.found
    }
}
