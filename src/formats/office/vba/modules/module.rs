//! One module of a project.

use bytes::Bytes;

use super::super::project::Sort;

/// How the project knows a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In the `dir` stream.
    Listed,
    /// Its stream lies in the storage, but `dir` (which could be read) does not name it.
    Unlisted,
    /// Found by its first bytes, as the tables could not be read.
    Carved,
}

/// One module.
#[derive(Debug)]
pub struct VbaModule {
    /// Its name.
    pub name: String,
    /// Name of its stream.
    pub stream: String,
    /// What it is, where a table says so.
    pub sort: Option<Sort>,
    /// Source text.
    pub source: String,
    /// The source's bytes as stored, in the code page; kept where decoding lost some.
    pub raw: Option<Vec<u8>>,
    /// The source's bytes as stored, where some are not ASCII: macros that decode their own strings work on them.
    pub bytes: Option<Vec<u8>>,
    /// How the project knows it.
    pub standing: Standing,
    /// Bytes before the source, where compiled code is kept.
    pub cache: Bytes,
    /// Whether compressed source was found at all.
    pub has_source: bool,
    /// Whether the `dir` stream states another place for it.
    pub is_misplaced: bool,
}
