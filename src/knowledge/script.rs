//! What scripts can do, by their words: `rules/indicators/script-capabilities.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// What a capability means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Fetches from the network.
    Download,
    /// Starts programs.
    Run,
    /// Decodes or assembles what it runs.
    Hide,
}

/// A capability and the words that show it.
#[derive(Debug, Deserialize)]
pub struct Capability {
    /// What it means.
    pub what: Effect,
    /// In words, completing "the script …".
    pub does: String,
    /// The words, lower case.
    pub words: Vec<String>,
}

#[derive(Deserialize)]
struct Table {
    capability: Vec<Capability>,
}

static CAPABILITIES: LazyLock<Vec<Capability>> = LazyLock::new(|| {
    let text = include_str!("../../rules/indicators/script-capabilities.toml");
    super::shipped::<Table>("script-capabilities.toml", text).capability
});

/// The capabilities.
pub fn capabilities() -> &'static [Capability] {
    &CAPABILITIES
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_lower_case() {
        for capability in super::capabilities() {
            assert!(capability.words.iter().all(|word| word.to_lowercase() == *word), "{}", capability.does);
        }
    }
}
