//! xar, which packages of macOS are: a compressed table of contents in XML, and a heap that files are cut out of.
//! `toc` reads the table, `parser` the header, `unpack` decodes each file as the table says.

mod parser;
mod toc;
mod unpack;

pub use parser::XarView;
pub use toc::{File, Kind};

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// xar.
pub const XAR: FormatId = FormatId("xar");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: XAR,
    title: "xar archive (macOS package)",
    family: Family::Archive,
    extensions: &["pkg", "xar", "mpkg", "xip", "safariextz"],
    media_types: &["application/x-xar", "application/vnd.apple.installer+xml"],
    magic: &[Magic::start(b"xar!")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference { title: "xar file format", url: "https://github.com/mackyle/xar/wiki/xarformat" }],
    limitations: &["Signatures and checksums are not verified.", "Extended attributes are not read."],
    unpacker: Some(&unpack::XarUnpacker),
    analyzers: &[],
};
