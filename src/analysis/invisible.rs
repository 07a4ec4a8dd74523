//! Characters in the text of a message that show nothing or turn its order around. Names are judged in `names`, header
//! fields by the mail format.

use super::names::characters::{is_invisible, is_joiner, takes_joiner};
use crate::finding_kind;
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, Location, OriginKind};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

finding_kind! {
    /// ## What it is
    /// The text of a message holds characters that are not shown inside its words, or overrides of the writing
    /// direction.
    ///
    /// ## Why it matters
    /// Words that filters look for are split for machines and whole for people (`pass<U+00AD>word`), and addresses can be
    /// shown backwards.
    ///
    /// ## How we see it
    /// In text bodies: default-ignorable characters between two letters, three times and more, but for joiners in
    /// scripts and emoji that need them; U+202D and U+202E anywhere.
    ///
    /// ## When it is innocent
    /// Newsletters hyphenate long words with soft hyphens; text pasted from web pages brings zero-width spaces along.
    /// Alone it never leaves clean.
    ///
    /// ## References
    /// - Unicode Default_Ignorable_Code_Point, UAX #44: https://www.unicode.org/reports/tr44/
    /// - ATT&CK T1027.018, Invisible Unicode: https://attack.mitre.org/techniques/T1027/018/
    const INVISIBLE_CHARACTERS_IN_TEXT = {
        id: "invisible-characters-in-text",
        title: "words of the message are split by characters that are not shown, or its writing direction is overridden",
        ja: "本文の単語の中に表示されない文字があるか、文字の並び順が書き換えられています",
        why_ja: "人には普通に読める単語を、検査ソフトには読めなくする手口です。",
        severity: Low,
        facet: Deceive,
        confidence: Medium,
        attack: ["T1027.018"],
    }
}

/// Split words that are no accident.
const MANY: usize = 3;

/// Looks at text bodies of messages.
pub struct InvisibleCharacters;

impl Analyzer for InvisibleCharacters {
    fn findings(&self) -> Kinds {
        &[INVISIBLE_CHARACTERS_IN_TEXT]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.origin.kind == OriginKind::MimePart && !artifact.origin.is_file
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let Ok(view) = artifact.view::<TextView>() else { return Ok(()) };
        if let Some((line, observed)) = look(&view.text) {
            out.raise(INVISIBLE_CHARACTERS_IN_TEXT, Location::line(line), observed);
        }
        Ok(())
    }
}

/// The first line concerned, and what was seen.
fn look(text: &str) -> Option<(u64, String)> {
    let mut split = 0usize;
    let mut first = None;
    for (line, number) in text.lines().zip(1u64..) {
        // Nothing of the kind is ASCII.
        if line.is_ascii() {
            continue;
        }
        let (mut before, mut between) = (None, None);
        for c in line.chars() {
            if matches!(c, '\u{202d}' | '\u{202e}') {
                return Some((number, format!("U+{:04X} in {line}", u32::from(c))));
            }
            if is_invisible(c) || is_joiner(c) {
                between = Some(c);
                continue;
            }
            if let Some(hidden) = between.take() {
                let is_at_home = is_joiner(hidden) && before.is_some_and(takes_joiner);
                if before.is_some_and(char::is_alphabetic) && c.is_alphabetic() && !is_at_home {
                    split = split.saturating_add(1);
                    first.get_or_insert_with(|| (number, u32::from(hidden), line.to_owned()));
                }
            }
            before = Some(c);
        }
    }
    let (number, hidden, line) = first.filter(|_| split >= MANY)?;
    Some((number, format!("{split} words split, first by U+{hidden:04X} in {line}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_split_for_machines_are_told() {
        let (line, observed) = look("hello\npass\u{ad}word and ac\u{200b}count and ver\u{200b}ify").unwrap();
        assert_eq!(line, 2);
        assert!(observed.starts_with("3 words split, first by U+00AD"), "{observed}");
        assert!(look("see \u{202e}moc.elpmaxe").is_some());
    }

    #[test]
    fn writing_that_needs_such_characters_is_honest() {
        assert!(look("می\u{200c}خواهم می\u{200c}خواهم می\u{200c}خواهم می\u{200c}خواهم").is_none());
        assert!(look("家族👨\u{200d}👩\u{200d}👧です 👨\u{200d}👩\u{200d}👧 👨\u{200d}👩\u{200d}👧").is_none());
        assert!(look("a long hyphen\u{ad}ation in a news\u{ad}letter").is_none());
        assert!(look("\u{feff}お世話になっております。").is_none());
    }
}
