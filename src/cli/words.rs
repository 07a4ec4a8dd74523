//! Lists of passwords.

use std::path::Path;

use anyhow::Context as _;

/// Words taken of one list; more would take longer than anyone waits.
const MAX_WORDS: usize = 1_000_000;

/// The lines of a list, without repeats, in its order. Lines that are not UTF-8 are left out.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read(path).with_context(|| format!("cannot read the word list {}", path.display()))?;
    let mut seen = std::collections::HashSet::new();
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let words = lines.filter(|line| !line.is_empty()).filter_map(|line| std::str::from_utf8(line).ok());
    Ok(words.filter(|word| seen.insert(*word)).take(MAX_WORDS).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_words_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.txt");
        std::fs::write(&path, b"one\r\ntwo words\n\none\n\xff\xfe\nthree").unwrap();
        assert_eq!(read(&path).unwrap(), ["one", "two words", "three"]);
        assert!(read(&folder.path().join("none")).is_err());
    }
}
