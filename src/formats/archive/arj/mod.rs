//! ARJ, the archive of the nineties. `header` reads a header, `parser` walks the archive, `fastest` decodes method 4
//! (1 to 3 are those of LZH with another window), `unpack` gives the files, also those garbled with a password.

mod fastest;
mod header;
mod parser;
mod unpack;

pub use parser::{ArjView, Entry};

use crate::formats::archive::rare::RareFormat;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// ARJ.
pub const ARJ: FormatId = FormatId("arj");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ARJ,
    title: "ARJ archive",
    family: Family::Archive,
    extensions: &["arj", "a01", "a02"],
    media_types: &["application/x-arj"],
    magic: &[Magic::start(b"\x60\xea")],
    probe: Probe::Structure(|artifact| header::Header::read(&artifact.bytes, 0).is_some_and(|header| header.kind == 2)),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "ARJ technical notes",
            url: "https://github.com/FarGroup/FarManager/blob/master/plugins/multiarc/arc.doc/arj.txt",
        },
        Reference { title: "ARJ for Unix, source", url: "https://arj.sourceforge.net/" },
    ],
    limitations: &[
        "Archives encrypted by ARJCRYPT (GOST) are recognised as locked and not opened.",
        "A file that goes on in another volume is read as far as it goes.",
    ],
    unpacker: Some(&unpack::ArjUnpacker),
    analyzers: &[&RareFormat],
};

/// Whether bytes begin with an archive's own header that no one wrote by chance.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    header::Header::read(bytes, 0).is_some_and(|header| header.kind == 2 && header.is_crc_right)
}
