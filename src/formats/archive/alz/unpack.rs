//! ALZ to the files in it.

use std::borrow::Cow;
use std::io::Read;

use super::parser::{AlzView, Entry};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::member::{Member, Summed};
use crate::formats::archive::password::{self, OPENED_WITH_FOUND_PASSWORD, say_opened};
use crate::formats::archive::zip_crypto;
use crate::model::Artifact;
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes ALZ archives apart.
pub(super) struct AlzUnpacker;

/// Bytes decoded to try a password.
const TRIED: u64 = 4 << 20;

impl Unpacker for AlzUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES, OPENED_WITH_FOUND_PASSWORD]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        const FOLDER: u8 = 0x10;
        let view = parent.view::<AlzView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        let key = find_password(parent, &view, out);
        for entry in &view.entries {
            let method = match entry.method {
                0 => "stored",
                1 => "bzip2",
                2 => "deflate",
                _ => "unknown method",
            };
            let lock = if entry.lock.is_some() { ", encrypted" } else { "" };
            let member = Member {
                name: entry.name.clone(),
                offset: entry.offset,
                detail: format!("{method}{lock}"),
                is_hidden: entry.attributes & 0x06 != 0 && entry.attributes & FOLDER == 0,
            };
            member.announce(out);
            if entry.attributes & FOLDER != 0 && entry.data.is_empty() {
                continue;
            }
            give(parent, entry, &member, key.as_deref(), out)?;
        }
        Ok(())
    }
}

/// The packed bytes, decrypted if they are locked and this opens them.
fn packed<'a>(parent: &'a Artifact, entry: &Entry, key: Option<&[u8]>) -> Option<Cow<'a, [u8]>> {
    let bytes = parent.bytes.get(entry.data.clone()).unwrap_or_default();
    let Some(lock) = &entry.lock else { return Some(Cow::Borrowed(bytes)) };
    let header = parent.bytes.get(lock.clone()).unwrap_or_default();
    zip_crypto::decrypt(header, bytes, key?, entry.check).map(Cow::Owned)
}

fn content(method: u8, packed: &[u8]) -> Option<Box<dyn Read + '_>> {
    match method {
        0 => Some(Box::new(packed)),
        2 => Some(Box::new(flate2::read::DeflateDecoder::new(packed))),
        _ => None,
    }
}

fn find_password(parent: &Artifact, view: &AlzView, out: &mut Outcome<'_>) -> Option<Vec<u8>> {
    let locked = view.entries.iter().filter(|entry| entry.lock.is_some() && entry.size > 0);
    let smallest = locked.filter(|entry| matches!(entry.method, 0 | 2)).min_by_key(|entry| entry.data.len())?;
    let names = view.entries.iter().map(|entry| entry.name.text.as_str());
    let names = std::iter::once(parent.name.text.as_str()).chain(names);
    let (key, hint) = password::search(out, names, |key| {
        let Some(packed) = packed(parent, smallest, Some(key)) else { return false };
        let Some(body) = content(smallest.method, &packed) else { return false };
        let mut summed = Summed::new(body.take(TRIED));
        std::io::copy(&mut summed, &mut std::io::sink()).is_ok() && summed.crc() == smallest.crc
    })?;
    say_opened(out, &hint);
    Some(key)
}

fn give(
    parent: &Artifact,
    entry: &Entry,
    member: &Member,
    key: Option<&[u8]>,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let Some(packed) = packed(parent, entry, key) else {
        return member.locked("the entry is encrypted (ALZ, ZipCrypto)", out);
    };
    member.missing(entry.missing, out);
    if entry.method == 0 && entry.lock.is_none() {
        member.checked(entry.missing > 0 || crc32fast::hash(&packed) == entry.crc, out);
        return member.stored(parent, entry.data.clone(), out);
    }
    let Some(body) = content(entry.method, &packed) else {
        return member.unsupported(format!("ALZ method {}", entry.method), out);
    };
    let mut summed = Summed::new(body);
    if member.decoded(&mut summed, out)? {
        member.checked(summed.crc() == entry.crc, out);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::alz::alz;

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&AlzUnpacker, "a.alz", bytes).0
    }

    #[test]
    fn stored_and_deflated_files() {
        let said = unpack(alz(&[("a.txt", false, b"stored"), ("b.txt", true, b"deflated deflated deflated")]));
        assert_eq!(said.children[0].bytes.as_ref(), b"stored");
        assert_eq!(said.children[1].bytes.as_ref(), b"deflated deflated deflated");
        assert!(said.problems.is_empty(), "{:?}", said.problems);
    }

    #[test]
    fn locked_files_keep_their_names() {
        let mut made = alz(&[("a.exe", false, b"0123456789ab then the content")]);
        made[8 + 11] |= 1;
        let said = unpack(made);
        assert_eq!(said.children[0].name.text, "a.exe");
        assert_eq!(said.problems[0].kind, crate::model::ProblemKind::Encrypted);
    }

    #[test]
    fn no_cut_is_too_short() {
        let made = alz(&[("a.txt", false, b"stored"), ("b.txt", true, b"deflated deflated deflated")]);
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec());
        }
    }
}
