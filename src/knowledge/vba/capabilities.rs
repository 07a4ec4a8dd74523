//! What code can do, by name: `rules/indicators/vba-capabilities.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::deed::Deed;

#[derive(Debug, Deserialize)]
struct CapabilityTable {
    call: Vec<CallRow>,
    member: Vec<CallRow>,
    object: Vec<ObjectRow>,
    api: Vec<CallRow>,
    gate: Vec<Gate>,
    settings: Settings,
    words: Words,
}

/// Names that do something, possibly only with certain arguments.
#[derive(Debug, Deserialize)]
struct CallRow {
    names: Vec<String>,
    does: Deed,
    #[serde(default)]
    argument: Vec<String>,
    #[serde(default)]
    known: bool,
}

/// What code asks about the machine or the person before it acts.
#[derive(Debug, Deserialize)]
pub struct Gate {
    /// What that tells.
    pub tests: String,
    /// Names that ask it.
    #[serde(default)]
    pub names: Vec<String>,
    /// Texts that ask it.
    #[serde(default)]
    pub texts: Vec<String>,
}

/// Texts that name settings, and members that lead out of the code.
#[derive(Debug, Deserialize)]
pub struct Settings {
    /// Settings that keep Office from protecting its user.
    pub weakening: Vec<String>,
    /// Places from which something starts again.
    pub persisting: Vec<String>,
    /// Members that hold what a document keeps outside its code.
    pub documents: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct ObjectRow {
    ids: Vec<String>,
    members: Vec<String>,
    does: Deed,
}

/// Words around capabilities.
#[derive(Debug, Deserialize)]
pub struct Words {
    /// Calls that make an object from a text.
    pub makers: Vec<String>,
    /// Programs a command line may start without harm.
    pub harmless_programs: Vec<String>,
    /// Programs that run what their command line says.
    pub interpreters: Vec<String>,
    /// What makes such a command line fetch or hide something.
    pub fetching: Vec<String>,
    /// Worth hiding in pieces.
    pub revealing: Vec<String>,
}

/// A name that does something.
#[derive(Debug, Clone)]
pub struct Capability {
    /// What it does.
    pub does: Deed,
    /// Counted only with one of these words in its arguments, or with arguments that cannot be known.
    pub argument: Vec<String>,
    /// Arguments that cannot be known do not count.
    pub needs_known: bool,
}

/// An object's way to do something.
#[derive(Debug, Clone)]
pub struct ObjectDeed {
    /// What it does.
    pub does: Deed,
    /// Members that do it; empty if creating it does.
    pub members: Vec<String>,
}

/// What code can do, by name.
#[derive(Debug)]
pub struct Capabilities {
    /// Functions and statements.
    pub calls: HashMap<String, Capability>,
    /// Members of whatever object.
    pub members: HashMap<String, Capability>,
    /// Objects, by ProgID, class name or CLSID without braces.
    pub objects: HashMap<String, Vec<ObjectDeed>>,
    /// Library functions, without a trailing A or W.
    pub apis: HashMap<String, Deed>,
    /// Questions about the machine, in the order of the table.
    pub gates: Vec<Gate>,
    /// Settings and places.
    pub settings: Settings,
    /// Words around them.
    pub words: Words,
}

static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let table: CapabilityTable =
        super::super::shipped("vba-capabilities.toml", include_str!("../../../rules/indicators/vba-capabilities.toml"));
    let graded = |rows: Vec<CallRow>| -> HashMap<String, Capability> {
        let mut found = HashMap::new();
        for row in rows {
            for name in row.names {
                let capability = Capability { does: row.does, argument: row.argument.clone(), needs_known: row.known };
                let _ = found.insert(name, capability);
            }
        }
        found
    };
    let plain = |rows: Vec<CallRow>| -> HashMap<String, Deed> {
        rows.into_iter().flat_map(|row| row.names.into_iter().map(move |name| (name, row.does))).collect()
    };
    let mut objects: HashMap<String, Vec<ObjectDeed>> = HashMap::new();
    for row in table.object {
        for id in row.ids {
            objects.entry(id).or_default().push(ObjectDeed { does: row.does, members: row.members.clone() });
        }
    }
    Capabilities {
        calls: graded(table.call),
        members: graded(table.member),
        objects,
        apis: plain(table.api),
        gates: table.gate,
        settings: table.settings,
        words: table.words,
    }
});

/// What code can do.
pub fn capabilities() -> &'static Capabilities {
    &CAPABILITIES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_is_harmless() {
        assert!(!capabilities().objects.contains_key("scripting.dictionary"));
        assert!(capabilities().objects.contains_key("wscript.shell"));
        assert!(capabilities().apis.contains_key("urldownloadtofile"));
    }
}
