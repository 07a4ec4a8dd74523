//! Windows shortcuts (MS-SHLLINK). `parser` reads the header, strings and order of parts; `items` the list of shell
//! items that leads to the target; `place` the link information; `extra` the data blocks. `unpack` gives the command
//! line as text and what is appended; `analyze` says what the shortcut does and hides. Internet shortcuts (`.url`) are
//! text and are read elsewhere.

mod analyze;
mod extra;
mod items;
mod parser;
mod place;
#[cfg(test)]
mod tests;
mod unpack;

pub use extra::Extra;
pub use parser::LnkView;
pub use place::Place;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// A shortcut.
pub const LNK: FormatId = FormatId("lnk");

/// HeaderSize and LinkCLSID {00021401-0000-0000-C000-000000000046}: MS-SHLLINK 2.1.
const MAGIC: &[u8] = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: LNK,
    title: "Windows shortcut",
    family: Family::Program,
    extensions: &["lnk"],
    media_types: &["application/x-ms-shortcut", "application/x-win-lnk", "application/x-mswinurl"],
    magic: &[Magic::start(MAGIC)],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "MS-SHLLINK: Shell Link (.LNK) Binary File Format",
        url: "https://learn.microsoft.com/openspecs/windows_protocols/ms-shllink/",
    }],
    limitations: &[
        "Shell items of kinds other than folders, files, drives, shares and addresses are named, not read.",
        "Property stores are skipped.",
    ],
    unpacker: Some(&unpack::LnkUnpacker),
    analyzers: &[&analyze::LnkAnalyzer],
};
