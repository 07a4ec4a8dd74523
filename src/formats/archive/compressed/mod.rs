//! Files compressed by themselves, gzip aside: bzip2, xz, LZMA, lzip, Zstandard, LZ4, Brotli, lzop, compress (`.Z`),
//! pack (`.z`) and COMPRESS.EXE. `frame` opens one frame of those that crates decode, `lz4`, `lzop` (with `lzo`),
//! `lzw`, `pack` and `expand` one of the others; `frames` joins a file's frames as the programs do, `unpack` gives the
//! content.

mod expand;
mod frame;
mod frames;
mod lz4;
mod lzo;
mod lzop;
mod lzw;
mod pack;
mod unpack;

use std::io::Read;

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
    magic: &[],
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

/// lzip.
pub const LZIP_FORMAT: FormatSpec = FormatSpec {
    id: FormatId("lzip"),
    title: "lzip",
    extensions: &["lz", "tlz"],
    media_types: &["application/x-lzip", "application/lzip"],
    magic: &[Magic::start(b"LZIP\x00"), Magic::start(b"LZIP\x01")],
    probe: Probe::MagicOnly,
    references: &[Reference {
        title: "Lzip manual, File format",
        url: "https://www.nongnu.org/lzip/manual/lzip_manual.html#File-format",
    }],
    unpacker: Some(&unpack::LZIP),
    ..COMMON
};

/// LZ4.
pub const LZ4_FORMAT: FormatSpec = FormatSpec {
    id: FormatId("lz4"),
    title: "LZ4",
    extensions: &["lz4", "tlz4"],
    media_types: &["application/x-lz4"],
    probe: Probe::Structure(|artifact| lz4::is_frame(&artifact.bytes)),
    references: &[Reference {
        title: "LZ4 frame format",
        url: "https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md",
    }],
    limitations: &["Frames that need a dictionary are not decoded.", "Checksums are not verified."],
    unpacker: Some(&unpack::LZ4),
    ..COMMON
};

/// lzop.
pub const LZOP_FORMAT: FormatSpec = FormatSpec {
    id: FormatId("lzop"),
    title: "lzop",
    extensions: &["lzo", "tzo"],
    media_types: &["application/x-lzop"],
    magic: &[Magic::start(lzop::MAGIC)],
    probe: Probe::MagicOnly,
    references: &[
        Reference { title: "lzop", url: "https://www.lzop.org/" },
        Reference {
            title: "LZO stream format as understood by Linux' LZO decompressor",
            url: "https://www.kernel.org/doc/html/latest/staging/lzo.html",
        },
    ],
    limitations: &["Checksums are not verified.", "Filters are not decoded."],
    unpacker: Some(&unpack::LZOP),
    ..COMMON
};

/// Brotli: without magic, so that a file counts only by its ending and if it decodes.
pub const BROTLI_FORMAT: FormatSpec = FormatSpec {
    id: FormatId("brotli"),
    title: "Brotli",
    extensions: &["br", "tbr"],
    media_types: &["application/x-brotli"],
    probe: Probe::Text(is_brotli),
    references: &[Reference { title: "RFC 7932, Brotli", url: "https://www.rfc-editor.org/rfc/rfc7932" }],
    limitations: &["Recognised only where the name ends in .br, since the format has no magic."],
    unpacker: Some(&unpack::BROTLI),
    ..COMMON
};

/// COMPRESS.EXE of MS-DOS.
pub const EXPAND_FORMAT: FormatSpec = FormatSpec {
    id: FormatId("szdd"),
    title: "MS-DOS compressed file (SZDD, KWAJ)",
    magic: &[Magic::start(expand::SZDD), Magic::start(expand::KWAJ), Magic::start(expand::QBASIC)],
    probe: Probe::MagicOnly,
    references: &[Reference {
        title: "SZDD and KWAJ file formats",
        url: "https://www.cabextract.org.uk/libmspack/doc/szdd_kwaj_format.html",
    }],
    limitations: &["SZDD has no checksum."],
    unpacker: Some(&unpack::EXPAND),
    analyzers: &[&RareFormat],
    ..COMMON
};

/// pack of Unix.
pub const PACK_FORMAT: FormatSpec = FormatSpec {
    id: FormatId("pack"),
    title: "Unix pack",
    extensions: &["z"],
    media_types: &["application/x-pack"],
    magic: &[Magic::start(pack::MAGIC)],
    probe: Probe::Structure(|artifact| pack::is_header(&artifact.bytes)),
    references: &[Reference {
        title: "unpack.c of gzip",
        url: "https://git.savannah.gnu.org/cgit/gzip.git/tree/unpack.c",
    }],
    limitations: &["The format has no checksum."],
    unpacker: Some(&unpack::PACK),
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

/// A header that the programs write. Properties other than the usual ones could stand anywhere, so that with them the
/// beginning has to decode as well.
fn is_lzma(artifact: &Artifact) -> bool {
    const TRIED: u64 = 512;
    let bytes = artifact.bytes.as_ref();
    if !is_lzma_header(bytes) {
        return false;
    }
    bytes.first() == Some(&0x5d)
        || frame::lzma(bytes).is_ok_and(|frame| std::io::copy(&mut frame.take(TRIED), &mut std::io::sink()).is_ok())
}

/// Properties there are, a dictionary size programs write (2^n or 2^n + 2^(n-1)), a believable size, and the range
/// coder's first byte, which is zero.
fn is_lzma_header(bytes: &[u8]) -> bool {
    let Some([properties, fields @ .., 0]) = bytes.get(..14) else { return false };
    let (Some(dictionary), Some(size)) = (u32_at(fields, 0).map(u64::from), u64_at(fields, 4)) else { return false };
    let is_usual =
        dictionary.count_ones() == 1 || (dictionary.count_ones() == 2 && dictionary & (dictionary << 1) != 0);
    let is_size = size == u64::MAX || size < 1 << 38;
    // (pb * 5 + lp) * 9 + lc, with lc + lp of at most four as encoders keep it.
    let (lc, lp) = (properties % 9, properties / 9 % 5);
    let is_known = *properties < 225 && lc.saturating_add(lp) <= 4;
    is_known && is_usual && is_size && (*properties == 0x5d || (dictionary >= 1 << 12 && size > 0))
}

/// Whether a file that is called so decodes; a large one is tried up to a point.
fn is_brotli(artifact: &Artifact) -> bool {
    const TRIED: u64 = 8 << 20;
    let is_called_so =
        artifact.name.all().any(|name| matches!(crate::model::name::extension(name).as_str(), "br" | "tbr"));
    is_called_so
        && frame::brotli(&artifact.bytes)
            .is_ok_and(|frame| std::io::copy(&mut frame.take(TRIED), &mut std::io::sink()).is_ok_and(|count| count > 0))
}

/// The content of a compressed stream inside another format, by what that calls the method.
pub(crate) fn stream(method: Stream, bytes: &[u8]) -> std::io::Result<Box<dyn Read + '_>> {
    Ok(match method {
        Stream::Bzip2 => Box::new(frame::bzip2(bytes)?),
        Stream::Xz => Box::new(frame::xz(bytes)?),
        Stream::Lzma => Box::new(frame::lzma(bytes)?),
        Stream::Lzw(width) => Box::new(lzw::Lzw::headless(bytes, width.clamp(9, 16), true)),
    })
}

/// Methods of [`stream`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// LZMA with the header of `.lzma`.
    Lzma,
    /// What compress writes behind its header, with codes of at most so many bits.
    Lzw(u32),
}

/// Code widths of 9 to 16 bits and no reserved flag.
fn is_compress(artifact: &Artifact) -> bool {
    artifact.bytes.get(2).is_some_and(|flags| (9..=16).contains(&(flags & 0x1f)) && flags & 0x60 == 0)
}
