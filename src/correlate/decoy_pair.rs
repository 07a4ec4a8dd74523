//! A document to look at beside a program to click on.

use std::collections::{BTreeMap, BTreeSet};

use super::archives::{files, is_archive, is_program};
use crate::finding_kind;
use crate::knowledge::extensions::{self, ExtensionClass};
use crate::knowledge::manuals;
use crate::model::{ArtifactPath, ArtifactTree, Finding, Location, Record};
use crate::stage::{Correlator, Kinds};

/// Looks for documents beside a program.
pub(super) struct DecoyPair;

finding_kind! {
    /// ## What it is
    /// A folder of the archive holds documents and exactly one file that runs.
    ///
    /// ## Why it matters
    /// The documents make the archive look like what the mail promised; the program among them is what it is about.
    /// Groups that use PlugX send such folders, the program hidden so that Explorer shows the shortcut or the renamed
    /// copy only.
    ///
    /// ## How we see it
    /// Folder by folder: office documents, PDF files and pictures on one side, a single program, script or shortcut on
    /// the other. Manuals, licences and read-me files are not counted as documents, libraries not as programs. A hidden
    /// program is `archive-decoy-hides-program`.
    ///
    /// ## When it is innocent
    /// A program sent with its documents under unusual names.
    ///
    /// ## References
    /// - ATT&CK T1564.001, Hidden Files and Directories: https://attack.mitre.org/techniques/T1564/001/
    pub(super) const DECOY_PAIR = {
        id: "archive-decoy-pair",
        title: "documents lie beside a single file that runs",
        ja: "文書と同じフォルダーに、実行可能なファイルが一つ紛れています",
        why_ja: "文書に見せかけてプログラムを開かせる手口です。隠し属性が付いている場合は特に危険です。",
        severity: Medium,
        facet: Deceive,
        confidence: Medium,
        attack: ["T1204.002", "T1564.001"],
    }
}

finding_kind! {
    /// ## What it is
    /// A folder of the archive shows documents and hides exactly one file that runs.
    ///
    /// ## Why it matters
    /// The person sees what the mail promised; what is started is what they do not see. Groups that use PlugX send
    /// such folders.
    ///
    /// ## How we see it
    /// As `archive-decoy-pair`, where the program carries the hidden or system attribute or lies in a folder with a
    /// blank name.
    ///
    /// ## When it is innocent
    /// Hardly ever: installers hide helpers, but do not put office documents beside them.
    ///
    /// ## References
    /// - ATT&CK T1564.001, Hidden Files and Directories: https://attack.mitre.org/techniques/T1564/001/
    pub(super) const HIDDEN_PROGRAM = {
        id: "archive-decoy-hides-program",
        title: "documents are shown and a file that runs is hidden beside them",
        ja: "文書の横に、隠し属性の付いた実行可能なファイルが置かれています",
        why_ja: "受信者には文書だけが見え、見えないプログラムが起動されます。正規の書庫ではまず見られない形です。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1204.002", "T1564.001"],
    }
}

/// What a folder holds.
#[derive(Default)]
struct Folder<'a> {
    documents: Vec<&'a Record>,
    programs: Vec<&'a Record>,
}

impl Correlator for DecoyPair {
    fn findings(&self) -> Kinds {
        &[DECOY_PAIR, HIDDEN_PROGRAM]
    }

    fn correlate(&self, tree: &ArtifactTree) -> Vec<(ArtifactPath, Finding)> {
        let mut found = Vec::new();
        for archive in tree.records().iter().filter(|record| is_archive(record)) {
            let hidden: BTreeSet<&str> = archive.facts("hidden-entry").collect();
            let mut folders: BTreeMap<String, Folder<'_>> = BTreeMap::new();
            for file in files(tree, &archive.path) {
                let folder = folders.entry(folder_of(&file.name.text)).or_default();
                if is_startable(file) {
                    folder.programs.push(file);
                } else if is_document(file) {
                    folder.documents.push(file);
                }
            }
            for folder in folders.values() {
                let (Some(document), [program]) = (folder.documents.first(), folder.programs.as_slice()) else {
                    continue;
                };
                let is_hidden = hidden.contains(program.name.text.as_str());
                let at = Location::part(format!("entry {}", program.name.file_name()));
                let observed = format!("{} beside {}", program.name.text, document.name.file_name());
                let kind = if is_hidden { HIDDEN_PROGRAM } else { DECOY_PAIR };
                found.push((archive.path.clone(), super::finding(kind, at, observed)));
            }
        }
        found
    }
}

fn folder_of(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default()
}

/// Something a person starts: libraries and drivers are not.
fn is_startable(record: &Record) -> bool {
    const LIBRARIES: [&str; 4] = ["dll", "ocx", "sys", "drv"];
    let extension = record.name.extension();
    let is_named = extensions::class(&extension).is_some_and(ExtensionClass::is_launchable);
    (is_named || is_program(record)) && !LIBRARIES.contains(&extension.as_str())
}

/// Something a person reads, other than what comes with software.
fn is_document(record: &Record) -> bool {
    const TEXT: [&str; 5] = ["txt", "log", "md", "xml", "json"];
    let extension = record.name.extension();
    let is_named = matches!(extensions::class(&extension), Some(ExtensionClass::Document | ExtensionClass::Image));
    is_named && !TEXT.contains(&extension.as_str()) && !manuals::is_manual(record.name.file_name())
}

#[cfg(test)]
mod tests {
    use super::super::archives::tests::record;
    use super::*;
    use crate::model::Fact;

    fn found(records: Vec<Record>) -> Vec<&'static str> {
        let found = DecoyPair.correlate(&ArtifactTree::new(records));
        found.into_iter().map(|(_, finding)| finding.kind.id).collect()
    }

    fn pair(document: &str, program: &str) -> Vec<Record> {
        vec![
            record(&[], "a.zip", "zip"),
            record(&[0], document, "unknown"),
            record(&[1], program, "unknown"),
            record(&[2], "lib.dll", "unknown"),
        ]
    }

    #[test]
    fn a_document_beside_a_program_is_said() {
        assert_eq!(found(pair("会議資料.pdf", "会議資料2.exe")), ["archive-decoy-pair"]);
        let mut hidden = pair("会議資料.pdf", "会議資料2.exe");
        hidden[0].facts.push(Fact { key: "hidden-entry", value: "会議資料2.exe".to_owned() });
        assert_eq!(found(hidden), ["archive-decoy-hides-program"]);
    }

    #[test]
    fn software_with_its_manual_is_not() {
        assert!(found(pair("取扱説明書.pdf", "setup.exe")).is_empty());
        assert!(found(pair("readme.txt", "setup.exe")).is_empty());
        assert!(found(pair("文書/会議資料.pdf", "setup.exe")).is_empty());
        let mut two = pair("会議資料.pdf", "a.exe");
        two.push(record(&[3], "b.exe", "unknown"));
        assert!(found(two).is_empty());
    }
}
