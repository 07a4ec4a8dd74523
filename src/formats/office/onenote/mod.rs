//! OneNote sections (`.one`) and notebook tables (`.onetoc2`). A section is a log of changes; files dropped onto a page
//! lie in it as whole objects with a header of their own, so they are found without replaying the log. `parser` finds
//! them and their names, `packaged` those of sections kept as packages, `unpack` gives them.

mod packaged;
mod parser;
mod unpack;

pub use parser::{Embedded, OneNoteView};

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// A OneNote section.
pub const ONENOTE: FormatId = FormatId("onenote");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: ONENOTE,
    title: "OneNote section",
    family: Family::Office,
    extensions: &["one", "onetoc2"],
    media_types: &["application/onenote", "application/msonenote"],
    magic: &[
        Magic::start(b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"),
        Magic::start(b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f"),
    ],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[
        Reference {
            title: "MS-ONESTORE, OneNote Revision Store File Format",
            url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-onestore/",
        },
        Reference {
            title: "MS-ONE, OneNote File Format",
            url: "https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-one/",
        },
    ],
    limitations: &[
        "The history of changes is not replayed: files and texts that were deleted from a page are given as well.",
        "Which name belongs to which file is told by extension and order.",
        "Sections locked with a password are not opened.",
    ],
    unpacker: Some(&unpack::OneNoteUnpacker),
    analyzers: &[],
};
