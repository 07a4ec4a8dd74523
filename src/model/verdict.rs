//! The verdict and the words that explain it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a person should make of the input. Ordered by how much it should worry them; `clean` needs complete coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Read completely, nothing found.
    Clean,
    /// Nothing found, but not everything could be read (encrypted, unsupported, damaged, over a limit).
    Unscannable,
    /// Nothing found, but something failed or the input could not be read.
    Error,
    /// Found something a person should look at.
    Suspicious,
    /// Found something no one should open.
    Malicious,
}

impl Level {
    /// Lower-case name, as in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Clean => "clean",
            Level::Unscannable => "unscannable",
            Level::Error => "error",
            Level::Suspicious => "suspicious",
            Level::Malicious => "malicious",
        }
    }
}

/// One reason of a verdict, the weightiest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The finding's or conjunction's id.
    pub id: String,
    /// Path of the artifact it was found in.
    pub artifact: String,
    /// Points it brought before caps; a floor for decisive findings and conjunctions.
    pub points: u32,
    /// The reason in words.
    pub text: String,
}

/// The judgement of one input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The word.
    pub level: Level,
    /// The points; 40 and more is suspicious, 100 and more malicious (thresholds of `rules/policy.toml`).
    pub score: u32,
    /// Why, weightiest first, at most five.
    pub reasons: Vec<Reason>,
    /// How the score came about: `deceive 60 + conceal 25 = 85; archive-of-disguised-program raises it to 100`.
    pub arithmetic: String,
    /// The smallest set of findings whose absence would have lowered the level, and what would still be unread.
    pub without: String,
}
