//! Names of documents that come with software: `rules/indicators/manuals.toml`.

use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

#[derive(Deserialize)]
struct Manuals {
    words: Vec<String>,
}

static MANUALS: LazyLock<Manuals> =
    LazyLock::new(|| super::shipped("manuals.toml", include_str!("../../rules/indicators/manuals.toml")));

/// Whether a file name is that of a manual, a licence or a read-me.
pub fn is_manual(name: &str) -> bool {
    let name = name.nfkc().collect::<String>().to_lowercase();
    MANUALS.words.iter().any(|word| name.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_manuals_in_both_languages() {
        assert!(is_manual("README.pdf"));
        assert!(is_manual("ＭＡＮＵＡＬ_jp.pdf"));
        assert!(is_manual("製品取扱説明書.pdf"));
        assert!(!is_manual("会議資料.pdf"));
    }
}
