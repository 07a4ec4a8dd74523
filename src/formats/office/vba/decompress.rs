//! The compressed container of MS-OVBA 2.4.1. Reads what Office reads: the signature byte and bits 12 to 14 of a chunk
//! header are not checked by it, nor are stray bytes after the last chunk; what came before damage is kept.

use crate::formats::fields::u16_at;
use crate::model::ParseError;

/// Bytes of source in one chunk, 2.4.1.1.2.
const CHUNK: usize = 4096;

/// What a container held.
#[derive(Debug, Default)]
pub(super) struct Decompressed {
    /// The bytes, as far as they could be read.
    pub(super) bytes: Vec<u8>,
    /// Bytes of the container that were read.
    pub(super) used: usize,
    /// Where and why reading stopped before the container's end, if it did.
    pub(super) damage: Option<ParseError>,
    /// Something Office overlooks and strict readers refuse.
    pub(super) oddity: Option<&'static str>,
    /// More would have come than the cap allowed.
    pub(super) is_capped: bool,
}

/// Decompresses a container that starts at the first byte, giving at most `cap` bytes.
pub(super) fn decompress(container: &[u8], cap: usize) -> Decompressed {
    let mut out = Decompressed::default();
    let Some(signature) = container.first() else {
        out.damage = Some(ParseError::new("compressed container is empty", 0));
        return out;
    };
    // 2.4.1.1.1 demands 0x01; Office looks at the two lowest bits only.
    if *signature != 1 {
        out.oddity = Some("signature byte of the compressed container is not 0x01");
    }
    let mut at = 1usize;
    while let Some(header) = u16_at(container, at) {
        if out.bytes.len() >= cap {
            out.is_capped = true;
            break;
        }
        // 2.4.1.1.5: bits 0..12 size minus 3, bits 12..15 signature 0b011, bit 15 compressed.
        if header & 0x7000 != 0x3000 {
            if header == 0 {
                // Zero padding after the last chunk.
                break;
            }
            out.oddity = out.oddity.or(Some("signature bits of a compressed chunk are not 0b011"));
        }
        let start = at.saturating_add(2);
        let stated = usize::from(header & 0x0fff).saturating_add(1);
        let is_raw = header & 0x8000 == 0;
        let wanted = if is_raw { CHUNK } else { stated };
        let end = start.saturating_add(wanted).min(container.len());
        let body = container.get(start..end).unwrap_or_default();
        if is_raw {
            out.bytes.extend_from_slice(body);
        } else if let Err(offset) = chunk(body, &mut out.bytes) {
            // The next chunk needs nothing of this one.
            let place = start.saturating_add(offset) as u64;
            out.damage.get_or_insert(ParseError::new("copy token reaches before the start of its chunk", place));
        }
        // 2.4.1.1.4 fills a raw chunk up; some writers end the last one with its text, and state its size.
        if body.len() < wanted && !(is_raw && body.len() == stated) {
            out.damage.get_or_insert(ParseError::new("compressed chunk ends early", end as u64));
        }
        at = end;
    }
    out.used = at;
    if container.len() > at && out.damage.is_none() && !out.is_capped {
        let rest = container.get(at..).unwrap_or_default();
        if rest.iter().any(|byte| *byte != 0) {
            out.oddity = out.oddity.or(Some("bytes after the last compressed chunk"));
        }
    }
    out.bytes.truncate(cap);
    out
}

/// Bytes moved at once where a copy is short: most are.
const STEP: usize = 16;

/// One compressed chunk, 2.4.1.3.2: a flag byte announces eight tokens, each a literal or a copy. 2.4.1.1.4 ends a chunk
/// at 4096 bytes; what a longer one would give is left out, since it exists only to multiply. The error is the offset of
/// a token that makes no sense.
fn chunk(body: &[u8], out: &mut Vec<u8>) -> Result<(), usize> {
    // A little longer than a chunk, so that short copies may write a whole step.
    let mut window = [0u8; CHUNK + STEP];
    let mut written = 0usize;
    let end = fill(body, &mut window, &mut written);
    out.extend_from_slice(window.get(..written.min(CHUNK)).unwrap_or_default());
    end
}

fn fill(body: &[u8], window: &mut [u8; CHUNK + STEP], written: &mut usize) -> Result<(), usize> {
    let mut at = 0usize;
    while let Some(&flags) = body.get(at) {
        at = at.saturating_add(1);
        if *written >= CHUNK {
            return Ok(());
        }
        if flags == 0
            && let Some(literals) = body.get(at..at.saturating_add(8))
            && let Some(to) = window.get_mut(*written..written.saturating_add(8))
        {
            to.copy_from_slice(literals);
            at = at.saturating_add(8);
            *written = written.saturating_add(8);
            continue;
        }
        let mut flags = flags;
        for _ in 0..8 {
            if flags & 1 == 0 {
                let (Some(literal), Some(slot)) = (body.get(at), window.get_mut(*written)) else { return Ok(()) };
                *slot = *literal;
                *written = written.saturating_add(1);
                at = at.saturating_add(1);
            } else {
                let Some(&[low, high]) = body.get(at..at.saturating_add(2)) else { return Ok(()) };
                at = at.saturating_add(2);
                let length = copy(u16::from_le_bytes([low, high]), window, *written).ok_or(at)?;
                *written = written.saturating_add(length);
            }
            flags >>= 1;
        }
    }
    Ok(())
}

/// A copy token, 2.4.1.3.19: the split between offset and length moves with the position in the chunk. Gives the bytes
/// written; nothing if it reaches before the chunk.
#[inline]
fn copy(token: u16, window: &mut [u8; CHUNK + STEP], position: usize) -> Option<usize> {
    let bits = usize::BITS.saturating_sub(position.saturating_sub(1).leading_zeros()).clamp(4, 12);
    let distance = usize::from(token >> 16u32.saturating_sub(bits)).saturating_add(1);
    let length = usize::from(token & (u16::MAX >> bits)).saturating_add(3).min(CHUNK.saturating_sub(position));
    let from = position.checked_sub(distance)?;
    if distance >= STEP && length <= STEP {
        // More than is needed; what follows is written over.
        let step: [u8; STEP] = window.get(from..from.saturating_add(STEP))?.try_into().ok()?;
        window.get_mut(position..position.saturating_add(STEP))?.copy_from_slice(&step);
        return Some(length);
    }
    let (before, after) = window.split_at_mut_checked(position)?;
    let (source, to) = (before.get(from..)?, after.get_mut(..length)?);
    match source {
        [one] => to.fill(*one),
        _ if source.len() >= length => to.copy_from_slice(source.get(..length)?),
        // The source overlaps what is being written: it repeats.
        _ => to.iter_mut().zip(source.iter().cycle()).for_each(|(to, from)| *to = *from),
    }
    Some(length)
}

/// Offset of a compressed container whose text starts with `Attribute`, as every module's does: signature, chunk
/// header, a flag byte of zero and eight literals. Finds modules where no table leads to them.
pub(super) fn find_source(stream: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = memchr::memmem::find(stream.get(at..)?, b"\x00Attribut")?.checked_add(at)?;
        // Signature and header stand before the flag byte.
        if let Some(start) = found.checked_sub(3)
            && start >= from
            && let Some([signature, _, high]) = stream.get(start..found)
            && signature & 3 == 1
            && high & 0x80 != 0
        {
            return Some(start);
        }
        at = found.checked_add(1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::office::vba::{compress, compress_literally};

    const CAP: usize = 1 << 20;

    fn text(lines: usize) -> Vec<u8> {
        (0..lines).flat_map(|n| format!("    Cells({n}, 1).Value = \"row {}\"\r\n", n * 7).into_bytes()).collect()
    }

    /// Example 3.2.1 of MS-OVBA: no compression.
    #[test]
    fn reads_the_published_example_without_copies() {
        let bytes = [
            0x01, 0x19, 0xb0, 0x00, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x00, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
            0x6e, 0x6f, 0x70, 0x00, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x2e,
        ];
        assert_eq!(decompress(&bytes, CAP).bytes, b"abcdefghijklmnopqrstuv.");
    }

    /// Example 3.2.2 of MS-OVBA: normal compression.
    #[test]
    fn reads_the_published_example_with_copies() {
        let bytes = [
            0x01, 0x2f, 0xb0, 0x00, 0x23, 0x61, 0x61, 0x61, 0x62, 0x63, 0x64, 0x65, 0x82, 0x66, 0x00, 0x70, 0x61, 0x67,
            0x68, 0x69, 0x6a, 0x01, 0x38, 0x08, 0x61, 0x6b, 0x6c, 0x00, 0x30, 0x6d, 0x6e, 0x6f, 0x70, 0x06, 0x71, 0x02,
            0x70, 0x04, 0x10, 0x72, 0x73, 0x74, 0x75, 0x76, 0x10, 0x77, 0x78, 0x79, 0x7a, 0x00, 0x3c,
        ];
        assert_eq!(decompress(&bytes, CAP).bytes, b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa");
    }

    /// Example 3.2.3 of MS-OVBA: maximum compression.
    #[test]
    fn reads_the_published_example_of_one_letter() {
        assert_eq!(decompress(&[0x01, 0x03, 0xb0, 0x02, 0x61, 0x45, 0x00], CAP).bytes, [b'a'; 73]);
    }

    #[test]
    fn gives_back_what_was_compressed() {
        for source in [Vec::new(), text(1), text(40), text(3_000)] {
            for container in [compress(&source), compress_literally(&source)] {
                let read = decompress(&container, CAP);
                assert!(read.bytes.starts_with(&source));
                assert!(read.damage.is_none() && read.oddity.is_none());
            }
        }
    }

    #[test]
    fn overlooks_what_office_overlooks() {
        let source = text(300);
        let mut container = compress(&source);
        container[0] = 0x05;
        container[2] = (container[2] & 0x8f) | 0x40;
        container.push(1);
        let read = decompress(&container, CAP);
        assert_eq!(read.bytes, source);
        assert!(read.oddity.is_some());
    }

    #[test]
    fn keeps_what_came_before_the_damage() {
        let source = text(600);
        let container = compress(&source);
        let cut = decompress(&container[..container.len() - 20], CAP);
        assert!(cut.damage.is_some());
        assert!(cut.bytes.len() > 4096 && source.starts_with(&cut.bytes));
    }

    #[test]
    fn a_bomb_stops_at_the_cap() {
        let mut bomb = vec![1];
        for _ in 0..1_000 {
            bomb.extend([0x03, 0xb0, 0x02, 0x61, 0xff, 0x0f]);
        }
        let read = decompress(&bomb, 100_000);
        assert_eq!(read.bytes.len(), 100_000);
        assert!(read.is_capped);
    }

    #[test]
    fn a_copy_from_before_the_chunk_is_damage() {
        let read = decompress(&[0x01, 0x05, 0xb0, 0x04, 0x61, 0x62, 0xff, 0xff], CAP);
        assert_eq!(read.bytes, b"ab");
        assert!(read.damage.is_some());
    }

    #[test]
    fn a_chunk_after_a_damaged_one_is_read() {
        let read = decompress(&[0x01, 0x04, 0xb0, 0x04, 0x61, 0x62, 0xff, 0xff, 0x01, 0xb0, 0x00, 0x63], CAP);
        assert_eq!(read.bytes, b"abc");
        assert!(read.damage.is_some());
    }

    #[test]
    fn a_raw_chunk_may_end_with_its_text() {
        let read = decompress(&[0x01, 0x02, 0x30, 0x61, 0x62, 0x63], CAP);
        assert_eq!(read.bytes, b"abc");
        assert!(read.damage.is_none());
    }

    #[test]
    fn a_chunk_gives_no_more_than_it_may() {
        // One letter, then copies of the longest kind until the body ends.
        let mut body = vec![0x02, 0x61, 0xff, 0x0f];
        for _ in 0..40 {
            body.extend([0xff, 0xff, 0x0f]);
        }
        let mut container = vec![1];
        container.extend((0xb000u16 | (body.len() as u16 - 1)).to_le_bytes());
        container.extend(body);
        assert!(decompress(&container, CAP).bytes.len() <= CHUNK);
    }

    #[test]
    fn finds_a_module_by_its_first_word() {
        let mut stream = vec![7; 500];
        stream.extend(compress(b"Attribute VB_Name = \"Module1\"\r\n"));
        assert_eq!(find_source(&stream, 0), Some(500));
        assert_eq!(find_source(b"\x00Attribut", 0), None);
    }
}
