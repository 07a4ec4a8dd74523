//! Databases of Microsoft Access: Jet 3 and 4 (`mdb`), ACE (`accdb`). The format is published nowhere; the facts are those
//! of the mdbtools and Jackcess projects.
//!
//! `header` the first page; `pages` `table` the reading; `catalog` what is in a database; `storage` its projects as the
//! compound file they stand for; `macros` its own macros; `unpack` children; `findings` declares what is raised.

mod catalog;
mod findings;
mod header;
mod macros;
mod pages;
mod storage;
mod table;
#[cfg(test)]
mod tests;
mod unpack;

pub use header::Engine;

use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Magic, Probe, Reference};

const REFERENCES: &[Reference] = &[
    Reference {
        title: "mdbtools, notes on the format",
        url: "https://github.com/mdbtools/mdbtools/blob/dev/HACKING.md",
    },
    Reference { title: "Jackcess, a reader of Access databases", url: "https://jackcess.sourceforge.io/" },
];

/// Jet.
pub const MDB: FormatSpec = FormatSpec {
    id: FormatId("mdb"),
    title: "Access database (Jet)",
    extensions: &["mdb", "mde", "mda", "mdw", "mdn", "mdt"],
    media_types: &["application/x-msaccess", "application/msaccess", "application/vnd.ms-access"],
    magic: &[Magic::at(4, b"Standard Jet DB\0")],
    probe: Probe::Structure(is_database),
    references: REFERENCES,
    limitations: &[
        "Of macros of Access itself only the texts of their steps are read; properties of forms are not.",
        "Code of Access 97 is searched as it lies in the file and counts as not read.",
        "Indexes are not used: rows that were deleted are passed over, rows on pages given up are read.",
    ],
    unpacker: Some(&unpack::DatabaseUnpacker),
    ..FormatSpec::of(Family::Office)
};

/// ACE.
pub const ACCDB: FormatSpec = FormatSpec {
    id: FormatId("accdb"),
    title: "Access database (ACE)",
    extensions: &["accdb", "accde", "accda", "accdr", "accdu", "laccdb"],
    media_types: &["application/x-msaccess", "application/msaccess", "application/vnd.ms-access"],
    magic: &[Magic::at(4, b"Standard ACE DB\0")],
    limitations: &[
        "Of macros of Access itself only the texts of their steps are read; properties of forms are not.",
        "Databases encrypted with a password are recognised, not opened.",
        "Indexes are not used: rows that were deleted are passed over, rows on pages given up are read.",
    ],
    ..MDB
};

fn is_database(artifact: &Artifact) -> bool {
    artifact.bytes.starts_with(&[0, 1]) && header::header(&artifact.bytes).is_some()
}
