//! An ACE archive in a mail, and what its names aim at.

use super::parser::AceView;
use crate::finding_kind;
use crate::model::{Artifact, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Looks at ACE archives.
pub(super) struct AceAnalyzer;

finding_kind! {
    /// ## What it is
    /// The file is an ACE archive, whatever it is called; WinRAR used to open it by its content.
    ///
    /// ## Why it matters
    /// The library that unpacked ACE (unacev2.dll) took a name such as `C:\C:\…` for a place below the target folder and
    /// wrote the file to the Startup folder (CVE-2018-20250). WinRAR, 7-Zip's plug-ins and many others had used that
    /// library since 2005, and campaigns followed within days of the report.
    ///
    /// ## How we see it
    /// By the format's magic. A name that holds a drive twice, or a share behind a drive, is the trick itself and decides.
    ///
    /// ## When it is innocent
    /// Archives from before 2007. Nobody has made any since.
    ///
    /// ## References
    /// - CVE-2018-20250: https://nvd.nist.gov/vuln/detail/CVE-2018-20250
    /// - Extracting a 19 year old code execution from WinRAR: https://research.checkpoint.com/2019/extracting-code-execution-from-winrar/
    pub(super) const ACE_ARCHIVE = {
        id: "archive-ace",
        title: "the archive is of the abandoned format ACE, whose unpacker can be made to write anywhere",
        ja: "開発が終了したACE形式の書庫です（展開ソフトの欠陥が悪用されています）",
        why_ja: "この形式の展開に使われてきた部品には、任意の場所へファイルを書き込ませる欠陥（CVE-2018-20250）があります。",
        severity: High,
        facet: Exploit,
        confidence: High,
        attack: ["T1203", "T1547.001"],
    }
}

impl Analyzer for AceAnalyzer {
    fn findings(&self) -> Kinds {
        &[ACE_ARCHIVE]
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        let view = artifact.view::<AceView>()?;
        match view.entries.iter().find(|entry| is_trick(&entry.name.text)) {
            Some(entry) => {
                let at = Location::part(format!("entry {}", entry.name.text));
                let observed = format!("the name is the trick of CVE-2018-20250: {}", entry.name.text);
                out.raise_as(ACE_ARCHIVE, Severity::Critical, true, at, observed);
            }
            None => out.raise(ACE_ARCHIVE, Location::whole(), format!("{} entries", view.entries.len())),
        }
        Ok(())
    }
}

/// A drive, and behind it another drive or a share.
fn is_trick(name: &str) -> bool {
    let mut letters = name.chars();
    let (Some(drive), Some(':')) = (letters.next(), letters.next()) else { return false };
    let rest = letters.as_str();
    let behind = rest.trim_start_matches(['\\', '/']);
    let is_share = rest.len().saturating_sub(behind.len()) >= 2;
    let mut next = behind.chars();
    let has_drive = next.next().is_some_and(|c| c.is_ascii_alphabetic()) && next.next() == Some(':');
    drive.is_ascii_alphabetic() && (has_drive || is_share)
}

#[cfg(test)]
mod tests {
    use sekisho_samples::archive::ace::{Entry, ace};

    use super::*;
    use crate::formats::trial;

    #[test]
    fn raised_for_any_and_decisive_for_the_trick() {
        let weight = |name: &str| {
            trial::weight(&trial::analyze(&AceAnalyzer, "a.ace", &ace(&[Entry::stored(name, b"x")])), ACE_ARCHIVE.id)
        };
        assert_eq!(weight("a.txt"), Some(Severity::High));
        assert_eq!(weight("C:\\C:C:../a.txt"), Some(Severity::Critical));
        assert_eq!(weight("C:\\\\192.0.2.1\\a.txt"), Some(Severity::Critical));
        assert_eq!(weight("C:\\notes\\a.txt"), Some(Severity::High));
    }

    #[test]
    fn not_raised_for_letters() {
        let artifact = trial::file("a", b"a file about **ACE** archives".to_vec());
        assert!(!trial::is_taken(&super::super::FORMAT, &artifact));
    }
}
