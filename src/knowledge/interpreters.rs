//! What shortcuts are used to start: `rules/indicators/interpreters.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    interpreters: HashSet<String>,
    extracts: Vec<String>,
    icon_lenders: HashSet<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("interpreters.toml", include_str!("../../rules/indicators/interpreters.toml")));

/// Whether a program runs or fetches what its command line says; a file name in any case, with or without `.exe`.
pub fn is_interpreter(program: &str) -> bool {
    let program = program.to_ascii_lowercase();
    let stem = [".exe", ".com"].iter().find_map(|end| program.strip_suffix(end)).unwrap_or(&program);
    TABLE.interpreters.contains(stem)
}

/// The word of a command line that cuts something out of a file, if there is one.
pub fn extraction(command: &str) -> Option<&'static str> {
    let command = command.to_ascii_lowercase();
    TABLE.extracts.iter().find(|word| command.contains(word.as_str())).map(String::as_str)
}

/// Whether a file is one whose icons people know documents and folders by.
pub fn lends_icons(file: &str) -> bool {
    TABLE.icon_lenders.contains(&file.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_windows_does() {
        assert!(is_interpreter("PowerShell.EXE") && is_interpreter("cmd"));
        assert!(!is_interpreter("winword.exe") && !is_interpreter("cmdkey-viewer.exe"));
        assert_eq!(extraction("/c FINDSTR /b X a.lnk"), Some("findstr"));
        assert!(lends_icons("SHELL32.dll"));
    }
}
