//! ar: the archive of static libraries and of Debian packages. `parser` walks the members and resolves their names in
//! the three ways names longer than the field have been kept, `unpack` gives the members as slices.

mod parser;
mod unpack;

pub use parser::{ArView, Entry};

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// ar.
pub const AR: FormatId = FormatId("ar");
/// Debian package.
pub const DEB: FormatId = FormatId("deb");

const AR_REFERENCE: Reference =
    Reference { title: "ar(5), FreeBSD", url: "https://man.freebsd.org/cgi/man.cgi?query=ar&sektion=5" };

/// ar, also of static libraries.
pub const AR_FORMAT: FormatSpec = FormatSpec {
    id: AR,
    title: "ar archive",
    extensions: &["a", "ar", "lib"],
    media_types: &["application/x-archive", "application/x-unix-archive"],
    magic: &[Magic::start(b"!<arch>\n"), Magic::start(b"!<thin>\n")],
    probe: Probe::Structure(|artifact| !is_package(&artifact.bytes)),
    reading: Reading::Full,
    references: &[
        AR_REFERENCE,
        Reference {
            title: "PE Format, Archive (Library) File Format",
            url: "https://learn.microsoft.com/en-us/windows/win32/debug/pe-format#archive-library-file-format",
        },
    ],
    limitations: &["Thin archives name files that lie elsewhere.", "Symbol tables are not read."],
    unpacker: Some(&unpack::ArUnpacker),
    ..FormatSpec::of(Family::Archive)
};

/// Debian package: an ar archive of a version, a tar of control files with the scripts, and a tar of the files.
pub const DEB_FORMAT: FormatSpec = FormatSpec {
    id: DEB,
    title: "Debian package",
    extensions: &["deb", "udeb", "ipk"],
    media_types: &["application/vnd.debian.binary-package", "application/x-debian-package"],
    magic: &[Magic::start(b"!<arch>\n")],
    probe: Probe::Structure(|artifact| is_package(&artifact.bytes)),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "deb(5), Debian binary package format",
            url: "https://manpages.debian.org/bookworm/dpkg-dev/deb.5.en.html",
        },
        AR_REFERENCE,
    ],
    limitations: &["Signatures are not verified."],
    unpacker: Some(&unpack::ArUnpacker),
    ..FormatSpec::of(Family::Program)
};

fn is_package(bytes: &[u8]) -> bool {
    bytes.get(8..21) == Some(b"debian-binary")
}
