//! LZH to the entries in it.

use std::io::Read;

use bytes::Bytes;
use delharc::crc::Crc16;

use super::decode;
use super::parser::{Entry, LzhView};
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes LZH archives apart.
pub(super) struct LzhUnpacker;

impl Unpacker for LzhUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<LzhView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        for entry in &view.entries {
            escape::raise(&entry.name, out);
            if let Some(comment) = &entry.comment {
                out.fact("lzh-comment", comment.clone());
            }
            if entry.is_hidden && !entry.is_folder() {
                out.fact("hidden-entry", entry.name.text.clone());
            }
            if !entry.is_folder() {
                give(parent, entry, out)?;
            }
        }
        if let Some(at) = view.trailing {
            out.problem(Problem::odd("data after the LZH archive", Location::at(at)));
            let rest = parent.bytes.slice(at.min(parent.bytes.len())..);
            let name = EntryName::new(format!("{} (after the LZH archive)", parent.name.file_name()));
            out.child_bytes(name, Origin::part(OriginKind::Overlay, format!("after offset {at:#x}")), rest)?;
        }
        Ok(())
    }
}

fn give(parent: &Artifact, entry: &Entry, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let place = || Location::part(format!("entry {}", entry.name.file_name())).with_offset(entry.offset as u64);
    let origin = Origin::file(OriginKind::Entry, format!("{}, level {}", entry.method_name(), entry.level));
    if entry.missing > 0 {
        let what = format!("{} packed bytes of the entry are missing", entry.missing);
        out.problem(Problem::damaged(what, place()));
    }
    let end = entry.data.end.min(parent.bytes.len());
    let data = parent.bytes.slice(entry.data.start.min(end)..end);
    let is_stored = matches!(&entry.method, b"-lh0-" | b"-lz4-" | b"-pm0-");
    if is_stored && data.len() as u64 <= out.budget().limits().artifact_bytes {
        let mut crc = Crc16::default();
        crc.digest(&data);
        say_checksum(entry, crc.sum16(), out);
        return out.child_bytes(entry.name.clone(), origin, data);
    }
    let Some(reader) = decode::content(entry.method, &data, entry.size) else {
        out.problem(Problem::unsupported(format!("LZH method {}", entry.method_name()), place()));
        return out.child_bytes(entry.name.clone(), origin, Bytes::new());
    };
    let mut summed = Summed { reader, crc: Crc16::default() };
    if out.child_checked(entry.name.clone(), origin, &mut summed)? {
        say_checksum(entry, summed.crc.sum16(), out);
    }
    Ok(())
}

fn say_checksum(entry: &Entry, sum: u16, out: &mut Outcome<'_>) {
    if entry.crc.is_some_and(|crc| crc != sum) {
        let place = Location::part(format!("entry {}", entry.name.file_name()));
        out.problem(Problem::damaged("content has a wrong CRC", place));
    }
}

/// Sums what passes.
struct Summed<R> {
    reader: R,
    crc: Crc16,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.crc.digest(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::lzh::{Entry as Made, lzh};

    use super::*;
    use crate::formats::trial;
    use crate::model::ProblemKind;
    use crate::stage::Said;

    fn unpack(bytes: Vec<u8>) -> Said {
        let (said, result) = trial::unpack(&LzhUnpacker, "a.lzh", bytes);
        result.unwrap();
        said
    }

    fn escapes(said: &Said) -> bool {
        said.findings.iter().any(|finding| finding.kind.id == ENTRY_NAME_ESCAPES.id)
    }

    #[test]
    fn decodes_and_checks() {
        let text: Vec<u8> = (0u32..30_000).flat_map(u32::to_le_bytes).collect();
        let said = unpack(lzh(&[Made::file("a.bin", &text), Made::file("b.txt", b"stored").stored()]));
        assert!(said.children[0].bytes == text);
        assert_eq!(said.children[1].bytes.as_ref(), b"stored");
        assert_eq!(said.children[1].origin.detail, "-lh0-, level 2");
        assert!(said.problems.is_empty());
    }

    #[test]
    fn keeps_what_came_before_the_damage() {
        let text: Vec<u8> = (0u32..3_000).flat_map(u32::to_le_bytes).collect();
        let whole = lzh(&[Made::file("a.bin", &text)]);
        let said = unpack(whole[..whole.len() / 2].to_vec());
        assert!(said.children[0].bytes.len() > 4000);
        assert!(text.starts_with(&said.children[0].bytes));
        assert!(said.problems.iter().all(|problem| problem.kind == ProblemKind::Damaged));

        let mut wrong = lzh(&[Made::file("b.txt", b"stored").stored()]);
        let at = wrong.len() - 2;
        wrong[at] ^= 1;
        let said = unpack(wrong);
        assert_eq!(said.children[0].bytes.as_ref(), b"storee");
        assert_eq!(said.problems[0].what, "content has a wrong CRC");
    }

    #[test]
    fn names_are_judged_as_decoded_text() {
        assert!(!escapes(&unpack(lzh(&[Made::file("予約確認表.txt", b"x")]))));
        assert!(escapes(&unpack(lzh(&[Made::file("..\\..\\a.txt", b"x")]))));
    }

    #[test]
    fn unknown_methods_are_said() {
        let mut bytes = lzh(&[Made::file("a.bin", b"x").stored()]);
        bytes[5] = b'9';
        let said = unpack(bytes);
        assert!(said.children[0].bytes.is_empty());
        assert_eq!(said.problems[0].kind, ProblemKind::Unsupported);
    }
}
