//! What file name extensions mean on the recipient's machine: `rules/indicators/extensions.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What happens when a person opens a file with this extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExtensionClass {
    /// Runs as a program.
    Program,
    /// Runs as a script.
    Script,
    /// Follows or runs what it points to.
    Shortcut,
    /// Opens in an office program that runs macros by that name (`docm`).
    Macro,
    /// Opens in a viewer; what people expect of an attachment.
    Document,
    /// Shows as a picture.
    Image,
    /// Opens as a folder of files.
    Archive,
    /// Mounts as a drive.
    Disk,
}

impl ExtensionClass {
    /// Whether opening it starts code without a further question by an application.
    pub const fn is_launchable(self) -> bool {
        matches!(self, ExtensionClass::Program | ExtensionClass::Script | ExtensionClass::Shortcut)
    }

    /// Whether people expect it to be harmless content.
    pub const fn is_content(self) -> bool {
        matches!(self, ExtensionClass::Document | ExtensionClass::Image | ExtensionClass::Macro)
    }
}

#[derive(Deserialize)]
struct Table {
    program: Vec<String>,
    script: Vec<String>,
    shortcut: Vec<String>,
    #[serde(rename = "macro")]
    macros: Vec<String>,
    document: Vec<String>,
    image: Vec<String>,
    archive: Vec<String>,
    disk: Vec<String>,
}

static CLASSES: LazyLock<HashMap<String, ExtensionClass>> = LazyLock::new(|| {
    let table: Table = super::shipped("extensions.toml", include_str!("../../rules/indicators/extensions.toml"));
    let groups = [
        (table.program, ExtensionClass::Program),
        (table.script, ExtensionClass::Script),
        (table.shortcut, ExtensionClass::Shortcut),
        (table.macros, ExtensionClass::Macro),
        (table.document, ExtensionClass::Document),
        (table.image, ExtensionClass::Image),
        (table.archive, ExtensionClass::Archive),
        (table.disk, ExtensionClass::Disk),
    ];
    groups.into_iter().flat_map(|(list, class)| list.into_iter().map(move |extension| (extension, class))).collect()
});

/// What this extension (lower case, no dot) means; none if it means nothing in particular.
pub fn class(extension: &str) -> Option<ExtensionClass> {
    CLASSES.get(extension).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_extension_has_one_class() {
        let table: Table =
            super::super::shipped("extensions.toml", include_str!("../../rules/indicators/extensions.toml"));
        let total = [
            table.program,
            table.script,
            table.shortcut,
            table.macros,
            table.document,
            table.image,
            table.archive,
            table.disk,
        ]
        .iter()
        .map(Vec::len)
        .sum::<usize>();
        assert_eq!(total, CLASSES.len());
        assert_eq!(class("scr"), Some(ExtensionClass::Program));
    }
}
