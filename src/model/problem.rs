//! Problems: what stopped or bent a stage, where, and how we went on.

use super::coverage::CoverageCause;
use super::location::Location;

/// What sort of problem this is; it decides what the problem means for coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The bytes are odd but everything was read. Coverage is not touched.
    Odd,
    /// Bytes were missing or broken; what was readable was read.
    Damaged,
    /// A method, version or format we do not read.
    Unsupported,
    /// Content is encrypted and no password opened it.
    Encrypted,
    /// A limit of the scan was reached.
    Limit,
    /// A stage failed by our fault (a caught panic).
    Failed,
    /// The input could not be read from where it lies.
    Unreadable,
}

impl ProblemKind {
    /// Kebab-case name, as in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            ProblemKind::Odd => "odd",
            ProblemKind::Damaged => "damaged",
            ProblemKind::Unsupported => "unsupported",
            ProblemKind::Encrypted => "encrypted",
            ProblemKind::Limit => "limit",
            ProblemKind::Failed => "failed",
            ProblemKind::Unreadable => "unreadable",
        }
    }

    /// What it takes away from coverage, if anything.
    pub const fn coverage(self) -> Option<CoverageCause> {
        match self {
            ProblemKind::Odd => None,
            ProblemKind::Damaged => Some(CoverageCause::Damaged),
            ProblemKind::Unsupported => Some(CoverageCause::Unsupported),
            ProblemKind::Encrypted => Some(CoverageCause::Encrypted),
            ProblemKind::Limit => Some(CoverageCause::Limit),
            ProblemKind::Failed => Some(CoverageCause::Failed),
            ProblemKind::Unreadable => Some(CoverageCause::Unreadable),
        }
    }
}

/// Something that could not be read as it should, said so that a reader knows what was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The sort.
    pub kind: ProblemKind,
    /// What happened, lower case: `central directory ends inside entry 3`.
    pub what: String,
    /// Where.
    pub at: Location,
}

impl Problem {
    /// A problem of any sort.
    pub fn new(kind: ProblemKind, what: impl Into<String>, at: Location) -> Self {
        Problem { kind, what: what.into(), at }
    }

    /// Odd, but all was read.
    pub fn odd(what: impl Into<String>, at: Location) -> Self {
        Problem::new(ProblemKind::Odd, what, at)
    }

    /// Some bytes were lost.
    pub fn damaged(what: impl Into<String>, at: Location) -> Self {
        Problem::new(ProblemKind::Damaged, what, at)
    }

    /// A method or version we do not read.
    pub fn unsupported(what: impl Into<String>, at: Location) -> Self {
        Problem::new(ProblemKind::Unsupported, what, at)
    }

    /// Locked content.
    pub fn encrypted(what: impl Into<String>, at: Location) -> Self {
        Problem::new(ProblemKind::Encrypted, what, at)
    }
}
