//! A whole source, in which compiled lines are looked for wherever they stand.

use std::collections::{BTreeMap, BTreeSet};

use super::super::source::Text;
use super::likeness::Likeness;
use super::tokens::{Tokens, canonical, is_telling, is_wild, joined};
use crate::formats::office::vba::lexer::Lexed;

/// A whole source: its lines as tokens, each with how many there are and how one is spelled, and its words.
pub(super) struct Written<'a> {
    pub(super) lines: BTreeMap<String, (usize, &'a str)>,
    words: BTreeSet<String>,
}

impl<'a> Written<'a> {
    pub(super) fn of(lines: &[&'a str]) -> Self {
        let mut written = Written { lines: BTreeMap::new(), words: BTreeSet::new() };
        for line in lines {
            let lexed = Lexed::new(line);
            let tokens = Tokens::of(&lexed);
            written.words.extend(tokens.spellings().filter(|word| is_telling(word)).map(canonical));
            let count = &mut written.lines.entry(joined(tokens)).or_insert((0, line)).0;
            *count = count.saturating_add(1);
        }
        written
    }

    /// Looks for a compiled line, wherever it stands, and uses it up; of one with names not known, for the rest.
    pub(super) fn take(&mut self, text: &Text) -> Likeness {
        let lexed = Lexed::new(&text.text);
        let tokens = Tokens::of(&lexed);
        let line = joined(tokens);
        if line.is_empty() {
            return Likeness::Same;
        }
        if let Some((count, _)) = self.lines.get_mut(&line).filter(|(count, _)| *count > 0) {
            *count = count.saturating_sub(1);
            return Likeness::Same;
        }
        if text.is_whole && !text.has_unknown && !text.declares {
            return Likeness::Differs;
        }
        let is_sure = |word: &&str| is_telling(word) && !(text.has_unknown && is_wild(word));
        let has_all = tokens.spellings().filter(is_sure).all(|word| self.words.contains(&canonical(word)));
        if has_all { Likeness::Unclear } else { Likeness::Differs }
    }
}
