//! How much of an input was read: the second axis beside the verdict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why something was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum CoverageCause {
    /// Bytes missing or broken.
    #[serde(rename = "partial-damaged")]
    Damaged,
    /// A format, method or version that is not unpacked.
    #[serde(rename = "partial-unsupported")]
    Unsupported,
    /// A limit of the scan was reached.
    #[serde(rename = "partial-limit")]
    Limit,
    /// Encrypted, and no password opened it.
    #[serde(rename = "unscannable-encrypted")]
    Encrypted,
    /// A stage failed.
    #[serde(rename = "error-stage-failed")]
    Failed,
    /// The input could not be read at all.
    #[serde(rename = "error-unreadable")]
    Unreadable,
    /// The worker that read it died on it.
    #[serde(rename = "error-crashed")]
    Crashed,
    /// The worker that read it asked for more memory than it may have.
    #[serde(rename = "error-out-of-memory")]
    OutOfMemory,
    /// The worker that read it was stopped at the deadline.
    #[serde(rename = "error-timed-out")]
    TimedOut,
}

impl CoverageCause {
    /// The cause as reports spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            CoverageCause::Damaged => "partial-damaged",
            CoverageCause::Unsupported => "partial-unsupported",
            CoverageCause::Limit => "partial-limit",
            CoverageCause::Encrypted => "unscannable-encrypted",
            CoverageCause::Failed => "error-stage-failed",
            CoverageCause::Unreadable => "error-unreadable",
            CoverageCause::Crashed => "error-crashed",
            CoverageCause::OutOfMemory => "error-out-of-memory",
            CoverageCause::TimedOut => "error-timed-out",
        }
    }

    /// The level this cause alone leads to.
    pub const fn level(self) -> CoverageLevel {
        match self {
            CoverageCause::Damaged | CoverageCause::Unsupported | CoverageCause::Limit => CoverageLevel::Partial,
            CoverageCause::Encrypted => CoverageLevel::Unscannable,
            CoverageCause::Failed
            | CoverageCause::Unreadable
            | CoverageCause::Crashed
            | CoverageCause::OutOfMemory
            | CoverageCause::TimedOut => CoverageLevel::Error,
        }
    }
}

/// How much was read, from all to none; the worst cause decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CoverageLevel {
    /// Everything was read.
    Complete,
    /// Something was left out: damage, an unsupported format, a limit.
    Partial,
    /// Encrypted content remains.
    Unscannable,
    /// Something failed.
    Error,
}

impl CoverageLevel {
    /// Lower-case name, as in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            CoverageLevel::Complete => "complete",
            CoverageLevel::Partial => "partial",
            CoverageLevel::Unscannable => "unscannable",
            CoverageLevel::Error => "error",
        }
    }
}

/// One thing that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageReason {
    /// Why.
    pub cause: CoverageCause,
    /// Path of the artifact it concerns, such as `0.1`.
    pub artifact: String,
    /// What, in words.
    pub text: String,
}

/// How much of the input was read, and what was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// The worst of the reasons' levels; complete if there are none.
    pub level: CoverageLevel,
    /// What was not read, in artifact order.
    pub reasons: Vec<CoverageReason>,
}

impl Coverage {
    /// Coverage with these gaps.
    pub fn of(reasons: Vec<CoverageReason>) -> Self {
        let level = reasons.iter().map(|reason| reason.cause.level()).max().unwrap_or(CoverageLevel::Complete);
        Coverage { level, reasons }
    }
}
