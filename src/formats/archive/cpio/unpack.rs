//! cpio to the files in it.

use super::parser::{CpioView, Entry, EntryKind};
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::member::{Member, overlay};
use crate::formats::archive::old_names;
use crate::model::Artifact;
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes cpio archives apart.
pub(super) struct CpioUnpacker;

impl Unpacker for CpioUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<CpioView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        for entry in &view.entries {
            give(parent, entry, out)?;
        }
        match view.trailing {
            Some(at) => overlay(parent, at, "cpio archive", out),
            None => Ok(()),
        }
    }
}

fn give(parent: &Artifact, entry: &Entry, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let mode = if entry.is_executable { ", executable" } else { "" };
    let member = Member {
        name: entry.name.clone(),
        offset: entry.offset,
        detail: format!("{}{mode}", entry.make),
        is_hidden: false,
    };
    member.announce(out);
    let data = parent.bytes.get(entry.data.clone()).unwrap_or_default();
    match entry.kind {
        EntryKind::Symlink => member.link("cpio-link", &old_names::decode(data).text, out),
        EntryKind::Device if data.is_empty() => out.fact("cpio-device", entry.name.text.clone()),
        EntryKind::Folder if data.is_empty() => {}
        _ => {
            member.missing(entry.missing, out);
            let sum = data.iter().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(*byte)));
            // Further links to a file have neither its content nor a sum to be held to.
            member.checked(data.is_empty() || entry.missing > 0 || entry.sum.is_none_or(|stated| stated == sum), out);
            member.stored(parent, entry.data.clone(), out)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::cpio::{Make, cpio};

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    const MAKES: [Make; 5] = [Make::New, Make::Sums, Make::Portable, Make::BinaryLow, Make::BinaryHigh];

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&CpioUnpacker, "a.cpio", bytes).0
    }

    #[test]
    fn reads_each_make() {
        for make in MAKES {
            let said = unpack(cpio(
                make,
                &[
                    ("d", 0o040_755, b""),
                    ("d/a.txt", 0o100_644, b"first"),
                    ("l", 0o120_777, b"d/a.txt"),
                    ("b", 0o100_755, b"xy"),
                ],
            ));
            assert_eq!(said.children.len(), 2, "{make:?}");
            assert_eq!(said.children[0].bytes.as_ref(), b"first");
            assert!(said.children[1].origin.detail.ends_with("executable"));
            assert_eq!(said.facts[0].value, "l -> d/a.txt");
            assert!(said.problems.is_empty(), "{make:?} {:?}", said.problems);
        }
    }

    #[test]
    fn a_wrong_sum_is_said() {
        let mut made = cpio(Make::Sums, &[("a", 0o100_644, b"abcd")]);
        let at = made.windows(4).position(|four| four == b"abcd").unwrap();
        made[at] = b'x';
        assert_eq!(unpack(made).problems[0].what, "content has a wrong checksum");
    }

    #[test]
    fn no_cut_is_too_short_and_no_size_too_large() {
        for make in MAKES {
            let made = cpio(make, &[("a.txt", 0o100_644, b"first"), ("b.txt", 0o100_644, b"second")]);
            for cut in 0..made.len() {
                unpack(made[..cut].to_vec());
            }
        }
        let mut lying = cpio(Make::New, &[("a.txt", 0o100_644, b"first")]);
        lying[54..62].copy_from_slice(b"ffffffff");
        let said = unpack(lying);
        assert!(said.problems.iter().any(|problem| problem.what.ends_with("bytes of the entry are missing")));
    }

    #[test]
    fn goes_on_behind_garbage_and_gives_what_follows() {
        let one = cpio(Make::New, &[("a.txt", 0o100_644, b"first")]);
        let said = unpack([one.as_slice(), &[0; 512], &one].concat());
        assert_eq!(said.children.len(), 2);
        let said = unpack([one.as_slice(), b"MZ and more"].concat());
        assert_eq!(said.children[1].bytes.as_ref(), b"MZ and more");
    }
}
