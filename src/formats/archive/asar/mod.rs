//! Electron's archive (asar): a directory in JSON, then the files end to end. Scripts in it are what an Electron program
//! runs.

mod unpack;

use crate::formats::fields::size_at;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: FormatId("asar"),
    title: "Electron archive (asar)",
    extensions: &["asar"],
    magic: &[Magic::start(b"\x04\0\0\0")],
    probe: Probe::Structure(is_asar),
    reading: Reading::Full,
    references: &[Reference { title: "Electron, asar format", url: "https://github.com/electron/asar#format" }],
    limitations: &["Files kept beside the archive (`unpacked`) are not at hand."],
    unpacker: Some(&unpack::AsarUnpacker),
    ..FormatSpec::of(Family::Archive)
};

/// Four numbers: 4, the size of the rest of the header, that of the text with padding, that of the text.
fn is_asar(artifact: &Artifact) -> bool {
    header(&artifact.bytes).is_some()
}

/// Where the directory's text lies, and where the files start.
fn header(bytes: &[u8]) -> Option<(std::ops::Range<usize>, usize)> {
    let (size, text) = (size_at(bytes, 4)?, size_at(bytes, 12)?);
    let end = text.checked_add(16)?;
    let is_right = size_at(bytes, 8)?.checked_add(4)? == size && text.checked_add(8)? <= size;
    let is_text = bytes.get(16..end)?.trim_ascii_start().starts_with(b"{");
    (is_right && is_text).then(|| (16..end, size.saturating_add(8)))
}
