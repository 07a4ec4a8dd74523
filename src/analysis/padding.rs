//! Documents blown up with bytes that say nothing, so that scanners with a limit of size pass over them.

use crate::finding_kind;
use crate::formats::spec;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Family, Kinds, Outcome, StageError};

/// Measures the end of documents.
pub(super) struct Padding;

finding_kind! {
    /// ## What it is
    /// A document most of which is one byte repeated at its end.
    ///
    /// ## Why it matters
    /// Packed into an archive such a document is small, unpacked it has hundreds of megabytes, and many scanners look at
    /// no file of that size (Emotet, March 2023). Office opens it like any other.
    ///
    /// ## How we see it
    /// The same byte at the end of a document for at least eight megabytes and three quarters of its size.
    ///
    /// ## When it is innocent
    /// Hardly ever: files recovered from disks may end so.
    ///
    /// ## References
    /// - ATT&CK T1027.001, Binary Padding: https://attack.mitre.org/techniques/T1027/001/
    pub(crate) const DOCUMENT_PADDED = {
        id: "document-padded",
        title: "the document is blown up with bytes that say nothing",
        ja: "文書の大半が無意味なデータで水増しされています",
        why_ja: "検査ソフトのサイズ制限を超えさせて検査を逃れる手口です（2023年3月のEmotetなど）。",
        severity: High,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.001"],
    }
}

/// Bytes of padding worth a word; no archive and no mail needs them.
const SHORTEST: usize = 8 << 20;

impl Analyzer for Padding {
    fn findings(&self) -> Kinds {
        &[DOCUMENT_PADDED]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.bytes.len() >= SHORTEST
            && matches!(spec(artifact.format).map(|spec| spec.family), Some(Family::Office | Family::Document))
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let (size, padding) = (artifact.bytes.len(), run_at_end(&artifact.bytes));
        if padding >= SHORTEST && padding >= size / 4 * 3 {
            let byte = artifact.bytes.last().copied().unwrap_or_default();
            let at = Location::at(size.saturating_sub(padding));
            out.raise(DOCUMENT_PADDED, at, format!("{padding} of {size} bytes are {byte:#04x} at its end"));
        }
        Ok(())
    }
}

/// How often the last byte repeats.
fn run_at_end(bytes: &[u8]) -> usize {
    let Some(last) = bytes.last() else { return 0 };
    let mut run = 0usize;
    for block in bytes.rchunks(4096) {
        // All of a block at once, since most are.
        if block.iter().fold(0u8, |any, byte| any | (byte ^ last)) == 0 {
            run = run.saturating_add(block.len());
        } else {
            return run.saturating_add(block.iter().rev().take_while(|byte| *byte == last).count());
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trial::{analyze_artifact, file, findings};
    use crate::model::FormatId;

    fn said(format: &'static str, bytes: Vec<u8>) -> Vec<(&'static str, &'static str)> {
        let mut artifact = file("a.doc", bytes);
        artifact.format = FormatId(format);
        if Padding.wants(&artifact) { findings(&analyze_artifact(&Padding, &artifact)) } else { Vec::new() }
    }

    #[test]
    fn a_long_tail_of_one_byte_is_said() {
        let padded = [vec![7; 100_001], vec![0; SHORTEST]].concat();
        assert_eq!(said("doc", padded.clone()), [("document-padded", "high")]);
        assert_eq!(said("pdf", padded.clone()), [("document-padded", "high")]);
        assert_eq!(said("zip", padded.clone()), []);
        assert_eq!(said("doc", padded[2..].to_vec()), [("document-padded", "high")]);
        assert_eq!(said("doc", [vec![7; 100], vec![0; SHORTEST - 100]].concat()), []);
        let mut mixed = padded;
        mixed[4 << 20] = 1;
        assert_eq!(said("doc", mixed), []);
    }

    #[test]
    fn runs_are_counted_to_the_byte() {
        assert_eq!(run_at_end(&[]), 0);
        assert_eq!(run_at_end(&[5; 10_000]), 10_000);
        assert_eq!(run_at_end(&[vec![1; 5000], vec![2; 6001]].concat()), 6001);
    }
}
