//! Files of no known format whose bytes look random.

use crate::finding_kind;
use crate::formats::program::entropy::entropy;
use crate::model::{Artifact, FormatId, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

finding_kind! {
    /// ## What it is
    /// A file whose bytes look random and that belongs to no known format.
    ///
    /// ## Why it matters
    /// Compressed formats announce themselves; what is random without a header is encrypted. Loaders such as PlugX's
    /// keep their real program in such a file beside them, so that no scanner can read it.
    ///
    /// ## How we see it
    /// More than 7.9 bits of entropy per byte in a file of at least 4 KB that no format claims.
    ///
    /// ## When it is innocent
    /// Keys, encrypted backups, game data and media in rare formats look the same.
    ///
    /// ## References
    /// - MITRE ATT&CK T1027.013, encrypted or encoded file: https://attack.mitre.org/techniques/T1027/013/
    pub(crate) const HIGH_ENTROPY_BLOB = {
        id: "high-entropy-blob",
        title: "a file of random-looking bytes in no known format",
        ja: "形式が不明で、中身が暗号化されているとみられるファイルです",
        why_ja: "プログラムと一緒に届いた場合、暗号化された不正プログラムの本体であることがあります。",
        severity: Low,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1027.013"],
    }
}

/// Entropy from which on bytes are taken for random. 4 KB of random bytes reach 7.95.
const RANDOM: f32 = 7.9;
/// Below this many bytes even random ones do not use all values evenly.
const SHORTEST: usize = 4 << 10;

/// Measures what nothing else reads.
pub(super) struct Randomness;

impl Analyzer for Randomness {
    fn findings(&self) -> Kinds {
        &[HIGH_ENTROPY_BLOB]
    }

    fn wants(&self, artifact: &Artifact) -> bool {
        artifact.format == FormatId::UNKNOWN && artifact.origin.is_file && artifact.bytes.len() >= SHORTEST
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let entropy = entropy(&artifact.bytes);
        if entropy > RANDOM {
            let observed = format!("{} bytes with {entropy:.3} bits per byte", artifact.bytes.len());
            out.raise(HIGH_ENTROPY_BLOB, Location::whole(), observed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sekisho_samples::program::noise;

    use super::*;
    use crate::budget::Budget;
    use crate::model::{ArtifactPath, EntryName, Hints, Limits, Origin, OriginKind};

    fn shows(bytes: Vec<u8>, format: FormatId) -> bool {
        let origin = Origin::file(OriginKind::Entry, "");
        let name = EntryName::new("a.dat");
        let mut artifact = Artifact::new(ArtifactPath::root(), name, origin, bytes.into(), FormatId::UNKNOWN);
        artifact.format = format;
        let budget = Budget::new(Limits::default());
        let mut out = Outcome::new(&artifact, Arc::new(Hints::default()), &budget);
        if Randomness.wants(&artifact) {
            Randomness.analyze(&artifact, &mut out).unwrap();
        }
        out.shows("high-entropy-blob")
    }

    #[test]
    fn random_bytes_without_a_format_are_said() {
        assert!(shows(noise(1, 64 << 10), FormatId::UNKNOWN));
        assert!(shows(noise(2, SHORTEST), FormatId::UNKNOWN));
    }

    #[test]
    fn known_formats_short_files_and_patterns_are_not() {
        assert!(!shows(noise(1, 64 << 10), FormatId("zip")));
        assert!(!shows(noise(1, SHORTEST - 1), FormatId::UNKNOWN));
        let half: Vec<u8> = noise(1, 64 << 10).into_iter().map(|byte| byte & 0x7f).collect();
        assert!(!shows(half, FormatId::UNKNOWN));
    }
}
