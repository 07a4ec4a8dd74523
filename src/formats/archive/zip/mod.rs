//! Zip archives, the container of most attachments and of OOXML, ODF, JAR and APK.
//!
//! `signatures` finds what may be a header, `headers` and `ends` read one, `parser` walks them into [`ZipView`],
//! `ranges` does the arithmetic of claimed bytes, `names` decodes names. `open` decodes an entry's data by what our
//! parse says of it; `keys` finds passwords. `unpack` and `analyze` are the stages, `findings` declares what they raise.

mod analyze;
pub(crate) mod build;
mod dcl;
mod ends;
mod findings;
mod headers;
mod keys;
mod names;
mod open;
mod parser;
mod ranges;
mod signatures;
#[cfg(test)]
mod tests;
mod unpack;

pub use ends::EndRecord;
pub use headers::Header;
pub use open::{Content, OpenError, Packed, Reading};
pub use parser::{Directory, ZipEntry, ZipView};
pub use ranges::Overlap;

use crate::formats::mail::tnef::TnefView;
use crate::formats::office::ole::OleView;
use crate::formats::office::ole::kinds::is_document_stream;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading as Depth, Reference};

/// Zip.
pub const ZIP: FormatId = FormatId("zip");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ZIP,
    title: "Zip archive",
    family: Family::Archive,
    extensions: &["zip", "zipx"],
    media_types: &["application/zip", "application/x-zip-compressed"],
    magic: &[],
    probe: Probe::Structure(is_zip),
    reading: Depth::Full,
    references: &[
        Reference {
            title: "PKWARE APPNOTE 6.3.10",
            url: "https://pkware.cachefly.net/webdocs/APPNOTE/APPNOTE-6.3.10.TXT",
        },
        Reference { title: "WinZip AES encryption", url: "https://www.winzip.com/en/support/aes-encryption/" },
    ],
    limitations: &[
        "A volume of a split archive alone gives what lies in it; what continues in the next volume is cut off.",
        "PKWARE strong encryption and encrypted directories are recognised as locked but not opened.",
        "Methods 7, 16, 18, 19, 94, 96 and 97 (of them MP3, JPEG and WavPack of WinZip) are not decoded.",
    ],
    unpacker: Some(&unpack::ZipUnpacker),
    analyzers: &[&analyze::ZipAnalyzer],
};

/// Whether the bytes start as an archive does (with an entry, empty, or with the mark of a volume), or a program that
/// looks for the end record finds one with its directory: self-extractors and polyglots start as something else. The
/// streams of old office documents hold small zips (themes), which make no archive of the document.
fn is_zip(artifact: &Artifact) -> bool {
    const STARTS: [&[u8]; 4] = [b"PK\x03\x04", b"PK\x05\x06\0\0", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04"];
    if STARTS.iter().any(|start| artifact.bytes.starts_with(start)) {
        return true;
    }
    if is_document_stream(artifact) || !ends::ends_as_zip(&artifact.bytes) {
        return false;
    }
    // An attachment stored as it is, at the end of the message.
    if artifact.view::<TnefView>().is_ok_and(|message| message.is_whole()) {
        return false;
    }
    artifact.view::<OleView>().map_or(true, |document| {
        let after = artifact.bytes.get(document.end()..).unwrap_or_default();
        memchr::memmem::find(after, b"PK\x05\x06").is_some()
    })
}
