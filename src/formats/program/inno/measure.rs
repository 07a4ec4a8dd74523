//! How much packed pieces come to, without keeping what comes out.

use std::io::Read;

use bzip2::read::BzDecoder;
use flate2::read::ZlibDecoder;
use innospect::CompressMethod;
use lzma_rust2::{Lzma2Reader, LzmaReader};
use memchr::memmem;

use crate::formats::fields::{size_at, u32_at};

/// Memory a decoder may ask for. The compiler's largest dictionary is 1 GiB, the usual one 64 MiB.
const MEMORY_KIB: u32 = 256 << 10;

/// How the setup data begins: a name and a version in 64 bytes.
const MARK: &[u8] = b"Inno Setup Setup Data (";

/// Whether the two blocks of tables behind the mark stay below a limit, unpacked. The block is framed into pieces of
/// 4 KiB with a checksum each, and its header has one too, by which its place is known for sure.
pub(super) fn are_tables_small(bytes: &[u8], limit: u64) -> bool {
    memmem::find_iter(bytes, MARK).take(8).all(|mark| {
        // Since 6.5 a checksum and 49 bytes about encryption come first.
        [64usize, 64 + 4 + 49].iter().all(|skip| blocks(bytes, mark.saturating_add(*skip), limit))
    })
}

/// Looks at two blocks in a row; true if they are small, or if there are none here.
fn blocks(bytes: &[u8], start: usize, limit: u64) -> bool {
    let mut at = start;
    for _ in 0..2 {
        let Some((body, is_packed)) = block(bytes, at) else { return true };
        let Some(framed) = bytes.get(body.clone()) else { return true };
        if is_packed && !is_small(lzma(&unframed(framed)), limit) {
            return false;
        }
        at = body.end;
    }
    true
}

/// Where a block's body lies and whether it is packed. The size has four bytes, since 6.7 eight.
fn block(bytes: &[u8], at: usize) -> Option<(std::ops::Range<usize>, bool)> {
    let stored = u32_at(bytes, at)?;
    let header = at.checked_add(4)?;
    for width in [5usize, 9] {
        let fields = bytes.get(header..header.checked_add(width)?)?;
        if crc32fast::hash(fields) == stored {
            let body = header.checked_add(width)?;
            return Some((body..body.checked_add(size_at(fields, 0)?)?, fields.last() != Some(&0)));
        }
    }
    None
}

fn unframed(framed: &[u8]) -> Vec<u8> {
    framed.chunks(4 + 4096).flat_map(|piece| piece.get(4..).unwrap_or_default()).copied().collect()
}

/// LZMA with its five bytes of properties and no size. None if it asks for too much memory or is none.
fn lzma(packed: &[u8]) -> Option<Box<dyn Read + '_>> {
    let (properties, data) = packed.split_at_checked(5)?;
    let mut header = properties.to_vec();
    header.extend(u64::MAX.to_le_bytes());
    let reader = std::io::Cursor::new(header).chain(data);
    Some(Box::new(LzmaReader::new_mem_limit(reader, MEMORY_KIB, None).ok()?))
}

/// Bytes a packed chunk comes to, up to a limit; none if it is beyond, or cannot be told.
pub(super) fn chunk(packed: &[u8], method: CompressMethod, limit: u64) -> Option<u64> {
    let reader: Option<Box<dyn Read + '_>> = match method {
        CompressMethod::Stored => return Some(packed.len() as u64),
        CompressMethod::Zlib => Some(Box::new(ZlibDecoder::new(packed))),
        CompressMethod::Bzip2 => Some(Box::new(BzDecoder::new(packed))),
        CompressMethod::Lzma1 => lzma(packed),
        CompressMethod::Lzma2 => lzma2(packed),
        _ => None,
    };
    length(reader?, limit)
}

/// LZMA2 with one byte for the size of its dictionary, as in xz.
fn lzma2(packed: &[u8]) -> Option<Box<dyn Read + '_>> {
    let (property, data) = packed.split_first()?;
    let mantissa = 2 | u32::from(property & 1);
    let size = mantissa.checked_shl(u32::from(property / 2).checked_add(11)?)?;
    if *property > 39 || size / 1024 > MEMORY_KIB {
        return None;
    }
    Some(Box::new(Lzma2Reader::new(data, size, None)))
}

fn is_small(reader: Option<Box<dyn Read + '_>>, limit: u64) -> bool {
    reader.is_some_and(|reader| length(reader, limit).is_some())
}

/// Bytes up to the end or the first error; none if there are more than the limit.
fn length(mut reader: Box<dyn Read + '_>, limit: u64) -> Option<u64> {
    let mut buffer = vec![0u8; 64 << 10];
    let mut total = 0u64;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) | Err(_) => return Some(total),
            Ok(count) => total = total.saturating_add(count as u64),
        }
        if total > limit {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let options = lzma_rust2::LzmaOptions::with_preset(1);
        let mut writer = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
        writer.write_all(content).unwrap();
        let whole = writer.finish().unwrap();
        [&whole[..5], &whole[13..]].concat()
    }

    fn installer(content: &[u8]) -> Vec<u8> {
        let raw = packed(content);
        let framed: Vec<u8> = raw.chunks(4096).flat_map(|piece| [&[0; 4][..], piece].concat()).collect();
        let mut fields = (framed.len() as u32).to_le_bytes().to_vec();
        fields.push(1);
        let mut bytes = b"MZ".to_vec();
        bytes.extend(MARK);
        bytes.resize(2 + 64, 0);
        bytes.extend(crc32fast::hash(&fields).to_le_bytes());
        bytes.extend(fields);
        bytes.extend(framed);
        bytes
    }

    #[test]
    fn tables_that_swell_are_told_before_they_are_unpacked() {
        assert!(are_tables_small(&installer(&[7; 100_000]), 1 << 20));
        assert!(!are_tables_small(&installer(&[0; 3 << 20]), 1 << 20));
        assert!(are_tables_small(b"no installer", 1));
    }

    #[test]
    fn chunks_are_measured() {
        assert_eq!(chunk(&packed(&[7; 100_000]), CompressMethod::Lzma1, 1 << 20), Some(100_000));
        assert_eq!(chunk(&packed(&[0; 3 << 20]), CompressMethod::Lzma1, 1 << 20), None);
        // A dictionary of four gibibytes.
        assert_eq!(chunk(&[40, 0, 0], CompressMethod::Lzma2, 1 << 20), None);
        assert_eq!(chunk(&[0x5d, 0xff, 0xff, 0xff, 0xff, 0], CompressMethod::Lzma1, 1 << 20), None);
    }
}
