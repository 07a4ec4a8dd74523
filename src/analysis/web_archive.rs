//! Web archives (MHTML, RFC 2557) that begin inside something else: Word looks for the head of one in whatever it is
//! given, so that junk or a whole PDF may stand in front, and the file is a document with macros all the same.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memmem;

use crate::finding_kind;
use crate::formats::document::pdf;
use crate::formats::mail::eml::is_message;
use crate::formats::spec;
use crate::model::{Artifact, Bytes, EntryName, FormatId, Location, Origin, OriginKind};
use crate::stage::{Analyzer, Family, Kinds, Outcome, StageError};

/// Looks for web archives.
pub(super) struct WebArchives;

finding_kind! {
    /// ## What it is
    /// A web archive begins somewhere inside a file that is something else, or nothing, at its start.
    ///
    /// ## Why it matters
    /// Word opens the archive if the file's name ends in `.doc`, with the macros in it, while scanners see the PDF or the
    /// junk in front ("MalDoc in PDF", JPCERT/CC 2023).
    ///
    /// ## How we see it
    /// A line `MIME-Version:` behind the file's start, the fields of a message around it, and `multipart/related` or a
    /// part of type `application/x-mso`. In texts, which may quote an archive, only the latter counts.
    ///
    /// ## When it is innocent
    /// Hardly ever.
    ///
    /// ## References
    /// - JPCERT/CC, MalDoc in PDF: https://blogs.jpcert.or.jp/en/2023/08/maldocinpdf.html
    /// - ATT&CK T1027.009, Embedded Payloads: https://attack.mitre.org/techniques/T1027/009/
    /// - ATT&CK T1036.008, Masquerade File Type: https://attack.mitre.org/techniques/T1036/008/
    pub(crate) const WEB_ARCHIVE_INSIDE = {
        id: "web-archive-inside",
        title: "a web archive begins inside a file of another kind",
        ja: "別の種類のファイルの途中からWebアーカイブ（MHT）が始まっています",
        why_ja: "Wordは拡張子が.docなら途中から始まるMHTも文書として開き、マクロも動作します。検査ソフトの目を逃れる手口です。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.009", "T1036.008"],
    }
}

/// Bytes from the start in which the head may begin in any case of letters; behind that in the usual ones.
const ANY_CASE: usize = 64 << 10;
/// Bytes looked at.
const MAX_BYTES: usize = 32 << 20;
/// Heads tried.
const MAX_TRIES: usize = 32;
/// Bytes of a head in front of the version, and behind.
const BEFORE: usize = 2 << 10;
const BEHIND: usize = 16 << 10;

static VERSION: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(["mime-version"]).ok());

impl Analyzer for WebArchives {
    fn findings(&self) -> Kinds {
        &[WEB_ARCHIVE_INSIDE]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        match spec(artifact.format).map(|spec| spec.family) {
            None => artifact.format == FormatId::UNKNOWN,
            Some(Family::Document | Family::Media | Family::Text | Family::Script) => true,
            Some(Family::Mail | Family::Archive | Family::Disk | Family::Program | Family::Office) => false,
        }
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let is_text = matches!(spec(artifact.format).map(|spec| spec.family), Some(Family::Text | Family::Script))
            || is_page(artifact);
        let Some(start) = archive(&artifact.bytes, is_text) else { return Ok(()) };
        let content = artifact.bytes.slice(start..);
        if out.has_given(&content) {
            return Ok(());
        }
        // Of PDFs that is said by their own analyzer.
        if artifact.format != pdf::PDF {
            out.raise(WEB_ARCHIVE_INSIDE, Location::at(start), format!("{start} bytes of something else before it"));
        }
        let origin = Origin::part(OriginKind::Embedded, "web archive inside other bytes");
        out.child_bytes(EntryName::new(format!("embedded-{start:x}.mht")), origin, content)
    }
}

fn is_page(artifact: &Artifact) -> bool {
    spec(artifact.format).is_some_and(|spec| spec.media_types.iter().any(|kind| kind.starts_with("text/")))
}

/// Where the head of an archive begins, if not at the start.
fn archive(bytes: &Bytes, is_text: bool) -> Option<usize> {
    let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    places(bytes).filter(|at| *at > 0).take(MAX_TRIES).find_map(|at| {
        let start = start_of_head(bytes, at)?;
        let head = bytes.get(start..at.saturating_add(BEHIND).min(bytes.len()))?;
        if start == 0 || !is_message(head) {
            return None;
        }
        let rest = bytes.get(start..)?;
        let is_office =
            || memmem::find(rest, b"application/x-mso").is_some() || memmem::find(rest, b"QWN0aXZlTWltZ").is_some();
        let is_related = || memmem::find(head, b"multipart/related").is_some();
        (if is_text { is_office() } else { is_related() || is_office() }).then_some(start)
    })
}

/// Where the version field may stand.
fn places(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let head = bytes.get(..ANY_CASE).unwrap_or(bytes);
    let early = VERSION.iter().flat_map(move |words| words.find_iter(head).map(|hit| hit.start()));
    let late = ["MIME-Version", "Mime-Version", "mime-version"].into_iter().flat_map(move |word| {
        let rest = bytes.get(head.len()..).unwrap_or_default();
        memmem::find_iter(rest, word.as_bytes()).map(move |at| at.saturating_add(head.len())).take(MAX_TRIES)
    });
    early.chain(late)
}

/// The first of the lines around a field that are fields too; none if the field begins no line.
fn start_of_head(bytes: &[u8], at: usize) -> Option<usize> {
    let is_end = |byte: u8| matches!(byte, b'\r' | b'\n');
    if at > 0 && !bytes.get(at.checked_sub(1)?).is_some_and(|byte| is_end(*byte)) {
        return None;
    }
    let floor = at.saturating_sub(BEFORE);
    let mut start = at;
    for line in bytes.get(floor..at)?.rsplit(|byte| *byte == b'\n').skip(1) {
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        let name = text.iter().position(|byte| *byte == b':').and_then(|colon| text.get(..colon)).unwrap_or_default();
        let is_field = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        let is_folded = matches!(text.first(), Some(b' ' | b'\t')) && !text.trim_ascii().is_empty();
        if !is_field && !is_folded {
            break;
        }
        start = start.saturating_sub(line.len().saturating_add(1)).max(floor);
    }
    Some(start)
}

#[cfg(test)]
mod tests {
    use sekisho_samples::office::activemime::web_archive;

    use super::*;
    use crate::formats::trial::{analyze_artifact, file, findings};
    use crate::stage::Said;

    fn scan(format: &str, bytes: Vec<u8>) -> Said {
        let mut artifact = file("a.doc", bytes);
        artifact.format = crate::formats::FORMATS
            .iter()
            .map(|spec| spec.id)
            .find(|id| id.as_str() == format)
            .unwrap_or(FormatId::UNKNOWN);
        if WebArchives.wants(&artifact) { analyze_artifact(&WebArchives, &artifact) } else { Said::default() }
    }

    #[test]
    fn an_archive_behind_junk_is_given() {
        let archive = web_archive("text", b"project");
        for (format, junk) in [("unknown", &b"\x00\x01junk\x02\n"[..]), ("text", b"some words\r\n\r\n")] {
            let said = scan(format, [junk, &archive].concat());
            assert_eq!(findings(&said), [("web-archive-inside", "high")]);
            assert_eq!(said.children[0].bytes, archive);
        }
        let odd = String::from_utf8(archive.clone()).unwrap().replace("MIME-Version", "mImE-vErSiOn");
        assert_eq!(scan("unknown", [b"\x01\n", odd.as_bytes()].concat()).children.len(), 1);
        let pdf = scan("pdf", [b"%PDF-1.7\nobj\n", &archive[..]].concat());
        assert!(pdf.findings.is_empty());
        assert_eq!(pdf.children[0].bytes, archive);
    }

    #[test]
    fn what_only_quotes_a_message_is_left_alone() {
        let quoted = b"As the manual says:\n\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n";
        assert!(scan("text", quoted.to_vec()).children.is_empty());
        assert!(
            scan("unknown", b"\x01 MIME-Version: 1.0\nContent-Type: multipart/related\n".to_vec()).children.is_empty()
        );
        assert!(scan("unknown", b"\x01\nMIME-Version\n\nnothing".to_vec()).children.is_empty());
        // At the start it is the file itself, and in mail and archives others read it.
        let archive = web_archive("text", b"project");
        assert!(scan("text", archive.clone()).children.is_empty());
        assert!(scan("eml", [b"junk\n", &archive[..]].concat()).children.is_empty());
    }
}
