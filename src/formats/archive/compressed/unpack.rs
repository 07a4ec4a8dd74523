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
    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn unpack(decompressor: &Decompressor, bytes: Vec<u8>) -> Said {
        trial::unpack(decompressor, "notes.txt.bz2", bytes).0
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
