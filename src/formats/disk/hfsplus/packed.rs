//! Files that the system compresses: the attribute `com.apple.decmpfs` holds the content or says how the resource fork
//! does, in blocks of 64 KiB.

use std::io::{Error, Read, Result};

use flate2::read::ZlibDecoder;

use crate::formats::disk::apple_codecs::{lzfse, lzvn};
use crate::formats::fields::{size_at, u32_be_at};

const BLOCK: usize = 64 << 10;

/// How blocks are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    None,
    Zlib,
    Lzvn,
    Lzfse,
}

/// The method of a kind, and whether content is in the resource fork.
pub(super) fn method(kind: usize) -> Option<(Method, bool)> {
    Some(match kind {
        1 | 9 => (Method::None, false),
        10 => (Method::None, true),
        3 => (Method::Zlib, false),
        4 => (Method::Zlib, true),
        7 => (Method::Lzvn, false),
        8 => (Method::Lzvn, true),
        11 => (Method::Lzfse, false),
        12 => (Method::Lzfse, true),
        _ => return None,
    })
}

/// Unpacks one block to at most `size` bytes. A first byte that no packed block has says that it is stored.
fn unpack(method: Method, packed: &[u8], size: usize) -> Result<Vec<u8>> {
    let is_stored = match (method, packed.first()) {
        (Method::None, _) => return Ok(packed.get(..size).unwrap_or(packed).to_vec()),
        (Method::Zlib, Some(first)) => first & 0x0f == 0x0f,
        (Method::Lzvn, Some(first)) => *first == 0x06,
        (Method::Lzfse, Some(first)) => *first == 0xff,
        (_, None) => false,
    };
    if is_stored {
        let rest = packed.get(1..).unwrap_or_default();
        return Ok(rest.get(..size).unwrap_or(rest).to_vec());
    }
    match method {
        Method::None | Method::Zlib => {
            let mut bytes = Vec::new();
            ZlibDecoder::new(packed).take(size as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        Method::Lzvn => lzvn(packed, size),
        Method::Lzfse => lzfse(packed, size),
    }
}

/// Reads a compressed file.
pub(super) struct Packed {
    source: Vec<u8>,
    method: Method,
    /// Start and end of each block in the source, from the last to the first.
    blocks: Vec<(usize, usize)>,
    left: u64,
    held: std::io::Cursor<Vec<u8>>,
}

impl Packed {
    /// Content that stands in the attribute, behind its header.
    pub(super) fn inline(attribute: &[u8], method: Method, size: u64) -> Packed {
        let source = attribute.get(16..).unwrap_or_default().to_vec();
        let blocks = vec![(0, source.len())];
        // One block whatever its size; attributes are small.
        Packed { source, method, blocks, left: size, held: std::io::Cursor::default() }
    }

    /// Content in the resource fork.
    pub(super) fn resource(source: Vec<u8>, method: Method, size: u64) -> Packed {
        let blocks = match method {
            Method::Zlib => zlib_blocks(&source),
            _ => table_blocks(&source),
        };
        let mut blocks = blocks.unwrap_or_default();
        blocks.reverse();
        Packed { source, method, blocks, left: size, held: std::io::Cursor::default() }
    }
}

/// A resource of one entry: a count, then offset and length of each block from the count on.
fn zlib_blocks(source: &[u8]) -> Option<Vec<(usize, usize)>> {
    let start = (u32_be_at(source, 0)? as usize).checked_add(4)?;
    let count = size_at(source, start)?.min(source.len() / 8);
    let mut found = Vec::new();
    for index in 0..count {
        let row = start.checked_add(4)?.checked_add(index.checked_mul(8)?)?;
        let from = start.checked_add(size_at(source, row)?)?;
        found.push((from, from.checked_add(size_at(source, row.checked_add(4)?)?)?));
    }
    Some(found)
}

/// Offsets of blocks; the first tells how many there are.
fn table_blocks(source: &[u8]) -> Option<Vec<(usize, usize)>> {
    let count = (size_at(source, 0)? / 4).min(source.len() / 4);
    let offset = |index: usize| size_at(source, index.checked_mul(4)?);
    (0..count.saturating_sub(1)).map(|index| Some((offset(index)?, offset(index.checked_add(1)?)?))).collect()
}

impl Read for Packed {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.held.read(buffer)?;
        if count > 0 || self.left == 0 || buffer.is_empty() {
            return Ok(count);
        }
        let (from, to) = self.blocks.pop().ok_or_else(|| Error::other("blocks of the compressed file are missing"))?;
        let packed = self.source.get(from..to).ok_or_else(|| Error::other("a compressed block ends early"))?;
        let size = BLOCK.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let bytes = unpack(self.method, packed, size)?;
        if bytes.is_empty() {
            return Err(Error::other("a compressed block holds nothing"));
        }
        self.left = self.left.saturating_sub(bytes.len() as u64);
        self.held = std::io::Cursor::new(bytes);
        self.held.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_and_packed_blocks_are_read() {
        let text = |mut packed: Packed| {
            let mut bytes = Vec::new();
            packed.read_to_end(&mut bytes).unwrap();
            bytes
        };
        let inline = |content: &[u8]| [&[0; 16][..], content].concat();
        assert_eq!(text(Packed::inline(&inline(b"\xffhello"), Method::Zlib, 5)), b"hello");
        assert_eq!(text(Packed::inline(&inline(b"\x06hello"), Method::Lzvn, 5)), b"hello");
        // One literal opcode of five bytes, then the end.
        let packed = b"\xe5hello\x06\0\0\0\0\0\0\0";
        assert_eq!(text(Packed::inline(&inline(packed), Method::Lzvn, 5)), b"hello");
        let table = [&8u32.to_le_bytes()[..], &14u32.to_le_bytes(), b"\xffhello"].concat();
        assert_eq!(text(Packed::resource(table, Method::Lzfse, 5)), b"hello");
        let mut bytes = Vec::new();
        assert!(Packed::resource(Vec::new(), Method::Zlib, 5).read_to_end(&mut bytes).is_err());
    }
}
