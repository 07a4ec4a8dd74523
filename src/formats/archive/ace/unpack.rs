//! ACE to the files in it, as far as they are stored.

use super::parser::AceView;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::member::{Member, overlay};
use crate::model::{Artifact, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes ACE archives apart.
pub(super) struct AceUnpacker;

impl Unpacker for AceUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        const FOLDER: u32 = 0x10;
        let view = parent.view::<AceView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        for entry in &view.entries {
            let member = Member {
                name: entry.name.clone(),
                offset: entry.offset,
                detail: if entry.method == 0 { "stored".to_owned() } else { format!("method {}", entry.method) },
                is_hidden: entry.attributes & 0x06 != 0 && entry.attributes & FOLDER == 0,
            };
            member.announce(out);
            if entry.attributes & FOLDER != 0 && entry.data.is_empty() {
                continue;
            }
            if entry.is_locked() {
                member.locked("the entry is encrypted (ACE, Blowfish)", out)?;
                continue;
            }
            let (began_before, goes_on) = entry.volume();
            if began_before || goes_on {
                out.problem(Problem::unsupported("a part of the entry is in another volume", member.place()));
            }
            if entry.method != 0 {
                member.unsupported(format!("ACE compression {} of {} bytes", entry.method, entry.size), out)?;
                continue;
            }
            member.missing(entry.missing, out);
            let data = parent.bytes.get(entry.data.clone()).unwrap_or_default();
            member.checked(entry.missing > 0 || !crc32fast::hash(data) == entry.crc, out);
            member.stored(parent, entry.data.clone(), out)?;
        }
        match view.trailing {
            Some(at) => overlay(parent, at, "ACE archive", out),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::ace::{Entry, ace};

    use super::*;
    use crate::formats::trial;
    use crate::model::ProblemKind;
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&AceUnpacker, "a.ace", bytes).0
    }

    #[test]
    fn stored_files_are_given_and_others_named() {
        let mut packed = Entry::stored("b.exe", b"packed");
        packed.method = 2;
        let mut locked = Entry::stored("c.exe", b"locked");
        locked.flags = 0x4000;
        let said = unpack(ace(&[Entry::stored("a.txt", b"stored"), packed, locked]));
        assert_eq!(said.children[0].bytes.as_ref(), b"stored");
        assert_eq!((said.children[1].name.text.as_str(), said.children[1].bytes.len()), ("b.exe", 0));
        let kinds: Vec<ProblemKind> = said.problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, [ProblemKind::Unsupported, ProblemKind::Encrypted]);
    }

    #[test]
    fn no_cut_is_too_short() {
        let made = ace(&[Entry::stored("a.txt", b"stored"), Entry::stored("b.txt", b"more")]);
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec());
        }
    }
}
