//! Names and functions of PDF: `rules/indicators/pdf.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// The table.
#[derive(Debug, Deserialize)]
pub struct Pdf {
    /// Names that start or carry something.
    pub watched_names: HashSet<String>,
    /// Calls that ordinary forms make.
    pub form_functions: HashSet<String>,
    /// Calls that ordinary forms do not make.
    pub privileged: Vec<Privileged>,
}

/// A call that reaches out of the viewer or hides what runs.
#[derive(Debug, Deserialize)]
pub struct Privileged {
    /// The word.
    pub word: String,
    /// What it does, completing "the script …".
    pub does: String,
}

static PDF: LazyLock<Pdf> =
    LazyLock::new(|| super::shipped("pdf.toml", include_str!("../../rules/indicators/pdf.toml")));

/// The table.
pub fn pdf() -> &'static Pdf {
    &PDF
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_reads() {
        assert!(super::pdf().form_functions.contains("AFNumber_Format"));
    }
}
