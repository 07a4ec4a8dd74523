//! ar to the members in it.

use super::parser::ArView;
use crate::formats::archive::escape::ENTRY_NAME_ESCAPES;
use crate::formats::archive::member::{Member, overlay};
use crate::model::{Artifact, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes ar archives and Debian packages apart.
pub(super) struct ArUnpacker;

impl Unpacker for ArUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<ArView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        for entry in &view.entries {
            if entry.is_table {
                out.fact("ar-table", format!("{} ({} bytes)", entry.name.text, entry.data.len()));
                continue;
            }
            let member = Member { name: entry.name.clone(), offset: entry.offset, ..Member::default() };
            member.announce(out);
            member.missing(entry.missing, out);
            if view.is_thin {
                member.nameless(Problem::odd("the content lies outside the archive", member.place()), out)?;
            } else {
                member.stored(parent, entry.data.clone(), out)?;
            }
        }
        match view.trailing {
            Some(at) => overlay(parent, at, "ar archive", out),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::ar::{ar, header};

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        trial::unpack(&ArUnpacker, "a.a", bytes).0
    }

    fn names(said: &Said) -> Vec<&str> {
        said.children.iter().map(|child| child.name.text.as_str()).collect()
    }

    #[test]
    fn long_names_of_every_kind() {
        let gnu = unpack(ar(&[("//", b"a long name.txt/\nother.txt/\n"), ("/17", b"x"), ("plain.txt/", b"yy")]));
        assert_eq!(names(&gnu), ["other.txt", "plain.txt"]);
        let bsd = unpack(ar(&[("#1/12", b"a name.txt\0\0content")]));
        assert_eq!(names(&bsd), ["a name.txt"]);
        assert_eq!(bsd.children[0].bytes.as_ref(), b"content");
    }

    #[test]
    fn damage_is_said_and_read_past() {
        let mut made = ar(&[("a/", b"first!"), ("b/", b"second")]);
        made[56] = b'9';
        let said = unpack(made);
        assert!(!said.problems.is_empty());

        let mut made = ar(&[("a/", b"first!")]);
        made.extend(b"garbage in between");
        made.extend(header("b/", 3));
        made.extend(b"end");
        let said = unpack(made);
        assert_eq!(names(&said), ["a", "b"]);
    }

    #[test]
    fn no_cut_is_too_short() {
        let made = ar(&[("//", b"a long name.txt/\n"), ("/0", b"x"), ("#1/4", b"nameand content")]);
        for cut in 0..made.len() {
            unpack(made[..cut].to_vec());
        }
    }

    #[test]
    fn thin_archives_only_name() {
        let mut made = b"!<thin>\n".to_vec();
        made.extend(header("a.o/", 500));
        made.extend(header("b.o/", 700));
        assert_eq!(names(&unpack(made)), ["a.o", "b.o"]);
    }
}
