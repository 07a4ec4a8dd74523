//! Mails that are kept.

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use super::database::{Safety, safety};
use super::key::{hexadecimal, random};
use super::samples::Step;
use super::{Store, StoreError};
use crate::config::Cause;
use crate::model::Level;

/// Bytes of an entry's id; it is written in hexadecimal.
const ID: usize = 10;
/// Seconds for which a mail server tries to deliver a mail (Postfix `maximal_queue_lifetime`; RFC 5321 section 4.5.4.1 asks
/// for four to five days).
const TRIED_FOR: i64 = 5 * 86_400;
/// Notes kept with an entry.
const MAX_NOTES: usize = 50;

/// Where an entry stands on its way back to its recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Kept.
    Held,
    /// It was begun to be handed back, and nobody said how that ended: the server may or may not have taken it.
    Releasing,
    /// The server took it.
    Released,
}

impl State {
    /// Lower-case name, as in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Held => "held",
            State::Releasing => "releasing",
            State::Released => "released",
        }
    }

    /// The state of this name.
    pub(super) fn of(word: &str) -> Self {
        match word {
            "held" => State::Held,
            "released" => State::Released,
            _ => State::Releasing,
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What is written down of a mail that is kept. Sealed in the database, and once more in the mail's own file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// The reverse path, without brackets; empty for bounces.
    pub sender: String,
    /// The recipients, without brackets.
    pub recipients: Vec<String>,
    /// The mail server's id of the mail.
    #[serde(default)]
    pub queue_id: Option<String>,
    /// Address of the client that brought it.
    #[serde(default)]
    pub client: Option<String>,
    /// The address in `From`.
    #[serde(default)]
    pub author: Option<String>,
    /// The subject, raw.
    #[serde(default)]
    pub subject: Option<String>,
    /// SHA-256 of the mail, hexadecimal.
    pub sha256: String,
    /// Bytes of the mail.
    pub size: u64,
    /// When it was kept, seconds since 1970.
    pub kept: i64,
    /// The verdict then.
    pub level: Level,
    /// The points then.
    pub score: u32,
    /// Why it was kept.
    pub cause: Cause,
    /// Id of the report.
    pub report: String,
    /// The reasons of the verdict, ids only.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// What happened to an entry since it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// When it was handed back, seconds since 1970.
    #[serde(default)]
    pub released: Option<i64>,
    /// To whom.
    #[serde(default)]
    pub released_to: Vec<String>,
    /// What happened, each with its time, oldest first.
    #[serde(default)]
    pub events: Vec<(i64, String)>,
}

/// An entry of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// The level a later look led to, if another.
    pub marked: Option<Level>,
    /// What was written down when it was kept.
    #[serde(flatten)]
    pub slip: Slip,
    /// What happened since.
    pub notes: Notes,
}

impl Entry {
    /// The level as it stands.
    pub fn level(&self) -> Level {
        self.marked.unwrap_or(self.slip.level)
    }
}

/// Which entries to list. Everything given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kept at this time or later, seconds since 1970.
    pub since: Option<i64>,
    /// Text the sender or author contains, in either case.
    pub sender: Option<String>,
    /// Text a recipient contains, in either case.
    pub recipient: Option<String>,
    /// The level as it stands.
    pub level: Option<Level>,
    /// The state.
    pub state: Option<State>,
    /// Entries at most, the latest first; 0 is no limit.
    pub limit: usize,
}

/// What is to be done to keep a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It is kept already, under this id.
    Taken(String),
    /// A file of this id is to be written, and then the entry.
    Free(String),
}

impl Slip {
    /// What two tries to deliver a mail have in common: content, sender, and recipients in any order. The mail server's id is
    /// not among them: a server that asks before it queues a mail makes a new one for each try.
    fn same(&self) -> String {
        let mut recipients: Vec<String> = self.recipients.iter().map(|recipient| recipient.to_lowercase()).collect();
        recipients.sort();
        recipients.dedup();
        let sender = self.sender.to_lowercase();
        let parts = [self.sha256.as_str(), &sender];
        parts.into_iter().chain(recipients.iter().map(String::as_str)).collect::<Vec<_>>().join("\0")
    }
}

impl Store {
    /// A hash by which the same delivery is known again.
    pub(super) fn same(&self, slip: &Slip) -> Vec<u8> {
        self.key.hashed("delivery", &slip.same())
    }

    /// Finds a place for a mail. A mail server that was not told of an entry tries again, and is then told of that entry: the
    /// same bytes of the same sender for the same people are one delivery for as long as servers try, whether it was handed
    /// back meanwhile or not.
    pub fn place(&self, slip: &Slip) -> Result<Place, StoreError> {
        if let Some(id) = find_same(&self.database, &self.same(slip), slip.kept)? {
            // An entry without its mail is none: the file is written again, under the id it has.
            return Ok(if self.samples.has(&id) { Place::Taken(id) } else { Place::Free(id) });
        }
        self.has_room(slip.size)?;
        let mut id = [0; ID];
        random(&mut id)?;
        Ok(Place::Free(hexadecimal(&id)))
    }

    /// Bytes of mail the quarantine holds.
    pub fn held_bytes(&self) -> Result<u64, StoreError> {
        let held: i64 =
            self.database.query_row("SELECT coalesce(sum(size), 0) FROM quarantine", [], |row| row.get(0))?;
        Ok(u64::try_from(held).unwrap_or(0))
    }

    fn has_room(&self, more: u64) -> Result<(), StoreError> {
        let (held, most) = (self.held_bytes()?, self.max_bytes);
        if held.saturating_add(more) > most { Err(StoreError::Full { held, most, more }) } else { Ok(()) }
    }

    /// Enters a mail whose file was written under this id; the mail is kept when this returns. Gives the entry's id, which
    /// is another one if the same delivery was entered meanwhile: this one's file is of no use then.
    pub fn enter(&mut self, id: &str, slip: &Slip) -> Result<String, StoreError> {
        self.samples.before(Step::Commit).map_err(StoreError::file(&self.path))?;
        let same = self.same(slip);
        let sealed = self.key.seal(&place_of(id, "slip"), &serde_json::to_vec(slip)?)?;
        safety(&self.database, Safety::Power)?;
        // Another mail may have come in since the place was found.
        self.has_room(slip.size)?;
        let work = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = find_same(&work, &same, slip.kept)?;
        if let Some(id) = found {
            return Ok(id);
        }
        work.execute(
            "INSERT INTO quarantine (id, same, state, kept, level, cause, size, slip) VALUES (?1, ?2, 'held', ?3, ?4, ?5, ?6, ?7)",
            params![
                id,
                same,
                slip.kept,
                slip.level.as_str(),
                word(&slip.cause)?,
                i64::try_from(slip.size).unwrap_or(i64::MAX),
                sealed
            ],
        )?;
        work.execute("UPDATE mails SET quarantine = ?2 WHERE same = ?1", params![same, id])?;
        work.commit()?;
        Ok(id.to_owned())
    }

    /// Keeps a mail: file, then entry. Nothing is left of it if that fails.
    pub fn keep(&mut self, slip: &Slip, mail: &[u8]) -> Result<String, StoreError> {
        let id = match self.place(slip)? {
            Place::Taken(id) => return Ok(id),
            Place::Free(id) => id,
        };
        self.samples.keep(&id, slip, mail)?;
        let entered = self.enter(&id, slip);
        if entered.as_ref().ok() != Some(&id) {
            self.samples.remove(&id)?;
        }
        entered
    }

    /// Entries that fit, the latest first. One that does not open is an error: somebody changed the database.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Entry>, StoreError> {
        let query = format!("{COLUMNS} WHERE kept >= ?1 ORDER BY kept DESC, id");
        let mut statement = self.database.prepare(&query)?;
        let mut rows = statement.query([filter.since.unwrap_or(i64::MIN)])?;
        let most = if filter.limit == 0 { usize::MAX } else { filter.limit };
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let entry = self.entry_of(row)?;
            if filter.fits(&entry) {
                entries.push(entry);
                if entries.len() >= most {
                    break;
                }
            }
        }
        Ok(entries)
    }

    /// The entry whose id is this or begins with it.
    pub fn entry(&self, id: &str) -> Result<Entry, StoreError> {
        let id = id.trim().to_ascii_lowercase();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(StoreError::Unknown(id));
        }
        let query = format!("{COLUMNS} WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2");
        let mut statement = self.database.prepare(&query)?;
        let mut rows = statement.query([&id])?;
        let Some(first) = rows.next()? else { return Err(StoreError::Unknown(id)) };
        let entry = self.entry_of(first)?;
        if rows.next()?.is_some() { Err(StoreError::Ambiguous(id)) } else { Ok(entry) }
    }

    /// The mail of an entry, as it came. Checked against what was written down.
    pub fn mail(&self, entry: &Entry) -> Result<Vec<u8>, StoreError> {
        let (_, mail) = self.samples.read(&entry.id)?;
        let digest = crate::model::Digests::of(&mail).sha256;
        if digest == entry.slip.sha256 {
            Ok(mail)
        } else {
            Err(StoreError::Tampered(format!("the sample {}", entry.id)))
        }
    }

    /// Removes an entry and its file. The bytes are not overwritten; without the key they are noise.
    pub fn delete(&mut self, id: &str) -> Result<(), StoreError> {
        let id = self.entry(id)?.id;
        // A crash in between leaves an entry without a file, which says so and can be deleted again; the other way round a
        // deleted mail could come back.
        self.samples.remove(&id)?;
        safety(&self.database, Safety::Power)?;
        self.database.execute("DELETE FROM quarantine WHERE id = ?1", [&id])?;
        Ok(())
    }

    pub(super) fn entry_of(&self, row: &Row<'_>) -> Result<Entry, StoreError> {
        let id: String = row.get(0)?;
        let state: String = row.get(1)?;
        let marked: Option<String> = row.get(2)?;
        let slip: Vec<u8> = row.get(3)?;
        let notes: Option<Vec<u8>> = row.get(4)?;
        let slip = serde_json::from_slice(&self.key.open(&place_of(&id, "slip"), &slip)?)?;
        let notes = match notes {
            Some(notes) => serde_json::from_slice(&self.key.open(&place_of(&id, "notes"), &notes)?)?,
            None => Notes::default(),
        };
        Ok(Entry { id, state: State::of(&state), marked: marked.and_then(|word| level(&word)), slip, notes })
    }

    /// Writes notes with an event added, inside a transaction of the caller's.
    pub(super) fn sealed_notes(&self, id: &str, notes: &mut Notes, at: i64, what: &str) -> Result<Vec<u8>, StoreError> {
        notes.events.push((at, what.to_owned()));
        let surplus = notes.events.len().saturating_sub(MAX_NOTES);
        notes.events.drain(..surplus);
        self.key.seal(&place_of(id, "notes"), &serde_json::to_vec(notes)?)
    }
}

/// The columns [`Store::entry_of`] reads.
pub(super) const COLUMNS: &str = "SELECT id, state, marked, slip, notes FROM quarantine";

impl Filter {
    fn fits(&self, entry: &Entry) -> bool {
        let slip = &entry.slip;
        let contains = |text: &str, wanted: &str| text.to_lowercase().contains(&wanted.to_lowercase());
        let sender = |wanted: &String| {
            contains(&slip.sender, wanted) || slip.author.as_ref().is_some_and(|author| contains(author, wanted))
        };
        let recipient = |wanted: &String| slip.recipients.iter().any(|recipient| contains(recipient, wanted));
        self.sender.as_ref().is_none_or(sender)
            && self.recipient.as_ref().is_none_or(recipient)
            && self.level.is_none_or(|level| level == entry.level())
            && self.state.is_none_or(|state| state == entry.state)
    }
}

/// What a sealed column of an entry is bound to.
fn place_of(id: &str, column: &str) -> String {
    format!("quarantine {id} {column}")
}

/// A word of ours as it is written in JSON.
pub(super) fn word(value: &impl Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?.trim_matches('"').to_owned())
}

/// The level of this name.
pub(super) fn level(word: &str) -> Option<Level> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// The entry of the same delivery, if servers may still be trying it.
fn find_same(database: &Connection, same: &[u8], now: i64) -> Result<Option<String>, StoreError> {
    let query = "SELECT id FROM quarantine WHERE same = ?1 AND abs(kept - ?2) <= ?3 ORDER BY kept LIMIT 1";
    Ok(database.query_row(query, params![same, now, TRIED_FOR], |row| row.get(0)).optional()?)
}

/// Whether a table has a row of this id; for checks.
pub(super) fn has_entry(database: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(database.query_row("SELECT 1 FROM quarantine WHERE id = ?1", [id], |_| Ok(())).optional()?.is_some())
}
