//! RPM packages: a lead, two headers of tagged values, and a compressed cpio with the files. `parser` reads the
//! headers, `unpack` gives the payload and the scripts that run when the package is installed.

mod parser;
mod unpack;

pub use parser::RpmView;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// RPM.
pub const RPM: FormatId = FormatId("rpm");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: RPM,
    title: "RPM package",
    family: Family::Program,
    extensions: &["rpm", "srpm"],
    media_types: &["application/x-rpm", "application/x-redhat-package-manager"],
    magic: &[Magic::start(b"\xed\xab\xee\xdb")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "RPM V4 Package format",
        url: "https://rpm-software-management.github.io/rpm/manual/format_v4.html",
    }],
    limitations: &["Signatures are not verified.", "Of the headers only the scripts and the package's name are read."],
    unpacker: Some(&unpack::RpmUnpacker),
    analyzers: &[],
};
