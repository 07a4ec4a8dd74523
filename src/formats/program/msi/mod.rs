//! Windows Installer packages, patches and transforms: a compound file whose streams are the tables of a database.
//! `names` decodes stream names, `strings` the pool of texts, `tables` rows and columns, `actions` what runs during the
//! installation, `unpack` gives the streams and inline scripts, `analyze` says what is odd.

mod actions;
mod analyze;
mod names;
mod strings;
mod tables;
#[cfg(test)]
mod tests;
mod unpack;

pub use tables::{MsiView, Table, Value};

use crate::formats::office::ole::kinds::is_installer;
use crate::formats::office::ole::{OLE, OleView};
use crate::model::{Artifact, FormatId};
use crate::stage::{Family, FormatSpec, Probe, Reading, Reference};

/// An installer package.
pub const MSI: FormatId = FormatId("msi");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: MSI,
    title: "Windows Installer package",
    family: Family::Program,
    extensions: &["msi", "msp", "mst", "msm"],
    media_types: &["application/x-msi", "application/x-ms-installer", "application/x-msdownload"],
    magic: &[],
    probe: Probe::Within(OLE, is_package),
    reading: Reading::Full,
    references: &[
        Reference {
            title: "Windows Installer: Database Tables",
            url: "https://learn.microsoft.com/en-us/windows/win32/msi/database-tables",
        },
        Reference {
            title: "Windows Installer: Summary List of All Custom Action Types",
            url: "https://learn.microsoft.com/en-us/windows/win32/msi/summary-list-of-all-custom-action-types",
        },
    ],
    limitations: &[
        "Conditions are shown, not evaluated; a patch is not applied to its package.",
        "Cabinets beside the package, which its Media table may name, are not at hand.",
    ],
    unpacker: Some(&unpack::MsiUnpacker),
    analyzers: &[&analyze::Installs],
};

fn is_package(artifact: &Artifact) -> bool {
    artifact.view::<OleView>().is_ok_and(|view| is_installer(&view))
}
