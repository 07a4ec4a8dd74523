//! Words about file names: `rules/indicators/names.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Content extensions that source trees put before a script's own.
    pub source_content: Vec<String>,
    /// Extensions of source trees.
    pub source: Vec<String>,
    /// Extensions that launch something rarely and are data mostly.
    pub data_too: Vec<String>,
    /// Extensions of documents that are zip archives inside.
    pub zip_based: Vec<String>,
    /// Archive extensions that say little about the format.
    pub archive_parts: Vec<String>,
    /// Content extensions whose content is text.
    pub text_like: Vec<String>,
    /// Extensions of data.
    pub data: Vec<String>,
    /// Command names.
    pub commands: Vec<String>,
    /// Parts of names that promise a document, lower case.
    pub lures: Vec<String>,
}

static NAMES: LazyLock<Names> =
    LazyLock::new(|| super::shipped("names.toml", include_str!("../../rules/indicators/names.toml")));

/// The table.
pub fn names() -> &'static Names {
    &NAMES
}

/// Whether a list has a word.
pub fn lists(list: &[String], word: &str) -> bool {
    list.iter().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::extensions::class;

    #[test]
    fn source_extensions_are_launchable_and_their_content_is_content() {
        for extension in &names().source {
            assert!(class(extension).is_some_and(|class| class.is_launchable()), "{extension}");
        }
        for extension in &names().source_content {
            assert!(class(extension).is_some_and(|class| class.is_content()), "{extension}");
        }
    }
}
