//! Words of web pages: `rules/indicators/html.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// The table.
#[derive(Debug, Deserialize)]
pub struct Html {
    /// Turn text into bytes.
    pub decoders: Vec<String>,
    /// Make a file of bytes.
    pub makers: Vec<String>,
    /// Hand the file to the reader.
    pub savers: Vec<String>,
    /// How files look in base64.
    pub payload_heads: Vec<String>,
    /// Put text on the clipboard.
    pub clipboard: Vec<String>,
    /// Commands such text holds, lower case.
    pub commands: Vec<String>,
    /// What the reader is asked to do, lower case.
    pub instructions: Vec<String>,
    /// Registrable domains of click trackers and link rewriters.
    pub click_trackers: HashSet<String>,
}

static HTML: LazyLock<Html> =
    LazyLock::new(|| super::shipped("html.toml", include_str!("../../rules/indicators/html.toml")));

/// The table.
pub fn html() -> &'static Html {
    &HTML
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_reads() {
        assert!(super::html().commands.iter().all(|word| word.to_lowercase() == *word));
    }
}
