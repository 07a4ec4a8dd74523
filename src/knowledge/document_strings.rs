//! Words that tell a command kept in a document's variables from what people write there:
//! `rules/indicators/document-strings.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    commands: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    super::shipped("document-strings.toml", include_str!("../../rules/indicators/document-strings.toml"))
});

/// Bytes of a string looked at.
const MAX_TEXT: usize = 64 << 10;

/// Whether a string holds a command or an address.
pub fn is_command_like(text: &str) -> bool {
    let text = text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or(text).to_ascii_lowercase();
    TABLE.commands.iter().any(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_texts() {
        assert!(is_command_like("CreateObject(\"x\")"));
        assert!(!is_command_like("売上の推移 (Excel)"));
    }
}
