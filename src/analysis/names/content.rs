//! What a file says it is (extension, media type) against what its bytes are.

use super::Remark;
use crate::finding_kind;
use crate::formats::{FORMATS, spec};
use crate::knowledge::extensions::{ExtensionClass, class};
use crate::knowledge::names::{lists, names};
use crate::model::name::{extension, file_name};
use crate::model::{Artifact, FormatId, Severity};
use crate::stage::{Family, FormatSpec};

finding_kind! {
    /// ## What it is
    /// The content is of another kind than the extension promises.
    ///
    /// ## Why it matters
    /// A program named `.pdf`, `.jpg` or `.dat` passes filters that go by extension, and waits to be renamed, loaded by
    /// a companion, or unpacked by a tool that goes by content. Archives under another archive's name pass scanners
    /// that do not try.
    ///
    /// ## How we see it
    /// The format is found by content alone and compared with what the extension stands for. A program, or a script
    /// under a document's, picture's or archive's name, weighs high; an archive under another name medium; one kind of
    /// document under another's name (an HTML table named `.xls`) is only noted.
    ///
    /// ## When it is innocent
    /// Web systems export HTML or CSV under Excel's names. Related formats (`htm`/`html`, `jpg`/`jpeg`, a zip named
    /// `.docx`, text of any sort) are not reported; nor is anything under an extension that promises nothing.
    ///
    /// ## References
    /// - ATT&CK T1036.008, Masquerade File Type: https://attack.mitre.org/techniques/T1036/008/
    pub(super) const CONTRADICTS = {
        id: "content-contradicts-name",
        title: "the content is not what the name's extension promises",
        ja: "拡張子が示す種類と実際の中身が異なります",
        why_ja: "拡張子だけを見る検査をすり抜けるために、プログラムや書庫の名前を変えて送る手口があります。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1036.008"],
    }
}

finding_kind! {
    /// ## What it is
    /// The message says an attachment is a picture, document or text; its bytes are a program.
    ///
    /// ## Why it matters
    /// Filters that trust the declared type let it pass, and mail programs show the icon of that type.
    ///
    /// ## How we see it
    /// The media type its container claims against the format found by content. `application/octet-stream` claims
    /// nothing and is never reported.
    ///
    /// ## When it is innocent
    /// A mailer with a wrong table of types; it does not happen with common ones.
    ///
    /// ## References
    /// - RFC 2046, Media Types: https://www.rfc-editor.org/rfc/rfc2046
    /// - ATT&CK T1036.008: https://attack.mitre.org/techniques/T1036/008/
    pub(super) const TYPE_LIES = {
        id: "claimed-type-lies",
        title: "the message declares a harmless type for a program",
        ja: "メールが宣言する種類（画像・文書など）と異なり、実体はプログラムです",
        why_ja: "宣言された種類だけを信じる検査やメールソフトを欺くための偽装です。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1036.008"],
    }
}

/// The format and those it narrows, broadest last.
fn lineage(id: FormatId) -> Vec<&'static FormatSpec> {
    /// Narrowings in a row; see `identify`.
    const MAX_STEPS: usize = 5;
    let mut line = Vec::new();
    let mut next = spec(id);
    while let Some(found) = next.filter(|_| line.len() < MAX_STEPS) {
        line.push(found);
        next = found.broader().and_then(spec);
    }
    line
}

/// Whether the bytes are of a format that goes by this extension, or of one that narrows or is narrowed by such.
fn is_expected(artifact: &Artifact, extension: &str) -> bool {
    let ids = || std::iter::once(artifact.format).chain(artifact.also.iter().copied());
    let own = ids().flat_map(lineage).any(|format| format.extensions.contains(&extension));
    own || FORMATS
        .iter()
        .filter(|format| format.extensions.contains(&extension))
        .any(|format| lineage(format.id).iter().any(|broad| ids().any(|id| id == broad.id)))
}

/// Content of another kind than the extension says.
pub(super) fn contradicts(name: &str, artifact: &Artifact) -> Option<Remark> {
    let actual = spec(artifact.format)?;
    let extension = extension(file_name(name));
    let table = names();
    let class = class(&extension);
    let observed = || format!("{name} is {}", actual.title);
    let promises_content = class
        .is_some_and(|class| class.is_content() || matches!(class, ExtensionClass::Archive | ExtensionClass::Disk));
    if is_expected(artifact, &extension) {
        return None;
    }
    match actual.family {
        Family::Program if promises_content || lists(&table.data, &extension) => {
            Some(Remark::new(CONTRADICTS, observed()))
        }
        Family::Script if promises_content && !lists(&table.text_like, &extension) => {
            Some(Remark::new(CONTRADICTS, observed()))
        }
        Family::Archive | Family::Disk => archive_under(&extension, class?, actual, observed()),
        Family::Office | Family::Document => match class? {
            ExtensionClass::Document | ExtensionClass::Macro if !lists(&table.text_like, &extension) => {
                Some(Remark::weaker(CONTRADICTS, Severity::Info, observed()))
            }
            ExtensionClass::Image | ExtensionClass::Archive if !lists(&table.text_like, &extension) => {
                Some(Remark::weaker(CONTRADICTS, Severity::Low, observed()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// An archive under an extension that is not its own.
fn archive_under(extension: &str, class: ExtensionClass, actual: &FormatSpec, observed: String) -> Option<Remark> {
    let table = names();
    let is_innocent = match class {
        ExtensionClass::Archive => lists(&table.archive_parts, extension),
        // svgz is gzip; a disk image may be any of several formats.
        ExtensionClass::Image => extension == "svgz",
        ExtensionClass::Document | ExtensionClass::Macro => {
            actual.id.as_str().starts_with("zip") && lists(&table.zip_based, extension)
        }
        ExtensionClass::Disk | ExtensionClass::Program | ExtensionClass::Script | ExtensionClass::Shortcut => true,
    };
    (!is_innocent).then(|| Remark::weaker(CONTRADICTS, Severity::Medium, observed))
}

/// A harmless media type declared for a program.
pub(super) fn type_lies(artifact: &Artifact) -> Option<Remark> {
    let claimed = artifact.origin.claimed_type.as_deref()?.trim().to_ascii_lowercase();
    let actual = spec(artifact.format)?;
    if actual.family != Family::Program || actual.media_types.contains(&claimed.as_str()) {
        return None;
    }
    const HARMLESS: [&str; 9] = [
        "image/",
        "audio/",
        "video/",
        "text/",
        "application/pdf",
        "application/msword",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument",
    ];
    HARMLESS
        .iter()
        .any(|harmless| claimed.starts_with(harmless))
        .then(|| Remark::new(TYPE_LIES, format!("{claimed} is {}", actual.title)))
}
