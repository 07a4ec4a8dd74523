//! EGG, ALZip's present format. `parser` walks the archive's records, `unpack` gives the files whose blocks are stored,
//! deflated or bzip2.

mod parser;
mod unpack;

pub use parser::{Block, EggView, Entry};

use crate::formats::archive::rare::RareFormat;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// EGG.
pub const EGG: FormatId = FormatId("egg");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: EGG,
    title: "EGG archive",
    family: Family::Archive,
    extensions: &["egg"],
    media_types: &["application/x-egg"],
    magic: &[Magic::start(b"EGGA\0\x01")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "EGG format specification 1.0, ESTsoft",
        url: "https://sdn.altools.co.kr/etc/EGG_Specification.zip",
    }],
    limitations: &[
        "Blocks in AZO and LZMA are not decoded; names are read.",
        "Encrypted entries and solid or split archives are recognised and not opened.",
    ],
    unpacker: Some(&unpack::EggUnpacker),
    analyzers: &[&RareFormat],
};
