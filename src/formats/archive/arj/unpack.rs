//! ARJ to the files in it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Error, Read};

use super::fastest::Fastest;
use super::parser::{ArjView, Entry};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::lzh::decode;
use crate::formats::archive::member::{Member, Sequence, Summed, overlay};
use crate::formats::archive::password::{self, OPENED_WITH_FOUND_PASSWORD, say_opened};
use crate::model::{Artifact, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes ARJ archives apart.
pub(super) struct ArjUnpacker;

/// Bytes decoded to try a password.
const TRIED: u64 = 4 << 20;

impl Unpacker for ArjUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES, OPENED_WITH_FOUND_PASSWORD]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<ArjView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if let Some(comment) = &view.comment {
            out.fact("arj-comment", comment.clone());
        }
        let key = find_password(parent, &view, out);
        let joined: HashSet<usize> = whole(&view.entries).flatten().map(|piece| piece.offset).collect();
        for entry in &view.entries {
            let member = member(entry);
            member.announce(out);
            if let Some(comment) = &entry.comment {
                out.fact("arj-comment", format!("{}: {comment}", entry.name.text));
            }
            if entry.is_bare && entry.data.is_empty() {
                continue;
            }
            give(parent, entry, &member, key.as_deref(), joined.contains(&entry.offset), out)?;
        }
        for pieces in whole(&view.entries) {
            give_whole(parent, pieces, key.as_deref(), out)?;
        }
        match view.trailing {
            Some(at) => overlay(parent, at, "ARJ archive", out),
            None => Ok(()),
        }
    }
}

/// Files whose pieces follow each other, as they do once volumes are put one behind the other.
fn whole(entries: &[Entry]) -> impl Iterator<Item = &[Entry]> {
    entries.chunk_by(|a, b| a.volume.0 && b.volume.1 && a.name.text == b.name.text).filter(|pieces| {
        pieces.len() > 1
            && pieces.first().is_some_and(|first| !first.volume.1)
            && pieces.last().is_some_and(|last| !last.volume.0)
    })
}

/// The content of all pieces, each packed by itself.
fn give_whole(
    parent: &Artifact,
    pieces: &[Entry],
    key: Option<&[u8]>,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let Some(first) = pieces.first() else { return Ok(()) };
    let packed: Vec<_> = pieces.iter().filter_map(|piece| packed(parent, piece, key)).collect();
    let body = Sequence::new(pieces.iter().zip(&packed).map(|(piece, packed)| {
        let content = content(piece.method, packed, piece.size).ok_or_else(|| Error::other("method not decoded"))?;
        Ok(Box::new(content.take(piece.size)) as Box<dyn Read + '_>)
    }));
    let detail = format!("{} pieces joined", pieces.len());
    Member { detail, ..member(first) }.decoded(body, out).map(|_| ())
}

fn member(entry: &Entry) -> Member {
    let method = match entry.method {
        0 => "stored".to_owned(),
        1..=3 => format!("LZH, method {}", entry.method),
        4 => "fastest".to_owned(),
        other => format!("method {other}"),
    };
    let lock = if entry.garbled.is_some() { ", garbled" } else { "" };
    Member {
        name: entry.name.clone(),
        offset: entry.offset,
        detail: format!("{method}{lock}"),
        is_hidden: entry.is_hidden,
    }
}

/// The packed bytes, with the password taken out of them: each byte was combined with the password's next one, shifted
/// by the entry's modifier.
fn packed<'a>(parent: &'a Artifact, entry: &Entry, key: Option<&[u8]>) -> Option<Cow<'a, [u8]>> {
    let bytes = parent.bytes.get(entry.data.clone()).unwrap_or_default();
    match (entry.garbled, key) {
        (None, _) => Some(Cow::Borrowed(bytes)),
        (Some(modifier), Some(key)) if !key.is_empty() => {
            let turned = bytes.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key.wrapping_add(modifier));
            Some(Cow::Owned(turned.collect()))
        }
        _ => None,
    }
}

/// What a method makes of packed bytes.
fn content(method: u8, packed: &[u8], size: u64) -> Option<Box<dyn Read + '_>> {
    match method {
        0 => Some(Box::new(packed)),
        // The window is smaller than that of -lh7-, the codes are the same.
        1..=3 => Some(Box::new(decode::content(*b"-lh7-", packed, size)?)),
        4 => Some(Box::new(Fastest::new(packed, size))),
        _ => None,
    }
}

/// The password of the smallest garbled file: it counts if that gets its checksum.
fn find_password(parent: &Artifact, view: &ArjView, out: &mut Outcome<'_>) -> Option<Vec<u8>> {
    if view.is_crypted {
        return None;
    }
    let locked = view.entries.iter().filter(|entry| entry.garbled.is_some() && entry.size > 0 && entry.method <= 4);
    let smallest = locked.min_by_key(|entry| entry.data.len())?;
    let names = view.entries.iter().map(|entry| entry.name.text.as_str());
    let names = std::iter::once(parent.name.text.as_str()).chain(names);
    let (key, hint) = password::search(out, names, |key| {
        let Some(packed) = packed(parent, smallest, Some(key)) else { return false };
        let Some(body) = content(smallest.method, &packed, smallest.size) else { return false };
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
    is_joined: bool,
    out: &mut Outcome<'_>,
) -> Result<(), StageError> {
    let Some(packed) = packed(parent, entry, key) else {
        return member.locked("the entry is garbled with a password (ARJ)", out);
    };
    member.missing(entry.missing, out);
    let (goes_on, began_before) = entry.volume;
    if began_before && !is_joined {
        out.problem(Problem::unsupported("the beginning is in the volume before", member.place()));
    }
    if goes_on && !is_joined {
        out.problem(Problem::unsupported("the rest is in the next volume", member.place()));
    }
    if entry.method == 0 && entry.garbled.is_none() {
        member.checked(entry.missing > 0 || crc32fast::hash(&packed) == entry.crc, out);
        return member.stored(parent, entry.data.clone(), out);
    }
    let Some(body) = content(entry.method, &packed, entry.size) else {
        return member.unsupported(format!("ARJ method {}", entry.method), out);
    };
    let mut summed = Summed::new(body.take(entry.size));
    if member.decoded(&mut summed, out)? {
        member.checked(summed.crc() == entry.crc, out);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::arj::{arj, garble, header};

    use super::*;
    use crate::formats::trial;
    use crate::model::{Limits, ProblemKind};
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&ArjUnpacker, "a.arj", bytes).0
    }

    /// An archive of one file whose packed bytes are not its content.
    fn one(fixed: &[u8; 5], packed: &[u8], content: &[u8]) -> Vec<u8> {
        let mut out = arj(&[]);
        out.truncate(out.len() - 4);
        let crc = crc32fast::hash(content);
        out.extend(header(fixed, packed.len() as u32, content.len() as u32, crc, "a.txt"));
        out.extend_from_slice(packed);
        out.extend(b"\x60\xea\0\0");
        out
    }

    #[test]
    fn gives_stored_files() {
        let said = unpack(arj(&[("a.txt", 0, 0, b"first"), ("b/c.txt", 0, 0, b"")]));
        assert_eq!(said.children[0].bytes.as_ref(), b"first");
        assert_eq!(said.children[1].name.text, "b/c.txt");
        assert!(said.problems.is_empty(), "{:?}", said.problems);
    }

    #[test]
    fn garbled_files_open_with_the_password_and_keep_their_names_without() {
        let made = one(&[0, 1, 0, 0, 9], &garble(b"content", b"Tkt#2016", 9), b"content");
        let (said, _) = trial::unpack_with(&ArjUnpacker, "a.arj", made.clone(), &["Tkt#2016"], Limits::default());
        assert_eq!(said.children[0].bytes.as_ref(), b"content");
        assert!(said.findings.iter().any(|finding| finding.kind.id == OPENED_WITH_FOUND_PASSWORD.id));
        let (said, _) = trial::unpack_with(&ArjUnpacker, "a.arj", made, &["another"], Limits::default());
        assert!(said.children[0].bytes.is_empty());
        assert_eq!(said.problems[0].kind, ProblemKind::Encrypted);
    }

    #[test]
    fn pieces_of_volumes_are_said_and_joined() {
        let said = unpack(arj(&[("a.txt", 4, 0, b"first ")]));
        assert_eq!(said.problems[0].kind, ProblemKind::Unsupported);
        let said = unpack(arj(&[("a.txt", 4, 0, b"first "), ("a.txt", 8, 0, b"second")]));
        assert_eq!(said.children.last().unwrap().bytes.as_ref(), b"first second");
        assert!(said.problems.is_empty());
    }

    #[test]
    fn damage_is_said_and_read_past() {
        let mut made = arj(&[("a.txt", 0, 0, b"first"), ("b.txt", 0, 0, b"second")]);
        let at = made.windows(5).position(|five| five == b"first").unwrap();
        made[at] = b'x';
        let said = unpack(made.clone());
        assert_eq!(said.problems[0].what, "content has a wrong checksum");
        made.splice(at + 5..at + 5, b"garbage".iter().copied());
        assert_eq!(unpack(made).children.len(), 2);
    }

    #[test]
    fn no_cut_is_too_short_and_no_method_unknown() {
        let made = arj(&[("a.txt", 0, 0, b"first"), ("b.txt", 0, 0, b"second")]);
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec());
        }
        for method in 1..=5 {
            let said = unpack(one(&[0, 0, method, 0, 0], b"\x12\x34\x56\x78\x9a\xbc", b"six bytes"));
            assert_eq!(said.children.len(), 1);
            assert!(!said.problems.is_empty());
        }
    }
}
