//! A message that says nothing and brings an archive.

use bytes::Bytes;

use crate::finding_kind;
use crate::knowledge::extensions::{ExtensionClass, class};
use crate::model::{Location, name};
use crate::stage::Outcome;

use super::leaf::LeafKind;
use super::parser::EmlView;
use super::spoken::Spoken;

finding_kind! {
    /// ## What it is
    /// The message's text is next to empty, and an archive or disk image is attached.
    ///
    /// ## Why it matters
    /// With nothing to read, the attachment is the only thing to click. Mass-mailed malware often comes so.
    ///
    /// ## How we see it
    /// Fewer than twenty visible characters in all bodies together, and an attachment that is an archive by name or
    /// declared type.
    ///
    /// ## When it is innocent
    /// Scanners and colleagues who mail themselves files. It counts nothing alone.
    ///
    /// ## References
    /// - ATT&CK T1566.001, Spearphishing Attachment: https://attack.mitre.org/techniques/T1566/001/
    pub(super) const MAIL_BODY_EMPTY = {
        id: "mail-body-empty",
        title: "the message says next to nothing and brings an archive",
        ja: "本文がほとんどなく、書庫だけが添付されています",
        why_ja: "添付ファイルを開かせることだけを目的としたメールに多い形です。",
        severity: Info,
        facet: Deceive,
        confidence: Medium,
        attack: ["T1566.001"],
    }
}

/// Fewer visible characters than this say nothing.
const SAYS_SOMETHING: usize = 20;

pub(super) fn check(view: &EmlView, bytes: &Bytes, out: &mut Outcome<'_>) {
    let is_archive = |extension: &str| matches!(class(extension), Some(ExtensionClass::Archive | ExtensionClass::Disk));
    let archive = view.leaves.iter().filter(|leaf| leaf.kind == LeafKind::File).find(|leaf| {
        let by_name =
            leaf.name.as_ref().is_some_and(|names| names.all().any(|text| is_archive(&name::extension(text))));
        by_name || matches!(leaf.media_type.as_str(), "application/zip" | "application/x-zip-compressed")
    });
    let Some(archive) = archive else { return };
    let visible: usize = Spoken::of(view, bytes)
        .bodies
        .iter()
        .map(|body| body.chars().filter(|c| !c.is_whitespace()).take(SAYS_SOMETHING).count())
        .fold(0, usize::saturating_add);
    if visible < SAYS_SOMETHING {
        let name = archive.name.as_ref().map(|name| name.text.clone()).unwrap_or_else(|| archive.media_type.clone());
        out.raise(MAIL_BODY_EMPTY, Location::whole(), format!("{visible} visible characters and {name}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::mail::eml::analyze::tests::observed;
    use sekisho_samples::mail::Eml;

    #[test]
    fn an_empty_message_with_an_archive() {
        let mail = Eml::letter("a@example.com").attach("a.zip", "application/zip", b"PK\x05\x06");
        assert_eq!(observed(&mail.clone().text_body("us-ascii", "see attached").build(), "mail-body-empty").len(), 1);
        let long = mail.text_body("us-ascii", "Please find the tickets for your journey attached.").build();
        assert!(observed(&long, "mail-body-empty").is_empty());
        let picture = Eml::letter("a@example.com").attach("a.png", "image/png", b"x").build();
        assert!(observed(&picture, "mail-body-empty").is_empty());
    }
}
