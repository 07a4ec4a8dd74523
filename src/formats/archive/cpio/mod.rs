//! cpio: files one after another behind headers of four makes. `header` reads one of any make, `parser` walks the
//! archive, `unpack` gives the files as slices of it. Packages of RPM carry their files this way.

mod header;
mod parser;
mod unpack;

pub use parser::{CpioView, Entry};

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// cpio.
pub const CPIO: FormatId = FormatId("cpio");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: CPIO,
    title: "cpio archive",
    family: Family::Archive,
    extensions: &["cpio", "cpgz"],
    media_types: &["application/x-cpio"],
    magic: &[Magic::start(b"0707"), Magic::start(b"\xc7\x71"), Magic::start(b"\x71\xc7")],
    probe: Probe::Structure(starts_with_header),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "cpio(5), FreeBSD: old binary, portable ASCII, new ASCII and CRC formats",
            url: "https://man.freebsd.org/cgi/man.cgi?query=cpio&sektion=5",
        },
        Reference {
            title: "POSIX.1-2017, pax: cpio interchange format",
            url: "https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html",
        },
    ],
    limitations: &["The headers of RPM for files beyond 4 GiB (07070X) are not read."],
    unpacker: Some(&unpack::CpioUnpacker),
    analyzers: &[],
};

fn starts_with_header(artifact: &Artifact) -> bool {
    header::Header::read(&artifact.bytes, 0).is_some()
}
