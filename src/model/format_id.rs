//! The short name of a file format.

use std::fmt;

/// A format's short, stable, lower-case name (`zip`, `eml`, `ooxml-word`): what reports, rules and goldens call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormatId(pub &'static str);

impl FormatId {
    /// Bytes that no format we know claims.
    pub const UNKNOWN: FormatId = FormatId("unknown");

    /// No bytes at all: an empty file, or a locked one whose content nobody could read.
    pub const EMPTY: FormatId = FormatId("empty");

    /// The name as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for FormatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
