//! Compound files (OLE2, structured storage): the container of Word, Excel and PowerPoint 97-2003, Outlook messages,
//! installers and embedded objects. Own tolerant reader, since what a strict one rejects Office may still open.
//!
//! `header` `sectors` `directory` the on-disk tables; `parser` the view.

mod directory;
pub(crate) mod fields;
mod header;
mod parser;
mod sectors;

pub use parser::{OleEntry, OleKind, OleView};

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// A compound file of no narrower kind.
pub const OLE: FormatId = FormatId("ole");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: OLE,
    title: "OLE compound file",
    family: Family::Office,
    extensions: &["ole", "bin"],
    media_types: &["application/x-ole-storage", "application/vnd.openxmlformats-officedocument.oleobject"],
    magic: &[Magic::start(&header::MAGIC)],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "MS-CFB, Compound File Binary File Format",
        url: "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb/",
    }],
    limitations: &[],
    unpacker: None,
    analyzers: &[],
};

#[cfg(test)]
mod tests;
