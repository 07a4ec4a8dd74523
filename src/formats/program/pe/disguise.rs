//! What a program pretends to be: the picture it goes by, and the document it carries to show.

use super::parser::Place;
use super::{PeView, analyze, icons};
use crate::finding_kind;
use crate::formats::carve::Kind;
use crate::knowledge::icons::nearest;
use crate::knowledge::programs;
use crate::model::{Artifact, Location, Severity};
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// A program whose icon is a folder, a PDF, a Word or Excel document, a zip folder, a photograph or a text page.
    ///
    /// ## Why it matters
    /// Windows hides the extension of known file types, so the icon is all a person sees. In the JTB breach of 2016
    /// an archive unpacked to a program with a folder's icon; opening it showed an air ticket, and the computer was
    /// taken over.
    ///
    /// ## How we see it
    /// The pictures of the icon Explorer shows are decoded, laid on white and reduced to a difference hash of 128 bits
    /// and a dominant colour. They are compared with a list of such pictures. A program whose version information and
    /// signature both name the vendor of the imitated look is left out.
    ///
    /// ## When it is innocent
    /// File managers, readers and archivers wear such pictures rightly, and small tools borrow them. A program sent
    /// by mail has no reason to.
    ///
    /// ## References
    /// - MITRE ATT&CK T1036.008, masquerade file type: https://attack.mitre.org/techniques/T1036/008/
    pub(super) const PROGRAM_WITH_DOCUMENT_ICON = {
        id: "program-with-document-icon",
        title: "a program with the icon of a folder or document",
        ja: "フォルダーや文書のアイコンを付けたプログラムです",
        why_ja: "見た目は文書やフォルダーですが、開くとプログラムが実行されます。2016年のJTBの事案でも、フォルダーに見えるプログラムが使われました。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1036.008", "T1204.002"],
    }
}

finding_kind! {
    /// ## What it is
    /// A program that carries a document: a PDF, an office document, rich text, a web page or a picture, after its
    /// end or among its resources.
    ///
    /// ## Why it matters
    /// The document is what the victim expects to see. The program writes it out and opens it, and does its work
    /// behind it; the person notices nothing.
    ///
    /// ## How we see it
    /// Documents are found by headers and ends that hold together, not by their first letters. One after the
    /// program's end counts fully, and so does one inside that makes up an eighth of the file or comes with functions
    /// that write and start files; others count little.
    ///
    /// ## When it is innocent
    /// Self-running presentations and e-books carry documents, and so do programs with a manual inside.
    ///
    /// ## References
    /// - MITRE ATT&CK T1027.009, embedded payloads: https://attack.mitre.org/techniques/T1027/009/
    pub(super) const PROGRAM_CARRIES_DOCUMENT = {
        id: "program-carries-document",
        title: "a program that carries a document to show",
        ja: "表示用の文書を内蔵したプログラムです",
        why_ja: "文書を表示して受信者を安心させ、その裏で不正な処理を行う「おとり文書」の手口によく見られる構成です。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1027.009", "T1204.002"],
    }
}

/// Looks at the icon and at the documents inside.
pub(super) fn look(artifact: &Artifact, view: &PeView, out: &mut Outcome<'_>) {
    icon(artifact, view, out);
    documents(artifact, view, out);
}

fn icon(artifact: &Artifact, view: &PeView, out: &mut Outcome<'_>) {
    let mut best: Option<(icons::Reduced, &'static str, &'static [String], u32)> = None;
    for picture in icons::shown(&artifact.bytes, view) {
        out.fact("pe-icon", format!("{0}x{0} {1:032x} {2:?}", picture.side, picture.hash, picture.tint).to_lowercase());
        if let Some((depiction, distance)) = nearest(picture.hash, picture.tint)
            && best.is_none_or(|(_, _, _, known)| distance < known)
        {
            best = Some((picture, &depiction.depicts, &depiction.vendors, distance));
        }
    }
    let Some((picture, depicts, vendors, distance)) = best else { return };
    let company = view.version_string("CompanyName").unwrap_or_default();
    if is_of(company, vendors) && is_signed_by(view, vendors) {
        return;
    }
    let says = if company.is_empty() { "no company named".to_owned() } else { format!("made by {company:?}") };
    out.raise(
        PROGRAM_WITH_DOCUMENT_ICON,
        Location::part("resource RT_GROUP_ICON"),
        format!("looks like {depicts} ({0}x{0}, {distance} of 128 bits differ), {says}", picture.side),
    );
}

fn is_of(company: &str, vendors: &[String]) -> bool {
    let company = company.to_lowercase();
    vendors.iter().any(|vendor| company.contains(vendor))
}

/// Names in a signature can be forged as easily as version strings unless the signature fits the file.
fn is_signed_by(view: &PeView, vendors: &[String]) -> bool {
    view.certificate.as_ref().is_some_and(|certificate| {
        certificate.damage.is_none()
            && certificate.mismatch.is_none()
            && certificate.names.iter().any(|name| is_of(name, vendors))
    })
}

fn documents(artifact: &Artifact, view: &PeView, out: &mut Outcome<'_>) {
    let can_drop = analyze::imports(view, programs::writes_files) && analyze::imports(view, programs::starts_files);
    for content in view.contents.iter().filter(|content| content.kind.is_document()) {
        let is_large = content.range.len().saturating_mul(8) >= artifact.bytes.len();
        let (place, is_heavy) = match &content.place {
            Place::Overlay => ("overlay".to_owned(), true),
            Place::Resource(label) => (format!("resource {label}"), is_large || can_drop),
            Place::Section(name) => (format!("section {name}"), is_large || can_drop),
        };
        // Pictures are also what self-extractors and setup programs append.
        let is_heavy = is_heavy && (content.kind != Kind::Picture || is_large);
        let severity = if is_heavy { PROGRAM_CARRIES_DOCUMENT.severity } else { Severity::Low };
        let at = Location::part(place).with_offset(content.range.start as u64);
        let observed = format!("{}, {} bytes", content.kind.as_str(), content.range.len());
        out.raise_as(PROGRAM_CARRIES_DOCUMENT, severity, false, at, observed);
    }
}
