//! What a worker is told once, before it closes the door behind it.

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::matching::{RuleError, RuleSet, RuleSource, shipped_sources};
use crate::model::{Digests, Limits, Site};
use crate::report::Language;
use crate::verdict::{Policy, PolicyError, SHIPPED};
use crate::{ScanOptions, Scanner};

/// Everything that decides what a scan says, besides the bytes: two workers of one setup give the same report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// Ceilings of each scan.
    pub limits: Limits,
    /// Passwords to try first on locked content.
    pub passwords: Vec<String>,
    /// Words to try on locked content when nothing else opened it.
    pub words: Vec<String>,
    /// The language of texts in reports.
    pub language: Language,
    /// What is known of the recipients.
    pub site: Site,
    /// Threads one scan may use; 0 means one per core.
    pub threads: usize,
    /// Rule files besides the shipped ones.
    pub rules: Vec<RuleSource>,
    /// The policy, as text.
    pub policy: String,
}

/// A setup no scanner can be made of.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A rule file is wrong.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// The policy is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A worker could make no scanner of it; its words.
    #[error("{0}")]
    Unusable(String),
    /// No worker could be started to try it.
    #[error(transparent)]
    NotStarted(Failure),
}

impl Default for Setup {
    fn default() -> Self {
        Setup {
            limits: Limits::default(),
            passwords: Vec::new(),
            words: Vec::new(),
            language: Language::English,
            site: Site::default(),
            threads: 1,
            rules: Vec::new(),
            policy: SHIPPED.to_owned(),
        }
    }
}

impl Setup {
    /// SHA-256 over everything here, hexadecimal: what reports may be kept under. Holds nothing of the passwords that
    /// could be read back.
    pub fn fingerprint(&self) -> String {
        // A setup is plain data, which always has a JSON form; an empty one would still leave the digest of the rules.
        serde_json::to_vec(self).map(|json| Digests::of(&json).sha256).unwrap_or_default()
    }

    /// The scanner this setup describes. Compiles the rules: tens of milliseconds.
    pub fn scanner(&self) -> Result<Scanner, SetupError> {
        let mut sources = shipped_sources();
        sources.extend(self.rules.iter().cloned());
        let options = ScanOptions {
            limits: self.limits.clone(),
            passwords: self.passwords.clone(),
            words: self.words.clone(),
            language: self.language,
            site: self.site.clone(),
            threads: self.threads,
        };
        Ok(Scanner::with(options, RuleSet::compile(&sources)?, Policy::parse(&self.policy)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_everything_and_gives_no_password_away() {
        let plain = Setup::default().fingerprint();
        assert_eq!(plain, Setup::default().fingerprint());
        let told = Setup { passwords: vec!["infected".to_owned()], ..Setup::default() }.fingerprint();
        assert_ne!(plain, told);
        assert_eq!(told.len(), 64);
        let mut limits = Limits::default();
        limits.depth += 1;
        assert_ne!(plain, Setup { limits, ..Setup::default() }.fingerprint());
    }
}
