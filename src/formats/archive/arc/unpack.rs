//! ARC to the files in it.

use std::borrow::Cow;
use std::io::{Error, Read, Result};

use super::parser::{ArcView, Entry};
use super::runs::Runs;
use super::squeeze::Squeezed;
use crate::formats::archive::compressed::{Stream, stream};
use crate::formats::archive::crc16::crc16;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::member::{Member, overlay};
use crate::formats::archive::password::{self, OPENED_WITH_FOUND_PASSWORD, say_opened};
use crate::model::{Artifact, PasswordHint, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes ARC archives apart.
pub(super) struct ArcUnpacker;

/// Bytes decoded to try a password.
const TRIED: u64 = 4 << 20;

impl Unpacker for ArcUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES, OPENED_WITH_FOUND_PASSWORD]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> std::result::Result<(), StageError> {
        let view = parent.view::<ArcView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        let key = find_password(parent, &view, out);
        if let Some((_, hint)) = &key {
            say_opened(out, hint);
        }
        for entry in &view.entries {
            let member = Member {
                name: entry.name.clone(),
                offset: entry.offset,
                detail: method(entry.method).to_owned(),
                is_hidden: false,
            };
            member.announce(out);
            // Comments and the like carry no file.
            if entry.method >= 20 && entry.method < 30 {
                out.fact("arc-information", format!("{} ({} bytes)", entry.name.text, entry.data.len()));
                continue;
            }
            give(parent, entry, &member, key.as_ref().map(|(key, _)| key.as_slice()), out)?;
        }
        match view.trailing {
            Some(at) => overlay(parent, at, "ARC archive", out),
            None => Ok(()),
        }
    }
}

fn method(method: u8) -> &'static str {
    match method {
        1 | 2 => "stored",
        3 => "packed",
        4 => "squeezed",
        5..=8 => "crunched",
        9 => "squashed",
        10 => "crushed",
        11 => "distilled",
        30 => "folder",
        _ => "unknown method",
    }
}

/// The packed bytes with the password taken out: each byte was combined with the password's next one. No flag says
/// that a file was locked.
fn packed<'a>(parent: &'a Artifact, entry: &Entry, key: Option<&[u8]>) -> Cow<'a, [u8]> {
    let bytes = parent.bytes.get(entry.data.clone()).unwrap_or_default();
    match key {
        Some(key) if !key.is_empty() => {
            Cow::Owned(bytes.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect())
        }
        _ => Cow::Borrowed(bytes),
    }
}

/// What a method makes of packed bytes; none if it is not decoded.
fn content<'a>(method: u8, packed: &'a [u8]) -> Option<Result<Box<dyn Read + 'a>>> {
    Some(match method {
        1 | 2 => Ok(Box::new(packed)),
        3 => Ok(Box::new(Runs::new(packed))),
        4 => Squeezed::new(packed).map(|content| Box::new(Runs::new(content)) as Box<dyn Read + 'a>),
        // Crunched: the first byte is the width of the longest code.
        8 => match packed.split_first() {
            Some((width @ 9..=16, codes)) => stream(Stream::Lzw(u32::from(*width)), codes)
                .map(|content| Box::new(Runs::new(content)) as Box<dyn Read + 'a>),
            _ => Err(Error::other("crunched data without a width")),
        },
        9 => stream(Stream::Lzw(13), packed),
        _ => return None,
    })
}

/// The whole content of an entry, up to a size, if it decodes.
fn trial(packed: &[u8], method: u8, size: u64) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    content(method, packed)?.ok()?.take(size.min(TRIED)).read_to_end(&mut whole).ok()?;
    Some(whole)
}

/// A password that gives the smallest file with a wrong checksum the right one. Sixteen bits fit by chance, so a few
/// bytes are not enough.
fn find_password(parent: &Artifact, view: &ArcView, out: &Outcome<'_>) -> Option<(Vec<u8>, PasswordHint)> {
    const LEAST: u64 = 8;
    let known = view.entries.iter().filter(|entry| (1..=9).contains(&entry.method) && entry.size >= LEAST);
    let smallest = known.filter(|entry| entry.missing == 0).min_by_key(|entry| entry.data.len())?;
    let is_right = |key: Option<&[u8]>| {
        trial(&packed(parent, smallest, key), smallest.method, smallest.size)
            .is_some_and(|content| content.len() as u64 == smallest.size && crc16(&content) == smallest.crc)
    };
    if is_right(None) {
        return None;
    }
    let names = std::iter::once(parent.name.text.as_str());
    // ARC itself wrote passwords in capitals, whatever was typed.
    let is_either = |key: &[u8]| is_right(Some(key)) || is_right(Some(&key.to_ascii_uppercase()));
    let (key, hint) = password::search(out, names, is_either)?;
    Some((if is_right(Some(&key)) { key } else { key.to_ascii_uppercase() }, hint))
}

fn give(
    parent: &Artifact,
    entry: &Entry,
    member: &Member,
    key: Option<&[u8]>,
    out: &mut Outcome<'_>,
) -> std::result::Result<(), StageError> {
    member.missing(entry.missing, out);
    let bytes = packed(parent, entry, key);
    // A folder is an archive of its own.
    if entry.method <= 2 && key.is_none() || entry.method == 30 {
        let is_right = entry.method == 30 || entry.missing > 0 || crc16(&bytes) == entry.crc;
        member.checked(is_right, out);
        return member.stored(parent, entry.data.clone(), out);
    }
    match content(entry.method, &bytes) {
        None => member.unsupported(format!("ARC method {} ({})", entry.method, method(entry.method)), out),
        Some(Err(error)) => {
            let problem = Problem::damaged(format!("content cannot be decoded: {error}"), member.place());
            member.nameless(problem, out)
        }
        Some(Ok(body)) => {
            let (content, stop) = out.pull(body.take(entry.size));
            let is_right = crc16(&content) == entry.crc && content.len() as u64 == entry.size;
            if let Some(crate::budget::Stop::Limit(limit)) = stop {
                return Err(limit.into());
            }
            if !is_right {
                let what = "content has a wrong checksum, or is locked with a password";
                out.problem(Problem::damaged(what, member.place()));
            }
            member.held(content.into(), out)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;
    use crate::model::Limits;
    use crate::stage::Said;

    fn arc(entries: &[(&str, u8, &[u8], &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, method, packed, content) in entries {
            out.extend([0x1a, *method]);
            let mut field = [0u8; 13];
            field[..name.len()].copy_from_slice(name.as_bytes());
            out.extend(field);
            out.extend((packed.len() as u32).to_le_bytes());
            out.extend([0x6f, 0x48, 0x00, 0x60]);
            out.extend(crc16(content).to_le_bytes());
            out.extend((content.len() as u32).to_le_bytes());
            out.extend_from_slice(packed);
        }
        out.extend([0x1a, 0]);
        out
    }

    fn unpack(bytes: Vec<u8>, passwords: &[&str]) -> Said {
        trial::unpack_with(&ArcUnpacker, "a.arc", bytes, passwords, Limits::default()).0
    }

    /// A tree of two leaves and the end: `a` is 0, `b` is 10, the end 11.
    const SQUEEZED: &[u8] = &[2, 0, 0x9e, 0xff, 1, 0, 0x9d, 0xff, 0xff, 0xfe, 0b0110_0100, 0];

    #[test]
    fn each_method() {
        let made = arc(&[
            ("A.TXT", 2, b"stored", b"stored"),
            ("B.TXT", 3, b"a\x90\x05b", b"aaaaab"),
            ("C.TXT", 4, SQUEEZED, b"aaba"),
            ("D.TXT", 10, b"crushed", b"?"),
        ]);
        let said = unpack(made, &[]);
        let contents: Vec<&[u8]> = said.children.iter().map(|child| child.bytes.as_ref()).collect();
        assert_eq!(contents, [&b"stored"[..], b"aaaaab", b"aaba", b""], "{:?}", said.problems);
        assert_eq!(said.problems.len(), 1);
    }

    #[test]
    fn a_password_is_found_by_the_checksum() {
        let content = b"a content of some length";
        let turned: Vec<u8> = content.iter().zip(b"TKT2016".iter().cycle()).map(|(byte, key)| byte ^ key).collect();
        let made = arc(&[("A.TXT", 2, &turned, content)]);
        assert_eq!(unpack(made.clone(), &["tkt2016"]).children[0].bytes.as_ref(), content);
        assert!(!unpack(made, &["other"]).problems.is_empty());
    }

    #[test]
    fn no_cut_is_too_short() {
        let made = arc(&[("A.TXT", 3, b"a\x90\x05b", b"aaaaab"), ("C.TXT", 4, SQUEEZED, b"aaba")]);
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec(), &[]);
        }
        // A tree that goes in a circle.
        let said = unpack(arc(&[("A.TXT", 4, &[1, 0, 0, 0, 0, 0, 9, 9], b"x")]), &[]);
        assert!(!said.problems.is_empty());
    }
}
