//! The same bytes again: unpacked once per scan, wherever they turn up.

use std::collections::HashMap;
use std::sync::Arc;

use super::scheduler::Hashed;
use crate::model::{ArtifactPath, Hints, ProblemKind, Record};

/// Where an artifact's bytes were met before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Again {
    /// The artifact that was unpacked.
    pub(super) first: ArtifactPath,
    /// Whether this one has other passwords than the first, of which it is not yet known whether it stays locked.
    pub(super) is_guess: bool,
}

/// Digests met so far.
#[derive(Default)]
pub(super) struct Repeats {
    first: HashMap<String, Met>,
}

struct Met {
    path: ArtifactPath,
    hints: Arc<Hints>,
    /// Whether it stayed locked: other passwords may open it in another place.
    is_locked: bool,
    is_read: bool,
}

impl Repeats {
    /// For each artifact of a level, in tree order: where its bytes were met before, if unpacking them again can give
    /// nothing new. What lies in itself is not asked about: that is a cycle, and said as one.
    pub(super) fn find(&mut self, level: &[Hashed]) -> Vec<Option<Again>> {
        level.iter().map(|hashed| self.look_up(hashed)).collect()
    }

    fn look_up(&mut self, hashed: &Hashed) -> Option<Again> {
        let artifact = &hashed.artifact;
        let digest = &artifact.digests.sha256;
        if artifact.bytes.is_empty() || hashed.ancestors.contains(digest) {
            return None;
        }
        match self.first.get(digest) {
            // A macro project is judged by what the document around it says: another document, another judgement.
            Some(met) if hashed.hints.document().differs_from(met.hints.document()) => None,
            Some(met) => {
                let has_same_hints = Arc::ptr_eq(&met.hints, &hashed.hints);
                let may_open = !has_same_hints && met.is_read && met.is_locked;
                let again = Again { first: met.path.clone(), is_guess: !has_same_hints && !met.is_read };
                (!may_open).then_some(again)
            }
            None => {
                let met =
                    Met { path: artifact.path.clone(), hints: hashed.hints.clone(), is_locked: false, is_read: false };
                self.first.insert(digest.clone(), met);
                None
            }
        }
    }

    /// Whether the artifact that was met first stayed locked.
    pub(super) fn stayed_locked(&self, digest: &str) -> bool {
        self.first.get(digest).is_some_and(|met| met.is_locked)
    }

    /// What became of an artifact.
    pub(super) fn learn(&mut self, record: &Record) {
        if let Some(met) = self.first.get_mut(&record.digests.sha256)
            && met.path == record.path
        {
            met.is_read = true;
            met.is_locked = record.problems.iter().any(|problem| problem.kind == ProblemKind::Encrypted);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::matching::RuleSet;
    use crate::model::{EntryName, Report};
    use crate::verdict::Policy;
    use crate::{ScanOptions, Scanner, Submission};
    use sekisho_samples::archive::zip::{ZipFile, encrypted_aes};
    use sekisho_samples::mail::{Eml, MboxStyle, mbox};

    fn scan(name: &str, bytes: Vec<u8>) -> Report {
        let Ok(rules) = RuleSet::compile(&[]) else { panic!("no rules always compile") };
        Scanner::with(ScanOptions::default(), rules, Policy::shipped()).scan(Submission::new(name, bytes))
    }

    fn inside(report: &Report, name: &str) -> usize {
        report.artifacts.iter().filter(|artifact| EntryName::new(artifact.name.as_str()).file_name() == name).count()
    }

    #[test]
    fn a_project_is_judged_again_where_another_document_starts_its_macros() {
        let find = |id: &str| sekisho_samples::find(id).map(|sample| (sample.make)());
        let (Some(started), Some(idle)) = (find("fo9m"), find("fo9i")) else { panic!("the samples are there") };
        let both = ZipFile::new().entry("a.docm", idle).entry("b.docm", started).build();
        let report = scan("a.zip", both);
        let found = |id: &str| report.findings.iter().filter(|finding| finding.id == id).count();
        assert_eq!((found("vba-present"), found("vba-open-to-execute")), (2, 1));
    }

    fn mailbox(archive: &[u8], bodies: [&str; 2]) -> Vec<u8> {
        let mail = |body: &str| {
            Eml::letter("a@example.com").text_body("utf-8", body).attach("a.zip", "application/zip", archive).build()
        };
        mbox(MboxStyle::Mboxrd, &bodies.map(mail))
    }

    #[test]
    fn the_same_archive_in_two_messages_is_unpacked_once() {
        let archive = ZipFile::new().entry("note.txt", "see you").build();
        let report = scan("a.mbox", mailbox(&archive, ["one", "two"]));
        assert_eq!(inside(&report, "a.zip"), 2);
        assert_eq!(inside(&report, "note.txt"), 1);
    }

    #[test]
    fn a_locked_one_is_tried_again_with_the_passwords_of_its_own_message() {
        let archive = encrypted_aes("note.txt", "see you", "Tkt#2016");
        let mail = |body: &str| {
            Eml::letter("a@example.com").text_body("utf-8", body).attach("a.zip", "application/zip", &archive).build()
        };
        // Messages of a zip share no passwords, as those of a mailbox do.
        let outer = ZipFile::new().entry("1.eml", mail("nothing")).entry("2.eml", mail("password: Tkt#2016")).build();
        let report = scan("mails.zip", outer);
        let opened = report.findings.iter().find(|finding| finding.id == "archive-opened-with-found-password");
        assert_eq!(opened.map(|finding| finding.artifact.as_str()), Some("0.0.1"), "the first, on a second walk");
        assert_eq!(inside(&report, "note.txt"), 1);
        assert!(report.problems.iter().all(|problem| problem.kind != "encrypted"));
    }
}
