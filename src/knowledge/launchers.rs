//! Text files that start something when opened: `rules/indicators/launchers.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::Severity;

/// A sort of file, told by strings in it.
#[derive(Debug, Deserialize)]
pub struct Launcher {
    /// Strings that all have to occur, lower case.
    pub all: Vec<String>,
    /// What it does, completing "the file …".
    pub what: String,
    /// What it weighs.
    pub severity: Severity,
    /// Alone enough for "malicious".
    pub decisive: bool,
}

#[derive(Deserialize)]
struct Table {
    marker: Vec<Launcher>,
}

static LAUNCHERS: LazyLock<Vec<Launcher>> = LazyLock::new(|| {
    super::shipped::<Table>("launchers.toml", include_str!("../../rules/indicators/launchers.toml")).marker
});

/// The sort of a text (lower case), the most telling first.
pub fn launcher(text: &str) -> Option<&'static Launcher> {
    LAUNCHERS.iter().find(|launcher| launcher.all.iter().all(|needle| text.contains(needle.as_str())))
}

#[cfg(test)]
mod tests {
    #[test]
    fn strings_are_lower_case() {
        assert!(super::LAUNCHERS.iter().all(|one| one.all.iter().all(|text| text.to_lowercase() == *text)));
    }
}
