//! Small pictures, and what honestly or otherwise follows them.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PNG of one grey pixel.
pub fn png() -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        out.extend((data.len() as u32).to_be_bytes());
        let body = [kind, data].concat();
        out.extend_from_slice(&body);
        out.extend(crc32fast::hash(&body).to_be_bytes());
    };
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&[0, 0x80]).expect("writing to memory");
    chunk(b"IDAT", &encoder.finish().expect("writing to memory"));
    chunk(b"IEND", &[]);
    out
}

/// A JPEG of one block in one grey.
pub fn jpeg() -> Vec<u8> {
    jpeg_with(&[])
}

/// The same with the index of a multi-picture file (CIPA DC-007), empty but for its mark.
pub fn jpeg_with_mpf() -> Vec<u8> {
    jpeg_with(b"\xff\xe2\x00\x08MPF\0II")
}

fn jpeg_with(segment: &[u8]) -> Vec<u8> {
    let mut out = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    out.extend_from_slice(segment);
    // Quantisation table of ones.
    out.extend(b"\xff\xdb\x00\x43\x00");
    out.extend([1; 64]);
    // Eight by eight pixels, one component.
    out.extend(b"\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00");
    // Two Huffman tables with one code of one bit each: "no difference" and "end of block".
    for class in [0x00, 0x10] {
        out.extend([0xff, 0xc4, 0x00, 0x14, class, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    // One scan: both codes are a zero bit, the rest is filled with ones.
    out.extend(b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x3f\xff\xd9");
    out
}

/// A GIF of one pixel.
pub fn gif() -> Vec<u8> {
    let mut out = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff".to_vec();
    out.extend(b"\x21\xf9\x04\x00\x00\x00\x00\x00");
    out.extend(b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b");
    out
}

/// A BMP of one pixel in 24 bits.
pub fn bmp() -> Vec<u8> {
    let mut out = b"BM".to_vec();
    for field in [58u32, 0, 54, 40, 1, 1, 1 | (24 << 16), 0, 4, 2835, 2835, 0, 0] {
        out.extend(field.to_le_bytes());
    }
    out.extend([0x80, 0x80, 0x80, 0]);
    out
}

/// The trailer of a Samsung phone with one record.
pub fn samsung_trailer(record: &[u8]) -> Vec<u8> {
    let mut out = record.to_vec();
    let mut directory = b"SEFH".to_vec();
    directory.extend(107u32.to_le_bytes());
    directory.extend(1u32.to_le_bytes());
    directory.extend(0x0a01_0000u32.to_le_bytes());
    directory.extend((record.len() as u32).to_le_bytes());
    directory.extend((record.len() as u32).to_le_bytes());
    let size = directory.len() as u32;
    out.extend(directory);
    out.extend(size.to_le_bytes());
    out.extend(b"SEFT");
    out
}

/// The start of an MS-DOS header as Base64: `MZ`, zeros, and the offset of a Windows header that is not there. Nothing
/// in it can run.
pub const BASE64_PROGRAM: &str =
    "TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgAAAAA==";
