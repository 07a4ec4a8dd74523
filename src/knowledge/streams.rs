//! Names of streams in compound files and of record parts in OOXML packages: `rules/indicators/streams.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The table; names are lower case.
#[derive(Debug, Deserialize)]
pub struct StreamNames {
    plumbing: Vec<String>,
    document: Vec<String>,
    embedded: Vec<String>,
    root: Vec<String>,
    records: Vec<String>,
}

static NAMES: LazyLock<StreamNames> =
    LazyLock::new(|| super::shipped("streams.toml", include_str!("../../rules/indicators/streams.toml")));

/// Whether a stream of this name is bookkeeping of the container.
pub fn is_plumbing(name: &str) -> bool {
    holds(&NAMES.plumbing, name)
}

/// Whether a stream of this name is content of a document program's own.
pub fn is_document(name: &str) -> bool {
    holds(&NAMES.document, name)
}

/// Whether a stream of this name holds an embedded file as it is.
pub fn is_embedded(name: &str) -> bool {
    holds(&NAMES.embedded, name)
}

/// Whether an entry of this name makes the storage it is in a document of its own.
pub fn makes_document(name: &str) -> bool {
    NAMES.root.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a part of this name in an OOXML package holds records of Office's own. One `*` stands for anything.
pub fn is_records(part: &str) -> bool {
    let part = part.to_lowercase();
    let file = part.rsplit('/').next().unwrap_or(&part);
    NAMES.records.iter().any(|pattern| match pattern.split_once('*') {
        Some((start, end)) => {
            file.strip_prefix(start).is_some_and(|rest| rest.ends_with(end) && rest.len() >= end.len())
        }
        None => file == pattern,
    })
}

fn holds(list: &[String], name: &str) -> bool {
    let name = name.to_lowercase();
    list.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_without_regard_to_case() {
        assert!(is_plumbing("\u{1}CompObj"));
        assert!(is_document("WordDocument"));
        assert!(is_embedded("CONTENTS"));
        assert!(!is_plumbing("\u{1}Ole10Native"));
        assert!(makes_document("WORKBOOK") && !makes_document("Macros"));
        assert!(is_records("xl/printerSettings/printerSettings12.bin"));
        assert!(!is_records("word/vbaProject.bin"));
    }
}
