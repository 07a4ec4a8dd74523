//! What a SYLK file shows: what it is, its macros, its DDE links.

use super::parser::read;
use crate::finding_kind;
use crate::formats::office::dde::{DDE_LINK, DdeHost, say_dde};
use crate::formats::office::xlm;
use crate::formats::text::plain::TextView;
use crate::model::{Artifact, FindingKind, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct SylkAnalyzer;

impl Analyzer for SylkAnalyzer {
    fn findings(&self) -> Kinds {
        static KINDS: std::sync::LazyLock<Vec<&'static FindingKind>> =
            std::sync::LazyLock::new(|| xlm::KINDS.iter().copied().chain([DDE_LINK, SYLK_FILE]).collect());
        &KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        out.raise(SYLK_FILE, Location::whole(), artifact.name.file_name());
        let sylk = read(&artifact.view::<TextView>()?.text);
        for (service, topic, line) in &sylk.links {
            say_dde(out, DdeHost::Excel, service, topic, Location::line(*line));
        }
        xlm::say(&sylk.program, out)
    }
}

finding_kind! {
    /// ## What it is
    /// A spreadsheet in SYLK, a format of the 1980s that Excel still opens.
    ///
    /// ## Why it matters
    /// It is plain text, looks harmless to filters, opens outside protected view in older versions and can hold XLM macros
    /// and DDE links.
    ///
    /// ## How we see it
    /// `ID;` at the start, and records behind it.
    ///
    /// ## When it is innocent
    /// Old accounting and warehouse systems export it. Ask for the table as CSV or xlsx.
    ///
    /// ## References
    /// - ATT&CK T1559.002, Dynamic Data Exchange: https://attack.mitre.org/techniques/T1559/002/
    pub(super) const SYLK_FILE = {
        id: "sylk-file",
        title: "a spreadsheet in the old SYLK format",
        ja: "古いSYLK形式の表計算ファイルです",
        why_ja: "保護ビューを経ずに開かれ、マクロを含められる形式です。",
        severity: Medium,
        facet: Structure,
        confidence: High,
        attack: ["T1559.002"],
    }
}
