//! Compiled code against source, line by line. The editor writes the one from the other, so that in honest modules every
//! logical line of source (attributes left out) is the line of compiled code in its place: the same names, texts and
//! numbers in the same order. Over 10,000 lines of honest documents none differs.

use std::collections::{BTreeMap, BTreeSet};

use super::module::{Code, Reading};
use super::opcodes::Numbering;
use super::operands::Scope;
use super::project::{Damage, Names};
use super::reserved;
use super::source::{Text, Writer};
use crate::formats::office::vba::codepage::CodePage;
use crate::formats::office::vba::lexer::{Lexed, TokenKind};

/// Differences kept to be shown.
const MAX_SHOWN: usize = 4;
/// Differences after which the answer is clear.
const ENOUGH: usize = 1_000;
/// Lines looked at more closely than letter by letter.
const MAX_UNCLEAR: usize = 20_000;

/// What the comparison of one module came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::formats::office::vba) struct Comparison {
    /// Compiled lines that say something.
    pub compiled: usize,
    /// Lines of source that say something: no attributes, comments or blanks.
    pub written: usize,
    /// Lines that are the same.
    pub equal: usize,
    /// Lines whose names, texts or numbers are others.
    pub differing: usize,
    /// Lines that differ in words of the language or in order only, or that were not understood.
    pub unclear: usize,
    /// The first differing lines: number, compiled, source.
    pub shown: Vec<(u32, String, String)>,
    /// Whether a limit ended the comparison early.
    pub is_cut: bool,
}

impl Comparison {
    /// Compares the bytes before a module's source with the source. None where there is no compiled code.
    pub(in crate::formats::office::vba) fn make(
        cache: &[u8],
        source: &str,
        names: &Names,
        code_page: CodePage,
        left: &mut usize,
    ) -> Result<Option<Self>, Damage> {
        let code = match Code::find(cache, names) {
            Reading::Empty => return Ok(None),
            Reading::Damaged(damage) => return Err(damage),
            Reading::Code(code) => code,
        };
        let mut writer = Writer::new(Scope { code, names }, code_page, *left);
        writer.skips_comments = true;
        let mut out = Comparison::default();
        let written = lines(source);
        out.written = written.iter().filter(|line| says_something(line)).count();
        // Where lines are missing or in excess, they are looked for anywhere in the source, each used once.
        let fits = is_same_length(usize::from(code.line_count), &written);
        let mut loose = (!fits).then(|| Written::of(&written));
        for (number, line) in (1u32..).zip(code.lines()) {
            let text = writer.line(line);
            if writer.is_spent() || out.unclear > MAX_UNCLEAR {
                out.is_cut = true;
                break;
            }
            if out.differing > ENOUGH {
                break;
            }
            let index = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
            let beside = written.get(index).copied().unwrap_or_default();
            if !text.text.is_empty() {
                out.compiled = out.compiled.saturating_add(1);
            }
            let likeness = match &mut loose {
                Some(written) => written.take(&text),
                None => compare(&text, beside),
            };
            match likeness {
                // The records of VBA 5 are known from one description only.
                Likeness::Differs if text.declares && code.numbering == Numbering::Vba5 && !beside.is_empty() => {
                    out.unclear = out.unclear.saturating_add(1);
                }
                Likeness::Same => out.equal = out.equal.saturating_add(1),
                Likeness::Unclear => out.unclear = out.unclear.saturating_add(1),
                Likeness::Differs => out.differ(number, text.text, beside),
            }
        }
        if let Some(written) = loose
            && !out.is_cut
            && out.differing <= ENOUGH
        {
            out.differ_in_excess(&written);
        }
        *left = writer.left();
        Ok(Some(out))
    }

    fn differ(&mut self, number: u32, compiled: String, written: &str) {
        self.differing = self.differing.saturating_add(1);
        if self.shown.len() < MAX_SHOWN {
            self.shown.push((number, compiled, written.trim().to_owned()));
        }
    }

    /// Lines of source that nothing was compiled of; one may belong to each line that was not understood.
    fn differ_in_excess(&mut self, written: &Written<'_>) {
        let mut spare = self.unclear;
        for (line, (count, spelling)) in &written.lines {
            let taken = spare.min(*count);
            spare = spare.saturating_sub(taken);
            if !line.is_empty() && *count > taken {
                self.differ(0, String::new(), spelling);
            }
        }
    }
}

/// Whether source has a line for each compiled one: it ends with a line end, behind which nothing comes.
fn is_same_length(compiled: usize, written: &[&str]) -> bool {
    let trailing = usize::from(written.last().is_some_and(|line| line.is_empty()));
    compiled == written.len().saturating_sub(trailing)
}

/// Logical lines without those of attributes. A line goes on after a blank and an underscore at its end.
fn lines(source: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0usize;
    let mut at = 0usize;
    // A Macintosh of old ends lines with CR.
    let end = if source.contains('\n') { '\n' } else { '\r' };
    for physical in source.split_inclusive(end) {
        at = at.saturating_add(physical.len());
        let text = physical.trim_end();
        let goes_on = text == "_" || text.ends_with(" _") || text.ends_with("\t_");
        if goes_on && physical.ends_with(end) {
            continue;
        }
        push(&mut out, source.get(start..at).unwrap_or_default());
        start = at;
    }
    push(&mut out, source.get(start..).unwrap_or_default());
    out
}

fn push<'a>(out: &mut Vec<&'a str>, line: &'a str) {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let is_attribute = line.trim_start().get(..10).is_some_and(|head| head.eq_ignore_ascii_case("attribute "));
    if !is_attribute {
        out.push(line);
    }
}

/// Whether a line is more than blanks and a comment.
fn says_something(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('\'') && !line.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("rem "))
}

enum Likeness {
    Same,
    Unclear,
    Differs,
}

fn compare(compiled: &Text, written: &str) -> Likeness {
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

/// Tokens of one line.
#[derive(Clone, Copy)]
struct Tokens<'a> {
    lexed: &'a Lexed,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// Without a `Public` in front, which types and procedures have whether it is written or not.
    fn of(lexed: &'a Lexed) -> Self {
        Tokens { lexed, at: usize::from(lexed.is_word(0, "public")) }
    }

    fn spellings(self) -> impl Iterator<Item = &'a str> {
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

    fn peek(&self) -> Option<&'a str> {
        let index = (self.at..self.lexed.tokens.len()).find(|index| self.lexed.kind(*index) != TokenKind::LineEnd)?;
        Some(self.spelling(index))
    }

    fn next(&mut self) -> Option<&'a str> {
        let index = (self.at..self.lexed.tokens.len()).find(|index| self.lexed.kind(*index) != TokenKind::LineEnd)?;
        self.at = index.saturating_add(1);
        Some(self.spelling(index))
    }
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

/// Whether a name stands for one that is not known.
fn is_wild(word: &str) -> bool {
    let word = word.strip_prefix('"').unwrap_or(word);
    word.starts_with("id_") || word.starts_with("type_")
}

/// Whether a token tells one line from another: no word or sign of the language.
fn is_telling(word: &str) -> bool {
    let first = word.chars().next().unwrap_or_default();
    match first {
        '"' | '#' => word.len() > 1,
        _ => (first.is_alphanumeric() || first == '_') && !reserved::is_word(word),
    }
}

/// A number in one form, whatever its base, suffix or number of zeros; anything else as it is.
fn canonical(word: &str) -> String {
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

/// A whole source: its lines as tokens, each with how many there are and how one is spelled, and its words.
struct Written<'a> {
    lines: BTreeMap<String, (usize, &'a str)>,
    words: BTreeSet<String>,
}

impl<'a> Written<'a> {
    fn of(lines: &[&'a str]) -> Self {
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
    fn take(&mut self, text: &Text) -> Likeness {
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

fn joined(tokens: Tokens<'_>) -> String {
    let words: Vec<String> = tokens.spellings().map(canonical).collect();
    words.join(" ")
}
