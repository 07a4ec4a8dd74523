//! A compressed file to its content.

use super::expand::Kwaj;
use super::frame::{self, Open};
use super::frames::Frames;
use super::{expand, lz4, lzop, pack};
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::archive::{inner_name, old_names};
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Decompresses one format.
pub(super) struct Decompressor {
    detail: &'static str,
    open: Open,
    /// The name kept in the file, if the format keeps one, going by the outer one.
    name: fn(&[u8], &str) -> Option<EntryName>,
}

const fn nameless(detail: &'static str, open: Open) -> Decompressor {
    Decompressor { detail, open, name: |_, _| None }
}

pub(super) const BZIP2: Decompressor = nameless("bzip2", frame::bzip2);
pub(super) const XZ: Decompressor = nameless("xz", frame::xz);
pub(super) const LZMA: Decompressor = nameless("LZMA", frame::lzma);
pub(super) const ZSTD: Decompressor = nameless("Zstandard", frame::zstd);
pub(super) const COMPRESS: Decompressor = nameless("LZW", frame::compress);
pub(super) const LZIP: Decompressor = nameless("LZMA", frame::lzip);
pub(super) const LZ4: Decompressor = nameless("LZ4", lz4::open);
pub(super) const BROTLI: Decompressor = nameless("Brotli", frame::brotli);
pub(super) const PACK: Decompressor = nameless("pack", pack::open);
pub(super) const LZOP: Decompressor = Decompressor {
    detail: "LZO1X",
    open: lzop::open,
    name: |bytes, _| lzop::Header::read(bytes).map(|h| h.name).filter(|n| !n.is_empty()).map(old_names::decode),
};
pub(super) const EXPAND: Decompressor = Decompressor { detail: "COMPRESS.EXE", open: expand::open, name: expanded };

/// `SETUP.EX_` was `SETUP.EXE`: the header of SZDD keeps the letter, that of KWAJ the name.
fn expanded(bytes: &[u8], outer: &str) -> Option<EntryName> {
    let (stem, last) = outer.char_indices().next_back()?;
    let stem = outer.get(..stem).filter(|_| matches!(last, '_' | '$'))?;
    if let Some(name) = Kwaj::read(bytes).and_then(|header| header.name) {
        return Some(EntryName::new(name));
    }
    let letter = bytes.get(9).copied().filter(|letter| bytes.starts_with(expand::SZDD) && letter.is_ascii_graphic());
    Some(EntryName::new(letter.map_or_else(|| stem.to_owned(), |letter| format!("{stem}{}", char::from(letter)))))
}

impl Unpacker for Decompressor {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let outer = parent.name.file_name();
        let derived = inner_name::without_ending(outer);
        let name = match (self.name)(&parent.bytes, outer) {
            Some(stored) => stored.also(derived),
            None => EntryName::new(derived),
        };
        escape::raise(&name, out);
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
