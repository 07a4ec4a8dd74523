//! Words that tell indicators from look-alikes: `rules/indicators/iocs.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// URL schemes.
    pub schemes: Vec<String>,
    /// Top-level names no registry delegates.
    pub special_tlds: HashSet<String>,
    /// Top-level names that are mostly extensions or members.
    pub file_tlds: HashSet<String>,
    /// Top-level names by which a lone name is taken for a domain.
    pub common_tlds: HashSet<String>,
    /// Variables code dots into.
    pub code_roots: HashSet<String>,
    /// Words before a bare domain.
    pub domain_words: Vec<String>,
    /// Words before a version number.
    pub version_words: Vec<String>,
    /// Starts of object identifiers.
    pub oid_prefixes: Vec<String>,
    /// Environment variables that start paths.
    pub environment: HashSet<String>,
    /// Folder names with a blank.
    pub spaced_folders: Vec<String>,
    /// Starts of Unix paths.
    pub unix_roots: Vec<String>,
    /// Extensions of file names worth noting in text.
    pub launchable_names: Vec<String>,
    /// Links around links.
    pub rewriters: Vec<Rewriter>,
}

/// A service that puts its own link around another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewriter {
    /// Host suffix.
    pub host: String,
    /// Query parameter that holds the other link.
    pub parameter: String,
    /// What it is called.
    pub name: String,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| super::shipped("iocs.toml", include_str!("../../rules/indicators/iocs.toml")));

/// The table.
pub fn words() -> &'static Words {
    &WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        assert!(words().schemes.iter().any(|scheme| scheme == "https"));
        assert!(words().rewriters.iter().all(|rewriter| !rewriter.parameter.is_empty()));
    }
}
