//! gzip to the file inside it, and to whatever follows.

use super::members::Members;
use super::parser::read_header;
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::archive::inner_name;
use crate::formats::archive::old_names;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes gzip files apart.
pub(super) struct GzipUnpacker;

impl Unpacker for GzipUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &parent.bytes;
        let first = read_header(bytes, 0)?;
        if let Some(comment) = first.comment.filter(|comment| !comment.is_empty()) {
            out.fact("gzip-comment", old_names::decode(comment).text);
        }
        let name = content_name(parent.name.file_name(), first.name);
        escape::raise(&name, out);
        let mut members = Members::new(bytes);
        let outcome = out.child(name, stream("deflate"), &mut members);
        let Members { starts, problems, trailing, .. } = members;
        for problem in problems {
            out.problem(problem);
        }
        outcome?;
        if starts.len() > 1 {
            out.fact("gzip-members", starts.len().to_string());
        }
        // gunzip joins members to one file. Programs that keep the members' names apart see several files instead.
        for (start, number) in starts.iter().zip(1..).skip(1) {
            let header = read_header(bytes, *start)?;
            if let Some(name) = header.name.filter(|name| Some(*name) != first.name) {
                let data = flate2::bufread::DeflateDecoder::new(bytes.get(header.data..).unwrap_or_default());
                out.child(old_names::decode(name), stream(&format!("deflate, member {number}")), data)?;
            }
        }
        if let Some(at) = trailing {
            out.problem(Problem::odd("data after the gzip content", Location::at(at)));
            let name = EntryName::new(format!("{} (after the gzip data)", parent.name.file_name()));
            let rest = bytes.slice(at.min(bytes.len())..);
            out.child_bytes(name, Origin::part(OriginKind::Overlay, format!("after offset {at:#x}")), rest)?;
        }
        Ok(())
    }
}

fn stream(detail: &str) -> Origin {
    Origin::file(OriginKind::Stream, detail)
}

/// The name of the content: the one stored, and the one gunzip makes from the outer name, which it prefers.
fn content_name(outer: &str, stored: Option<&[u8]>) -> EntryName {
    let derived = inner_name::without_ending(outer);
    match stored {
        Some(stored) => old_names::decode(stored).also(derived),
        None => EntryName::new(derived),
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::gzip;

    use super::*;
    use crate::formats::trial;
    use crate::model::{Limits, ProblemKind};
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        let (said, result) = trial::unpack(&GzipUnpacker, "notes.gz", bytes);
        result.unwrap();
        said
    }

    #[test]
    fn gives_the_content_under_both_names() {
        let said = unpack(gzip::gzip("記録.txt", b"hello"));
        assert_eq!(said.children.len(), 1);
        assert_eq!(said.children[0].bytes.as_ref(), b"hello");
        assert_eq!(said.children[0].name.all().collect::<Vec<_>>(), ["記録.txt", "notes"]);
        assert!(said.problems.is_empty());
    }

    #[test]
    fn joins_members_and_shows_named_ones_apart() {
        let mut bytes = gzip::gzip("a.txt", b"first ");
        bytes.extend(gzip::gzip("b.exe", b"second"));
        bytes.extend([0; 512]);
        let said = unpack(bytes);
        assert_eq!(said.children[0].bytes.as_ref(), b"first second");
        assert_eq!(said.children[1].name.text, "b.exe");
        assert_eq!(said.children[1].bytes.as_ref(), b"second");
        assert!(said.problems.is_empty());
    }

    #[test]
    fn looks_at_what_follows() {
        let mut bytes = gzip::gzip("a.txt", b"hello");
        bytes.extend(b"MZ not compressed");
        let said = unpack(bytes);
        assert_eq!(said.children[1].bytes.as_ref(), b"MZ not compressed");
        assert_eq!(said.problems[0].kind, ProblemKind::Odd);
    }

    #[test]
    fn keeps_what_came_before_the_damage() {
        let text: Vec<u8> = (0u32..4000).flat_map(u32::to_le_bytes).collect();
        let whole = gzip::gzip("a.bin", &text);
        let said = unpack(whole[..whole.len() / 2].to_vec());
        assert!(said.children[0].bytes.len() > 1000);
        assert!(text.starts_with(&said.children[0].bytes));
        assert_eq!(said.problems[0].kind, ProblemKind::Damaged);

        let mut wrong = gzip::gzip("a.txt", b"hello");
        let crc = wrong.len() - 8;
        wrong[crc] ^= 1;
        let said = unpack(wrong);
        assert_eq!(said.children[0].bytes.as_ref(), b"hello");
        assert_eq!(said.problems[0].kind, ProblemKind::Damaged);
    }

    #[test]
    fn a_bomb_stops_at_the_ratio() {
        let limits = Limits { ratio_floor: 1 << 20, ..Limits::default() };
        let (said, result) = trial::unpack_with(&GzipUnpacker, "z.gz", gzip::zeros("z", 64 << 20), &[], limits);
        assert!(matches!(result, Err(StageError::Limit(_))));
        assert!(said.children[0].bytes.len() < (64 << 20));
    }
}
