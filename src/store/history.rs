//! Who sent what to whom, and what later mails say about earlier ones.
//!
//! Addresses and message ids are looked up by keyed digests; what a person must be told in the end is sealed.

use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use super::database::{Safety, safety};
use super::quarantine::{Slip, State, level};
use super::{Store, StoreError};
use crate::formats::mail::letter::Letter;
use crate::knowledge::senders::is_free_mail;
use crate::model::Level;

/// Seconds between a mail and the bounce of an answer to it.
const BOUNCE_WINDOW: i64 = 14 * 86_400;
/// Points a mail must have had for a bounce to raise its level.
const LEAST_POINTS: u32 = 25;
/// Earlier mails one delivery report may raise.
const MAX_RAISED: u32 = 50;
/// The same as a count.
const MAX_BOUNCED: usize = 50;
/// Message ids kept of one mail.
const MAX_IDS: usize = 64;
/// Alerts given at once.
const MAX_ALERTS: i64 = 10_000;

/// A mail that was examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who, whom, when, and the verdict.
    pub slip: Slip,
    /// Message ids it has and refers to.
    pub ids: Vec<String>,
    /// It has attachments.
    pub has_files: bool,
    /// Some of it stayed encrypted.
    pub is_locked: bool,
    /// Addresses it says do not take mail.
    pub bounced: Vec<String>,
    /// Messages it returns, and those they answer.
    pub returned: Vec<String>,
    /// The messages in it that offer passwords.
    pub letters: Vec<Letter>,
}

/// What the history says of a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remembered {
    /// Others of its author's domain have written, the author never.
    pub is_first_seen: bool,
    /// Earlier mails with attachments from addresses this one says do not take mail.
    pub bounced: Vec<Bounced>,
    /// Entries of the quarantine that stayed encrypted and may open with a password this one offers.
    pub awaiting: Vec<String>,
}

/// An earlier mail an answer to which came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounced {
    /// When it came, seconds since 1970.
    pub at: i64,
    /// Its author's address.
    pub author: String,
    /// Its report.
    pub report: String,
    /// The entry of the quarantine it is, if any.
    pub quarantine: Option<String>,
    /// The level it had.
    pub was: Level,
    /// The level it has for it, if it was raised by this mail.
    pub raised: Option<Level>,
}

/// A mail that was judged worse after it had been dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// When that was, seconds since 1970.
    pub at: i64,
    /// The level it has since.
    pub level: Level,
    /// What was written down when it came.
    #[serde(flatten)]
    pub slip: Slip,
    /// The entry of the quarantine it is or was; nothing if it was let through.
    pub quarantine: Option<String>,
    /// Where that entry stands; nothing if there is none, or none any more.
    pub state: Option<State>,
}

/// What is sealed of a mail.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    slip: Slip,
}

impl Store {
    /// Remembers a mail, and says what is known of it. One that is tried again replaces what was known of its first try.
    pub fn remember(&mut self, mail: &Mail) -> Result<Remembered, StoreError> {
        safety(&self.database, Safety::Process)?;
        let slip = &mail.slip;
        let same = self.same(slip);
        let author = slip.author.as_ref().filter(|author| author.contains('@')).map(|author| author.to_lowercase());
        let domain = author.as_ref().and_then(|author| Some(author.rsplit_once('@')?.1.to_owned()));
        let by_author = author.as_ref().map(|author| self.key.hashed("address", author));
        let by_domain = domain.as_ref().map(|domain| self.key.hashed("domain", domain));
        let sealed = self.key.seal(&place_of(&same), &serde_json::to_vec(&Known { slip: slip.clone() })?)?;
        let mut known = Remembered::default();
        let key = self.key.clone();
        let work = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let (Some(by_author), Some(by_domain)) = (&by_author, &by_domain) {
            known.is_first_seen = domain.as_ref().is_some_and(|domain| !is_free_mail(domain))
                && !exists(&work, "SELECT 1 FROM mails WHERE author = ?1 AND same <> ?2 LIMIT 1", by_author, &same)?
                && exists(&work, "SELECT 1 FROM mails WHERE domain = ?1 AND same <> ?2 LIMIT 1", by_domain, &same)?;
        }
        let seq: i64 = work.query_row(
            "INSERT INTO mails (same, at, author, domain, files, locked, level, score, report, slip)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (same) DO UPDATE SET at = excluded.at, locked = excluded.locked, level = excluded.level, score = excluded.score,
                 report = excluded.report, slip = excluded.slip
             RETURNING seq",
            params![
                same,
                slip.kept,
                by_author,
                by_domain,
                mail.has_files,
                mail.is_locked,
                slip.level.as_str(),
                slip.score,
                slip.report,
                sealed
            ],
            |row| row.get(0),
        )?;
        for id in mail.ids.iter().take(MAX_IDS) {
            let id = key.hashed("message", id);
            work.execute("INSERT OR IGNORE INTO mail_ids (id, mail) VALUES (?1, ?2)", params![id, seq])?;
        }
        known.awaiting = super::passwords::learn(&work, &key, &same, mail)?;
        // Everyone can write a delivery report; a server writes it with an empty reverse path.
        if slip.sender.is_empty() {
            known.bounced = bounces(&work, &key, mail, seq)?;
        }
        work.commit()?;
        for earlier in &known.bounced {
            if let (Some(id), Some(level)) = (&earlier.quarantine, earlier.raised) {
                let what =
                    format!("an answer to {} came back as undeliverable: judged {}", earlier.author, level.as_str());
                match self.mark(id, level, slip.kept, &what) {
                    // It was deleted meanwhile.
                    Err(StoreError::Unknown(_)) => {}
                    marked => marked?,
                }
            }
        }
        Ok(known)
    }

    /// Gives an entry of the quarantine another level, and notes why.
    pub fn mark(&mut self, id: &str, level: Level, now: i64, why: &str) -> Result<(), StoreError> {
        self.database.execute("UPDATE quarantine SET marked = ?2 WHERE id = ?1", params![id, level.as_str()])?;
        self.note(id, now, why)
    }

    /// Writes down that an entry was read again, with passwords of other messages.
    pub fn reread(&mut self, id: &str, level: Level, is_locked: bool, now: i64) -> Result<(), StoreError> {
        let what = format!("read again with a password of another message: {}", level.as_str());
        self.mark(id, level, now, &what)?;
        self.database.execute("UPDATE mails SET locked = ?2 WHERE quarantine = ?1", params![id, is_locked])?;
        Ok(())
    }

    /// Mails judged worse after they had been dealt with, the latest first.
    pub fn alerts(&self) -> Result<Vec<Alert>, StoreError> {
        let mut statement = self.database.prepare(
            "SELECT mails.same, mails.marked, marked_at, mails.quarantine, mails.slip, state
             FROM mails LEFT JOIN quarantine ON quarantine.id = mails.quarantine
             WHERE marked_at IS NOT NULL ORDER BY marked_at DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([MAX_ALERTS])?;
        let mut alerts = Vec::new();
        while let Some(row) = rows.next()? {
            let same: Vec<u8> = row.get(0)?;
            let marked: String = row.get(1)?;
            let sealed: Vec<u8> = row.get(4)?;
            let known: Known = serde_json::from_slice(&self.key.open(&place_of(&same), &sealed)?)?;
            let quarantine = row.get(3)?;
            let level = level(&marked).unwrap_or(Level::Malicious);
            let state: Option<String> = row.get(5)?;
            let state = state.map(|word| State::of(&word));
            alerts.push(Alert { at: row.get(2)?, level, slip: known.slip, quarantine, state });
        }
        Ok(alerts)
    }
}

fn exists(work: &Transaction<'_>, query: &str, hash: &[u8], same: &[u8]) -> Result<bool, StoreError> {
    Ok(work.query_row(query, params![hash, same], |_| Ok(())).optional()?.is_some())
}

/// Finds the mails with attachments whose authors a delivery report says do not take mail, or which the returned message
/// answers, and raises their levels.
fn bounces(work: &Transaction<'_>, key: &super::Key, mail: &Mail, seq: i64) -> Result<Vec<Bounced>, StoreError> {
    let since = mail.slip.kept.saturating_sub(BOUNCE_WINDOW);
    let mut found: Vec<i64> = Vec::new();
    let mut collect = |query: &str, hash: Vec<u8>| -> Result<(), StoreError> {
        let mut statement = work.prepare_cached(query)?;
        let rows = statement.query_map(params![hash, since, seq, MAX_RAISED], |row| row.get(0))?;
        for row in rows {
            let row = row?;
            if found.len() < MAX_BOUNCED && !found.contains(&row) {
                found.push(row);
            }
        }
        Ok(())
    };
    for address in &mail.bounced {
        collect(
            "SELECT seq FROM mails WHERE author = ?1 AND at >= ?2 AND seq <> ?3 AND files ORDER BY at DESC LIMIT ?4",
            key.hashed("address", &address.to_lowercase()),
        )?;
    }
    // An answer goes to Reply-To, which may be another address than the author's. Without a failed recipient there is no
    // failure, only a report of something else.
    for id in mail.returned.iter().filter(|_| !mail.bounced.is_empty()) {
        collect(
            "SELECT seq FROM mails JOIN mail_ids ON mail = seq WHERE id = ?1 AND at >= ?2 AND seq <> ?3 AND files LIMIT ?4",
            key.hashed("message", id),
        )?;
    }
    let mut bounced = Vec::new();
    for earlier in found {
        let query = "SELECT same, level, score, marked, quarantine, report, at, slip FROM mails WHERE seq = ?1";
        let (row, sealed, same) = work.query_row(query, [earlier], |row| {
            let is_marked = row.get::<_, Option<String>>(3)?.is_some();
            let said: (String, u32, bool, Option<String>, String, i64) =
                (row.get(1)?, row.get(2)?, is_marked, row.get(4)?, row.get(5)?, row.get(6)?);
            Ok((said, row.get::<_, Vec<u8>>(7)?, row.get::<_, Vec<u8>>(0)?))
        })?;
        let (was, score, is_marked, quarantine, report, at) = row;
        let known: Known = serde_json::from_slice(&key.open(&place_of(&same), &sealed)?)?;
        let was = level(&was).unwrap_or(Level::Clean);
        let raised = Some(worse(was)).filter(|worse| score >= LEAST_POINTS && !is_marked && *worse != was);
        if let Some(raised) = raised {
            work.execute(
                "UPDATE mails SET marked = ?2, marked_at = ?3 WHERE seq = ?1",
                params![earlier, raised.as_str(), mail.slip.kept],
            )?;
        }
        bounced.push(Bounced { at, author: known.slip.author.unwrap_or_default(), report, quarantine, was, raised });
    }
    Ok(bounced)
}

/// The next worse of what is found: nothing found, to be looked at, not to be opened.
const fn worse(level: Level) -> Level {
    match level {
        Level::Clean | Level::Unscannable | Level::Error => Level::Suspicious,
        Level::Suspicious | Level::Malicious => Level::Malicious,
    }
}

fn place_of(same: &[u8]) -> String {
    format!("mail {}", super::key::hexadecimal(same))
}
