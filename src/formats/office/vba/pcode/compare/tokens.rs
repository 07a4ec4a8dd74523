//! A line as tokens in one form, whoever wrote it.

use super::super::reserved;
use crate::formats::office::vba::lexer::{Lexed, TokenKind};

/// Tokens of one line.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a> {
    lexed: &'a Lexed,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Without a `Public` in front, which types and procedures have whether it is written or not.
    pub(super) fn of(lexed: &'a Lexed) -> Self {
        Tokens { lexed, at: usize::from(lexed.is_word(0, "public")) }
    }

    pub(super) fn spellings(self) -> impl Iterator<Item = &'a str> {
        (self.at..self.lexed.tokens.len())
            .filter(move |index| self.lexed.kind(*index) != TokenKind::LineEnd)
            .map(move |index| self.spelling(index))
    }

    /// Names in lower case, texts as they are.
    fn spelling(self, index: usize) -> &'a str {
        match self.lexed.kind(index) {
            TokenKind::Text => self.lexed.spelling(index),
            _ => self.lexed.lower(index),
        }
    }

    pub(super) fn peek(&self) -> Option<&'a str> {
        let index = (self.at..self.lexed.tokens.len()).find(|index| self.lexed.kind(*index) != TokenKind::LineEnd)?;
        Some(self.spelling(index))
    }

    pub(super) fn next(&mut self) -> Option<&'a str> {
        let index = (self.at..self.lexed.tokens.len()).find(|index| self.lexed.kind(*index) != TokenKind::LineEnd)?;
        self.at = index.saturating_add(1);
        Some(self.spelling(index))
    }
}

/// Whether a name stands for one that is not known.
pub(super) fn is_wild(word: &str) -> bool {
    let word = word.strip_prefix('"').unwrap_or(word);
    word.starts_with("id_") || word.starts_with("type_")
}

/// Whether a token tells one line from another: no word or sign of the language.
pub(super) fn is_telling(word: &str) -> bool {
    let first = word.chars().next().unwrap_or_default();
    match first {
        '"' | '#' => word.len() > 1,
        _ => (first.is_alphanumeric() || first == '_') && !reserved::is_word(word),
    }
}

/// A number in one form, whatever its base, suffix or number of zeros; anything else as it is.
pub(super) fn canonical(word: &str) -> String {
    // A date may be written in more than one way.
    if word.len() > 1 && word.starts_with('#') {
        return "#".to_owned();
    }
    let body = word.trim_end_matches(['&', '%', '!', '#', '@', '^']);
    let based = |digits: &str, base| i64::from_str_radix(digits, base).ok().map(|value| value as f64);
    let value = if let Some(digits) = body.strip_prefix("&h") {
        based(digits, 16)
    } else if let Some(digits) = body.strip_prefix("&o") {
        based(digits, 8)
    } else if body.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        body.replace('d', "e").parse::<f64>().ok()
    } else {
        None
    };
    // Fewer digits than a literal has: the editor rounds.
    value.map_or_else(|| word.to_owned(), |value| format!("{value:.6e}"))
}

pub(super) fn joined(tokens: Tokens<'_>) -> String {
    let words: Vec<String> = tokens.spellings().map(canonical).collect();
    words.join(" ")
}
