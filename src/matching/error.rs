//! Why rules could not be loaded.

/// Rules that cannot be used: our own mistake or the user's, never the mail's.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// A rule file does not compile; the text shows where.
    #[error("{0}")]
    Compile(String),
    /// A rule file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}
