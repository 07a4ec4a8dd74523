//! Finding the password of a RAR archive among those at hand.

use std::io::Write;

use super::decode::{Chain, Summing};
use super::entry::{Checksum, Entry, Lock, Method, What};
use super::keys::{Keys, Work};
use super::parser::RarView;
use crate::formats::archive::password::own_hints;
use crate::knowledge::passwords::passwords;
use crate::model::{Artifact, PasswordHint};
use crate::stage::{Outcome, StageError};

/// An archive whose headers were read as far as they open.
pub(super) struct Opened {
    pub(super) view: std::sync::Arc<RarView>,
    /// The password of the headers, which is that of the content as well.
    pub(super) key: Option<(PasswordHint, Keys)>,
}

/// Reads the headers, trying passwords if they are encrypted.
pub(super) fn open(parent: &Artifact, work: &mut Work, out: &Outcome<'_>) -> Result<Opened, StageError> {
    let view = parent.view::<RarView>()?;
    if view.has_locked_headers {
        for hint in candidates(parent, &view, out) {
            out.budget().check_deadline()?;
            if work.is_spent() {
                break;
            }
            let mut keys = Keys::new(&hint.text);
            let opened = RarView::read(&parent.bytes, Some(&mut keys), work)?;
            if !opened.has_locked_headers {
                return Ok(Opened { view: std::sync::Arc::new(opened), key: Some((hint, keys)) });
            }
        }
    }
    Ok(Opened { view, key: None })
}

/// Bytes decoded to confirm a candidate.
const CONFIRMED: u64 = 16 << 20;

/// The password of encrypted entries, tried on the one that is cheapest to try.
pub(super) fn find_password(
    parent: &Artifact,
    view: &RarView,
    work: &mut Work,
    out: &Outcome<'_>,
) -> Result<Option<(PasswordHint, Keys)>, StageError> {
    let locked = view
        .entries
        .iter()
        .filter(|entry| matches!(entry.what, What::File) && entry.lock.is_some() && !entry.is_continued);
    let checked = |entry: &&Entry| matches!(&entry.lock, Some(Lock::V50(lock)) if has_check(lock.check.as_ref()));
    let Some(entry) = locked.clone().find(checked).or_else(|| {
        let first = |entry: &&Entry| !entry.is_solid || entry.method == Method::Stored;
        locked.filter(first).filter(|entry| !entry.goes_on).min_by_key(|entry| (entry.packed() == 0, entry.packed()))
    }) else {
        return Ok(None);
    };
    let Some(lock) = &entry.lock else { return Ok(None) };
    for hint in candidates(parent, view, out) {
        out.budget().check_deadline()?;
        let mut keys = Keys::new(&hint.text);
        if fits(parent, entry, lock, &mut keys, work) {
            return Ok(Some((hint, keys)));
        }
    }
    Ok(None)
}

/// WinRAR 5.21 and older wrote zeros for the check value.
fn has_check(check: Option<&[u8; 12]>) -> bool {
    check.is_some_and(|check| check.iter().take(8).any(|byte| *byte != 0))
}

/// Whether a password derives to the check value, or gives the content its checksum.
fn fits(parent: &Artifact, entry: &Entry, lock: &Lock, keys: &mut Keys, work: &mut Work) -> bool {
    if let Lock::V50(lock) = lock {
        let opened = keys.keys50(lock, work);
        if has_check(lock.check.as_ref()) || opened.is_none() {
            return opened.is_some();
        }
    }
    let Some(cipher) = keys.cipher(lock, work) else { return false };
    let mut cut = Cut(CONFIRMED);
    let mut summing = Summing::new(&mut cut);
    let ended = Chain::default().decode(&parent.bytes, entry, Some(cipher), &mut summing);
    if summing.length >= CONFIRMED {
        return true;
    }
    let crc = summing.crc.clone().finalize();
    let crc = match lock {
        Lock::V50(lock) if lock.has_keyed_checksums => keys.keys50(lock, work).map_or(crc, |keys| keys.mac_crc32(crc)),
        _ => crc,
    };
    match entry.checksum {
        Checksum::Crc32(stated) => stated == crc,
        Checksum::Sum16(stated) => stated == summing.sum,
        Checksum::None => ended.is_ok() && entry.method != Method::Stored,
    }
}

/// Takes so many bytes and no more.
struct Cut(u64);

impl Write for Cut {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.checked_sub(bytes.len() as u64) {
            Some(left) => {
                self.0 = left;
                Ok(bytes.len())
            }
            None => Err(std::io::Error::other("enough")),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn candidates(parent: &Artifact, view: &RarView, out: &Outcome<'_>) -> impl Iterator<Item = PasswordHint> {
    let entries = view.entries.iter().map(|entry| entry.name.text.as_str());
    let own = own_hints(parent.name.all().chain(entries));
    let all = out.passwords(&own, &passwords().common);
    all.into_iter().filter(|hint| !hint.text.is_empty())
}
