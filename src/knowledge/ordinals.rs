//! Names of functions that programs import by number: `rules/indicators/ordinals.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    table: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    libraries: Vec<String>,
    names: Vec<Numbered>,
}

#[derive(Deserialize)]
struct Numbered {
    ordinal: u16,
    name: String,
}

static NAMES: LazyLock<HashMap<String, HashMap<u16, String>>> = LazyLock::new(|| {
    let table: Table = super::shipped("ordinals.toml", include_str!("../../rules/indicators/ordinals.toml"));
    let mut names: HashMap<String, HashMap<u16, String>> = HashMap::new();
    for group in table.table {
        let numbered: HashMap<u16, String> =
            group.names.into_iter().map(|numbered| (numbered.ordinal, numbered.name)).collect();
        for library in group.libraries {
            names.insert(library, numbered.clone());
        }
    }
    names
});

/// The name of a library's function number; `library` in lower case with extension.
pub fn name(library: &str, ordinal: u16) -> Option<&'static str> {
    NAMES.get(library)?.get(&ordinal).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_names() {
        assert_eq!(name("ws2_32.dll", 115), Some("WSAStartup"));
        assert_eq!(name("oleaut32.dll", 2), Some("SysAllocString"));
        assert_eq!(name("kernel32.dll", 1), None);
    }
}
