//! A locked archive that opened: the finding every kind of archive raises, and how it says where the password was.

use encoding_rs::SHIFT_JIS;

use crate::finding_kind;
use crate::knowledge::passwords::passwords;
use crate::model::{Location, PasswordHint, PasswordSource};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// An encrypted archive or document was opened with a password found beside it: in the text of the message, its subject, a file
    /// name, or the list of passwords everybody tries.
    ///
    /// ## Why it matters
    /// A lock whose key hangs next to it protects nothing; what it does is keep mail gateways from looking inside. The
    /// mails of Emotet and IcedID to Japan in 2020 to 2022 and of ANEL before them came that way.
    ///
    /// ## How we see it
    /// Words near "password", 「パスワード」「解凍」 and the like are tried, as are those in quotes and brackets. The
    /// finding says where the one that worked was read. A password given on the command line is not reported.
    ///
    /// ## When it is innocent
    /// Very often in Japan: sending a locked file and then its password (PPAP) was office custom for two decades. What
    /// was found inside decides.
    ///
    /// ## References
    /// - ATT&CK T1027.013, Encrypted/Encoded File: https://attack.mitre.org/techniques/T1027/013/
    /// - JPCERT/CC on Emotet and password-protected zip files: https://www.jpcert.or.jp/english/at/2020/at200001.html
    pub(crate) const OPENED_WITH_FOUND_PASSWORD = {
        id: "archive-opened-with-found-password",
        title: "the encrypted archive or document opened with a password found beside it",
        ja: "暗号化された書庫または文書が、近くに書かれていたパスワードで開きました",
        why_ja: "パスワードを添えて送る暗号化では中身を守れず、メールの検査を妨げるだけです。この形を悪用した攻撃が多数あります。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.013"],
    }
}

/// The first password at hand that fits, as the bytes it was typed as: UTF-8, or CP932 where that differs. Trying costs
/// what decoding an entry costs, so callers hand over their smallest.
pub(crate) fn search<'n>(
    out: &Outcome<'_>,
    names: impl Iterator<Item = &'n str>,
    mut fits: impl FnMut(&[u8]) -> bool,
) -> Option<(Vec<u8>, PasswordHint)> {
    for hint in out.passwords(&own_hints(names), &passwords().common) {
        if hint.text.is_empty() || out.budget().check_deadline().is_err() {
            continue;
        }
        let typed = hint.text.clone().into_bytes();
        let (legacy, _, is_lossy) = SHIFT_JIS.encode(&hint.text);
        let legacy = legacy.into_owned();
        if fits(&typed) {
            return Some((typed, hint));
        }
        if !is_lossy && legacy != typed && fits(&legacy) {
            return Some((legacy, hint));
        }
    }
    None
}

/// Says that a password opened the archive and where it was read, unless the user gave it. The password itself is
/// not said: reports travel further than mails.
pub(crate) fn say_opened(out: &mut Outcome<'_>, hint: &PasswordHint) {
    if !matches!(hint.source, PasswordSource::CommandLine | PasswordSource::WordList) {
        let observed = format!("password read in {}", hint.source.as_str());
        out.raise(OPENED_WITH_FOUND_PASSWORD, Location::whole(), observed);
    }
}

/// Names looked at for passwords.
const MAX_NAMES: usize = 200;
/// Candidates taken from them.
const MAX_OWN: usize = 16;

/// Passwords that names of the archive and its entries announce: `資料(パスワードはTkt2016).zip`.
pub(crate) fn own_hints<'n>(names: impl Iterator<Item = &'n str>) -> Vec<PasswordHint> {
    let mut hints: Vec<PasswordHint> = Vec::new();
    for name in names.take(MAX_NAMES) {
        for text in announced(name) {
            let hint = PasswordHint { text, source: PasswordSource::FileName };
            if hints.len() < MAX_OWN && !hints.contains(&hint) {
                hints.push(hint);
            }
        }
    }
    hints
}

/// What follows an announcing word in a name: the first words of printable ASCII.
fn announced(name: &str) -> Vec<String> {
    const WORDS: usize = 3;
    let lower = name.to_lowercase();
    let ends = passwords().announcing.iter().filter_map(|word| {
        let start = lower.find(word.as_str())?;
        start.checked_add(word.len())
    });
    let mut found = Vec::new();
    // Lower case may change lengths outside ASCII; then the tail is taken from the lower-case text.
    let source = if lower.len() == name.len() { name } else { lower.as_str() };
    for end in ends {
        let tail = source.get(end..).unwrap_or_default();
        for word in tail.split(|c: char| !c.is_ascii_graphic() || matches!(c, '(' | ')' | '[' | ']' | '"')).take(64) {
            let word = word.trim_matches([':', '=', '_', '-', '.', ',', '\'', '/', '\\']);
            for form in [word, word.rsplit_once('.').map_or(word, |(stem, _)| stem)] {
                if (3..=64).contains(&form.len()) && found.len() < WORDS * 2 && !found.iter().any(|known| known == form)
                {
                    found.push(form.to_owned());
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_announced_passwords() {
        assert!(announced("資料(パスワードはTkt#2016).zip").contains(&"Tkt#2016".to_owned()));
        assert!(announced("password_abc123.txt").contains(&"abc123".to_owned()));
        assert!(announced("航空券控え.pdf").is_empty());
    }
}
