//! What the names of a file do to the person who reads them. Every name the container stores is judged, raw and
//! folded, since each program on the recipient's machine picks its own. Where the file lands when unpacked is
//! `formats/archive`'s question.
//!
//! `shape` a name as it reads, `extension` double and padded ones, `order` bidirectional controls,
//! `characters` invisible ones, `endings` blanks, dots and streams, `command` names that run, `content` the
//! name against the bytes.

pub(super) mod characters;
mod command;
mod content;
mod endings;
mod extension;
mod order;
mod shape;

use crate::model::{Artifact, FindingKind, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Judges the names of files.
pub struct Names;

/// One thing wrong with a name.
#[derive(Debug)]
struct Remark {
    kind: &'static FindingKind,
    severity: Severity,
    is_decisive: bool,
    observed: String,
}

impl Remark {
    /// With the kind's own weight.
    fn new(kind: &'static FindingKind, observed: impl Into<String>) -> Self {
        Remark { kind, severity: kind.severity, is_decisive: kind.decisive, observed: observed.into() }
    }

    /// With another weight, deciding nothing.
    fn weaker(kind: &'static FindingKind, severity: Severity, observed: impl Into<String>) -> Self {
        Remark { kind, severity, is_decisive: false, observed: observed.into() }
    }
}

/// Names of one file judged; containers store three or four at most.
const MAX_NAMES: usize = 16;

impl Analyzer for Names {
    fn findings(&self) -> Kinds {
        &[
            extension::DOUBLE,
            extension::PADDED,
            order::BIDI,
            characters::INVISIBLE,
            endings::TRAILING,
            endings::STREAM,
            command::COMMAND,
            content::CONTRADICTS,
            content::TYPE_LIES,
        ]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.origin.is_file
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        for name in artifact.name.all().take(MAX_NAMES) {
            let checks = [
                extension::double(name),
                extension::padded(name),
                order::bidi(name),
                characters::invisible(name),
                endings::trailing(name),
                endings::stream(name),
                command::command(name),
                content::contradicts(name, artifact),
            ];
            for remark in checks.into_iter().flatten() {
                say(out, remark);
            }
        }
        let raw = artifact.name.raw.as_deref().and_then(|raw| order::bidi_in_raw(&artifact.name.text, raw));
        for remark in raw.into_iter().chain(content::type_lies(artifact)) {
            say(out, remark);
        }
        Ok(())
    }
}

fn say(out: &mut Outcome<'_>, remark: Remark) {
    out.raise_as(remark.kind, remark.severity, remark.is_decisive, Location::part("name"), remark.observed);
}

#[cfg(test)]
mod tests;
