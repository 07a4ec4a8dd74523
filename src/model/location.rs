//! Where in an artifact something was seen.

use std::fmt;

/// A place inside an artifact: a named part, a byte range, a line, or several of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// A named part: `header Subject`, `entry a.exe`, `stream VBA/dir`, `section .text`.
    pub part: Option<String>,
    /// Byte offset in the artifact (or in the part, where one is named).
    pub offset: Option<u64>,
    /// Line, counted from 1.
    pub line: Option<u64>,
}

impl Location {
    /// The artifact as a whole.
    pub fn whole() -> Self {
        Location::default()
    }

    /// A byte offset.
    pub fn offset(offset: u64) -> Self {
        Location { offset: Some(offset), ..Location::default() }
    }

    /// A byte offset given as an index into a slice.
    pub fn at(index: usize) -> Self {
        Location::offset(index as u64)
    }

    /// A line, counted from 1.
    pub fn line(line: u64) -> Self {
        Location { line: Some(line), ..Location::default() }
    }

    /// A named part.
    pub fn part(part: impl Into<String>) -> Self {
        Location { part: Some(part.into()), ..Location::default() }
    }

    /// The same place with an offset.
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same place with a line.
    pub fn with_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut gap = |f: &mut fmt::Formatter<'_>| -> fmt::Result {
            if !std::mem::take(&mut first) {
                f.write_str(" ")?;
            }
            Ok(())
        };
        if let Some(part) = &self.part {
            gap(f)?;
            f.write_str(part)?;
        }
        if let Some(line) = self.line {
            gap(f)?;
            write!(f, "line {line}")?;
        }
        if let Some(offset) = self.offset {
            gap(f)?;
            write!(f, "offset {offset:#x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_phrase() {
        assert_eq!(Location::part("stream VBA/dir").with_offset(16).to_string(), "stream VBA/dir offset 0x10");
        assert_eq!(Location::line(3).to_string(), "line 3");
        assert_eq!(Location::whole().to_string(), "");
    }
}
