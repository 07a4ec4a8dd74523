//! Archive formats that honest mail hardly uses any more.

use crate::finding_kind;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

finding_kind! {
    /// ## What it is
    /// The attachment is an archive of a kind that has gone out of use, such as LZH, ARJ or ACE.
    ///
    /// ## Why it matters
    /// Unpackers for old formats are still installed on many machines while mail scanners have stopped reading them. In
    /// 2010 the author of UNLHA32 advised gateways to refuse LZH for that reason, and mails with ARJ, ACE and Z files
    /// were sent in numbers in 2018.
    ///
    /// ## How we see it
    /// By the format's own magic; the file's name plays no part.
    ///
    /// ## When it is innocent
    /// LZH was what Japanese offices and town halls used until about 2010, and old documents are forwarded as they
    /// were filed.
    ///
    /// ## References
    /// - ATT&CK T1027.015, Compression: https://attack.mitre.org/techniques/T1027/015/
    pub(crate) const RARE_FORMAT = {
        id: "archive-rare-format",
        title: "the archive is of a kind hardly used any more",
        ja: "現在ではほとんど使われない形式の書庫です",
        why_ja: "古い形式の書庫は検査をすり抜けやすく、受信者の環境では今も開けることがあります。",
        severity: Low,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.015"],
    }
}

/// Says that a file is of a rare format; listed by those formats.
pub(crate) struct RareFormat;

impl Analyzer for RareFormat {
    fn findings(&self) -> Kinds {
        &[RARE_FORMAT]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        out.raise(RARE_FORMAT, Location::whole(), artifact.format.as_str());
        Ok(())
    }
}
