//! Quarantine and history: one folder with a SQLite database, one encrypted file for each quarantined mail, and the key.
//!
//! A [`Store`] is used by one thread of the daemon and, at the same time, by `sekisho quarantine` in processes of its own.
//! Nothing in it says more than it must to somebody who has the disk and not the key: see `docs/quarantine.md`.
//!
//! `quarantine` keeps mails, `samples` their files, `release` and `smtp` hand them back; `history` remembers and `passwords` joins
//! mails that belong together; `upkeep` tidies and checks; `key` seals and hashes, `database` has the tables.

mod database;
mod error;
mod findings;
mod history;
#[cfg(test)]
mod history_tests;
mod key;
mod passwords;
mod quarantine;
#[cfg(test)]
mod quarantine_tests;
mod release;
#[cfg(test)]
mod release_tests;
mod samples;
mod smtp;
mod upkeep;

pub use error::StoreError;
pub use findings::{BOUNCED_SENDER_OF_ATTACHMENT, FIRST_SEEN_SENDER, KINDS};
pub use history::{Alert, Bounced, Mail, Remembered};
pub use key::Key;
pub use quarantine::{Entry, Filter, Notes, Place, Slip, State};
pub use release::{Handed, Leaving};
pub use samples::Samples;
pub use smtp::hand;
pub use upkeep::{Checked, Expired};

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};

use crate::config;

/// Quarantine and history.
pub struct Store {
    database: Connection,
    samples: Samples,
    key: Key,
    path: PathBuf,
    max_bytes: u64,
    /// Held by the daemon as long as it runs, so that two do not tidy up after each other.
    _lock: Option<File>,
}

impl Store {
    /// Opens the store for the daemon: makes folder, key and database at the first start, checks the database, and keeps
    /// other daemons out.
    pub fn open(settings: &config::Store) -> Result<Self, StoreError> {
        samples::private_folder(&settings.path)?;
        let lock = settings.path.join("daemon.lock");
        let file = File::create(&lock).map_err(StoreError::file(&lock))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(settings.path.clone())),
            Err(TryLockError::Error(source)) => return Err(StoreError::File { path: lock, source }),
        }
        let is_new = !settings.path.join(DATABASE).exists();
        // A store without its key cannot be read, so a new key would only hide the loss.
        let key = match Key::read(&settings.key_file) {
            Ok(key) => key,
            Err(_) if is_new && !settings.key_file.exists() => Key::make(&settings.key_file)?,
            Err(error) => return Err(error),
        };
        let mut store = Store::with(&settings.path, key, true)?;
        database::check(&store.database)?;
        store.max_bytes = settings.max_bytes;
        store._lock = Some(file);
        Ok(store)
    }

    /// Opens a store beside a daemon that may be using it.
    pub fn open_beside(path: &Path, key_file: &Path) -> Result<Self, StoreError> {
        Store::with(path, Key::read(key_file)?, false)
    }

    fn with(path: &Path, key: Key, make: bool) -> Result<Self, StoreError> {
        let database = database::open(&path.join(DATABASE), make)?;
        let samples = Samples::open(path.join("samples"), key.clone())?;
        let known: Option<Vec<u8>> =
            database.query_row("SELECT value FROM meta WHERE name = 'key'", [], |row| row.get(0)).optional()?;
        match known {
            Some(known) if known != key.check() => return Err(StoreError::WrongKey),
            Some(_) => {}
            None => {
                database.execute("INSERT INTO meta (name, value) VALUES ('key', ?1)", [key.check()])?;
            }
        }
        Ok(Store { database, samples, key, path: path.to_owned(), max_bytes: u64::MAX, _lock: None })
    }

    /// Its files.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }
}

/// The database's file.
const DATABASE: &str = "store.db";
