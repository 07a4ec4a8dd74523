//! What gives away how a program is put together: `rules/indicators/programs.toml`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    packer_sections: Vec<PackerSection>,
    script_marks: Vec<Mark>,
    script_resources: Vec<ScriptResource>,
    installer_marks: Vec<Mark>,
    writes_files: Vec<String>,
    starts_files: Vec<String>,
    add_in_exports: Vec<AddInExport>,
}

#[derive(Deserialize)]
struct PackerSection {
    section: String,
    packer: String,
}

#[derive(Deserialize)]
struct AddInExport {
    export: String,
    host: String,
}

#[derive(Deserialize)]
struct ScriptResource {
    resource: String,
    runtime: String,
}

#[derive(Deserialize)]
struct Mark {
    text: Option<String>,
    hex: Option<String>,
    #[serde(alias = "runtime", alias = "installer")]
    means: String,
}

impl Mark {
    fn bytes(&self) -> Vec<u8> {
        let hex = self.hex.as_deref().unwrap_or_default().as_bytes();
        let digits = hex.chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        self.text.iter().flat_map(|text| text.bytes()).chain(digits).collect()
    }
}

/// What a byte mark in a program says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkMeaning {
    /// An interpreter packed with this kind of script.
    Script(&'static str),
    /// An installer of this make.
    Installer(&'static str),
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("programs.toml", include_str!("../../rules/indicators/programs.toml")));

static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let marks = TABLE.script_marks.iter().chain(&TABLE.installer_marks).map(Mark::bytes);
    AhoCorasick::new(marks).ok()
});

/// The packer that names a section so.
pub fn packer(section: &str) -> Option<&'static str> {
    let section = section.to_ascii_lowercase();
    TABLE.packer_sections.iter().find(|row| row.section == section).map(|row| row.packer.as_str())
}

/// The script runtime that keeps its script in resources of this type.
pub fn script_resource(resource: &str) -> Option<&'static str> {
    TABLE.script_resources.iter().find(|row| row.resource == resource).map(|row| row.runtime.as_str())
}

/// Marks in a program, each meaning once with its first offset, in order of offset.
pub fn marks(bytes: &[u8]) -> Vec<(usize, MarkMeaning)> {
    let mut found: Vec<(usize, MarkMeaning)> = Vec::new();
    let scripts = TABLE.script_marks.len();
    let Some(marks) = MARKS.as_ref() else { return found };
    for hit in marks.find_iter(bytes) {
        let index = hit.pattern().as_usize();
        let meaning = match TABLE.script_marks.get(index) {
            Some(mark) => MarkMeaning::Script(&mark.means),
            None => match TABLE.installer_marks.get(index.saturating_sub(scripts)) {
                Some(mark) => MarkMeaning::Installer(&mark.means),
                None => continue,
            },
        };
        if !found.iter().any(|(_, known)| *known == meaning) {
            found.push((hit.start(), meaning));
        }
    }
    found
}

/// The program that calls a function of this name in the libraries it loads as add-ins. Exports are compared exactly, as
/// loaders do.
pub fn host_of(export: &str) -> Option<&'static str> {
    TABLE.add_in_exports.iter().find(|known| known.export == export).map(|known| known.host.as_str())
}

/// Whether a function of this name writes files.
pub fn writes_files(function: &str) -> bool {
    TABLE.writes_files.iter().any(|name| name == function)
}

/// Whether a function of this name starts programs or opens documents.
pub fn starts_files(function: &str) -> bool {
    TABLE.starts_files.iter().any(|name| name == function)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_once_each() {
        let found = marks(b"..NullsoftInst....AU3!EA06..AU3!EA06 MEI\x0c\x0b\x0a\x0b\x0e");
        assert_eq!(
            found,
            [
                (2, MarkMeaning::Installer("NSIS")),
                (18, MarkMeaning::Script("AutoIt script")),
                (37, MarkMeaning::Script("PyInstaller bundle (Python)")),
            ]
        );
        assert_eq!(packer("UPX0"), Some("UPX"));
        assert_eq!(packer(".text"), None);
        assert!(writes_files("WriteFile") && starts_files("WinExec"));
    }
}
