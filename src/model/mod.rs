//! The nouns of a scan: artifacts, findings, indicators, problems, the report. No I/O, no format knowledge, nothing
//! of ours imported.

pub mod artifact;
pub mod coverage;
pub mod digest;
pub mod fact;
pub mod finding;
pub mod format_id;
pub mod hints;
pub mod ioc;
pub mod limits;
pub mod location;
pub mod name;
pub mod problem;
pub mod report;
pub mod site;
pub mod tree;
pub mod verdict;
pub mod view;

pub use artifact::{Artifact, ArtifactPath, Origin, OriginKind};
pub use coverage::{Coverage, CoverageCause, CoverageLevel, CoverageReason};
pub use digest::Digests;
pub use fact::Fact;
pub use finding::{Confidence, Facet, Finding, FindingKind, Severity};
pub use format_id::FormatId;
pub use hints::{Hints, PasswordHint, PasswordSource};
pub use ioc::{Ioc, IocKind};
pub use limits::Limits;
pub use location::Location;
pub use name::EntryName;
pub use problem::{Problem, ProblemKind};
pub use report::Report;
pub use site::Site;
pub use tree::{ArtifactTree, Record};
pub use verdict::{Level, Reason, Verdict};
pub use view::{ParseError, View};

/// The immutable bytes of an artifact; slices of them are free.
pub use bytes::Bytes;
