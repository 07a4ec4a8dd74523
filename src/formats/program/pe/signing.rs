//! Whether the signature a program carries is one, and is its own.

use super::PeView;
use crate::finding_kind;
use crate::model::Location;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// A program with a certificate table that holds no whole signature, or holds more than the signature.
    ///
    /// ## Why it matters
    /// Windows' checks leave the certificate table out, so bytes can be added there without breaking a signature.
    /// Attackers hide configuration and code in it, or paste a piece of someone's signature to look signed.
    ///
    /// ## How we see it
    /// The table runs past the file's end, is no PKCS #7 structure, names no digest of a program, or goes on after the
    /// structure with bytes other than zero.
    ///
    /// ## When it is innocent
    /// Some vendors note a download's source behind the signature. Interrupted downloads lose the table's end.
    ///
    /// ## References
    /// - Microsoft Security Advisory 2915720: https://learn.microsoft.com/security-updates/securityadvisories/2014/2915720
    /// - MITRE ATT&CK T1553.002, code signing: https://attack.mitre.org/techniques/T1553/002/
    pub(super) const PE_SIGNATURE_DAMAGED = {
        id: "pe-signature-damaged",
        title: "a program whose signature is incomplete or has bytes hidden behind it",
        ja: "プログラムの電子署名が不完全か、署名の後ろに余分なデータがあります",
        why_ja: "署名済みに見せかけたり、署名を壊さずにデータを隠したりする手口があります。",
        severity: Medium,
        facet: Deceive,
        confidence: High,
        attack: ["T1036.001", "T1553.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// A program with a signature made for another file.
    ///
    /// ## Why it matters
    /// The properties page shows a signature tab with a trusted name, and few people look whether it is valid. It is
    /// either copied from a real vendor's file, or the file was changed after it was signed.
    ///
    /// ## How we see it
    /// The digest inside the signature is not the digest of this file, computed as Authenticode defines it. Whether
    /// the certificate itself is trusted is not checked.
    ///
    /// ## When it is innocent
    /// Damaged downloads, and programs altered by other security products.
    ///
    /// ## References
    /// - Windows Authenticode Portable Executable Signature Format: https://download.microsoft.com/download/9/c/5/9c5b2167-8017-4bae-9fde-d599bac8184a/authenticode_pe.docx
    /// - MITRE ATT&CK T1036.001, invalid code signature: https://attack.mitre.org/techniques/T1036/001/
    pub(super) const PE_SIGNATURE_OF_ANOTHER_FILE = {
        id: "pe-signature-of-another-file",
        title: "a program with a signature that belongs to another file",
        ja: "別のファイルの電子署名が付けられたプログラムです",
        why_ja: "正規の企業の署名を写して信頼できるように見せかけるか、署名後に改ざんされたものです。",
        severity: High,
        facet: Deceive,
        confidence: Medium,
        attack: ["T1036.001"],
    }
}

/// Looks at the certificate table.
pub(super) fn look(view: &PeView, out: &mut Outcome<'_>) {
    let Some(certificate) = &view.certificate else { return };
    let at = Location::part("certificate table").with_offset(certificate.range.start as u64);
    for name in &certificate.names {
        out.fact("pe-certificate-name", name.clone());
    }
    if let Some(damage) = &certificate.damage {
        out.raise(PE_SIGNATURE_DAMAGED, at.clone(), damage.clone());
    }
    if let Some(extra) = &certificate.extra {
        let observed = format!("{} bytes after the end of the signature", extra.len());
        out.raise(PE_SIGNATURE_DAMAGED, at.clone(), observed);
    }
    if let Some((signed, own)) = &certificate.mismatch {
        let short = |digest: &str| digest.get(..16).unwrap_or(digest).to_owned();
        let names = certificate.names.join(", ");
        let observed = format!("signed for {}…, this file is {}…; names {names}", short(signed), short(own));
        out.raise(PE_SIGNATURE_OF_ANOTHER_FILE, at, observed);
    }
    if certificate.damage.is_none() && certificate.mismatch.is_none() {
        out.fact("pe-signature", "its digest fits the file; the certificate is not checked");
    }
}
