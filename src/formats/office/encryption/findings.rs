//! A locked document that opened.

use super::password::Password;
use crate::finding_kind;
use crate::formats::archive::password;
use crate::model::Location;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// A document is encrypted, and its password is one that Office tries by itself: `VelvetSweatshop` in Excel,
    /// `/01Hannes Ruescher/01` in PowerPoint, or none at all. Whoever opens it is never asked.
    ///
    /// ## Why it matters
    /// A lock nobody has to open protects nothing. What it does is keep scanners from seeing the macros, links and
    /// exploits inside, and campaigns with old Excel exploits and XLM macros have been sent that way since 2012.
    ///
    /// ## How we see it
    /// The passwords are tried first on every encrypted document, by the method it states: agile and standard
    /// encryption of packages, RC4 and XOR obfuscation in Excel 97-2003 and Word 97-2003 files, RC4 in presentations. What
    /// comes out is read like any document. A document that opens with a password somebody must type is not meant.
    ///
    /// ## When it is innocent
    /// Excel writes such files for workbooks protected against changes, in some versions for ones marked as final or
    /// recommended for reading only. What is inside decides.
    ///
    /// ## References
    /// - MS-OFFCRYPTO 2.3, Encryption: https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-offcrypto/
    /// - ATT&CK T1027.013, Encrypted/Encoded File: https://attack.mitre.org/techniques/T1027/013/
    pub(crate) const OPENS_WITH_DEFAULT_PASSWORD = {
        id: "document-opens-with-default-password",
        title: "the document is encrypted with a password that Office tries by itself",
        ja: "文書が、Office が自動的に試す既定のパスワードで暗号化されています",
        why_ja: "開く人はパスワードを求められないため保護にはならず、検査から中身を隠すだけです。Excel の脆弱性や XLM マクロを使う攻撃で繰り返し使われています。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.013"],
    }
}

/// Says which kind of password opened a document, and where it was read. Only what everybody knows is spelled out.
pub(super) fn say_opened(out: &mut Outcome<'_>, password: &Password) {
    if password.is_default {
        let observed = if password.hint.text.is_empty() { "an empty password" } else { &password.hint.text };
        out.raise(OPENS_WITH_DEFAULT_PASSWORD, Location::whole(), observed);
        return;
    }
    password::say_opened(out, &password.hint);
    out.fact("password-source", password.hint.source.as_str());
}
