//! Functions of the formula language of Power Query: `rules/indicators/power-query.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// What a function can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// It fetches what it names.
    Fetches,
    /// It runs a script or text.
    Runs,
}

#[derive(Deserialize)]
struct Table {
    fetching: Vec<String>,
    running: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::shipped("power-query.toml", include_str!("../../rules/indicators/power-query.toml")));

/// Calls given of one text.
const MAX_CALLS: usize = 200;

/// Calls in a text: the function, what it can do, and its first argument if that is a text.
pub fn functions(text: &str) -> Vec<(&'static str, Power, &str)> {
    let fetching = TABLE.fetching.iter().map(|name| (name, Power::Fetches));
    let running = TABLE.running.iter().map(|name| (name, Power::Runs));
    let mut found = Vec::new();
    for (name, power) in fetching.chain(running) {
        for (at, _) in text.match_indices(name.as_str()) {
            let Some(rest) = text.get(at.saturating_add(name.len())..) else { continue };
            let Some(arguments) = rest.trim_start().strip_prefix('(') else { continue };
            let argument = arguments.trim_start().strip_prefix('"').and_then(|text| text.split('"').next());
            found.push((name.as_str(), power, argument.unwrap_or_default()));
            if found.len() >= MAX_CALLS {
                return found;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_with_their_first_text() {
        let text =
            "section Section1; shared a = Web.Page(Web.Contents(\"http://192.0.2.9/a\", [x=1])); Web.ContentsX = 1";
        assert_eq!(
            functions(text),
            [("Web.Contents", Power::Fetches, "http://192.0.2.9/a"), ("Web.Page", Power::Fetches, ""),]
        );
        assert_eq!(functions("Excel.Workbook(File.Contents(\"C:\\a.xlsx\"))"), []);
    }
}
