//! Bytes to format, by content alone. Names and claimed types are never believed here; when they disagree with the
//! content, `analysis::names` says so.

use crate::model::{Artifact, FormatId};
use crate::stage::{FormatSpec, Probe};

/// What an artifact's bytes are valid as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identification {
    /// The first format, in registry order, that the bytes satisfy.
    pub format: FormatId,
    /// The others (polyglots): each is unpacked too.
    pub also: Vec<FormatId>,
}

/// Asks every registered format about the bytes. Formats with magic or structure are asked first; text formats only
/// when none of those claims the bytes; narrower readings (`docx` of `zip`) last, each replacing the format it
/// narrows.
pub fn identify(artifact: &Artifact, formats: &[&'static FormatSpec]) -> Identification {
    if artifact.bytes.is_empty() {
        return Identification { format: FormatId::EMPTY, also: Vec::new() };
    }
    let mut found: Vec<FormatId> = Vec::new();
    for spec in formats {
        if claims_by_structure(spec, artifact) {
            found.push(spec.id);
        }
    }
    if found.is_empty()
        && let Some(spec) = formats.iter().find(|spec| matches!(spec.probe, Probe::Text(check) if check(artifact)))
    {
        found.push(spec.id);
    }
    // A narrower reading may itself be narrowed (zip → ooxml → docm); each round goes one step down.
    const MAX_NARROWING: usize = 4;
    for _ in 0..MAX_NARROWING {
        let mut changed = false;
        for format in &mut found {
            let narrower = formats
                .iter()
                .find(|spec| matches!(spec.probe, Probe::Within(broad, check) if broad == *format && check(artifact)));
            if let Some(spec) = narrower {
                *format = spec.id;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let mut found = found.into_iter();
    Identification { format: found.next().unwrap_or(FormatId::UNKNOWN), also: found.collect() }
}

fn claims_by_structure(spec: &FormatSpec, artifact: &Artifact) -> bool {
    let has_magic = spec.magic.is_empty() || spec.magic.iter().any(|magic| magic.matches(&artifact.bytes));
    match spec.probe {
        Probe::MagicOnly => has_magic && !spec.magic.is_empty(),
        Probe::Structure(check) => has_magic && check(artifact),
        Probe::Within(..) | Probe::Text(_) => false,
    }
}
