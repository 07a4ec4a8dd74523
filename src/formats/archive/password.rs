//! A locked archive that opened: the finding every kind of archive raises, and how it says where the password was.

use crate::finding_kind;
use crate::model::{Location, PasswordHint, PasswordSource};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// An encrypted archive was opened with a password found beside it: in the text of the message, its subject, a file
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
    /// Very often in Japan: sending a locked zip and then its password (PPAP) was office custom for two decades. What
    /// was found inside decides.
    ///
    /// ## References
    /// - ATT&CK T1027.013, Encrypted/Encoded File: https://attack.mitre.org/techniques/T1027/013/
    /// - JPCERT/CC on Emotet and password-protected zip files: https://www.jpcert.or.jp/english/at/2020/at200001.html
    pub(crate) const OPENED_WITH_FOUND_PASSWORD = {
        id: "archive-opened-with-found-password",
        title: "the encrypted archive opened with a password found beside it",
        ja: "暗号化された書庫が、近くに書かれていたパスワードで開きました",
        why_ja: "パスワードを添えて送る暗号化では中身を守れず、メールの検査を妨げるだけです。この形を悪用した攻撃が多数あります。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.013"],
    }
}

/// Says that a password opened the archive and where it was read, unless the user gave it. The password itself is
/// not said: reports travel further than mails.
pub(crate) fn say_opened(out: &mut Outcome<'_>, hint: &PasswordHint) {
    if !matches!(hint.source, PasswordSource::CommandLine | PasswordSource::WordList) {
        let observed = format!("password read in {}", hint.source.as_str());
        out.raise(OPENED_WITH_FOUND_PASSWORD, Location::whole(), observed);
    }
}
