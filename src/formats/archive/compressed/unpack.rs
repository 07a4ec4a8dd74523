//! A compressed file to its content.

use super::frame::{self, Open};
use super::frames::Frames;
use crate::formats::archive::inner_name;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Outcome, StageError, Unpacker};

/// Decompresses one format.
pub(super) struct Decompressor {
    detail: &'static str,
    open: Open,
}

pub(super) const BZIP2: Decompressor = Decompressor { detail: "bzip2", open: frame::bzip2 };
pub(super) const XZ: Decompressor = Decompressor { detail: "xz", open: frame::xz };
pub(super) const LZMA: Decompressor = Decompressor { detail: "LZMA", open: frame::lzma };
pub(super) const ZSTD: Decompressor = Decompressor { detail: "Zstandard", open: frame::zstd };
pub(super) const COMPRESS: Decompressor = Decompressor { detail: "LZW", open: frame::compress };

impl Unpacker for Decompressor {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let outer = parent.name.file_name();
        let name = EntryName::new(inner_name::without_ending(outer));
        let mut frames = Frames::new(&parent.bytes, self.open);
        out.child(name, Origin::file(OriginKind::Stream, self.detail), &mut frames)?;
        if let Some(at) = frames.trailing {
            out.problem(Problem::odd("data after the compressed content", Location::at(at)));
            let rest = parent.bytes.slice(at.min(parent.bytes.len())..);
            let name = EntryName::new(format!("{outer} (after the compressed data)"));
            out.child_bytes(name, Origin::part(OriginKind::Overlay, format!("after offset {at:#x}")), rest)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::formats::archive::trial;
    use crate::stage::Said;

    /// What a program makes of the input; none where it is missing.
    fn made_by(program: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
        let mut child =
            Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let mut stdin = child.stdin.take()?;
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().ok()?;
        writer.join().ok()?.ok()?;
        Some(output.stdout)
    }

    fn unpack(decompressor: &Decompressor, bytes: Vec<u8>) -> Said {
        trial::unpack(decompressor, "notes.txt.bz2", bytes).0
    }

    fn text() -> Vec<u8> {
        (0u32..60_000).flat_map(|n| format!("line {} of the notes\n", n % 977).into_bytes()).collect()
    }

    #[test]
    fn reads_what_the_programs_write() {
        let text = text();
        for (decompressor, program, arguments) in [
            (&BZIP2, "bzip2", &["-c"][..]),
            (&XZ, "xz", &["-c"]),
            (&LZMA, "xz", &["-c", "--format=lzma"]),
            (&ZSTD, "zstd", &["-c", "-q"]),
            (&COMPRESS, "compress", &["-c"]),
        ] {
            let Some(packed) = made_by(program, arguments, &text) else { continue };
            let said = unpack(decompressor, packed.clone());
            assert!(said.children[0].bytes == text, "{program} {arguments:?} {:?}", said.problems);
            assert!(said.problems.is_empty(), "{program} {arguments:?} {:?}", said.problems);

            let said = unpack(decompressor, packed[..packed.len() / 2].to_vec());
            assert!(text.starts_with(&said.children[0].bytes), "{program} {arguments:?}");
            if program != "compress" {
                assert!(!said.problems.is_empty(), "{program} {arguments:?}");
            }

            if !["compress"].contains(&program) && !arguments.contains(&"--format=lzma") {
                let twice = [packed.as_slice(), &packed].concat();
                assert!(unpack(decompressor, twice).children[0].bytes == [text.as_slice(), &text].concat());
                let followed = [packed.as_slice(), b"MZ and more"].concat();
                let said = unpack(decompressor, followed);
                assert_eq!(said.children[1].bytes.as_ref(), b"MZ and more", "{program}");
            }
        }
    }

    /// ncompress 5.0, `printf 'abcabcabcabc\n' | compress -f`.
    #[test]
    fn decodes_lzw() {
        let packed = [0x1f, 0x9d, 0x90, 0x61, 0xc4, 0x8c, 0x09, 0x38, 0x50, 0x20, 0x41, 0x05];
        let said = unpack(&COMPRESS, packed.to_vec());
        assert_eq!(said.children[0].bytes.as_ref(), b"abcabcabcabc\n");
        let said = unpack(&COMPRESS, vec![0x1f, 0x9d, 0x90, 0xff, 0xff, 0xff, 0xff]);
        assert!(said.children[0].bytes.is_empty());
        assert_eq!(said.problems.len(), 1);
    }
}
