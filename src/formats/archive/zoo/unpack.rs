//! ZOO to the files in it, deleted ones too.

use std::io::Read;

use super::lzw::Lzw;
use super::parser::{Entry, ZooView};
use crate::budget::Stop;
use crate::formats::archive::crc16::crc16;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::lzh::decode;
use crate::formats::archive::member::Member;
use crate::model::{Artifact, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes ZOO archives apart.
pub(super) struct ZooUnpacker;

impl Unpacker for ZooUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<ZooView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        for entry in &view.entries {
            let method = match entry.method {
                0 => "stored",
                1 => "LZW",
                2 => "LZH",
                _ => "unknown method",
            };
            let deleted = if entry.is_deleted { ", deleted" } else { "" };
            let member = Member {
                name: entry.name.clone(),
                offset: entry.offset,
                detail: format!("{method}{deleted}"),
                is_hidden: false,
            };
            member.announce(out);
            give(parent, entry, &member, out)?;
        }
        Ok(())
    }
}

fn give(parent: &Artifact, entry: &Entry, member: &Member, out: &mut Outcome<'_>) -> Result<(), StageError> {
    member.missing(entry.missing, out);
    let packed = parent.bytes.get(entry.data.clone()).unwrap_or_default();
    let body: Option<Box<dyn Read + '_>> = match entry.method {
        0 => {
            member.checked(entry.missing > 0 || crc16(packed) == entry.crc, out);
            return member.stored(parent, entry.data.clone(), out);
        }
        1 => Some(Box::new(Lzw::new(packed))),
        2 => decode::content(*b"-lh5-", packed, entry.size).map(|body| Box::new(body) as Box<dyn Read>),
        _ => None,
    };
    let Some(body) = body else { return member.unsupported(format!("ZOO method {}", entry.method), out) };
    let (content, stop) = out.pull(body.take(entry.size));
    match stop {
        Some(Stop::Limit(limit)) => return Err(limit.into()),
        Some(Stop::Read(error)) => {
            out.problem(Problem::damaged(format!("content ends early: {error}"), member.place()));
        }
        None => member.checked(crc16(&content) == entry.crc, out),
    }
    member.held(content.into(), out)
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::zoo::zoo;

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&ZooUnpacker, "a.zoo", bytes).0
    }

    /// Codes of nine bits, lowest bit first: clear, a, b, 258 (ab), 260 (aba: used while it is made), end.
    fn lzw() -> Vec<u8> {
        let mut bits: Vec<bool> = Vec::new();
        for code in [256u32, 97, 98, 258, 260, 257] {
            bits.extend((0..9).map(|bit| code >> bit & 1 == 1));
        }
        bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |value, bit| value << 1 | u8::from(*bit))).collect()
    }

    #[test]
    fn each_method_and_deleted_files() {
        let made = zoo(&[
            ("notes/first.txt", 0, false, b"stored", 6, crc16(b"stored")),
            ("second.txt", 1, true, &lzw(), 7, crc16(b"abababa")),
            ("third.txt", 7, false, b"?", 1, 0),
        ]);
        let said = unpack(made);
        let names: Vec<&str> = said.children.iter().map(|child| child.name.text.as_str()).collect();
        assert_eq!(names, ["notes/first.txt", "second.txt", "third.txt"]);
        assert_eq!(said.children[0].bytes.as_ref(), b"stored");
        assert_eq!(said.children[1].bytes.as_ref(), b"abababa");
        assert_eq!(said.children[1].origin.detail, "LZW, deleted");
        assert_eq!(said.problems.len(), 1);
    }

    #[test]
    fn a_chain_in_a_circle_ends() {
        let mut made = zoo(&[("a.txt", 0, false, b"x", 1, crc16(b"x"))]);
        made[34 + 6..34 + 10].copy_from_slice(&34u32.to_le_bytes());
        let said = unpack(made);
        assert_eq!(said.children.len(), 1);
        assert_eq!(said.problems[0].what, "the chain of entries goes in a circle");
    }

    #[test]
    fn no_cut_is_too_short() {
        let made = zoo(&[("a.txt", 1, false, &lzw(), 7, crc16(b"abababa")), ("b.txt", 0, false, b"x", 1, 0)]);
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec());
        }
    }
}
