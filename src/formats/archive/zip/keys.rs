//! Which password opens an archive. A wrong one passes the quick check of the traditional cipher once in 256 times, so
//! a candidate counts only when a whole entry decodes to its checksum; and a derivation costs a thousand hashes, so
//! candidates are tried on a handful of entries, never on all.

use std::io::Read;

use bytes::Bytes;
use encoding_rs::SHIFT_JIS;

use super::open::{Packed, Reading, STRONG};
use crate::formats::archive::password::own_hints;
use crate::knowledge::passwords;
use crate::model::hints::MAX_PASSWORDS;
use crate::model::{PasswordHint, PasswordSource};
use crate::stage::Outcome;

/// Entries all candidates are tried on.
const MAX_SEARCHES: usize = 5;
/// Entries looked at for the ones that are cheapest to try.
const MAX_LOOKED_AT: usize = 5_000;
/// Bytes of an entry decoded to confirm a candidate.
const CONFIRMED: u64 = 16 << 20;

/// A password as bytes, and where it was read.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) bytes: Vec<u8>,
    pub(super) hint: PasswordHint,
}

/// Candidates, and those that have opened something.
pub(super) struct Keyring {
    candidates: Vec<Key>,
    working: Vec<Key>,
    searches: usize,
}

impl Keyring {
    /// The candidates for an archive whose own names are these.
    pub(super) fn new<'n>(out: &Outcome<'_>, names: impl Iterator<Item = &'n str>) -> Self {
        let hints = out.passwords(&own_hints(names), &passwords::passwords().common);
        let mut candidates = Vec::new();
        for hint in hints.into_iter() {
            // Words a user gave are bounded by time, what a sender writes by number.
            if hint.source != PasswordSource::WordList && candidates.len() >= MAX_PASSWORDS.saturating_mul(2) {
                continue;
            }
            let (legacy, _, is_lossy) = SHIFT_JIS.encode(&hint.text);
            if !is_lossy && legacy.as_ref() != hint.text.as_bytes() {
                candidates.push(Key { bytes: legacy.into_owned(), hint: hint.clone() });
            }
            candidates.push(Key { bytes: hint.text.clone().into_bytes(), hint });
        }
        Keyring { candidates, working: Vec::new(), searches: MAX_SEARCHES }
    }

    /// Tries the candidates on the entries that are cheapest to confirm: the shortest with enough content for a
    /// checksum to mean something.
    pub(super) fn unlock(&mut self, archive: &Bytes, readings: impl Iterator<Item = Reading>, out: &Outcome<'_>) {
        let mut readings: Vec<Reading> = readings.take(MAX_LOOKED_AT).collect();
        readings.sort_by_key(|reading| (reading.size < 8, reading.data.len(), reading.data.start));
        for reading in readings {
            if self.searches == 0 || !self.working.is_empty() {
                break;
            }
            self.search(archive, &reading, out);
        }
    }

    /// Keys that have opened something, the latest first.
    pub(super) fn working(&self) -> Vec<Key> {
        self.working.iter().rev().cloned().collect()
    }

    /// Tries every candidate on this entry, while there are searches left; whether one fits.
    pub(super) fn search(&mut self, archive: &Bytes, reading: &Reading, out: &Outcome<'_>) -> bool {
        if self.searches == 0 || reading.flags & STRONG != 0 {
            return false;
        }
        self.searches = self.searches.saturating_sub(1);
        for key in &self.candidates {
            if out.budget().check_deadline().is_err() {
                return false;
            }
            if self.working.iter().any(|known| known.bytes == key.bytes) {
                continue;
            }
            if fits(archive, reading, key) {
                self.working.push(key.clone());
                return true;
            }
        }
        false
    }
}

/// Whether the key opens the entry and its content has the stated checksum (or passes the authentication of AES).
fn fits(archive: &Bytes, reading: &Reading, key: &Key) -> bool {
    let mut packed = Packed::new(archive, reading);
    let Ok(mut content) = packed.open(Some(&key.bytes)) else { return false };
    match std::io::copy(&mut (&mut content).take(CONFIRMED), &mut std::io::sink()) {
        Err(_) => false,
        Ok(length) if length >= CONFIRMED => true,
        Ok(_) => !reading.has_crc() || content.crc() == reading.crc,
    }
}
