//! What is done to a store now and then: what has expired goes, and what does not fit together is found.

use rusqlite::{OptionalExtension as _, params};

use super::database::{Safety, safety};
use super::quarantine::{Slip, has_entry};
use super::{Store, StoreError};
use crate::config;

/// Rows removed in one go, so that others get their turn.
const BATCH: i64 = 200;
/// Goes of one upkeep; the rest waits for the next.
const BATCHES: usize = 500;
/// Pages given back to the disk in one upkeep.
const PAGES: u32 = 20_000;
/// Seconds after which an unfinished file is nobody's any more.
const UNFINISHED_FOR: u64 = 60 * 60;
/// Seconds a password a mail offered is of use to another.
const LETTERS_FOR: i64 = 4 * 24 * 60 * 60;

/// Contents that killed workers that are given back.
const MAX_POISON: i64 = 10_000;

/// What an upkeep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expired {
    /// Quarantined mails.
    pub mails: usize,
    /// Remembered mails and offered passwords.
    pub history: usize,
    /// Reports.
    pub reports: usize,
    /// Files that belonged to no entry.
    pub files: usize,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// Entries that are as they were written.
    pub sound: usize,
    /// Entries whose file is missing.
    pub missing: Vec<String>,
    /// Entries or files that do not open.
    pub damaged: Vec<String>,
    /// Files without an entry: what a crash left, or what a lost database knew.
    pub orphans: Vec<String>,
    /// Entries a release of which was begun and not ended.
    pub releasing: Vec<String>,
}

impl Store {
    /// Removes what is older than it is to be kept.
    pub fn expire(&mut self, keep: &config::Store, now: i64) -> Result<Expired, StoreError> {
        let before = |kept: std::time::Duration| now.saturating_sub(i64::try_from(kept.as_secs()).unwrap_or(i64::MAX));
        safety(&self.database, Safety::Process)?;
        let mut expired = Expired::default();
        for _ in 0..BATCHES {
            let ids: Vec<String> = {
                let mut statement =
                    self.database.prepare("SELECT id FROM quarantine WHERE kept < ?1 ORDER BY kept LIMIT ?2")?;
                let rows = statement.query_map(params![before(keep.keep_quarantine), BATCH], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            for id in &ids {
                self.samples.remove(id)?;
                self.database.execute("DELETE FROM quarantine WHERE id = ?1", [id])?;
            }
            expired.mails = expired.mails.saturating_add(ids.len());
            if ids.is_empty() {
                break;
            }
        }
        let history = before(keep.keep_history);
        expired.history = self.sweep("mails", "at", history)?.saturating_add(self.sweep(
            "letters",
            "at",
            history.max(now.saturating_sub(LETTERS_FOR)),
        )?);
        expired.reports = self.sweep("reports", "at", before(keep.keep_reports))?;
        self.sweep("poison", "at", history)?;
        expired.files = self.tidy(before(keep.keep_quarantine))?;
        let mut give_back = self.database.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
        let mut pages = give_back.query([])?;
        while pages.next()?.is_some() {}
        Ok(expired)
    }

    fn sweep(&self, table: &str, column: &str, before: i64) -> Result<usize, StoreError> {
        let key = match table {
            "reports" => "id",
            "poison" => "digest",
            _ => "seq",
        };
        let query =
            format!("DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {column} < ?1 LIMIT ?2)");
        let mut removed: usize = 0;
        for _ in 0..BATCHES {
            let gone = self.database.execute(&query, params![before, BATCH])?;
            removed = removed.saturating_add(gone);
            if gone == 0 {
                break;
            }
        }
        Ok(removed)
    }

    /// Removes files of no entry: unfinished ones after an hour, whole ones when a mail of their age would have expired. A
    /// whole one may be what a lost database knew, so it is not hurried.
    fn tidy(&self, before: i64) -> Result<usize, StoreError> {
        let listing = self.samples.list()?;
        let mut removed: usize = 0;
        for path in listing.unfinished {
            let written = std::fs::metadata(&path).and_then(|about| about.modified()).ok();
            let age = written.and_then(|written| written.elapsed().ok()).unwrap_or_default();
            if age.as_secs() > UNFINISHED_FOR && std::fs::remove_file(&path).is_ok() {
                removed = removed.saturating_add(1);
            }
        }
        for id in listing.ids {
            if !has_entry(&self.database, &id)? && self.samples.written(&id).is_some_and(|written| written < before) {
                self.samples.remove(&id)?;
                removed = removed.saturating_add(1);
            }
        }
        Ok(removed)
    }

    /// Reads everything and compares it. With `adopt`, files without an entry that open become entries again.
    pub fn check(&mut self, adopt: bool) -> Result<Checked, StoreError> {
        super::database::check(&self.database)?;
        let mut checked = Checked::default();
        let ids: Vec<String> = {
            let mut statement = self.database.prepare("SELECT id FROM quarantine ORDER BY kept")?;
            statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for id in ids {
            if !self.samples.has(&id) {
                checked.missing.push(id);
                continue;
            }
            match self.entry(&id).and_then(|entry| self.mail(&entry)) {
                Ok(_) => checked.sound = checked.sound.saturating_add(1),
                Err(StoreError::Unknown(_)) => {}
                Err(_) => checked.damaged.push(id),
            }
        }
        for id in self.samples.list()?.ids {
            if has_entry(&self.database, &id)? {
                continue;
            }
            let Ok((slip, mail)) = self.samples.read(&id) else {
                checked.damaged.push(id);
                continue;
            };
            match serde_json::from_slice::<Slip>(&slip) {
                // Another entry may be the same delivery: then the file is the leftover of its first try.
                Ok(slip) if adopt && slip.size == u64::try_from(mail.len()).unwrap_or(u64::MAX) => {
                    if self.enter(&id, &slip)? == id {
                        checked.sound = checked.sound.saturating_add(1);
                    } else {
                        self.samples.remove(&id)?;
                    }
                }
                _ => checked.orphans.push(id),
            }
        }
        checked.releasing = self.unfinished_releases()?.into_iter().map(|entry| entry.id).collect();
        Ok(checked)
    }

    /// A report by its id, as JSON.
    pub fn report(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.database.query_row("SELECT report FROM reports WHERE id = ?1", [id], |row| row.get(0));
        let found: Option<Vec<u8>> = found.optional()?;
        found.map(|sealed| self.key.open(&format!("report {id}"), &sealed)).transpose()
    }

    /// Keeps a report; one of the same id is replaced.
    pub fn keep_report(&mut self, id: &str, report: &[u8], now: i64) -> Result<(), StoreError> {
        let sealed = self.key.seal(&format!("report {id}"), report)?;
        safety(&self.database, Safety::Process)?;
        self.database
            .execute("INSERT OR REPLACE INTO reports (id, at, report) VALUES (?1, ?2, ?3)", params![id, now, sealed])?;
        Ok(())
    }

    /// Times each content killed a worker since then, by SHA-256 in hexadecimal, the latest first.
    pub fn poison(&self, since: i64) -> Result<Vec<(String, u32)>, StoreError> {
        let query = "SELECT digest, times FROM poison WHERE at >= ?1 ORDER BY at DESC LIMIT ?2";
        let mut statement = self.database.prepare(query)?;
        let rows = statement.query_map(params![since, MAX_POISON], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Remembers how often a content killed a worker; 0 forgets it.
    pub fn keep_poison(&mut self, sha256: &str, times: u32, now: i64) -> Result<(), StoreError> {
        safety(&self.database, Safety::Process)?;
        if times == 0 {
            self.database.execute("DELETE FROM poison WHERE digest = ?1", [sha256])?;
        } else {
            self.database.execute(
                "INSERT OR REPLACE INTO poison (digest, times, at) VALUES (?1, ?2, ?3)",
                params![sha256, times, now],
            )?;
        }
        Ok(())
    }
}
