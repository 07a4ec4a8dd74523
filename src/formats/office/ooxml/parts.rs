//! The content of chosen parts. Every entry of a name is read: programs differ in which of two they take. What the zip's
//! unpacker has decoded already is taken from there.

use std::collections::HashMap;

use bytes::Bytes;

use super::parser::part_name;
use crate::formats::archive::zip::ZipView;
use crate::model::{Artifact, Location, OriginKind, Problem, ProblemKind};
use crate::stage::{Outcome, StageError};

/// A part.
pub(super) struct Part {
    /// Name, without a leading slash.
    pub(super) name: String,
    /// Content, as far as it can be read.
    pub(super) data: Bytes,
}

/// Bytes read of one part. The body of a thousand pages has some ten megabytes.
const MAX_PART: u64 = 64 << 20;
/// Bytes of the parts one analyzer reads.
const MAX_TOTAL: usize = 256 << 20;

/// The parts whose names, in lower case, are wanted.
pub(super) fn parts(
    artifact: &Artifact,
    out: &mut Outcome<'_>,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Part>, StageError> {
    let zip = artifact.view::<ZipView>()?;
    let mut found = Vec::new();
    let mut total = 0usize;
    let given = given(out);
    for entry in &zip.entries {
        let name = part_name(&entry.name.text);
        if entry.is_encrypted() || !is_wanted(&name.to_ascii_lowercase()) {
            continue;
        }
        out.budget().check_deadline()?;
        if total >= MAX_TOTAL {
            let at = Location::part(format!("part {name}"));
            out.problem(Problem::new(ProblemKind::Limit, "the parts of the document are too large to read", at));
            break;
        }
        // What stops the decoder is said by the zip's own unpacker.
        let data = match given.get(entry.name.text.as_str()) {
            Some(Some(bytes)) => bytes.slice(..bytes.len().min(usize::try_from(MAX_PART).unwrap_or(usize::MAX))),
            _ => entry.read(&artifact.bytes, MAX_PART).0.into(),
        };
        total = total.saturating_add(data.len());
        found.push(Part { name, data });
    }
    Ok(found)
}

/// Entries by their stored name, as the zip's unpacker gave them; none where two have one name.
fn given(out: &Outcome<'_>) -> HashMap<String, Option<Bytes>> {
    let mut given = HashMap::new();
    for child in out.children().iter().filter(|child| child.origin.kind == OriginKind::Entry) {
        let known = given.contains_key(&child.name.text);
        given.insert(child.name.text.clone(), (!known).then(|| child.bytes.clone()));
    }
    given
}
