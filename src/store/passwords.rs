//! Passwords that mails offer, for others that stay locked: the usual sequel of a locked attachment is a second mail with its
//! password, before or after it.

use rusqlite::{Transaction, params};

use super::history::Mail;
use super::key::Key;
use super::{Store, StoreError};
use crate::formats::mail::letter::{Letter, WINDOW};
use crate::model::hints::MAX_PASSWORDS;
use crate::model::{PasswordHint, PasswordSource};

/// Letters that are looked at for one mail.
const MAX_RELATED: i64 = 256;
/// Entries of the quarantine that are read again for one mail.
const MAX_AWAITING: i64 = 8;
/// Letters learnt from one input.
const MAX_LETTERS: usize = 16;
/// Message ids kept of one letter.
const MAX_IDS: usize = 64;

impl Store {
    /// Passwords that mails related to these letters offer, the nearest in time first.
    pub fn offered(&self, letters: &[Letter], now: i64) -> Result<Vec<PasswordHint>, StoreError> {
        let mut related: Vec<(u64, i64, Letter)> = Vec::new();
        for letter in letters.iter().take(MAX_LETTERS).map(|letter| dated(letter, now)) {
            let by_author = letter.sender.iter().map(|sender| {
                let query = "SELECT seq, letter FROM letters WHERE author = ?1 ORDER BY at DESC LIMIT ?2";
                (query, self.key.hashed("address", sender))
            });
            let by_id = letter.ids.iter().take(MAX_IDS).map(|id| {
                let query = "SELECT seq, letters.letter FROM letters JOIN letter_ids ON letter_ids.letter = seq WHERE id = ?1 LIMIT ?2";
                (query, self.key.hashed("message", id))
            });
            for (query, hash) in by_author.chain(by_id) {
                let mut statement = self.database.prepare_cached(query)?;
                let mut rows = statement.query(params![hash, MAX_RELATED])?;
                while let Some(row) = rows.next()? {
                    let (seq, sealed): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
                    if related.iter().any(|(_, known, _)| *known == seq) {
                        continue;
                    }
                    let other: Letter = serde_json::from_slice(&self.key.open("letter", &sealed)?)?;
                    if let Some(distance) = letter.distance(&other) {
                        related.push((distance, seq, other));
                    }
                }
            }
        }
        related.sort_by_key(|(distance, seq, _)| (*distance, *seq));
        let mut passwords: Vec<PasswordHint> = Vec::new();
        for hint in related.iter().flat_map(|(_, _, letter)| &letter.passwords) {
            if passwords.len() < MAX_PASSWORDS && !passwords.iter().any(|known| known.text == hint.text) {
                passwords.push(PasswordHint { text: hint.text.clone(), source: PasswordSource::OtherMessage });
            }
        }
        Ok(passwords)
    }
}

/// Keeps the letters of a mail that offer passwords, and names the locked entries of the quarantine they may be for.
pub(super) fn learn(work: &Transaction<'_>, key: &Key, same: &[u8], mail: &Mail) -> Result<Vec<String>, StoreError> {
    let now = mail.slip.kept;
    let mut awaiting: Vec<String> = Vec::new();
    let offering = mail.letters.iter().filter(|letter| !letter.passwords.is_empty());
    for (number, letter) in offering.take(MAX_LETTERS).enumerate() {
        let letter = Letter { subject: None, ..dated(letter, now) };
        let sealed = key.seal("letter", &serde_json::to_vec(&letter)?)?;
        let author = letter.sender.as_ref().map(|sender| key.hashed("address", sender));
        let this = [same, &number.to_be_bytes()].concat();
        let seq: i64 = work.query_row(
            "INSERT INTO letters (same, at, author, letter) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (same) DO UPDATE SET letter = excluded.letter RETURNING seq",
            params![this, now, author, sealed],
            |row| row.get(0),
        )?;
        let ids: Vec<Vec<u8>> = letter.ids.iter().take(MAX_IDS).map(|id| key.hashed("message", id)).collect();
        for id in &ids {
            work.execute("INSERT OR IGNORE INTO letter_ids (id, letter) VALUES (?1, ?2)", params![id, seq])?;
        }
        let since = now.saturating_sub(i64::try_from(WINDOW).unwrap_or(i64::MAX));
        let by_author = author.into_iter().map(|author| {
            ("SELECT quarantine FROM mails WHERE locked AND quarantine IN (SELECT q.id FROM quarantine q WHERE state = 'held') AND at >= ?2 AND author = ?1 ORDER BY at DESC LIMIT ?3", author)
        });
        let by_id = ids.into_iter().map(|id| {
            ("SELECT quarantine FROM mails JOIN mail_ids ON mail = seq WHERE locked AND quarantine IN (SELECT q.id FROM quarantine q WHERE state = 'held') AND at >= ?2 AND mail_ids.id = ?1 LIMIT ?3", id)
        });
        for (query, hash) in by_author.chain(by_id) {
            let mut statement = work.prepare_cached(query)?;
            for id in statement.query_map(params![hash, since, MAX_AWAITING], |row| row.get::<_, String>(0))? {
                let id = id?;
                if awaiting.len() < usize::try_from(MAX_AWAITING).unwrap_or(0) && !awaiting.contains(&id) {
                    awaiting.push(id);
                }
            }
        }
    }
    Ok(awaiting)
}

/// A letter with a time: its own, or that of its arrival.
fn dated(letter: &Letter, now: i64) -> Letter {
    Letter { time: letter.time.or(Some(now)), ..letter.clone() }
}
