//! The passwords a message offers for its attachments, read in its text, subject and file names: what stands in
//! brackets after a word that announces one, behind a colon, on the next line, or looks like one nearby. Words are in
//! `rules/indicators/passwords.toml`. Every candidate costs a locked archive one key derivation, so they are few and the
//! likeliest come first.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use crate::knowledge::passwords::passwords as table;
use crate::model::hints::MAX_PASSWORDS;
use crate::model::{PasswordHint, PasswordSource};

/// What a message says, decoded.
#[derive(Debug, Default)]
pub struct Message<'a> {
    /// Its subject.
    pub subject: Option<&'a str>,
    /// Its bodies as text, HTML already reduced to what a reader sees.
    pub bodies: &'a [String],
    /// Names of its attachments.
    pub names: &'a [String],
    /// Its `Date` field.
    pub date: Option<&'a str>,
}

/// Bytes of one body that are looked at; the password stands in the part people read.
const MAX_BODY: usize = 128 << 10;
/// Characters of one line that are looked at.
const MAX_LINE: usize = 1_000;
/// Characters of the longest candidate.
const MAX_LENGTH: usize = 64;
/// Candidates gathered before the likeliest are chosen.
const MAX_GATHERED: usize = 2_000;

/// How likely a candidate is, the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// In brackets right after the announcing word.
    Bracketed,
    /// Behind a colon, an equals sign, 「は」 or "is".
    Separated,
    /// Alone on a line after the announcing one.
    NextLine,
    /// In brackets nearby.
    BracketedNearby,
    /// Looks like a password, nearby.
    LooksLikeOne,
    /// A date or the end of a telephone number the message speaks of.
    Implied,
    /// A less likely spelling of another candidate.
    Variant,
}

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = table().announcing.iter().chain(&table().announcing_weak);
    AhoCorasickBuilder::new().match_kind(MatchKind::LeftmostLongest).build(words).ok()
});

/// The candidates, likeliest first, at most [`MAX_PASSWORDS`].
pub fn candidates(message: &Message<'_>) -> Vec<PasswordHint> {
    let mut found = Gathered::default();
    for body in message.bodies {
        let cut = (0..=MAX_BODY.min(body.len())).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0);
        let body = body.get(..cut).unwrap_or_default();
        from_text(body, PasswordSource::Body, message.date, &mut found);
    }
    if let Some(subject) = message.subject {
        from_text(subject, PasswordSource::Subject, message.date, &mut found);
    }
    for name in message.names {
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        from_text(&stem.replace('_', " "), PasswordSource::FileName, None, &mut found);
    }
    found.chosen()
}

#[derive(Default)]
struct Gathered {
    all: Vec<(Rank, PasswordHint)>,
}

impl Gathered {
    fn push(&mut self, rank: Rank, text: &str, source: PasswordSource) {
        let text = text.trim();
        let length = text.chars().count();
        if self.all.len() >= MAX_GATHERED || length == 0 || length > MAX_LENGTH {
            return;
        }
        if table().not_passwords.iter().any(|word| word.eq_ignore_ascii_case(text)) {
            return;
        }
        self.all.push((rank, PasswordHint { text: text.to_owned(), source }));
        // Full-width letters are typed half-width.
        let folded: String = text.nfkc().collect();
        if folded != text {
            self.all.push((rank, PasswordHint { text: folded, source }));
        }
    }

    /// A candidate cut out of running text, with and without the punctuation at its end.
    fn push_from_text(&mut self, rank: Rank, text: &str, source: PasswordSource) {
        let bare = text.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'', '*']);
        let bare = bare.trim_start_matches(['"', '\'', '*', '(', '<']);
        if bare == text {
            self.push(rank, text, source);
            return;
        }
        // A closing mark may belong to the password; a full stop hardly does.
        let (first, second) = if text.ends_with(['!', '?']) { (text, bare) } else { (bare, text) };
        self.push(rank, first, source);
        self.push(Rank::Variant, second, source);
    }

    fn chosen(mut self) -> Vec<PasswordHint> {
        self.all.sort_by_key(|(rank, _)| *rank);
        let mut chosen: Vec<PasswordHint> = Vec::new();
        for (_, hint) in self.all {
            if chosen.len() < MAX_PASSWORDS && !chosen.iter().any(|known| known.text == hint.text) {
                chosen.push(hint);
            }
        }
        chosen
    }
}

/// A line with what looking for words needs: width folded, quote marks of replies removed.
struct Folded {
    text: String,
    lower: String,
    /// The line before folding, where that changes it: brackets inside may hold other widths.
    original: Option<String>,
}

fn fold(line: &str) -> Folded {
    let line = line.trim().trim_start_matches(['>', '|', '＞']).trim();
    let line: String = line.chars().take(MAX_LINE).collect();
    if is_nfkc_quick(line.chars()) == IsNormalized::Yes {
        return Folded { lower: line.to_ascii_lowercase(), text: line, original: None };
    }
    let text: String = line.nfkc().collect();
    let lower = text.to_ascii_lowercase();
    let original = (text != line).then_some(line);
    Folded { text, lower, original }
}

fn from_text(text: &str, source: PasswordSource, date: Option<&str>, found: &mut Gathered) {
    let lines: Vec<Folded> = text.lines().map(fold).filter(|line| !line.text.is_empty()).collect();
    for (index, line) in lines.iter().enumerate() {
        let words = announcements(&line.lower);
        if words.is_empty() {
            continue;
        }
        let mut speaks = false;
        for (end, is_weak) in words {
            let rest = line.text.get(end..).unwrap_or_default();
            let gave = after_word(rest, is_weak, source, found);
            speaks |= !is_weak || gave;
        }
        if !speaks {
            continue;
        }
        let is_prose = source != PasswordSource::FileName;
        nearby(line, source, found);
        if is_prose {
            let start = index.saturating_sub(2);
            for (other_index, other) in lines.iter().enumerate().skip(start).take(6) {
                if other_index == index {
                    continue;
                }
                if other_index > index
                    && other_index <= index.saturating_add(3)
                    && let Some(token) = lone_token(&other.text)
                {
                    found.push_from_text(Rank::NextLine, token, source);
                }
                nearby(other, source, found);
            }
            let context: Vec<&str> = lines.iter().skip(start).take(6).map(|line| line.lower.as_str()).collect();
            implied(&context.join("\n"), text, date, source, found);
        }
    }
}

/// Where announcing words end in a line (folded, lower case), and whether each is a weak one.
fn announcements(lower: &str) -> Vec<(usize, bool)> {
    let Some(words) = WORDS.as_ref() else { return Vec::new() };
    const MAX_WORDS: usize = 20;
    let strong = table().announcing.len();
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    words
        .find_iter(lower)
        .filter(|found| {
            let word = lower.get(found.range()).unwrap_or_default();
            let bytes = lower.as_bytes();
            let starts_inside = word.starts_with(|c: char| c.is_ascii_alphabetic())
                && found.start().checked_sub(1).is_some_and(|before| is_letter(bytes.get(before)));
            // "pw" of "pwd" or "pin" of "ping"; a plural s is allowed.
            let after = bytes.get(found.end()..).unwrap_or_default();
            let is_plural = after.first() == Some(&b's') && !is_letter(after.get(1));
            let ends_inside =
                word.ends_with(|c: char| c.is_ascii_alphabetic()) && is_letter(after.first()) && !is_plural;
            !starts_inside && !ends_inside
        })
        .take(MAX_WORDS)
        .map(|found| (found.end(), found.pattern().as_usize() >= strong))
        .collect()
}

/// Brackets and quotation marks, opening and closing. The first group may hold anything, the second only what looks
/// like a password: it also holds remarks.
const QUOTES: [(char, char); 8] =
    [('「', '」'), ('『', '』'), ('“', '”'), ('"', '"'), ('‘', '’'), ('\'', '\''), ('`', '`'), ('《', '》')];
const BRACKETS: [(char, char); 6] = [('【', '】'), ('(', ')'), ('[', ']'), ('<', '>'), ('〔', '〕'), ('〈', '〉')];

/// What follows an announcing word. Whether it gave a candidate.
fn after_word(rest: &str, is_weak: bool, source: PasswordSource, found: &mut Gathered) -> bool {
    // The bracket the word itself stands in: 【パスワード】.
    let rest = rest.trim_start_matches(|c: char| {
        c == 's'
            || c.is_whitespace()
            || matches!(c, '】' | ']' | '」' | '』' | '>' | ')' | '〉' | '》' | '〕' | '*' | '_' | '"')
    });
    let (separated, had_separator) = past_separators(rest, source == PasswordSource::FileName);
    if let Some(inside) = bracketed(separated) {
        found.push(Rank::Bracketed, inside, source);
        return true;
    }
    if had_separator && value_at(separated, source, found) {
        return true;
    }
    if is_weak {
        return false;
    }
    if !had_separator
        && let Some(token) = ascii_run(rest)
        && looks_like_password(token)
    {
        found.push_from_text(Rank::Separated, token, source);
        return true;
    }
    // Words between: `password for the file is: x`, `パスワード(半角英数)は x`.
    const REACH: usize = 60;
    let mut gave = false;
    for separator in [":", "=", "→", "⇒", " is ", "は", " - "] {
        let Some(at) = rest.find(separator) else { continue };
        if rest.get(..at).is_some_and(|between| between.chars().count() <= REACH) {
            let after = rest.get(at..).unwrap_or_default();
            let (after, _) = past_separators(after, false);
            if let Some(inside) = bracketed(after) {
                found.push(Rank::Bracketed, inside, source);
                gave = true;
            } else {
                gave |= value_at(after, source, found);
            }
        }
    }
    gave
}

/// What stands behind a separator: a run of ASCII, and the rest of the line if it is short.
fn value_at(text: &str, source: PasswordSource, found: &mut Gathered) -> bool {
    let Some(token) = ascii_run(text) else { return false };
    let is_word =
        table().not_passwords.iter().any(|word| word.eq_ignore_ascii_case(token.trim_end_matches(['.', ',', ':'])));
    if is_word || is_address(token) {
        return false;
    }
    found.push_from_text(Rank::Separated, token, source);
    let whole = text.trim().trim_end_matches(['。', '.', '、']);
    const LONGEST_PHRASE: usize = 32;
    if whole != token && whole.chars().count() <= LONGEST_PHRASE {
        found.push(Rank::Variant, whole, source);
    }
    true
}

/// The text after colons, arrows, particles and "is"; and whether there were any.
fn past_separators(text: &str, is_name: bool) -> (&str, bool) {
    let mut rest = text;
    let mut had = false;
    loop {
        let before = rest;
        rest = rest.trim_start_matches(char::is_whitespace);
        let trimmed = rest.trim_start_matches([
            ':', '=', '→', '⇒', '➡', '⇨', '↓', '|', '…', '、', ',', '/', '・', '~', '〜', '–', '—',
        ]);
        had |= trimmed.len() < rest.len();
        rest = trimmed;
        // A dash separates only if a blank follows, or in a file name: passwords may start with one.
        if let Some(after) = rest.strip_prefix('-')
            && (is_name || after.starts_with([' ', '>']))
        {
            rest = after.trim_start_matches(['>', '-']);
            had = true;
        }
        for word in
            ["は", "が", "を", "の方は", "is ", "is:", "are ", "as follows", "will be ", "que ", "es ", "ist ", "です"]
        {
            if rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)) {
                rest = rest.get(word.len()..).unwrap_or_default();
                had = true;
            }
        }
        if is_name && !rest.is_empty() {
            had = true;
        }
        if rest.len() == before.len() {
            return (rest, had);
        }
    }
}

/// What stands in brackets at the start.
fn bracketed(text: &str) -> Option<&str> {
    let open = text.chars().next()?;
    let quote = QUOTES.iter().find(|(opening, _)| *opening == open);
    let bracket = BRACKETS.iter().find(|(opening, _)| *opening == open);
    let (_, close) = quote.or(bracket)?;
    let inside = text.get(open.len_utf8()..)?;
    let end = inside.find(*close)?;
    let inside = inside.get(..end)?.trim();
    let is_plausible = (1..=MAX_LENGTH).contains(&inside.chars().count())
        && (quote.is_some() || (inside.is_ascii() && !inside.contains(' ') && inside.len() >= 3));
    (is_plausible && !is_address(inside)).then_some(inside)
}

/// Brackets anywhere in a line, and what looks like a password in it.
fn nearby(line: &Folded, source: PasswordSource, found: &mut Gathered) {
    for text in std::iter::once(line.text.as_str()).chain(line.original.as_deref()) {
        for (open, close) in QUOTES {
            // An apostrophe opens nothing in running text.
            if open == '\'' || open == '‘' {
                continue;
            }
            let mut rest = text;
            while let Some(at) = rest.find(open) {
                let inside = rest.get(at.saturating_add(open.len_utf8())..).unwrap_or_default();
                let Some(end) = inside.find(close) else { break };
                let content = inside.get(..end).unwrap_or_default();
                if !content.is_empty() && !is_address(content) {
                    found.push(Rank::BracketedNearby, content, source);
                }
                rest = inside.get(end.saturating_add(close.len_utf8())..).unwrap_or_default();
            }
        }
    }
    for token in line.text.split(|c: char| c.is_whitespace() || !c.is_ascii() || matches!(c, '"' | '<' | '>')) {
        if looks_like_password(token) {
            found.push_from_text(Rank::LooksLikeOne, token, source);
        }
    }
}

/// The run of printable ASCII at the start, blanks before it skipped.
fn ascii_run(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_graphic()).unwrap_or(text.len());
    text.get(..end).filter(|run| !run.is_empty())
}

/// A line that is one word of ASCII, bullets and brackets around it aside.
fn lone_token(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['・', '■', '●', '□', '◆', '◇', '※', '*', '-', '→', '⇒', ' ']);
    if let Some(inside) = bracketed(line) {
        return Some(inside);
    }
    let token = ascii_run(line)?;
    let is_alone = line.trim() == token;
    let is_rule = token.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | '#' | '~' | '.' | '+'));
    (is_alone && !is_rule && token.len() >= 3 && !is_address(token) && !is_word(token)).then_some(token)
}

/// A single word of small letters is a greeting more often than a password.
fn is_word(token: &str) -> bool {
    let bare = token.trim_end_matches(['.', ',', ':', ';', '!']);
    let is_plain =
        bare.chars().skip(1).all(|c| c.is_ascii_lowercase()) && bare.starts_with(|c: char| c.is_ascii_alphabetic());
    is_plain && bare.len() != token.len()
}

/// Letters with digits, symbols inside letters or digits, or four to eight digits: not an address, a file, a time.
fn looks_like_password(token: &str) -> bool {
    let token = token.trim_end_matches(['.', ',', ';', ':', ')', ']']).trim_start_matches(['(', '[']);
    let length = token.len();
    if !(4..=40).contains(&length) || !token.bytes().all(|byte| byte.is_ascii_graphic()) || is_address(token) {
        return false;
    }
    let letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let symbols = length.saturating_sub(letters).saturating_sub(digits);
    if digits == length {
        return length <= 10;
    }
    let is_time_or_number = letters == 0
        && token.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'/' | b'-' | b'.' | b','));
    let is_hyphenated_words = digits == 0
        && token.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'\'' | b'/' | b'.' | b','));
    let has_case_inside = token.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
        && token.bytes().any(|byte| byte.is_ascii_lowercase());
    if is_time_or_number || letters.saturating_add(digits) == 0 {
        return false;
    }
    if is_hyphenated_words {
        return symbols == 0 && has_case_inside;
    }
    (letters > 0 && digits > 0) || symbols > 0
}

/// URLs, e-mail addresses and file names are not passwords.
fn is_address(token: &str) -> bool {
    const FILES: [&str; 18] = [
        ".zip", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".xlsm", ".docm", ".7z", ".rar", ".lzh", ".exe", ".txt",
        ".ppt", ".pptx", ".jpg", ".png", ".csv",
    ];
    let lower = token.to_ascii_lowercase();
    let is_mail = lower.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && psl::domain_str(domain.trim_end_matches(['.', '>', ')'])).is_some()
            && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'>' | b')'))
    });
    lower.contains("://") || lower.starts_with("www.") || is_mail || FILES.iter().any(|file| lower.ends_with(file))
}

/// Dates and ends of telephone numbers, where the text says the password is one.
fn implied(context: &str, text: &str, date: Option<&str>, source: PasswordSource, found: &mut Gathered) {
    let speaks_of = |words: &[String]| words.iter().any(|word| context.contains(word.as_str()));
    if speaks_of(&table().date_words)
        && let Some((year, month, day)) = date.and_then(calendar_date)
    {
        let short = year.rem_euclid(100);
        for spelling in [
            format!("{year}{month:02}{day:02}"),
            format!("{month:02}{day:02}"),
            format!("{short:02}{month:02}{day:02}"),
            format!("{day:02}{month:02}{year}"),
        ] {
            found.push(Rank::Implied, &spelling, source);
        }
    }
    if speaks_of(&table().phone_words) {
        let folded: String = text.nfkc().collect();
        const MAX_PHONES: usize = 6;
        let phones = folded
            .split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '(' | ')' | '+')))
            .map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>())
            .filter(|digits| (9..=13).contains(&digits.len()))
            .take(MAX_PHONES);
        for digits in phones {
            let end = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default().to_owned();
            found.push(Rank::Implied, &end, source);
        }
    }
}

/// Day, month and year of a `Date` field (RFC 5322 section 3.3).
fn calendar_date(date: &str) -> Option<(u32, u32, u32)> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = date.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let at = words
        .iter()
        .position(|word| word.get(..3).is_some_and(|start| MONTHS.contains(&start.to_ascii_lowercase().as_str())))?;
    let name = words.get(at)?.get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| *month == name)?;
    let day: u32 = words.get(at.checked_sub(1)?)?.parse().ok()?;
    let year: u32 = words.get(at.saturating_add(1))?.parse().ok()?;
    Some((year, u32::try_from(month).ok()?.saturating_add(1), day))
}

#[cfg(test)]
#[path = "passwords_tests.rs"]
mod tests;
