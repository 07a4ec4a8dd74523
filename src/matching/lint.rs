//! The rule linter: what `rules/README.md` asks of a rule file, checked one rule at a time.

use std::fmt;

use yara_x::{Compiler, MetaValue, Rules, Scanner, SourceCode};

use super::compile::define_externals;
use super::scan::parse_severity;
use super::{RuleError, RuleSource};

/// What a rule file lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The file.
    pub file: String,
    /// What is wrong and what to do.
    pub text: String,
}

impl Complaint {
    /// Whether it says that the rule's sample was not found.
    pub fn is_about_sample(&self) -> bool {
        self.text.starts_with("its sample ")
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.text)
    }
}

/// Checks a rule file: it compiles without slow patterns, holds one rule named after the file, and its meta is
/// complete. `sample` finds the bytes a rule's `sample` names; the rule must match them.
pub fn lint(source: &RuleSource, sample: impl Fn(&str) -> Option<Vec<u8>>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut complain = |text: String| complaints.push(Complaint { file: source.name.clone(), text });
    let rules = match compile_alone(source) {
        Ok(rules) => rules,
        Err(error) => {
            complain(error.to_string());
            return complaints;
        }
    };
    let stem = source.name.rsplit(['/', '\\']).next().unwrap_or(&source.name).trim_end_matches(".yar");
    let names: Vec<&str> = rules.iter().map(|rule| rule.identifier()).collect();
    if names != [stem.replace('-', "_").as_str()] {
        complain(format!("holds {}; a file holds one rule, named after the file ({stem})", names.join(", ")));
    }
    for rule in rules.iter() {
        let mut wanted_sample = None;
        let mut missing = vec!["title", "title_ja", "severity", "attack", "reference", "sample"];
        for (key, value) in rule.metadata() {
            missing.retain(|wanted| *wanted != key);
            match (key, value) {
                ("severity", MetaValue::String(text)) if parse_severity(text).is_none() => {
                    complain(format!("severity {text} is none of info, low, medium, high, critical"));
                }
                ("attack", MetaValue::String(text)) => {
                    for id in text.split([',', ' ']).filter(|id| !id.is_empty()) {
                        if !is_attack_id(id) {
                            complain(format!("{id} is no ATT&CK technique id"));
                        }
                    }
                }
                ("sample", MetaValue::String(text)) => wanted_sample = Some(text.to_owned()),
                _ => {}
            }
        }
        if !missing.is_empty() {
            complain(format!("meta lacks {}", missing.join(", ")));
        }
        if let Some(wanted) = wanted_sample {
            match sample(&wanted) {
                Some(bytes) if !matches(&rules, &bytes) => complain(format!("does not match its sample {wanted}")),
                Some(_) => {}
                None => complain(format!("its sample {wanted} is not there")),
            }
        }
    }
    complaints
}

fn compile_alone(source: &RuleSource) -> Result<Rules, RuleError> {
    let mut compiler = Compiler::new();
    compiler.enable_includes(false);
    compiler.error_on_slow_pattern(true);
    compiler.error_on_slow_loop(true);
    define_externals(&mut compiler)?;
    let code = SourceCode::from(source.text.as_str()).with_origin(source.name.as_str());
    compiler.add_source(code).map_err(|error| RuleError::Compile(error.to_string()))?;
    Ok(compiler.build())
}

fn matches(rules: &Rules, bytes: &[u8]) -> bool {
    let mut scanner = Scanner::new(rules);
    scanner.scan(bytes).is_ok_and(|results| results.matching_rules().len() > 0)
}

/// `T1027` or `T1027.013`.
fn is_attack_id(id: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    match id.strip_prefix('T').map(|rest| rest.split_once('.').unwrap_or((rest, "000"))) {
        Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(name: &str, text: &str) -> Vec<String> {
        let source = RuleSource { name: name.to_owned(), text: text.to_owned() };
        lint(&source, |_| Some(b"a needle here".to_vec())).into_iter().map(|complaint| complaint.text).collect()
    }

    const GOOD: &str = r#"rule needle { meta: title = "t" title_ja = "t" severity = "low" attack = "T1027.013"
        reference = "https://example.com/" sample = "s" strings: $a = "needle" condition: $a }"#;

    #[test]
    fn a_complete_rule_passes() {
        assert_eq!(complaints("topic/needle.yar", GOOD), Vec::<String>::new());
    }

    #[test]
    fn says_what_is_missing() {
        let all = complaints(
            "topic/other.yar",
            &GOOD.replace(r#"title = "t" "#, "").replace("$a = \"needle\"", "$a = \"pin!\""),
        );
        assert_eq!(all.len(), 3, "{all:?}");
        assert!(complaints("needle.yar", &GOOD.replace("\"low\"", "\"loud\""))[0].contains("loud"));
        assert!(complaints("needle.yar", &GOOD.replace("T1027.013", "T10"))[0].contains("T10"));
        assert!(complaints("needle.yar", "rule needle { condition: x }")[0].contains("error"));
    }
}
