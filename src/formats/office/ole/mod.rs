//! Compound files (OLE2, structured storage): the container of Word, Excel and PowerPoint 97-2003, Outlook messages,
//! installers and embedded objects. Own tolerant reader, since what a strict one rejects Office may still open.
//!
//! `header` `sectors` `directory` the on-disk tables; `parser` the view, `salvage` what damage leaves of it, `embedded` what in it is
//! a document of its own; `kinds` the documents that are compound files.
//! `native` `presentation` `visio` what `unpack` takes out, `message` what it
//! leaves to the reader of Outlook messages; `rebuild` makes a file of a storage; `word` `equation` `link` `summary` what
//! `analyze` looks at. VBA projects are `office/vba`'s.

mod analyze;
mod directory;
mod embedded;
mod equation;
mod header;
pub mod kinds;
pub(crate) mod link;
mod message;
pub(crate) mod native;
pub(crate) mod package;
mod parser;
mod presentation;
mod rebuild;
mod salvage;
mod sectors;
mod summary;
mod unpack;
mod visio;
mod word;

pub use parser::{OleEntry, OleKind, OleView};
pub use rebuild::{Changes, Node, compound_file};

use crate::formats::office::strings::NamedString;

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// A compound file of no narrower kind.
pub const OLE: FormatId = FormatId("ole");

/// The strings a macro of the document could reach: its variables and properties.
pub fn named_strings(view: &OleView) -> Vec<NamedString> {
    let mut found = word::variables(view);
    found.extend(summary::properties(view));
    found
}

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
    limitations: &["Streams are given out only where a search of the whole file would miss them."],
    unpacker: Some(&unpack::OleUnpacker),
    analyzers: &[&analyze::Structure, &analyze::Objects, &analyze::Workbooks, &analyze::Texts],
};

#[cfg(test)]
mod finding_tests;
#[cfg(test)]
mod tests;
