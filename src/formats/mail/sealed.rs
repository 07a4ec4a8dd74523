//! Messages that only their recipient can open.

use crate::finding_kind;
use crate::model::{Location, Problem};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// A message or file encrypted for its recipient: S/MIME, OpenPGP, or a message protected by Microsoft's rights
    /// management (RPMSG).
    ///
    /// ## Why it matters
    /// Nothing on the way can look inside. Phishing campaigns since 2022 use protected messages of Microsoft 365 for
    /// exactly that: the reader is sent to a page that opens them.
    ///
    /// ## How we see it
    /// By the envelope: CMS enveloped-data and its relatives, OpenPGP encrypted data packets, the EncryptedPackage in an
    /// RPMSG. The content is not read, so coverage is partial.
    ///
    /// ## When it is innocent
    /// Usually: it is what encryption is for. A stranger's encrypted mail is worth a question.
    ///
    /// ## References
    /// - RFC 8551, S/MIME 4.0: https://www.rfc-editor.org/rfc/rfc8551
    /// - RFC 9580, OpenPGP: https://www.rfc-editor.org/rfc/rfc9580
    /// - ATT&CK T1027.013, Encrypted/Encoded File: https://attack.mitre.org/techniques/T1027/013/
    pub(super) const MAIL_ENCRYPTED = {
        id: "mail-encrypted",
        title: "the content is encrypted for its recipient and was not examined",
        ja: "受信者しか復号できない形式で暗号化されており、検査できません",
        why_ja: "S/MIME・OpenPGP・RPMSGで暗号化されています。正規の利用も多いですが、検査を逃れる目的でも使われます。心当たりのない差出人には注意してください。",
        severity: Info,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.013"],
    }
}

/// Says that something is locked, and how.
pub(super) fn say(out: &mut Outcome<'_>, how: impl Into<String>, at: Location) {
    let how = how.into();
    out.problem(Problem::encrypted(format!("the content is encrypted ({how})"), at.clone()));
    out.raise(MAIL_ENCRYPTED, at, how);
}
