//! Facts: what a stage read that is neither a finding nor an indicator but that others reason with.

use schemars::JsonSchema;
use serde::Serialize;

/// A named property of an artifact (`pe-import: tvcore.dll`, `imphash: …`, `zip-comment: …`). Analysts read them in
/// the report; correlators join them over the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Fact {
    /// Kebab-case name of the property.
    pub key: &'static str,
    /// Its value as text, at most a few hundred characters.
    pub value: String,
}
