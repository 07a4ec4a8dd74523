//! LZH (LHA): the archive of Japanese offices until about 2010. `header` reads the four header levels, `extended` the
//! records behind them, `parser` walks the archive, `unpack` decodes with the `delharc` crate, `analyze` judges
//! headers. Headers are read by us, since the crate refuses what UNLHA32 and 7-Zip open, and shows names in ASCII.

mod analyze;
pub(crate) mod decode;
mod extended;
mod header;
mod parser;
mod unpack;

pub use parser::{Entry, LzhView};

use crate::formats::archive::rare::RareFormat;
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// LZH.
pub const LZH: FormatId = FormatId("lzh");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: LZH,
    title: "LZH archive",
    family: Family::Archive,
    extensions: &["lzh", "lha", "lzs", "pma"],
    media_types: &["application/x-lzh-compressed", "application/x-lha", "application/x-lzh"],
    magic: &[Magic::at(2, b"-lh"), Magic::at(2, b"-lz"), Magic::at(2, b"-pm")],
    probe: Probe::Structure(starts_with_header),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "LHA for UNIX, header.doc.md (header levels 0 to 3)",
            url: "https://github.com/jca02266/lha/blob/master/header.doc.md",
        },
        Reference { title: "micco's LHA header notes (in Japanese)", url: "https://micco.mars.jp/" },
    ],
    limitations: &["The methods -lh2- and -lh3- are not decoded.", "Parts of split archives are not joined."],
    unpacker: Some(&unpack::LzhUnpacker),
    analyzers: &[&RareFormat, &analyze::OddHeader],
};

/// Whether bytes begin with an entry that no one wrote by chance: sums are right and the content is there.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    parser::first_entry(bytes).is_some_and(|entry| entry.oddities.is_empty() && entry.missing == 0)
}

fn starts_with_header(artifact: &Artifact) -> bool {
    header::Header::read(&artifact.bytes, 0).is_some()
}
