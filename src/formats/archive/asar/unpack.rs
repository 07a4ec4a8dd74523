//! The archive to the files in it.

use serde_json::Value;

use super::header;
use crate::formats::archive::escape::{self, ENTRY_NAME_ESCAPES};
use crate::formats::fields::range_in;
use crate::model::{Artifact, EntryName, Location, Origin, OriginKind, ParseError, Problem, ProblemKind};
use crate::stage::{Kinds, Outcome, StageError, Unpacker};

/// Takes the archive apart.
pub(super) struct AsarUnpacker;

/// Entries read.
const MAX_ENTRIES: usize = 1 << 17;

impl Unpacker for AsarUnpacker {
    fn findings(&self) -> Kinds {
        &[ENTRY_NAME_ESCAPES]
    }

    fn unpack(&self, parent: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let (text, base) = header(&parent.bytes).ok_or_else(|| ParseError::new("no asar header", 0))?;
        // Its own limit on nesting keeps the reader from going too deep.
        let directory: Value = serde_json::from_slice(parent.bytes.get(text).unwrap_or_default())
            .map_err(|error| ParseError::new(format!("directory of the archive: {error}"), 16))?;
        let mut waiting = vec![(String::new(), &directory)];
        let mut count = 0usize;
        while let Some((path, node)) = waiting.pop() {
            count = count.saturating_add(1);
            if count > MAX_ENTRIES {
                let what = format!("more than {MAX_ENTRIES} entries; the others are not read");
                out.problem(Problem::new(ProblemKind::Limit, what, Location::at(16)));
                break;
            }
            if let Some(files) = node.get("files").and_then(Value::as_object) {
                let below = files.iter().map(|(name, node)| match path.as_str() {
                    "" => (name.clone(), node),
                    path => (format!("{path}/{name}"), node),
                });
                // In name order, whatever order the JSON reader keeps; the last is taken first.
                let mut below: Vec<_> = below.collect();
                below.sort_by(|(a, _), (b, _)| b.cmp(a));
                waiting.extend(below);
                continue;
            }
            give(parent, base, path, node, out)?;
        }
        Ok(())
    }
}

fn give(parent: &Artifact, base: usize, path: String, node: &Value, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let name = EntryName::new(path);
    escape::raise(&name, out);
    if let Some(target) = node.get("link").and_then(Value::as_str) {
        if let Some(escape) = escape::check_path(target) {
            escape::raise_found(&escape, out);
        }
        return Ok(());
    }
    let place = || Location::part(format!("entry {}", name.file_name()));
    if node.get("unpacked").and_then(Value::as_bool) == Some(true) {
        out.problem(Problem::odd("the file lies beside the archive", place()));
        return Ok(());
    }
    let size = node.get("size").and_then(Value::as_u64).unwrap_or(0);
    let offset = node.get("offset").and_then(Value::as_str).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let range = range_in(&parent.bytes, base.saturating_add(offset), size);
    if (range.len() as u64) < size {
        out.problem(Problem::damaged(format!("entry ends after {} of {size} bytes", range.len()), place()));
    }
    out.child_bytes(name, Origin::file(OriginKind::Entry, "stored"), parent.bytes.slice(range))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial;

    fn asar(directory: &str, files: &[u8]) -> Vec<u8> {
        let padded = directory.len().next_multiple_of(4);
        let mut bytes = Vec::new();
        for number in [4, padded + 8, padded + 4, directory.len()] {
            bytes.extend((number as u32).to_le_bytes());
        }
        bytes.extend(directory.as_bytes());
        bytes.resize(16 + padded, 0);
        bytes.extend(files);
        bytes
    }

    #[test]
    fn files_of_folders_come_out() {
        let directory = r#"{"files":{"main.js":{"size":4,"offset":"0"},"lib":{"files":{"a.js":{"size":3,"offset":"4"},"b.node":{"size":9,"unpacked":true}}}}}"#;
        let said = trial::scan(&super::super::FORMAT, "app.asar", &asar(directory, b"mainsub"));
        let names: Vec<(&str, &[u8])> =
            said.children.iter().map(|child| (child.name.text.as_str(), child.bytes.as_ref())).collect();
        assert_eq!(names, [("lib/a.js", &b"sub"[..]), ("main.js", b"main")]);
    }

    #[test]
    fn lies_and_ways_out_are_said() {
        let directory = r#"{"files":{"../a.js":{"size":4000000000,"offset":"0"},"l":{"link":"/etc/passwd"}}}"#;
        let said = trial::scan(&super::super::FORMAT, "app.asar", &asar(directory, b"main"));
        assert_eq!(said.findings.len(), 2);
        assert_eq!(said.problems.len(), 1);
        let whole = asar(directory, b"main");
        for end in 0..whole.len() {
            let _ = trial::unpack(&AsarUnpacker, "a", whole[..end].to_vec());
        }
        let deep = format!("{}{}", "{\"files\":{\"a\":".repeat(500), "}".repeat(1000));
        assert!(trial::unpack(&AsarUnpacker, "a", asar(&deep, b"")).1.is_err());
    }
}
