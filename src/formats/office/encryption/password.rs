//! Which password opens a document. Candidates are those every locked container is tried with; before them come the ones
//! that Office tries without asking. One try costs up to millions of hashes, by the document's own statement, so what all
//! of them may cost together is limited.

use encoding_rs::SHIFT_JIS;

use crate::budget::Exceeded;
use crate::formats::archive::password::own_hints;
use crate::knowledge::passwords::passwords;
use crate::model::hints::MAX_PASSWORDS;
use crate::model::{Artifact, Location, PasswordHint, PasswordSource, Problem, ProblemKind};
use crate::stage::Outcome;

/// Rounds of hashing for one try. Office writes 100,000 and takes ten million.
pub(super) const MAX_ROUNDS: u32 = 10_000_000;
/// Rounds for all tries of one document; words the user gave are bounded by the clock alone.
const MAX_WORK: u64 = 30_000_000;
/// Rounds for words that nobody offered, beside Office's own: a mail waits while they are tried, and a document whose
/// reader is not told the password cannot be opened by its reader either.
const MAX_GUESSING: u64 = 100_000;
/// Characters of a password, MS-OFFCRYPTO 2.3.4.7.
const MAX_CHARS: usize = 255;
/// Bytes of a password in XOR obfuscation, 2.3.7.4.
const MAX_NARROW: usize = 15;

/// A candidate in the forms ciphers take it.
#[derive(Debug, Clone)]
pub(super) struct Password {
    /// UTF-16LE.
    pub(super) wide: Vec<u8>,
    /// At most fifteen bytes, in the ways Office narrows characters.
    pub(super) narrow: Vec<Vec<u8>>,
    /// The text and where it was read.
    pub(super) hint: PasswordHint,
    /// Whether Office tries it by itself.
    pub(super) is_default: bool,
}

impl Password {
    pub(super) fn new(hint: PasswordHint, is_default: bool) -> Self {
        let wide = hint.text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        // 2.3.7.4: the low byte of each character, or the high one where that is zero; or the ANSI code page.
        let bytes = hint.text.encode_utf16().map(u16::to_le_bytes).map(|[low, high]| if low == 0 { high } else { low });
        let mut narrow = vec![bytes.take(MAX_NARROW).collect::<Vec<u8>>()];
        let (ansi, _, is_lossy) = SHIFT_JIS.encode(&hint.text);
        let ansi = ansi.get(..MAX_NARROW).unwrap_or(&ansi).to_vec();
        if !is_lossy && !narrow.contains(&ansi) {
            narrow.push(ansi);
        }
        Password { wide, narrow, hint, is_default }
    }
}

impl Password {
    /// Where it came from, in words.
    pub(super) fn source(&self) -> &'static str {
        if self.is_default { "Office's own list" } else { self.hint.source.as_str() }
    }
}

/// The candidates for a document: what Office tries, then what any locked container is tried with.
pub(super) fn candidates(parent: &Artifact, out: &Outcome<'_>) -> Vec<Password> {
    let defaults = &passwords().office_defaults;
    let default =
        |text: &String| Password::new(PasswordHint { text: text.clone(), source: PasswordSource::CommonList }, true);
    let mut all: Vec<Password> = defaults.iter().map(default).collect();
    for hint in out.passwords(&own_hints(parent.name.all()), &passwords().common) {
        let is_few = hint.source == PasswordSource::WordList || all.len() < MAX_PASSWORDS.saturating_mul(2);
        if is_few && !hint.text.is_empty() && !defaults.contains(&hint.text) && hint.text.len() <= MAX_CHARS {
            all.push(Password::new(hint, false));
        }
    }
    all
}

/// The first candidate that fits, with the key it gave. A limit that ends the search is said here.
pub(super) fn search<K>(
    candidates: &[Password],
    rounds: u32,
    at: &Location,
    out: &mut Outcome<'_>,
    mut fits: impl FnMut(&Password, &Outcome<'_>) -> Result<Option<K>, Exceeded>,
) -> Option<(K, Password)> {
    if rounds > MAX_ROUNDS {
        let what = format!("a password costs {rounds} rounds of hashing; none was tried");
        out.problem(Problem::new(ProblemKind::Limit, what, at.clone()));
        return None;
    }
    let mut work = 0u64;
    let mut guessing = 0u64;
    for (tried, password) in candidates.iter().enumerate() {
        if password.hint.source == PasswordSource::CommonList && !password.is_default {
            guessing = guessing.saturating_add(u64::from(rounds));
            if guessing > MAX_GUESSING {
                continue;
            }
        }
        work = work.saturating_add(u64::from(rounds));
        if work > MAX_WORK && password.hint.source != PasswordSource::WordList {
            let what = format!("passwords tried: {tried} of {}, at {rounds} rounds of hashing each", candidates.len());
            out.problem(Problem::new(ProblemKind::Limit, what, at.clone()));
            return None;
        }
        match out.budget().check_deadline().and_then(|()| fits(password, out)) {
            Ok(Some(key)) => return Some((key, password.clone())),
            Ok(None) => {}
            Err(exceeded) => {
                let what = format!("{exceeded} was reached after {tried} of {} passwords", candidates.len());
                out.problem(Problem::new(ProblemKind::Limit, what, at.clone()));
                return None;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_nobody_offered_are_tried_where_that_is_cheap() {
        use crate::budget::Budget;
        use crate::formats::trial::file;
        use crate::model::{Hints, Limits};
        let artifact = file("a.docx", Vec::new());
        let budget = Budget::new(Limits::default());
        let of = |source| Password::new(PasswordHint { text: "x".to_owned(), source }, false);
        let offered = [PasswordSource::CommonList, PasswordSource::CommonList, PasswordSource::Body].map(of);
        let tried = |rounds: u32| {
            let mut out = Outcome::new(&artifact, std::sync::Arc::new(Hints::default()), &budget);
            let mut count = 0;
            let found: Option<((), Password)> = search(&offered, rounds, &Location::whole(), &mut out, |_, _| {
                count += 1;
                Ok(None)
            });
            assert!(found.is_none() && out.into_said().problems.is_empty());
            count
        };
        assert_eq!(tried(50_000), 3);
        assert_eq!(tried(100_000), 2);
        assert_eq!(tried(200_000), 1);
    }

    #[test]
    fn characters_are_narrowed_both_ways() {
        let hint = PasswordHint { text: "Ā価1".to_owned(), source: PasswordSource::Body };
        let password = Password::new(hint, false);
        // U+0100 has no low byte; 価 is U+4FA1.
        assert_eq!(password.narrow, [vec![0x01, 0xA1, b'1']]);
        let hint = PasswordHint { text: "価1".to_owned(), source: PasswordSource::Body };
        assert_eq!(Password::new(hint, false).narrow, [vec![0xA1, b'1'], vec![0x89, 0xBF, b'1']]);
    }
}
