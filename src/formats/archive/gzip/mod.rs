//! gzip (RFC 1952): one or more deflated members whose contents form one file. `parser` reads headers, `members`
//! inflates through all members, `unpack` names the result.

mod members;
mod parser;
mod unpack;

pub use parser::{Header, read_header};

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// gzip.
pub const GZIP: FormatId = FormatId("gzip");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: GZIP,
    title: "gzip",
    family: Family::Archive,
    extensions: &["gz", "tgz", "taz", "svgz", "emz", "wmz", "z"],
    media_types: &["application/gzip", "application/x-gzip", "application/x-compressed-tar"],
    magic: &[Magic::start(b"\x1f\x8b\x08")],
    probe: Probe::Structure(has_header),
    reading: Reading::Full,
    references: &[
        Reference { title: "RFC 1952, GZIP file format 4.3", url: "https://www.rfc-editor.org/rfc/rfc1952" },
        Reference { title: "RFC 1951, DEFLATE 1.3", url: "https://www.rfc-editor.org/rfc/rfc1951" },
    ],
    limitations: &["Methods other than deflate are not read; none was ever assigned."],
    unpacker: Some(&unpack::GzipUnpacker),
    analyzers: &[],
};

/// Whether the bytes start with a whole member header.
fn has_header(artifact: &Artifact) -> bool {
    read_header(&artifact.bytes, 0).is_ok()
}
