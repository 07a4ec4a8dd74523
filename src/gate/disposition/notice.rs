//! The notice in an attachment's place, where none is configured.

use crate::report::Language;

/// The shipped notice. Besides the placeholders of [`crate::worker::Replacement::notice`] it has `{reason}` and `{id}`,
/// which are the same for the whole mail.
pub(super) const fn shipped(language: Language) -> &'static str {
    language.pick(
        include_str!("../../../rules/notices/removed.en.txt"),
        include_str!("../../../rules/notices/removed.ja.txt"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notices_say_the_same() {
        for language in [Language::English, Language::Japanese] {
            let text = shipped(language);
            for key in ["{name}", "{size}", "{sha256}", "{reason}", "{id}"] {
                assert_eq!(text.matches(key).count(), 1, "{language:?} {key}");
            }
        }
    }
}
