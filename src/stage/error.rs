//! Why a stage ended early.

use crate::budget::Exceeded;
use crate::model::{Location, ParseError, Problem, ProblemKind};

/// Why a stage ended early. It becomes a problem in the report and never stops a scan; what the stage said before
/// stays said.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The bytes are not what the stage reads.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// Something a stage does not read: a method, a version.
    #[error("{0}")]
    Unsupported(String),
    /// Locked, and no password opened it.
    #[error("{0}")]
    Encrypted(String),
    /// A limit of the scan was reached.
    #[error("{0} was reached")]
    Limit(#[from] Exceeded),
}

impl StageError {
    /// The problem to report.
    pub fn into_problem(self) -> Problem {
        let text = self.to_string();
        match self {
            StageError::Parse(error) => Problem::damaged(error.what, Location::offset(error.offset)),
            StageError::Unsupported(_) => Problem::unsupported(text, Location::whole()),
            StageError::Encrypted(_) => Problem::encrypted(text, Location::whole()),
            StageError::Limit(_) => Problem::new(ProblemKind::Limit, text, Location::whole()),
        }
    }
}
