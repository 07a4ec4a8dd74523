//! What functions of Excel 4.0 macros do: `rules/indicators/xlm.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// What a function does to the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MacroDeed {
    /// Starts a program.
    Execute,
    /// Calls functions of a library.
    Native,
    /// Talks to another program over DDE.
    Link,
    /// Presses keys.
    Keys,
    /// Writes or deletes files.
    Write,
    /// Writes formulas or names.
    Modify,
    /// Opens a document by its path.
    Open,
    /// Asks for the surroundings.
    Look,
    /// Waits, or starts later.
    Wait,
    /// Ends the macro or closes something.
    Leave,
    /// Hides sheets and windows.
    Hide,
    /// Talks to the person.
    Ask,
}

#[derive(Debug, Deserialize)]
struct Row {
    names: Vec<String>,
    does: MacroDeed,
}

/// A function whose numbered answers tell a person's machine from another.
#[derive(Debug, Deserialize)]
pub struct Sandbox {
    /// The function.
    pub function: String,
    /// Numbers of its answers.
    pub numbers: Vec<u32>,
}

#[derive(Debug, Deserialize)]
struct Libraries {
    windows: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Table {
    function: Vec<Row>,
    sandbox: Sandbox,
    libraries: Libraries,
}

/// The table, ready for look-ups.
#[derive(Debug)]
pub struct Macros {
    deeds: HashMap<String, MacroDeed>,
    /// What tells a person's machine from another.
    pub sandbox: Sandbox,
    windows: Vec<String>,
}

impl Macros {
    /// What a function does, by its name in capitals.
    pub fn deed(&self, function: &str) -> Option<MacroDeed> {
        self.deeds.get(function).copied()
    }

    /// Whether a library, by name or path, is one of Windows.
    pub fn is_of_windows(&self, library: &str) -> bool {
        let name = library.rsplit(['\\', '/']).next().unwrap_or(library).trim().to_ascii_lowercase();
        let name = name.strip_suffix(".dll").unwrap_or(&name);
        self.windows.iter().any(|known| known == name)
    }
}

static MACROS: LazyLock<Macros> = LazyLock::new(|| {
    let table: Table = super::shipped("xlm.toml", include_str!("../../rules/indicators/xlm.toml"));
    let deeds = table.function.into_iter().flat_map(|row| row.names.into_iter().map(move |name| (name, row.does)));
    Macros { deeds: deeds.collect(), sandbox: table.sandbox, windows: table.libraries.windows }
});

/// What functions of macros do.
pub fn macros() -> &'static Macros {
    &MACROS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_libraries() {
        assert_eq!(macros().deed("EXEC"), Some(MacroDeed::Execute));
        assert_eq!(macros().deed("SUM"), None);
        assert!(macros().is_of_windows(r"C:\Windows\System32\Kernel32.dll"));
        assert!(macros().is_of_windows("URLMON"));
        assert!(!macros().is_of_windows("SOLVER.DLL"));
    }
}
