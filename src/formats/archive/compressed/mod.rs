//! Files compressed by themselves, gzip aside: bzip2, xz, LZMA, Zstandard and compress (`.Z`). `frame` opens one
//! frame of each, `frames` joins a file's frames as the programs do, `lzw` decodes compress, `unpack` gives the content.

mod frame;
mod frames;
mod lzw;
mod unpack;

use crate::formats::archive::rare::RareFormat;
use crate::formats::fields::{u32_at, u64_at};
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reference};

/// bzip2.
pub const BZIP2: FormatId = FormatId("bzip2");
/// xz.
pub const XZ: FormatId = FormatId("xz");
/// LZMA by itself (`.lzma`).
pub const LZMA: FormatId = FormatId("lzma");
/// Zstandard.
pub const ZSTD: FormatId = FormatId("zstd");
/// compress of Unix (`.Z`).
pub const COMPRESS: FormatId = FormatId("compress");

/// bzip2.
pub const BZIP2_FORMAT: FormatSpec = FormatSpec {
    id: BZIP2,
    title: "bzip2",
    extensions: &["bz2", "bz", "tbz", "tbz2"],
    media_types: &["application/x-bzip2", "application/bzip2"],
    magic: &[Magic::start(b"BZh")],
    probe: Probe::Structure(is_bzip2),
    references: &[Reference {
        title: "bzip2 and libbzip2 manual",
        url: "https://sourceware.org/bzip2/manual/manual.html",
    }],
    unpacker: Some(&unpack::BZIP2),
    ..COMMON
};

/// xz.
pub const XZ_FORMAT: FormatSpec = FormatSpec {
    id: XZ,
    title: "xz",
    extensions: &["xz", "txz"],
    media_types: &["application/x-xz"],
    magic: &[Magic::start(b"\xfd7zXZ\0")],
    probe: Probe::MagicOnly,
    references: &[Reference { title: "The .xz File Format 1.2.1", url: "https://tukaani.org/xz/xz-file-format.txt" }],
    unpacker: Some(&unpack::XZ),
    ..COMMON
};

/// LZMA by itself.
pub const LZMA_FORMAT: FormatSpec = FormatSpec {
    id: LZMA,
    title: "LZMA",
    extensions: &["lzma", "tlz"],
    media_types: &["application/x-lzma"],
    magic: &[Magic::start(b"\x5d\0\0")],
    probe: Probe::Structure(is_lzma),
    references: &[Reference {
        title: "The .lzma File Format",
        url: "https://github.com/tukaani-project/xz/blob/master/doc/lzma-file-format.txt",
    }],
    unpacker: Some(&unpack::LZMA),
    ..COMMON
};

/// Zstandard.
pub const ZSTD_FORMAT: FormatSpec = FormatSpec {
    id: ZSTD,
    title: "Zstandard",
    extensions: &["zst", "zstd", "tzst"],
    media_types: &["application/zstd"],
    magic: &[Magic::start(b"\x28\xb5\x2f\xfd")],
    probe: Probe::MagicOnly,
    references: &[Reference { title: "RFC 8878, Zstandard", url: "https://www.rfc-editor.org/rfc/rfc8878" }],
    limitations: &["Frames that need a dictionary are not decoded.", "Windows beyond 128 MiB are refused."],
    unpacker: Some(&unpack::ZSTD),
    ..COMMON
};

/// compress of Unix.
pub const COMPRESS_FORMAT: FormatSpec = FormatSpec {
    id: COMPRESS,
    title: "Unix compress",
    extensions: &["z", "taz"],
    media_types: &["application/x-compress"],
    magic: &[Magic::start(b"\x1f\x9d")],
    probe: Probe::Structure(is_compress),
    references: &[Reference {
        title: "POSIX.1-2017, compress",
        url: "https://pubs.opengroup.org/onlinepubs/9699919799/utilities/compress.html",
    }],
    unpacker: Some(&unpack::COMPRESS),
    analyzers: &[&RareFormat],
    ..COMMON
};

/// What all of them share.
const COMMON: FormatSpec = FormatSpec {
    limitations: &["Decoders that need more than 256 MiB are refused."],
    ..FormatSpec::of(Family::Archive)
};

/// The block size digit, then the first block's or the end's magic: pi, or the square root of pi.
fn is_bzip2(artifact: &Artifact) -> bool {
    matches!(
        artifact.bytes.get(3..10),
        Some([b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59] | [b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
    )
}

/// Usual properties, a dictionary size programs write (2^n or 2^n + 2^(n-1)), a believable size, and the range coder's
/// first byte, which is zero.
fn is_lzma(artifact: &Artifact) -> bool {
    let Some([0x5d, fields @ .., 0]) = artifact.bytes.get(..14) else { return false };
    let (Some(dictionary), Some(size)) = (u32_at(fields, 0).map(u64::from), u64_at(fields, 4)) else { return false };
    let is_usual =
        dictionary.count_ones() == 1 || (dictionary.count_ones() == 2 && dictionary & (dictionary << 1) != 0);
    is_usual && (size == u64::MAX || size < 1 << 38)
}

/// Code widths of 9 to 16 bits and no reserved flag.
fn is_compress(artifact: &Artifact) -> bool {
    artifact.bytes.get(2).is_some_and(|flags| (9..=16).contains(&(flags & 0x1f)) && flags & 0x60 == 0)
}
