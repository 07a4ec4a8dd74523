//! What can go wrong with the store.

use std::io;
use std::path::PathBuf;

use super::quarantine::State;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder of the store could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database could not be read or written.
    #[error("the database: {0}")]
    Database(#[from] rusqlite::Error),
    /// The database is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The database was made by a later version of this program.
    #[error("the database has version {found}; this program knows up to {known}")]
    Newer {
        /// Version of the database.
        found: usize,
        /// The latest version that is known here.
        known: usize,
    },
    /// The key file is not as it must be.
    #[error("the key file {}: {why}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The store was made with another key.
    #[error("the key is not the one this store was made with")]
    WrongKey,
    /// Something sealed does not open: it was changed, or belongs to another key or place.
    #[error("{0} was changed after it was written, or was written with another key")]
    Tampered(String),
    /// No random bytes were to be had.
    #[error("no random bytes: {0}")]
    Random(String),
    /// The quarantine is as large as it may be.
    #[error("the quarantine holds {held} bytes and may hold {most}; {more} more do not fit")]
    Full {
        /// Bytes it holds.
        held: u64,
        /// Bytes it may hold.
        most: u64,
        /// Bytes of the mail to keep.
        more: u64,
    },
    /// There is no such entry.
    #[error("nothing in the quarantine is called {0}")]
    Unknown(String),
    /// More than one entry begins like this.
    #[error("more than one entry begins with {0}")]
    Ambiguous(String),
    /// The entry is in a state in which this cannot be done.
    #[error("entry {id} is {state}")]
    State {
        /// The entry.
        id: String,
        /// Its state.
        state: State,
    },
    /// Another daemon uses the store.
    #[error("another daemon uses the store {}", .0.display())]
    InUse(PathBuf),
    /// Something could not be written as JSON or read back.
    #[error("a record cannot be read: {0}")]
    Record(#[from] serde_json::Error),
}

impl StoreError {
    /// The error of a file operation, with the file it concerns.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| StoreError::File { path, source }
    }

    /// Whether there was no room on the disk or in the quarantine.
    pub fn is_full(&self) -> bool {
        match self {
            StoreError::Full { .. } => true,
            StoreError::File { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            StoreError::Database(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            _ => false,
        }
    }
}
