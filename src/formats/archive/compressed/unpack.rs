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

    fn content(decompressor: &Decompressor, name: &str, bytes: Vec<u8>) -> (String, Vec<u8>, usize) {
        let said = trial::unpack(decompressor, name, bytes).0;
        (said.children[0].name.text.clone(), said.children[0].bytes.to_vec(), said.problems.len())
    }

    /// mscompress, `printf 'hello hello hello hello\n'`; the letter added.
    #[test]
    fn decodes_szdd_and_restores_the_name() {
        let packed = b"SZDD\x88\xf0\x27\x33At\x18\0\0\0\xbfhello \xf0\xfdo\x01\n".to_vec();
        let wanted = ("NOTES.txt".to_owned(), b"hello hello hello hello\n".to_vec(), 0);
        assert_eq!(content(&EXPAND, "NOTES.tx_", packed.clone()), wanted);
        for cut in 0..packed.len() {
            unpack(&EXPAND, packed[..cut].to_vec());
        }
    }

    /// KWAJ with a method, a size, a name and packed bytes.
    fn kwaj(method: u8, size: u32, packed: &[u8]) -> Vec<u8> {
        let mut out = b"KWAJ\x88\xf0\x27\xd1".to_vec();
        out.extend([method, 0, 28, 0, 0x19, 0]);
        out.extend(size.to_le_bytes());
        out.extend(b"NOTES\0TXT\0");
        out.extend(packed);
        out
    }

    #[test]
    fn decodes_each_method_of_kwaj() {
        let name = || "NOTES.TXT".to_owned();
        assert_eq!(content(&EXPAND, "a.tx_", kwaj(0, 5, b"hello")), (name(), b"hello".to_vec(), 0));
        let turned: Vec<u8> = b"hello".iter().map(|byte| !byte).collect();
        assert_eq!(content(&EXPAND, "a.tx_", kwaj(1, 5, &turned)), (name(), b"hello".to_vec(), 0));
        assert_eq!(content(&EXPAND, "a.tx_", kwaj(2, 5, b"\xffhello")), (name(), b"hello".to_vec(), 0));
        // Codes as wide as their alphabets: a run of three literals, then three bytes from three back.
        let mut bits = "0".repeat(24) + "0000" + "00010";
        for byte in b"abc" {
            bits.push_str(&format!("{byte:08b}"));
        }
        bits.push_str("0001000000000011");
        bits.push_str(&"0".repeat(bits.len().next_multiple_of(8) - bits.len()));
        let packed: Vec<u8> =
            bits.as_bytes().chunks(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | (bit & 1))).collect();
        assert_eq!(content(&EXPAND, "a.tx_", kwaj(3, 6, &packed)), (name(), b"abcabc".to_vec(), 0));
        let mut block = vec![9, 0];
        block.extend(b"CK\x4b\x4c\x4a\x06\x00xx");
        assert_eq!(content(&EXPAND, "a.tx_", kwaj(4, 3, &block)).1, b"abc");
        assert_eq!(content(&EXPAND, "a.tx_", kwaj(9, 3, b"")).2, 1);
    }

    /// `gzip -dc` gives the same.
    #[test]
    fn decodes_pack() {
        let packed = b"\x1f\x1e\0\0\0\x03\x02\x01\0ab\xc4".to_vec();
        assert_eq!(content(&PACK, "notes.txt.z", packed.clone()), ("notes.txt".to_owned(), b"aab".to_vec(), 0));
        for cut in 0..packed.len() {
            unpack(&PACK, packed[..cut].to_vec());
        }
    }

    #[test]
    fn brotli_is_told_by_name_and_content() {
        let taken = |name: &str, bytes: &[u8]| {
            trial::is_taken(&super::super::BROTLI_FORMAT, &trial::file(name, bytes.to_vec()))
        };
        // `printf hello | brotli -c`.
        let packed = b"\x0f\x02\x80hello\x03";
        assert!(taken("a.txt.br", packed));
        assert!(!taken("a.txt", packed));
        assert!(!taken("a.txt.br", b"a text with that ending"));
        assert_eq!(content(&BROTLI, "a.txt.br", packed.to_vec()), ("a.txt".to_owned(), b"hello".to_vec(), 0));
    }

    #[test]
    fn lies_of_blocks_cost_nothing() {
        // An LZ4 block and an lzop block that state gigabytes.
        let lz4 = b"\x04\x22\x4d\x18\x60\x70\x73\xff\xff\xff\x7fxx".to_vec();
        assert_eq!(content(&LZ4, "a.lz4", lz4).2, 1);
        let mut lzop = b"\x89LZO\0\r\n\x1a\n\x10\x30\x20\x60\x09\x40\x01\x05".to_vec();
        lzop.extend([0; 17]);
        lzop.extend([0; 4]);
        lzop.extend([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert_eq!(content(&LZOP, "a.lzo", lzop).2, 1);
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
