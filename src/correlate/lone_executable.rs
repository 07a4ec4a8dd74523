//! An archive with nothing in it but something that runs.

use super::archives::{files, is_archive, is_launchable};
use crate::finding_kind;
use crate::model::{ArtifactPath, ArtifactTree, Finding, Location};
use crate::stage::{Correlator, Kinds};

/// Looks for archives with a single file that runs.
pub(super) struct LoneExecutable;

finding_kind! {
    /// ## What it is
    /// The archive holds one file and nothing else, and that file is a program, a script or a shortcut.
    ///
    /// ## Why it matters
    /// Mail systems refuse programs, so they travel in archives; one double-click opens the archive, the next runs what
    /// is in it. The mail that breached JTB in 2016 carried an archive with a single program that had a folder for an
    /// icon, and most mails with malware since have been built the same way.
    ///
    /// ## How we see it
    /// Files are counted without folders and without what macOS and Windows leave behind (`__MACOSX`, `Thumbs.db`).
    /// What the file is, is told from its content, and from its name: that alone if the archive is locked.
    ///
    /// ## When it is innocent
    /// A driver, a viewer or an update from a vendor. Ask whether one was expected, and fetch it from the vendor.
    ///
    /// ## References
    /// - ATT&CK T1204.002, User Execution: Malicious File: https://attack.mitre.org/techniques/T1204/002/
    pub(super) const LONE_EXECUTABLE = {
        id: "archive-lone-executable",
        title: "the archive holds a single file, and it is one that runs",
        ja: "書庫の中身は実行可能なファイル一つだけです",
        why_ja: "書庫に実行ファイルだけを入れて添付する形は、標的型メールの典型です。開くとプログラムが動きます。",
        severity: High,
        facet: Deceive,
        confidence: High,
        attack: ["T1204.002", "T1027.015"],
    }
}

impl Correlator for LoneExecutable {
    fn findings(&self) -> Kinds {
        &[LONE_EXECUTABLE]
    }

    fn correlate(&self, tree: &ArtifactTree) -> Vec<(ArtifactPath, Finding)> {
        let mut found = Vec::new();
        for archive in tree.records().iter().filter(|record| is_archive(record)) {
            if let [only] = files(tree, &archive.path).as_slice()
                && is_launchable(only)
            {
                let at = Location::part(format!("entry {}", only.name.file_name()));
                let observed = format!("{} ({})", only.name.text, only.format);
                found.push((archive.path.clone(), super::finding(LONE_EXECUTABLE, at, observed)));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::archives::tests::record;
    use super::*;

    fn found(records: Vec<crate::model::Record>) -> Vec<String> {
        let found = LoneExecutable.correlate(&ArtifactTree::new(records));
        found.into_iter().map(|(path, _)| path.to_string()).collect()
    }

    #[test]
    fn raised_on_the_archive() {
        let records = vec![
            record(&[], "mail.eml", "eml"),
            record(&[0], "航空券控え.zip", "zip"),
            record(&[0, 0], "E-TKT控え.exe", "unknown"),
            record(&[0, 1], "__MACOSX/._E-TKT控え.exe", "unknown"),
        ];
        assert_eq!(found(records), ["0.0"]);
        assert_eq!(found(vec![record(&[], "a.7z", "7z"), record(&[0], "a.pdf.lnk", "unknown")]), ["0"]);
    }

    #[test]
    fn not_for_a_document_or_a_program_among_files() {
        assert!(found(vec![record(&[], "a.zip", "zip"), record(&[0], "a.pdf", "unknown")]).is_empty());
        let vendor =
            vec![record(&[], "a.zip", "zip"), record(&[0], "setup.exe", "unknown"), record(&[1], "readme.txt", "text")];
        assert!(found(vendor).is_empty());
        assert!(found(vec![record(&[], "a.eml", "eml"), record(&[0], "a.exe", "unknown")]).is_empty());
    }
}
