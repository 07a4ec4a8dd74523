//! Headers that programs read differently.

use super::parser::LzhView;
use crate::finding_kind;
use crate::model::{Artifact, Location};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at headers.
pub(super) struct OddHeader;

finding_kind! {
    /// ## What it is
    /// A header of an LZH archive has a wrong checksum, leads out of itself, or names the file differently in two
    /// places.
    ///
    /// ## Why it matters
    /// Scanners gave up on such headers while the archivers people used opened the file. In April 2010 only three of
    /// sixteen antivirus programs still saw the test file in LZH archives made that way.
    ///
    /// ## How we see it
    /// Sums and CRCs of all header levels are computed; the entry is read all the same.
    ///
    /// ## When it is innocent
    /// Damage on the way, or a program of the time that got it wrong.
    ///
    /// ## References
    /// - LHA for UNIX, header.doc.md: https://github.com/jca02266/lha/blob/master/header.doc.md
    pub(super) const ODD_HEADER = {
        id: "lzh-header-odd",
        title: "an LZH header contradicts itself",
        ja: "LZH書庫のヘッダーに矛盾があります",
        why_ja: "検査ソフトには読めず、受信者のソフトでだけ開けるように細工された可能性があります。",
        severity: Medium,
        facet: Conceal,
        confidence: Medium,
        attack: ["T1027"],
    }
}

impl Analyzer for OddHeader {
    fn findings(&self) -> Kinds {
        &[ODD_HEADER]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<LzhView>()?;
        for entry in view.entries.iter().filter(|entry| !entry.oddities.is_empty()).take(8) {
            let at = Location::part(format!("entry {}", entry.name.file_name())).with_offset(entry.offset as u64);
            out.raise(ODD_HEADER, at, entry.oddities.join("; "));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::lzh::{Entry, lzh};

    use super::*;
    use crate::formats::trial::{analyze, weight};

    #[test]
    fn raised_for_a_wrong_checksum_only() {
        let mut made = Entry::file("a.txt", b"x").level(0);
        made.has_wrong_checksum = true;
        let is_odd = |archive: Vec<u8>| weight(&analyze(&OddHeader, "a.lzh", &archive), ODD_HEADER.id).is_some();
        assert!(is_odd(lzh(&[made])));
        assert!(!is_odd(lzh(&[Entry::file("a.txt", b"x").level(0)])));
    }
}
