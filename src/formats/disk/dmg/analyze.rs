//! A disk image for macOS that came by mail.

use crate::finding_kind;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Says that there is one.
pub(super) struct FromMail;

finding_kind! {
    /// ## What it is
    /// A disk image for macOS, the form in which programs for it are handed out.
    ///
    /// ## Why it matters
    /// A double-click opens it and shows whatever window its maker drew: "right-click, then Open" is how stealers such
    /// as AMOS have people go round Gatekeeper since 2023.
    ///
    /// ## How we see it
    /// By the trailer of the format, or by the start of its encrypted form.
    ///
    /// ## When it is innocent
    /// Vendors' programs come that way, from their site rather than by mail.
    ///
    /// ## References
    /// - ATT&CK T1553.001, Gatekeeper Bypass: https://attack.mitre.org/techniques/T1553/001/
    pub(super) const MAC_DISK_IMAGE = {
        id: "mac-disk-image",
        title: "a disk image for macOS",
        ja: "macOS用のディスクイメージです",
        why_ja: "Mac用の情報窃取マルウェアがこの形で配られています。プログラムは開発元のサイトから入手してください。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1204.002", "T1553.001"],
    }
}

impl Analyzer for FromMail {
    fn findings(&self) -> Kinds {
        &[MAC_DISK_IMAGE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        out.raise(MAC_DISK_IMAGE, Location::whole(), artifact.name.file_name());
        Ok(())
    }
}
