//! 7z: blocks of files packed together, described by a header at the end. `signature` reads the fixed start, `methods`
//! names what a block is packed with, `unlock` finds the password, `unpack` gives the entries, `coders` decodes what the
//! crate does not. The `sevenz-rust2` crate
//! reads the header and decodes blocks, under a memory limit.

mod coders;
mod methods;
mod signature;
mod unlock;
mod unpack;

pub use signature::Signature;

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// 7z.
pub const SEVENZ: FormatId = FormatId("7z");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: SEVENZ,
    title: "7z archive",
    family: Family::Archive,
    extensions: &["7z", "cb7"],
    media_types: &["application/x-7z-compressed"],
    magic: &[Magic::start(b"7z\xbc\xaf\x27\x1c")],
    probe: Probe::Structure(has_signature),
    reading: Reading::Full,
    references: &[Reference {
        title: "7-Zip source distribution, DOC/7zFormat.txt",
        url: "https://www.7-zip.org/sdk.html",
    }],
    limitations: &[
        "Decoders that need more than 256 MiB are refused.",
        "Lizard, LZ5, LZS and FLZMA2's extensions, which 7-Zip itself does not write, are not decoded.",
    ],
    unpacker: Some(&unpack::SevenzUnpacker),
    analyzers: &[],
};

fn has_signature(artifact: &Artifact) -> bool {
    Signature::read(&artifact.bytes).is_ok()
}
