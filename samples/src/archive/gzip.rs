//! gzip files (RFC 1952): one member with any header fields, and a member of zeros of any length that costs next to
//! nothing to make.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compress, Compression, FlushCompress};

/// Header fields of a member; the data is always deflated.
#[derive(Debug, Clone, Default)]
pub struct Header<'a> {
    /// Original file name, stored as given (the specification wants Latin-1, programs write what they have).
    pub name: Option<&'a [u8]>,
    /// Comment.
    pub comment: Option<&'a [u8]>,
    /// Extra field.
    pub extra: Option<&'a [u8]>,
    /// Whether a CRC of the header is stored.
    pub has_header_crc: bool,
}

/// A file with one member named `name`.
pub fn gzip(name: &str, data: &[u8]) -> Vec<u8> {
    member(&Header { name: Some(name.as_bytes()), ..Header::default() }, data)
}

/// One member; members may be concatenated.
pub fn member(header: &Header<'_>, data: &[u8]) -> Vec<u8> {
    let mut out = head(header);
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("writing to memory");
    out.extend(encoder.finish().expect("writing to memory"));
    out.extend(crc32fast::hash(data).to_le_bytes());
    out.extend((data.len() as u32).to_le_bytes());
    out
}

/// A member holding this many zero bytes, rounded up to whole mebibytes. One mebibyte is deflated with a full flush
/// behind it, so that the same compressed bytes can stand any number of times.
pub fn zeros(name: &str, size: u64) -> Vec<u8> {
    const CHUNK: usize = 1 << 20;
    let chunk = vec![0u8; CHUNK];
    let mut packed = Vec::with_capacity(8 << 10);
    let mut compress = Compress::new(Compression::best(), false);
    compress.compress_vec(&chunk, &mut packed, FlushCompress::Full).expect("room for a thousandth of the chunk");

    let mut once = crc32fast::Hasher::new();
    once.update(&chunk);
    let mut crc = crc32fast::Hasher::new();
    let mut out = head(&Header { name: Some(name.as_bytes()), ..Header::default() });
    let count = size.div_ceil(CHUNK as u64);
    for _ in 0..count {
        out.extend_from_slice(&packed);
        crc.combine(&once);
    }
    // An empty last block with fixed codes (RFC 1951 3.2.3): bits 1, 01, 0000000.
    out.extend([0x03, 0x00]);
    out.extend(crc.finalize().to_le_bytes());
    out.extend(((count * CHUNK as u64) as u32).to_le_bytes());
    out
}

/// RFC 1952 2.3.
fn head(header: &Header<'_>) -> Vec<u8> {
    let mut flags = 0u8;
    for (bit, is_set) in [
        (0x02, header.has_header_crc),
        (0x04, header.extra.is_some()),
        (0x08, header.name.is_some()),
        (0x10, header.comment.is_some()),
    ] {
        flags |= if is_set { bit } else { 0 };
    }
    // No time, best compression, Unix.
    let mut out = vec![0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 2, 3];
    if let Some(extra) = header.extra {
        out.extend((extra.len() as u16).to_le_bytes());
        out.extend_from_slice(extra);
    }
    for text in [header.name, header.comment].into_iter().flatten() {
        out.extend_from_slice(text);
        out.push(0);
    }
    if header.has_header_crc {
        out.extend((crc32fast::hash(&out) as u16).to_le_bytes());
    }
    out
}
