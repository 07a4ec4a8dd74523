//! ZOO, Rahul Dhesi's archive: directory entries in a chain, each with the place of its packed content. `parser` follows
//! the chain, `lzw` decodes the method of the first versions, `unpack` gives the files.

mod lzw;
mod parser;
mod unpack;

pub use parser::{Entry, ZooView};

use crate::formats::archive::rare::RareFormat;
use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// ZOO.
pub const ZOO: FormatId = FormatId("zoo");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ZOO,
    title: "ZOO archive",
    family: Family::Archive,
    extensions: &["zoo"],
    media_types: &["application/x-zoo"],
    magic: &[Magic::at(20, b"\xdc\xa7\xc4\xfd")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "zoo 2.1, zoo.h and the format of archives",
        url: "https://sources.debian.org/src/zoo/2.10-28/zoo.h/",
    }],
    limitations: &["Comments are not read."],
    unpacker: Some(&unpack::ZooUnpacker),
    analyzers: &[&RareFormat],
};
