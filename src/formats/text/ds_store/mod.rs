//! The settings the macOS Finder leaves in every folder it shows (`.DS_Store`): icon places and window sizes. It rides
//! along in archives made on a Mac and carries no content of its own.

use crate::model::FormatId;
use crate::stage::{Family, FormatSpec, Magic, Probe, Reading, Reference};

/// Finder settings.
pub const DS_STORE: FormatId = FormatId("ds-store");

/// The format.
pub const FORMAT: FormatSpec = FormatSpec {
    id: DS_STORE,
    title: "Finder settings (.DS_Store)",
    family: Family::Text,
    extensions: &["ds_store"],
    media_types: &[],
    magic: &[Magic::start(b"\0\0\0\x01Bud1")],
    probe: Probe::MagicOnly,
    reading: Reading::Full,
    references: &[Reference {
        title: "DS_Store format, W. Elliott and M. Mitchell",
        url: "https://wiki.mozilla.org/DS_Store_File_Format",
    }],
    limitations: &["File names and settings in it are matched as bytes, not listed."],
    unpacker: None,
    analyzers: &[],
};
