//! The database file: how it is opened, and what its tables are.
//!
//! SQLite in WAL mode: the daemon writes while the command line reads, a commit survives a loss of power, and a full disk
//! is an error of one statement that leaves what is there as it was.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::StoreError;

/// How long one process waits for another that writes.
const BUSY: Duration = Duration::from_secs(10);
/// Bytes the write-ahead log is cut back to.
const JOURNAL: i64 = 64 << 20;

/// What each version of the tables adds. A database is brought up to date when it is opened; an entry is never changed
/// once it was released.
///
/// Addresses, subjects, message ids and reports are sealed, or hashed with the store's key where they are looked up by.
/// In the clear are times, sizes, levels, causes, scores and ids.
const VERSIONS: &[&str] = &["
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    id         TEXT NOT NULL PRIMARY KEY,
    same       BLOB NOT NULL,         -- hash of digest, sender and recipients
    state      TEXT NOT NULL CHECK (state IN ('held', 'releasing', 'released')),
    kept       INTEGER NOT NULL,      -- seconds since 1970
    level      TEXT NOT NULL,
    cause      TEXT NOT NULL,
    size       INTEGER NOT NULL,      -- bytes of the mail
    slip       BLOB NOT NULL,         -- sealed
    marked     TEXT,                  -- level a later look led to
    token      BLOB,                  -- of the release mark, while it is good
    mark_until INTEGER,
    notes      BLOB                   -- sealed
) STRICT;
CREATE INDEX quarantine_kept ON quarantine (kept);
CREATE INDEX quarantine_same ON quarantine (same, kept);

CREATE TABLE mails (
    seq        INTEGER PRIMARY KEY,
    same       BLOB NOT NULL UNIQUE,
    at         INTEGER NOT NULL,
    author     BLOB,                  -- hash of the address in From
    domain     BLOB,                  -- hash of its domain
    files      INTEGER NOT NULL,      -- whether it had attachments
    locked     INTEGER NOT NULL,      -- whether some stayed encrypted
    level      TEXT NOT NULL,
    score      INTEGER NOT NULL,
    report     TEXT NOT NULL,
    quarantine TEXT,                  -- the entry it became, if any
    marked     TEXT,                  -- level a later event led to
    marked_at  INTEGER,
    slip       BLOB NOT NULL          -- sealed
) STRICT;
CREATE INDEX mails_at ON mails (at);
CREATE INDEX mails_author ON mails (author, at);
CREATE INDEX mails_domain ON mails (domain, at);
CREATE INDEX mails_marked ON mails (marked_at) WHERE marked_at IS NOT NULL;
CREATE INDEX mails_quarantine ON mails (quarantine) WHERE quarantine IS NOT NULL;

CREATE TABLE mail_ids (
    id   BLOB NOT NULL,               -- hash of a Message-ID it has or refers to
    mail INTEGER NOT NULL REFERENCES mails (seq) ON DELETE CASCADE,
    PRIMARY KEY (id, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_ids_mail ON mail_ids (mail);

CREATE TABLE letters (
    seq    INTEGER PRIMARY KEY,
    same   BLOB NOT NULL UNIQUE,
    at     INTEGER NOT NULL,
    author BLOB,
    letter BLOB NOT NULL              -- sealed: who, when, thread, passwords
) STRICT;
CREATE INDEX letters_at ON letters (at);
CREATE INDEX letters_author ON letters (author, at);

CREATE TABLE letter_ids (
    id     BLOB NOT NULL,
    letter INTEGER NOT NULL REFERENCES letters (seq) ON DELETE CASCADE,
    PRIMARY KEY (id, letter)
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_ids_letter ON letter_ids (letter);

CREATE TABLE reports (
    id     TEXT NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    report BLOB NOT NULL              -- sealed JSON
) STRICT;
CREATE INDEX reports_at ON reports (at);

CREATE TABLE poison (
    digest TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the bytes, hexadecimal
    times  INTEGER NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX poison_at ON poison (at);
"];

/// What must be on disk when a change is reported as made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Safety {
    /// It survives a loss of power: for mails the server is told to forget.
    Power,
    /// It survives an end of the process: for history, which is worth no wait for the disk.
    Process,
}

/// Opens a database, makes it if it is missing and `make` is set, and brings its tables up to date.
pub(super) fn open(path: &Path, make: bool) -> Result<Connection, StoreError> {
    if make {
        // Files beside the database get its permissions; SQLite itself would go by the process's mask.
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(StoreError::File { path: path.to_owned(), source }),
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut database = Connection::open_with_flags(path, flags)?;
    database.busy_timeout(BUSY)?;
    // Only an empty database takes this; it lets expired pages be given back bit by bit.
    database.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "foreign_keys", true)?;
    database.pragma_update(None, "trusted_schema", false)?;
    database.pragma_update(None, "journal_size_limit", JOURNAL)?;
    bring_up_to_date(&mut database)?;
    Ok(database)
}

fn bring_up_to_date(database: &mut Connection) -> Result<(), StoreError> {
    let work = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: usize = work
        .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
        .map(|version| usize::try_from(version).unwrap_or(usize::MAX))?;
    if found > VERSIONS.len() {
        return Err(StoreError::Newer { found, known: VERSIONS.len() });
    }
    for step in VERSIONS.iter().skip(found) {
        work.execute_batch(step)?;
    }
    work.pragma_update(None, "user_version", i64::try_from(VERSIONS.len()).unwrap_or(i64::MAX))?;
    work.commit()?;
    Ok(())
}

/// Whether the file is sound as a database (`PRAGMA quick_check`). Reads all of it.
pub(super) fn check(database: &Connection) -> Result<(), StoreError> {
    let found: String = database.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Damaged(found)) }
}

/// Says how safe the next changes must be.
pub(super) fn safety(database: &Connection, safety: Safety) -> Result<(), StoreError> {
    let value = match safety {
        Safety::Power => "FULL",
        Safety::Process => "NORMAL",
    };
    Ok(database.pragma_update(None, "synchronous", value)?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn a_database_is_private_and_opened_again_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let database = open(&path, true).unwrap();
        database.execute("INSERT INTO meta VALUES ('a', x'01')", []).unwrap();
        for name in ["store.db", "store.db-wal", "store.db-shm"] {
            assert_eq!(folder.path().join(name).metadata().unwrap().mode() & 0o777, 0o600, "{name}");
        }
        drop(database);
        let database = open(&path, false).unwrap();
        check(&database).unwrap();
        assert_eq!(database.query_row("SELECT count(*) FROM meta", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert_eq!(database.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0)).unwrap(), 2);
        assert_eq!(database.pragma_query_value(None, "auto_vacuum", |row| row.get::<_, i64>(0)).unwrap(), 2);
    }

    #[test]
    fn a_database_of_a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        open(&path, true).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(open(&path, false), Err(StoreError::Newer { found: 99, .. })));
    }

    #[test]
    fn a_missing_database_is_not_made_unless_asked() {
        let folder = tempfile::tempdir().unwrap();
        assert!(open(&folder.path().join("store.db"), false).is_err());
    }
}
