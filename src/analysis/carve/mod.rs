//! Files that lie inside other bytes and that no format gives: behind data of no known format, between the parts of a
//! picture or document, under a key of one byte, or written out as text. `crate::formats::carve` knows headers and ends;
//! `masked` sees through keys, `written` reads numbers and altered Base64.
//!
//! A file is given only if no child of the artifact is a slice of the same bytes or begins with the same ones: what a
//! format's own reader gives is not given twice.

mod masked;
mod written;

use std::ops::Range;

use bytes::Bytes;

use crate::finding_kind;
use crate::formats::carve::{self, Kind};
use crate::formats::spec;
use crate::model::{Artifact, EntryName, FormatId, Location, Origin, OriginKind, Severity};
use crate::stage::{Analyzer, Family, Kinds, Outcome, StageError};

/// Looks for files.
pub struct Carver;

finding_kind! {
    /// ## What it is
    /// A program or shortcut lies inside a file that is neither a program nor an archive, and that no program would open
    /// it from.
    ///
    /// ## Why it matters
    /// Loaders bring their program in a picture, a document or a file of data, as it is or masked with a key of one
    /// byte, so that no filter sees it; a script or another program cuts it out.
    ///
    /// ## How we see it
    /// The headers of a program are looked for at every place, checked against each other, and seen through a key that
    /// is combined with every byte (XOR or addition, also where zeros stay as they are) or through writing as numbers
    /// or as Base64 with exchanged letters. In data of no known format a plain program weighs less.
    ///
    /// ## When it is innocent
    /// Firmware, memory dumps and installers' data hold whole programs in plain. Masked ones are in quarantine files of
    /// some virus scanners.
    ///
    /// ## References
    /// - ATT&CK T1027.009, Embedded Payloads: https://attack.mitre.org/techniques/T1027/009/
    /// - ATT&CK T1027.013, Encrypted/Encoded File: https://attack.mitre.org/techniques/T1027/013/
    pub(crate) const HIDDEN_PROGRAM = {
        id: "program-hidden-in-file",
        title: "a program is hidden inside a file of another kind",
        ja: "別の種類のファイルの中にプログラムが隠されています",
        why_ja: "画像・文書・データに見せかけて不正プログラムを持ち込み、別のスクリプトに取り出させる手口があります。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.009", "T1027.013"],
    }
}

/// Files given per artifact.
const MAX_FILES: usize = 32;
/// Files shorter than this are given by no one.
const SHORTEST: usize = 64;

/// What is looked for in an artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Every kind of file.
    All,
    /// What runs, and archives of kinds that do not belong there.
    Foreign,
    /// Nothing in plain.
    Nothing,
}

fn scope(artifact: &Artifact) -> Scope {
    let Some(spec) = spec(artifact.format) else {
        return if artifact.format == FormatId::UNKNOWN { Scope::All } else { Scope::Nothing };
    };
    match spec.family {
        // Programs are searched by their own reader, archives are read, texts hold no binary files.
        Family::Program if spec.id.as_str() == "mz-exe" => Scope::All,
        Family::Program | Family::Script | Family::Text | Family::Mail | Family::Disk => Scope::Nothing,
        Family::Archive => Scope::Nothing,
        Family::Media => Scope::Foreign,
        Family::Office | Family::Document => Scope::Foreign,
    }
}

impl Analyzer for Carver {
    fn findings(&self) -> Kinds {
        &[HIDDEN_PROGRAM]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.bytes.len() >= SHORTEST
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let scope = scope(artifact);
        if scope != Scope::Nothing {
            plain(artifact, scope, out)?;
        }
        let mut decoded = Vec::new();
        if is_binary(artifact) {
            decoded
                .extend(masked::programs(&artifact.bytes).into_iter().map(|found| (found, "a program under the key")));
        }
        if scope == Scope::All || is_text(artifact) {
            decoded.extend(written::programs(&artifact.bytes).into_iter().map(|found| (found, "a program written as")));
        }
        for (found, what) in decoded {
            let bytes = Bytes::from(found.bytes);
            out.raise(HIDDEN_PROGRAM, Location::at(found.offset), format!("{what} {}", found.how));
            if !out.has_given(&bytes) {
                let name = EntryName::new(format!("offset {:#x}", found.offset));
                out.child_bytes(name, Origin::part(OriginKind::Decoded, found.how), bytes)?;
            }
        }
        Ok(())
    }
}

/// Whether keys are tried: everything but text and what archives pack.
fn is_binary(artifact: &Artifact) -> bool {
    match spec(artifact.format).map(|spec| spec.family) {
        Some(Family::Archive | Family::Script | Family::Text | Family::Mail | Family::Disk) => false,
        Some(_) | None => true,
    }
}

fn is_text(artifact: &Artifact) -> bool {
    matches!(spec(artifact.format).map(|spec| spec.family), Some(Family::Script | Family::Text))
}

fn plain(artifact: &Artifact, scope: Scope, out: &mut Outcome<'_>) -> Result<(), StageError> {
    let bytes = &artifact.bytes;
    let family = spec(artifact.format).map(|spec| spec.family);
    let is_wanted = |kind: Kind| match kind {
        // Old documents keep links to files as shortcuts, and data of their own in cabinets.
        Kind::Shortcut | Kind::Cabinet => family != Some(Family::Office),
        Kind::Program | Kind::Elf | Kind::Help | Kind::SevenZip | Kind::Rar => true,
        Kind::Lzh | Kind::Arj | Kind::Ace => true,
        Kind::Installer => family != Some(Family::Office),
        // Themes of old documents are small zips; polyglots are read as what else they are.
        Kind::Zip | Kind::OfficeXml => {
            scope == Scope::All || !matches!(family, Some(Family::Office)) && !artifact.is(FormatId("zip"))
        }
        // What stands behind rich text or a PDF is a file to whoever cuts it out.
        Kind::Compound => scope == Scope::All || family == Some(Family::Document),
        Kind::Flash | Kind::Pdf | Kind::RichText => scope == Scope::All,
        Kind::WebPage | Kind::Picture => false,
    };
    // What stands at the start is the artifact itself, where its format is known.
    let is_itself = |range: &Range<usize>| range.start == 0 && scope == Scope::Foreign;
    let found = carve::find_wanted(bytes, 0..bytes.len(), |kind, range| is_wanted(kind) && !is_itself(range));
    // Data of programs and installers holds programs by nature.
    let parent = spec(artifact.parent_format).map(|spec| spec.family);
    let is_expected = parent == Some(Family::Program);
    let mut count = 0usize;
    for (kind, range) in found {
        if count >= MAX_FILES {
            break;
        }
        let content = bytes.slice(range.clone());
        if out.has_given(&content) {
            continue;
        }
        count = count.saturating_add(1);
        if kind.runs() && !is_expected {
            let severity = if scope == Scope::All { Severity::Medium } else { HIDDEN_PROGRAM.severity };
            let observed = format!("{}, {} bytes", kind.as_str(), content.len());
            out.raise_as(HIDDEN_PROGRAM, severity, false, Location::at(range.start), observed);
        }
        let name = EntryName::new(format!("embedded-{:x}.{}", range.start, kind.extension()));
        let detail = format!("{} inside other bytes", kind.as_str());
        out.child_bytes(name, Origin::part(OriginKind::Embedded, detail), content)?;
    }
    Ok(())
}

/// A program that had to be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    /// Where it starts.
    offset: usize,
    /// How it was encoded.
    how: String,
    /// The program.
    bytes: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::zip::ZipFile;
    use sekisho_samples::media;
    use sekisho_samples::program::pe::Pe;

    use super::*;
    use crate::formats::trial;
    use crate::stage::Said;

    fn carved(format: &str, bytes: Vec<u8>) -> Said {
        let mut artifact = trial::file("a.dat", bytes);
        artifact.format = spec_id(format);
        trial::analyze_artifact(&Carver, &artifact)
    }

    fn spec_id(format: &str) -> FormatId {
        crate::formats::FORMATS.iter().map(|spec| spec.id).find(|id| id.as_str() == format).unwrap_or(FormatId::UNKNOWN)
    }

    fn weight(said: &Said) -> Option<Severity> {
        trial::weight(said, HIDDEN_PROGRAM.id)
    }

    #[test]
    fn programs_in_data_and_pictures_are_given() {
        let program = Pe::new().build();
        let data = [&[7; 1000][..], &program, &[9; 100]].concat();
        let said = carved("unknown", data.clone());
        assert_eq!(said.children.len(), 1);
        assert_eq!(said.children[0].bytes.as_ref(), program);
        assert_eq!(weight(&said), Some(Severity::Medium));
        assert_eq!(weight(&carved("png", data)), Some(Severity::High));
    }

    #[test]
    fn other_files_in_data_are_given_without_a_word() {
        let zip = ZipFile::new().entry("a.txt", "content").build();
        let said = carved("unknown", [&[7; 100][..], &zip].concat());
        assert_eq!(said.children[0].bytes.as_ref(), zip);
        assert_eq!(weight(&said), None);
    }

    #[test]
    fn pictures_and_texts_by_themselves_hold_nothing() {
        assert!(carved("jpeg", media::jpeg()).children.is_empty());
        let text = b"the letters MZ, PE and 77,90,144 mean nothing by themselves".repeat(10);
        assert!(carved("text", text).children.is_empty());
    }

    #[test]
    fn what_a_document_is_itself_hides_nothing_inside() {
        let pdf = sekisho_samples::document::pdf::ticket();
        let (head, tail) = pdf.split_at(pdf.len() - 40);
        let said = carved("pdf", [head, &Pe::new().build(), tail].concat());
        assert_eq!(said.children.len(), 1);
        assert_eq!(weight(&said), Some(Severity::High));
        assert!(carved("pdf", pdf.clone()).children.is_empty());
    }

    #[test]
    fn what_was_given_is_not_given_twice() {
        let program = Pe::new().build();
        let data: bytes::Bytes = [&[7; 1000][..], &program].concat().into();
        let mut artifact = trial::file("a.dat", Vec::new());
        artifact.bytes = data.clone();
        let budget = crate::budget::Budget::new(crate::model::Limits::default());
        let mut out = Outcome::new(&artifact, std::sync::Arc::default(), &budget);
        let origin = || Origin::part(OriginKind::Embedded, "");
        out.child_bytes(EntryName::new("slice"), origin(), data.slice(1000..)).unwrap();
        Carver.analyze(&artifact, &mut out).unwrap();
        assert_eq!(out.into_said().children.len(), 1);
        let mut out = Outcome::new(&artifact, std::sync::Arc::default(), &budget);
        out.child_bytes(EntryName::new("copy"), origin(), program.into()).unwrap();
        Carver.analyze(&artifact, &mut out).unwrap();
        assert_eq!(out.into_said().children.len(), 1);
    }
}
