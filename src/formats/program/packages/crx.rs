//! Packages of Chrome: a header with keys and signatures in front of a zip.

use crate::formats::fields::{size_at, u32_at};
use crate::formats::program::file::PROGRAM_FILE;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Problem};
use crate::stage::{
    Analyzer, Family, FormatSpec, Kinds, Magic, Outcome, Probe, Reading, Reference, StageError, Unpacker,
};

/// A package of Chrome.
pub const CRX: FormatSpec = FormatSpec {
    id: FormatId("crx"),
    title: "Chrome extension (CRX)",
    extensions: &["crx"],
    media_types: &["application/x-chrome-extension"],
    magic: &[Magic::start(b"Cr24")],
    probe: Probe::Structure(|artifact| matches!(u32_at(&artifact.bytes, 4), Some(2 | 3))),
    reading: Reading::Full,
    references: &[Reference {
        title: "Chromium, crx3.proto",
        url: "https://chromium.googlesource.com/chromium/src/+/main/components/crx_file/crx3.proto",
    }],
    limitations: &["Signatures are not checked."],
    unpacker: Some(&Unwrap),
    analyzers: &[&Installs],
    ..FormatSpec::of(Family::Program)
};

struct Unwrap;

impl Unpacker for Unwrap {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let bytes = &parent.bytes;
        let size = |at: usize| size_at(bytes, at).unwrap_or(0);
        // Version 2 has a key and a signature, version 3 one header.
        let start = match u32_at(bytes, 4) {
            Some(2) => 16usize.saturating_add(size(8)).saturating_add(size(12)),
            _ => 12usize.saturating_add(size(8)),
        };
        if bytes.get(start..).is_none_or(<[u8]>::is_empty) {
            out.problem(Problem::damaged("the header of the package leads out of it", Location::at(8)));
            return Ok(());
        }
        let name = EntryName::new(format!("{}.zip", parent.name.file_name()));
        out.child_bytes(name, Origin::part(OriginKind::Embedded, "files of the extension"), bytes.slice(start..))
    }
}

struct Installs;

impl Analyzer for Installs {
    fn findings(&self) -> Kinds {
        &[PROGRAM_FILE]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.origin.is_file
    }

    fn analyze(&self, _: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        out.raise(PROGRAM_FILE, Location::whole(), "extension of Chrome");
        Ok(())
    }
}
