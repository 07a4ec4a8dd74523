//! Archives inside archives inside archives.

use super::archives::{is_archive, is_wrapper};
use crate::finding_kind;
use crate::model::{ArtifactPath, ArtifactTree, Finding, FormatId, Location};
use crate::stage::{Correlator, Kinds};

/// Counts levels of archives.
pub(super) struct Nesting;

finding_kind! {
    /// ## What it is
    /// Archives are packed into each other more than three levels deep.
    ///
    /// ## Why it matters
    /// Each level costs the recipient a click and a scanner its patience: many stop after a few.
    ///
    /// ## How we see it
    /// Archives are counted from the outermost to the innermost; a compressed tar counts once, and packages and
    /// documents that are zip files themselves do not count.
    ///
    /// ## When it is innocent
    /// Backups of backups, and collections that were zipped again each time they were forwarded.
    ///
    /// ## References
    /// - ATT&CK T1027.015, Compression: https://attack.mitre.org/techniques/T1027/015/
    pub(super) const DEEPLY_NESTED = {
        id: "archive-deeply-nested",
        title: "archives are packed into each other more than three levels deep",
        ja: "書庫が4段以上入れ子になっています",
        why_ja: "何重にも包むのは、検査を途中であきらめさせる手口の一つです。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.015"],
    }
}

finding_kind! {
    /// ## What it is
    /// A 7z archive holds another 7z archive.
    ///
    /// ## Why it matters
    /// 7-Zip before 24.09 did not pass the mark of the web on to files from an inner archive (CVE-2025-0411), so they
    /// start without Windows asking. Mails to Ukrainian offices used that in 2024, before it was known.
    ///
    /// ## How we see it
    /// The format of an entry of a 7z archive is 7z as well.
    ///
    /// ## When it is innocent
    /// Backups, and collections packed again as a whole.
    ///
    /// ## References
    /// - CVE-2025-0411: https://nvd.nist.gov/vuln/detail/CVE-2025-0411
    pub(super) const SEVENZ_IN_SEVENZ = {
        id: "sevenz-in-sevenz",
        title: "a 7z archive is packed into another 7z archive",
        ja: "7z書庫の中に別の7z書庫が入っています",
        why_ja: "古い7-Zipでは内側のファイルに「インターネットから取得」の印が付かず、警告なしに実行されます。",
        severity: Medium,
        facet: Exploit,
        confidence: Medium,
        attack: ["T1553.005"],
    }
}

/// Levels that are common in honest mail.
const MAX_LEVELS: usize = 3;

impl Correlator for Nesting {
    fn findings(&self) -> Kinds {
        &[DEEPLY_NESTED, SEVENZ_IN_SEVENZ]
    }

    fn correlate(&self, tree: &ArtifactTree) -> Vec<(ArtifactPath, Finding)> {
        const SEVENZ: FormatId = FormatId("7z");
        let mut found = Vec::new();
        // Chains of archives around the record at hand, outermost first; records come parents first.
        let mut chain: Vec<(ArtifactPath, FormatId)> = Vec::new();
        let mut said: Option<ArtifactPath> = None;
        for record in tree.records() {
            while chain.last().is_some_and(|(path, _)| !record.path.is_within(path)) {
                chain.pop();
            }
            if !is_archive(record) || is_wrapper(tree, record) {
                continue;
            }
            if record.format == SEVENZ && record.parent_format == SEVENZ {
                let at = Location::part(format!("entry {}", record.name.file_name()));
                if let Some(parent) = record.path.parent() {
                    found.push((parent, super::finding(SEVENZ_IN_SEVENZ, at, record.name.text.clone())));
                }
            }
            chain.push((record.path.clone(), record.format));
            let Some((outermost, _)) = chain.first() else { continue };
            if chain.len() > MAX_LEVELS && said.as_ref() != Some(outermost) {
                said = Some(outermost.clone());
                let formats: Vec<&str> = chain.iter().map(|(_, format)| format.as_str()).collect();
                let finding = super::finding(DEEPLY_NESTED, Location::whole(), formats.join(" > "));
                found.push((outermost.clone(), finding));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::archives::tests::record;
    use super::*;

    fn found(records: Vec<crate::model::Record>) -> Vec<(String, &'static str)> {
        let found = Nesting.correlate(&ArtifactTree::new(records));
        found.into_iter().map(|(path, finding)| (path.to_string(), finding.kind.id)).collect()
    }

    #[test]
    fn counts_more_than_three_levels_once() {
        let mut records =
            vec![record(&[], "a.zip", "zip"), record(&[0], "b.zip", "zip"), record(&[0, 0], "c.zip", "zip")];
        assert!(found(records.clone()).is_empty());
        records.push(record(&[0, 0, 0], "d.zip", "zip"));
        records.push(record(&[0, 0, 0, 0], "e.zip", "zip"));
        assert_eq!(found(records), [("0".to_owned(), "archive-deeply-nested")]);
    }

    #[test]
    fn a_compressed_tar_counts_once() {
        let records = vec![
            record(&[], "a.zip", "zip"),
            record(&[0], "b.tar.gz", "gzip"),
            record(&[0, 0], "b.tar", "tar"),
            record(&[0, 0, 0], "c.zip", "zip"),
        ];
        assert!(found(records).is_empty());
    }

    #[test]
    fn a_7z_in_a_7z_is_said() {
        let mut inner = record(&[0], "b.7z", "7z");
        inner.parent_format = FormatId("7z");
        assert_eq!(found(vec![record(&[], "a.7z", "7z"), inner.clone()]), [("0".to_owned(), "sevenz-in-sevenz")]);
        inner.parent_format = FormatId("zip");
        assert!(found(vec![record(&[], "a.zip", "zip"), inner]).is_empty());
    }
}
