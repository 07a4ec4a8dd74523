//! Relationships of a package that lead outside it, and documents merged from within.

use super::OoxmlView;
use crate::finding_kind;
use crate::formats::office::external::{EXPLOIT_TARGET, REMOTE_TEMPLATE, say_external};
use crate::formats::office::remote::{REMOTE_HOST_UNUSUAL, REMOTE_IMAGE, REMOTE_OBJECT};
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

pub(super) struct Relations;

impl Analyzer for Relations {
    fn findings(&self) -> Kinds {
        &[EXPLOIT_TARGET, REMOTE_TEMPLATE, REMOTE_OBJECT, REMOTE_IMAGE, REMOTE_HOST_UNUSUAL, ALT_CHUNK]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<OoxmlView>()?;
        for relation in &view.relations {
            let at = || Location::part(format!("part {}", relation.part));
            let kind = relation.short_kind();
            if relation.is_external {
                say_external(out, &kind, &relation.target, &at);
            } else if kind == "afchunk" {
                out.raise(ALT_CHUNK, at(), relation.target.clone());
            }
        }
        Ok(())
    }
}

finding_kind! {
    /// ## What it is
    /// Word merges another document (`altChunk`) into this one when it opens.
    ///
    /// ## Why it matters
    /// The other document may be RTF or HTML with an exploit that filters do not look for inside a `docx`
    /// (CVE-2023-36884 was delivered so). It is examined here as a part of its own.
    ///
    /// ## How we see it
    /// An internal relationship `aFChunk`.
    ///
    /// ## When it is innocent
    /// Report generators put HTML fragments together this way.
    ///
    /// ## References
    /// - ECMA-376-1, 17.17.2.1 altChunk
    /// - CVE-2023-36884: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2023-36884
    pub(crate) const ALT_CHUNK = {
        id: "document-merges-other",
        title: "the document merges another document when it opens",
        ja: "開いたときに別の文書が差し込まれます（altChunk）",
        why_ja: "RTFやHTMLをdocxの中に隠して脆弱性を突く攻撃に使われます。帳票ソフトが使うこともあります。",
        severity: Medium,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1027.009"],
    }
}
