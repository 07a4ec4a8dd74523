//! tar: files one after another, each behind a 512-byte header. Reads the headers of Version 7, ustar, pax and GNU
//! tar. `header` reads one block, `pax` the extended records, `sparse` the maps of files with holes, `parser` walks the
//! archive, `unpack` gives the files, as slices of the archive wherever they have no holes.
//!
//! The `tar` crate stops at the first damaged header and copies what it gives; it is only used to compare with.

mod header;
mod parser;
mod pax;
mod sparse;
mod unpack;

pub use parser::{Data, Entry, EntryKind, TarView};

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// tar.
pub const TAR: FormatId = FormatId("tar");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: TAR,
    title: "tar archive",
    family: Family::Archive,
    extensions: &["tar", "gem", "ova", "pax"],
    media_types: &["application/x-tar", "application/x-ustar"],
    // The magic of ustar stands 257 bytes in and Version 7 has none; the header's checksum decides for both.
    magic: &[],
    probe: Probe::Structure(starts_with_header),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "POSIX.1-2017, pax: ustar and pax interchange formats",
            url: "https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html",
        },
        Reference {
            title: "GNU tar manual, Basic Tar Format and sparse formats",
            url: "https://www.gnu.org/software/tar/manual/html_node/Standard.html",
        },
    ],
    limitations: &[
        "Parts of multi-volume archives are read as they are, not joined.",
        "Holes of sparse files made by star are not expanded.",
    ],
    unpacker: Some(&unpack::TarUnpacker),
    analyzers: &[],
};

fn starts_with_header(artifact: &Artifact) -> bool {
    artifact.bytes.get(..header::BLOCK).is_some_and(header::is_header)
}
