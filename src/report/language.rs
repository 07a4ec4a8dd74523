//! The two languages reports are written in.

use crate::model::FindingKind;

/// The language of texts in reports. Ids, keys and evidence are the same in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// A finding's title in this language.
    pub const fn title(self, kind: &FindingKind) -> &'static str {
        match self {
            Language::English => kind.title,
            Language::Japanese => kind.title_ja,
        }
    }

    /// One of two texts.
    pub const fn pick<'a>(self, english: &'a str, japanese: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::Japanese => japanese,
        }
    }
}
