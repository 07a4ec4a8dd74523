//! Mails on their way back to their recipients.
//!
//! An entry goes from held to releasing before the first byte is sent, and to released after the server said it took the
//! mail. Whoever dies in between leaves it at releasing, where it says so and nobody sends it again unasked: a mail that
//! may have been delivered is not delivered twice without a person who decides it.

use rusqlite::{OptionalExtension as _, TransactionBehavior, params};
use subtle::ConstantTimeEq as _;

use super::database::{Safety, safety};
use super::key::{hexadecimal, random};
use super::quarantine::{COLUMNS, Entry, State};
use super::{Store, StoreError};

/// Seconds for which a release mark is good: it passes the milter while the mail is handed over, or never.
const MARK_GOOD: i64 = 15 * 60;

/// A mail about to be handed back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// Its entry.
    pub entry: Entry,
    /// To whom it goes.
    pub to: Vec<String>,
    /// The mail, as it came.
    pub mail: Vec<u8>,
    /// What its release mark says; see [`Store::is_released`].
    pub mark: String,
}

/// How handing a mail back ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// The server took it, with this reply.
    Taken(String),
    /// The server did not take it, or was not reached.
    Refused(String),
    /// The connection broke after the mail was sent: it may have been taken.
    Unknown(String),
}

impl Store {
    /// Begins to hand an entry back, to its own recipients if no others are named. `again` also takes one whose last try
    /// ended unknown or that was released before.
    pub fn begin_release(&mut self, id: &str, to: &[String], again: bool, now: i64) -> Result<Leaving, StoreError> {
        let entry = self.entry(id)?;
        let mail = self.mail(&entry)?;
        let id = entry.id;
        let mut token = [0; 16];
        random(&mut token)?;
        safety(&self.database, Safety::Power)?;
        let work = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let state = if again { "'held', 'releasing', 'released'" } else { "'held'" };
        let changed = work.execute(
            &format!(
                "UPDATE quarantine SET state = 'releasing', token = ?2, mark_until = ?3 WHERE id = ?1 AND state IN ({state})"
            ),
            params![id, token, now.saturating_add(MARK_GOOD)],
        )?;
        work.commit()?;
        let entry = self.entry(&id)?;
        if changed == 0 {
            return Err(StoreError::State { id, state: entry.state });
        }
        let to = if to.is_empty() { entry.slip.recipients.clone() } else { to.to_vec() };
        let mark = format!("{id} {}", hexadecimal(&self.key.signed(&[id.as_bytes(), &token])));
        self.note(&id, now, "release begun")?;
        Ok(Leaving { entry: self.entry(&id)?, to, mail, mark })
    }

    /// Writes down how it ended.
    pub fn end_release(&mut self, id: &str, to: &[String], handed: &Handed, now: i64) -> Result<(), StoreError> {
        let mut notes = self.entry(id)?.notes;
        let (state, what) = match handed {
            Handed::Taken(reply) => {
                notes.released = Some(now);
                notes.released_to = to.to_vec();
                (State::Released, format!("released: {reply}"))
            }
            Handed::Refused(why) => (State::Held, format!("release failed: {why}")),
            Handed::Unknown(why) => (State::Releasing, format!("the release may have succeeded: {why}")),
        };
        let notes = self.sealed_notes(id, &mut notes, now, &what)?;
        safety(&self.database, Safety::Power)?;
        // A mark that was not shown by now is void: the next try gets its own.
        self.database.execute(
            "UPDATE quarantine SET state = ?2, notes = ?3, token = CASE WHEN ?2 = 'releasing' THEN token END WHERE id = ?1",
            params![id, state.as_str(), notes],
        )?;
        Ok(())
    }

    /// Adds a note to an entry.
    pub fn note(&mut self, id: &str, now: i64, what: &str) -> Result<(), StoreError> {
        let mut notes = self.entry(id)?.notes;
        let notes = self.sealed_notes(id, &mut notes, now, what)?;
        self.database.execute("UPDATE quarantine SET notes = ?2 WHERE id = ?1", params![id, notes])?;
        Ok(())
    }

    /// Whether a release mark is ours, for a mail that is just being handed back; gives the entry's id, once. The mark does
    /// not cover the mail, which servers may rewrite on the way, so it is a random token that is good once and for minutes.
    pub fn is_released(&mut self, mark: &str, now: i64) -> Result<Option<String>, StoreError> {
        let Some((id, signature)) = mark.trim().split_once(' ') else { return Ok(None) };
        let query = "SELECT token FROM quarantine WHERE id = ?1 AND token IS NOT NULL AND mark_until >= ?2";
        let token: Option<Vec<u8>> = self.database.query_row(query, params![id, now], |row| row.get(0)).optional()?;
        let Some(token) = token else { return Ok(None) };
        let expected = hexadecimal(&self.key.signed(&[id.as_bytes(), &token]));
        if !bool::from(expected.as_bytes().ct_eq(signature.trim().as_bytes())) {
            return Ok(None);
        }
        safety(&self.database, Safety::Power)?;
        let taken = self
            .database
            .execute("UPDATE quarantine SET token = NULL WHERE id = ?1 AND token = ?2", params![id, token])?;
        Ok((taken == 1).then(|| id.to_owned()))
    }

    /// Entries a release of which was begun and not ended.
    pub fn unfinished_releases(&self) -> Result<Vec<Entry>, StoreError> {
        let mut statement = self.database.prepare(&format!("{COLUMNS} WHERE state = 'releasing' ORDER BY kept"))?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(self.entry_of(row)?);
        }
        Ok(found)
    }
}
