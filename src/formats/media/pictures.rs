//! Pictures whose end can be told, each with a look behind it.

use super::ends;
use super::trailing::Behind;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reference};

/// What all of them share.
const COMMON: FormatSpec = FormatSpec {
    references: &[Reference {
        title: "Multimedia Programming Interface and Data Specifications 1.0 (RIFF)",
        url: "https://www.loc.gov/preservation/digital/formats/fdd/fdd000025.shtml",
    }],
    limitations: &["Pixels and metadata are not judged."],
    ..FormatSpec::of(Family::Media)
};

/// PNG.
pub const PNG: FormatSpec = FormatSpec {
    id: FormatId("png"),
    title: "PNG picture",
    extensions: &["png", "apng"],
    media_types: &["image/png", "image/apng"],
    magic: &[Magic::start(b"\x89PNG\r\n\x1a\n")],
    references: &[Reference {
        title: "Portable Network Graphics (PNG), third edition",
        url: "https://www.w3.org/TR/png-3/",
    }],
    unpacker: Some(&Behind { end: ends::png }),
    ..COMMON
};

/// JPEG.
pub const JPEG: FormatSpec = FormatSpec {
    id: FormatId("jpeg"),
    title: "JPEG picture",
    extensions: &["jpg", "jpeg", "jpe", "jfif"],
    media_types: &["image/jpeg", "image/jpg", "image/pjpeg"],
    magic: &[Magic::start(b"\xff\xd8\xff")],
    references: &[
        Reference { title: "ITU-T T.81 (JPEG)", url: "https://www.w3.org/Graphics/JPEG/itu-t81.pdf" },
        Reference {
            title: "CIPA DC-007, Multi-Picture Format",
            url: "https://www.cipa.jp/std/documents/download_e.html?DC-007_E",
        },
    ],
    unpacker: Some(&Behind { end: ends::jpeg }),
    ..COMMON
};

/// GIF.
pub const GIF: FormatSpec = FormatSpec {
    id: FormatId("gif"),
    title: "GIF picture",
    extensions: &["gif"],
    media_types: &["image/gif"],
    magic: &[Magic::start(b"GIF87a"), Magic::start(b"GIF89a")],
    references: &[Reference { title: "GIF89a", url: "https://www.w3.org/Graphics/GIF/spec-gif89a.txt" }],
    unpacker: Some(&Behind { end: ends::gif }),
    ..COMMON
};

/// BMP. Its magic is two letters, so the structure decides.
pub const BMP: FormatSpec = FormatSpec {
    id: FormatId("bmp"),
    title: "BMP picture",
    extensions: &["bmp", "dib"],
    media_types: &["image/bmp", "image/x-ms-bmp"],
    probe: Probe::Structure(is_bmp),
    references: &[Reference {
        title: "Windows bitmap storage",
        url: "https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-storage",
    }],
    unpacker: Some(&Behind { end: ends::bmp }),
    ..COMMON
};

/// WebP.
pub const WEBP: FormatSpec = FormatSpec {
    id: FormatId("webp"),
    title: "WebP picture",
    extensions: &["webp"],
    media_types: &["image/webp"],
    magic: &[Magic::at(8, b"WEBP")],
    probe: Probe::Structure(is_riff),
    references: &[Reference { title: "RFC 9649, WebP", url: "https://www.rfc-editor.org/rfc/rfc9649" }],
    unpacker: Some(&Behind { end: ends::riff }),
    ..COMMON
};

/// WAV.
pub const WAV: FormatSpec = FormatSpec {
    id: FormatId("wav"),
    title: "WAV sound",
    extensions: &["wav"],
    media_types: &["audio/wav", "audio/x-wav", "audio/wave"],
    magic: &[Magic::at(8, b"WAVE")],
    probe: Probe::Structure(is_riff),
    unpacker: Some(&Behind { end: ends::riff }),
    ..COMMON
};

fn is_riff(artifact: &Artifact) -> bool {
    artifact.bytes.starts_with(b"RIFF")
}

/// Reserved words of zero and one of the header sizes Windows knows.
fn is_bmp(artifact: &Artifact) -> bool {
    let Some([b'B', b'M', header @ ..]) = artifact.bytes.get(..26) else { return false };
    let Some([0, 0, 0, 0, offset @ ..]) = header.get(4..16) else { return false };
    matches!(offset, [_, _, 0 | 1, 0, 12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
}
