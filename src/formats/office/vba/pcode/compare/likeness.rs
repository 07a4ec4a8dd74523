//! Whether a compiled line is a line of source.

use std::collections::BTreeSet;

use super::super::source::Text;
use super::tokens::{Tokens, canonical, is_telling, is_wild};
use crate::formats::office::vba::lexer::Lexed;

pub(super) enum Likeness {
    Same,
    Unclear,
    Differs,
}

pub(super) fn compare(compiled: &Text, written: &str) -> Likeness {
    if is_spelled_alike(&compiled.text, written) {
        return Likeness::Same;
    }
    let (ours, theirs) = (Lexed::new(&compiled.text), Lexed::new(written));
    let ours = Tokens::of(&ours);
    let theirs = Tokens::of(&theirs);
    if is_same(ours, theirs, compiled.has_unknown) {
        return Likeness::Same;
    }
    if !compiled.is_whole {
        // Words of a line not understood say nothing of what is missing there, its texts and own names do.
        let theirs: BTreeSet<&str> = theirs.spellings().collect();
        let is_there = |word: &str| theirs.contains(word) || !word.starts_with('"') || word.len() < 6;
        return if ours.spellings().all(is_there) { Likeness::Unclear } else { Likeness::Differs };
    }
    let count = |tokens: Tokens<'_>| {
        let mut words: Vec<String> = tokens.spellings().filter(|word| is_telling(word)).map(canonical).collect();
        words.sort_unstable();
        words
    };
    let (ours, theirs) = (count(ours), count(theirs));
    // A name not known may be any of theirs. A declaration's records do not hold all that its line says.
    if compiled.has_unknown || compiled.declares {
        let is_sure = |word: &&String| !(compiled.has_unknown && is_wild(word));
        let has_all = ours.iter().filter(is_sure).all(|word| theirs.binary_search(word).is_ok());
        return if has_all && (compiled.declares || theirs.len() >= ours.len()) {
            Likeness::Unclear
        } else {
            Likeness::Differs
        };
    }
    if ours == theirs { Likeness::Unclear } else { Likeness::Differs }
}

/// Whether two lines are the same letter by letter, but for blanks outside texts, case and comments.
fn is_spelled_alike(compiled: &str, written: &str) -> bool {
    let mut ours = compiled.bytes();
    let mut theirs = written.bytes().enumerate();
    let mut in_text = false;
    let mut next_ours = |in_text: bool| ours.find(|byte| in_text || !byte.is_ascii_whitespace());
    loop {
        let their = theirs.find(|(at, byte)| in_text || !(byte.is_ascii_whitespace() || continues(written, *at)));
        let their = their.map(|(_, byte)| byte).filter(|byte| in_text || *byte != b'\'');
        match (next_ours(in_text), their) {
            (None, None) => return true,
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(&b) && (!in_text || a == b) => in_text ^= a == b'"',
            _ => return false,
        }
    }
}

/// Whether the underscore at an offset continues a line.
fn continues(line: &str, at: usize) -> bool {
    let Some(rest) = line.as_bytes().get(at..) else { return false };
    rest.first() == Some(&b'_')
        && rest
            .iter()
            .skip(1)
            .find(|byte| !matches!(byte, b' ' | b'\t'))
            .is_some_and(|byte| matches!(byte, b'\r' | b'\n'))
        && at.checked_sub(1).is_none_or(|before| line.as_bytes().get(before).is_some_and(u8::is_ascii_whitespace))
}

/// Whether two lines are the same token by token; a name that is not known may be any name, of several parts too.
fn is_same(mut ours: Tokens<'_>, mut theirs: Tokens<'_>, has_unknown: bool) -> bool {
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || canonical(a) == canonical(b) => {}
            (Some(a), Some(_)) if has_unknown && is_wild(a) => {
                while theirs.peek() == Some(".") && ours.peek() != Some(".") {
                    theirs.next();
                    theirs.next();
                }
            }
            _ => return false,
        }
    }
}
