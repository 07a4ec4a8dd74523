//! An RPM package to its payload and its scripts.

use super::parser::RpmView;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, Problem};
use crate::stage::{Outcome, StageError, Unpacker};

/// Takes RPM packages apart.
pub(super) struct RpmUnpacker;

impl Unpacker for RpmUnpacker {
    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = parent.view::<RpmView>()?;
        for problem in &view.problems {
            out.problem(problem.clone());
        }
        if !view.name.is_empty() {
            out.fact("rpm-package", view.name.clone());
        }
        for (kind, script) in &view.scripts {
            out.fact("rpm-script", format!("{kind}: {script}"));
            let origin = Origin::part(OriginKind::Embedded, format!("script {kind}"));
            out.child_bytes(EntryName::new(format!("{kind}.sh")), origin, script.clone().into_bytes().into())?;
        }
        let payload = parent.bytes.slice(view.payload.min(parent.bytes.len())..);
        if payload.is_empty() {
            out.problem(Problem::damaged("the package has no payload", Location::at(view.payload)));
            return Ok(());
        }
        let (kind, compressor) = &view.payload_kind;
        let ending = match compressor.as_deref() {
            Some("gzip") => ".gz",
            Some("bzip2") => ".bz2",
            Some("xz") => ".xz",
            Some("lzma") => ".lzma",
            Some("zstd") => ".zst",
            _ => "",
        };
        let kind = kind.as_deref().filter(|kind| *kind == "drpm").unwrap_or("cpio");
        let name = format!("{}.{kind}{ending}", if view.name.is_empty() { "payload" } else { &view.name });
        out.child_bytes(EntryName::new(name), Origin::part(OriginKind::Embedded, "payload"), payload)
    }
}
