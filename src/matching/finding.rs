//! The finding a matching rule becomes.

use crate::finding_kind;
use crate::stage::Kinds;

/// Finding kinds of rule matching.
pub const KINDS: Kinds = &[YARA_RULE_MATCHED];

finding_kind! {
    /// ## What it is
    /// A YARA-X rule matched the artifact's bytes or its decoded text.
    ///
    /// ## Why it matters
    /// Rules name what is known: tricks, tools and families. The rule's own title says what; its severity is the
    /// rule's, not this finding's.
    ///
    /// ## How we see it
    /// Every artifact and every decoded text is matched against the shipped rules (`rules/yara/`) and those given with
    /// `--rules`. Rules may use the external variables `file_name`, `file_extension`, `detected_type`, `parent_type`,
    /// `depth` and `is_file`.
    ///
    /// ## When it is innocent
    /// A rule can match a description of what it looks for: a report on malware, another scanner's rules. The location
    /// shows which string matched where.
    ///
    /// ## References
    /// - YARA-X: https://virustotal.github.io/yara-x/
    pub const YARA_RULE_MATCHED = {
        id: "yara-rule-matched",
        title: "a rule matched",
        ja: "検知ルールに一致しました",
        why_ja: "既知の手口やツールの特徴に一致しています。何に一致したかはルールの説明を見てください。",
        severity: Medium,
        facet: Reputation,
        confidence: High,
        attack: [],
    }
}
