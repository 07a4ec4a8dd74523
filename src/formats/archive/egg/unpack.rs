//! EGG to the files in it.

use std::io::Read;

use super::parser::{EggView, Entry};
use crate::formats::archive::compressed::{Stream, stream};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::member::{Member, Sequence, Summed};
use crate::model::{Artifact, Location, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes EGG archives apart.
pub(super) struct EggUnpacker;

impl Unpacker for EggUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        const FOLDER: u8 = 0x80;
        let view = parent.view::<EggView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if view.is_split {
            out.problem(Problem::unsupported("the archive is one of several volumes", Location::whole()));
        }
        for entry in &view.entries {
            let method = match entry.blocks.first().map(|block| block.method) {
                None => "empty",
                Some(0) => "stored",
                Some(1) => "deflate",
                Some(2) => "bzip2",
                Some(3) => "AZO",
                Some(4) => "LZMA",
                Some(_) => "unknown method",
            };
            let member = Member {
                name: entry.name.clone(),
                offset: entry.offset,
                detail: method.to_owned(),
                is_hidden: entry.attributes & 0x06 != 0 && entry.attributes & FOLDER == 0,
            };
            member.announce(out);
            if entry.attributes & FOLDER != 0 && entry.blocks.is_empty() {
                continue;
            }
            if entry.is_locked {
                member.locked("the entry is encrypted (EGG)", out)?;
            } else if view.is_solid {
                member.unsupported("EGG content is solid", out)?;
            } else {
                give(parent, entry, &member, out)?;
            }
        }
        Ok(())
    }
}

/// Gives the blocks one after the other.
fn give(parent: &Artifact, entry: &Entry, member: &Member, out: &mut Outcome<'_>) -> Result<(), StageError> {
    if let Some(block) = entry.blocks.iter().find(|block| block.method > 2) {
        return member.unsupported(format!("EGG method {}", block.method), out);
    }
    member.missing(entry.blocks.iter().fold(0u64, |sum, block| sum.saturating_add(block.missing)), out);
    let body = Sequence::new(entry.blocks.iter().map(|block| {
        let packed = parent.bytes.get(block.data.clone()).unwrap_or_default();
        let content: Box<dyn Read + '_> = match block.method {
            0 => Box::new(packed),
            1 => Box::new(flate2::read::DeflateDecoder::new(packed)),
            _ => stream(Stream::Bzip2, packed)?,
        };
        Ok(Box::new(content.take(block.size)) as Box<dyn Read + '_>)
    }));
    let mut summed = Summed::new(body);
    if member.decoded(&mut summed, out)?
        && let [only] = entry.blocks.as_slice()
    {
        member.checked(summed.crc() == only.crc, out);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn egg(name: &str, blocks: &[(u8, &[u8], &[u8])]) -> Vec<u8> {
        const END: [u8; 4] = [0x22, 0x82, 0xe2, 0x08];
        let mut out = b"EGGA\0\x01".to_vec();
        out.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        out.extend(END);
        out.extend(0x0a85_90e3u32.to_le_bytes());
        out.extend([0; 4]);
        out.extend((blocks.iter().map(|block| block.2.len() as u64).sum::<u64>()).to_le_bytes());
        out.extend(0x0a85_91acu32.to_le_bytes());
        out.push(0);
        out.extend((name.len() as u16).to_le_bytes());
        out.extend(name.as_bytes());
        out.extend(END);
        for (method, packed, content) in blocks {
            out.extend(0x02b5_0c13u32.to_le_bytes());
            out.extend([*method, 0]);
            out.extend((content.len() as u32).to_le_bytes());
            out.extend((packed.len() as u32).to_le_bytes());
            out.extend(crc32fast::hash(content).to_le_bytes());
            out.extend(END);
            out.extend_from_slice(packed);
        }
        out.extend(END);
        out
    }

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&EggUnpacker, "a.egg", bytes).0
    }

    #[test]
    fn blocks_are_joined() {
        let said = unpack(egg("메모.txt", &[(0, b"first ", b"first "), (0, b"second", b"second")]));
        assert_eq!(said.children[0].name.text, "메모.txt");
        assert_eq!(said.children[0].bytes.as_ref(), b"first second");
        assert!(said.problems.is_empty(), "{:?}", said.problems);
    }

    #[test]
    fn other_methods_are_said() {
        let said = unpack(egg("a.exe", &[(3, b"azo", b"content")]));
        assert_eq!(said.problems[0].what, "EGG method 3");
        assert_eq!(said.children[0].name.text, "a.exe");
    }

    #[test]
    fn no_cut_is_too_short() {
        let made = egg("a.txt", &[(0, b"first", b"first"), (1, b"\x03\x00", b"")]);
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec());
        }
    }
}
