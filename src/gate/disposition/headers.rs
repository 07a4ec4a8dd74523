//! The header fields a mail is given, and those of that name it may not bring along.

use std::collections::HashMap;

use crate::config::{Action, Actions};
use crate::gate::checkpoint::{Examined, Refused};

/// Columns after which a field is folded (RFC 5322 section 2.1.1).
const COLUMN: usize = 78;
/// Characters of one word that came from outside this program: ids of rules and of a policy.
const MAX_WORD: usize = 64;
/// What fields begin with if the setting has no usable character.
const PREFIX: &str = "X-Sekisho";

/// A field that a mail brought along under a name only this program may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forged {
    /// Its name as the mail has it.
    pub name: String,
    /// Which of the fields of this name it is, letter case aside, from 1.
    pub occurrence: usize,
}

/// The fields among these names (of the whole header, in order) that must be deleted. Of one name the last comes first,
/// so that deleting one does not change which the next is.
pub fn forged<'a>(names: impl IntoIterator<Item = &'a str>, actions: &Actions) -> Vec<Forged> {
    let prefix = prefix(actions).to_ascii_lowercase();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut found = Vec::new();
    for name in names {
        let name = name.trim();
        let lower = name.to_ascii_lowercase();
        let is_ours = lower.strip_prefix(&prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        if is_ours {
            let count = seen.entry(lower).or_default();
            *count = count.saturating_add(1);
            found.push(Forged { name: name.to_owned(), occurrence: *count });
        }
    }
    found.reverse();
    found
}

/// The name of the field that says a mail was released from the quarantine; see [`crate::store::Store::is_released`].
pub fn release_field(actions: &Actions) -> String {
    format!("{}-Release", prefix(actions))
}

/// The fields that say what came of a mail: name and value, the value folded with a line feed and a blank. Every mail gets
/// verdict, coverage and report id; the reasons and the action come with every action but [`Action::Accept`].
pub(super) fn fields(action: Action, outcome: &Result<Examined, Refused>, actions: &Actions) -> Vec<(String, String)> {
    if !actions.add_headers {
        return Vec::new();
    }
    let prefix = prefix(actions);
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, words: Vec<String>| {
        if !words.is_empty() {
            let name = format!("{prefix}-{name}");
            let value = folded(name.len().saturating_add(2), &words);
            fields.push((name, value));
        }
    };
    match outcome {
        Ok(examined) => {
            let report = &examined.report;
            let verdict = &report.verdict;
            add("Verdict", vec![verdict.level.as_str().into(), format!("(score {})", verdict.score)]);
            let mut causes: Vec<&str> = report.coverage.reasons.iter().map(|reason| reason.cause.as_str()).collect();
            causes.sort_unstable();
            causes.dedup();
            add("Coverage", [vec![report.coverage.level.as_str().to_owned()], listed(&causes, "(", ")")].concat());
            if action > Action::Accept {
                let mut ids: Vec<&str> = verdict.reasons.iter().map(|reason| reason.id.as_str()).collect();
                let mut known = std::collections::BTreeSet::new();
                ids.retain(|id| known.insert(*id));
                add("Reasons", listed(&ids, "", ""));
            }
            add("Report-Id", vec![word(&examined.id)]);
        }
        Err(refused) => {
            let why = match refused {
                Refused::Overloaded => "overloaded",
                Refused::Expired => "expired",
                Refused::TooLarge => "too-large",
                Refused::Stopping => "stopping",
            };
            add("Verdict", vec!["error".into(), "(not examined)".into()]);
            add("Coverage", vec!["error".into(), format!("({why})")]);
        }
    }
    if action > Action::Accept {
        add("Action", vec![name(action).to_owned()]);
    }
    fields
}

/// The field that says what was taken out of a mail.
pub(super) fn removed(count: usize, breaks: &[String], actions: &Actions) -> Option<(String, String)> {
    let name = format!("{}-Removed", prefix(actions));
    let mut words = vec![format!("{count} part{}", if count == 1 { "" } else { "s" })];
    let signatures: Vec<&str> = breaks.iter().map(String::as_str).collect();
    words.extend(listed(&signatures, "(signature broken: ", ")"));
    let value = folded(name.len().saturating_add(2), &words);
    actions.add_headers.then_some((name, value))
}

/// An action as fields and settings spell it.
const fn name(action: Action) -> &'static str {
    match action {
        Action::Accept => "accept",
        Action::Tag => "tag",
        Action::Replace => "replace",
        Action::Quarantine => "quarantine",
        Action::Defer => "defer",
        Action::Reject => "reject",
    }
}

/// What our fields begin with, as a field name may be written (RFC 5322 section 2.2).
fn prefix(actions: &Actions) -> String {
    let usable: String =
        actions.header_prefix.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    let usable = usable.trim_end_matches('-');
    if usable.is_empty() { PREFIX.to_owned() } else { usable.chars().take(MAX_WORD).collect() }
}

/// Words with commas between them, and something around them all.
fn listed(words: &[&str], before: &str, after: &str) -> Vec<String> {
    let last = words.len().saturating_sub(1);
    let words = words.iter().enumerate().map(|(at, text)| {
        let before = if at == 0 { before } else { "" };
        let after = if at == last { after } else { "," };
        format!("{before}{}{after}", word(text))
    });
    words.collect()
}

/// A word that can stand in any field: an id of ours comes through as it is.
fn word(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_') { c } else { '_' };
    text.chars().map(safe).take(MAX_WORD).collect()
}

/// Words in lines of at most [`COLUMN`] characters, the first line after `used` of them.
fn folded(used: usize, words: &[String]) -> String {
    let mut value = String::new();
    let mut column = used;
    for word in words {
        if value.is_empty() {
            column = column.saturating_add(word.len());
        } else if column.saturating_add(1).saturating_add(word.len()) > COLUMN {
            value.push_str("\n ");
            column = word.len().saturating_add(1);
        } else {
            value.push(' ');
            column = column.saturating_add(1).saturating_add(word.len());
        }
        value.push_str(word);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::disposition::samples::{examined, found};
    use crate::model::{CoverageCause, Level};

    fn of(action: Action, outcome: Result<Examined, Refused>) -> Vec<(String, String)> {
        fields(action, &outcome, &Actions::default())
    }

    fn text(fields: &[(String, String)]) -> Vec<String> {
        fields.iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn every_mail_is_told_about() {
        assert_eq!(
            text(&of(Action::Accept, Ok(examined(Level::Clean, &[])))),
            ["X-Sekisho-Verdict: clean (score 0)", "X-Sekisho-Coverage: complete", "X-Sekisho-Report-Id: 0123abcd"]
        );
        assert_eq!(
            text(&of(Action::Tag, Err(Refused::TooLarge))),
            [
                "X-Sekisho-Verdict: error (not examined)",
                "X-Sekisho-Coverage: error (too-large)",
                "X-Sekisho-Action: tag"
            ]
        );
    }

    #[test]
    fn a_tag_says_what_was_found_and_what_not_read() {
        let mut outcome = found(Level::Suspicious, &["program-file", "program-file", "archive-lone-executable"]);
        let mut report = (*outcome.report).clone();
        report.coverage =
            examined(Level::Clean, &[CoverageCause::Encrypted, CoverageCause::Damaged]).report.coverage.clone();
        outcome.report = std::sync::Arc::new(report);
        assert_eq!(
            text(&of(Action::Tag, Ok(outcome))),
            [
                "X-Sekisho-Verdict: suspicious (score 60)",
                "X-Sekisho-Coverage: unscannable (partial-damaged, unscannable-encrypted)",
                "X-Sekisho-Reasons: program-file, archive-lone-executable",
                "X-Sekisho-Report-Id: 0123abcd",
                "X-Sekisho-Action: tag",
            ]
        );
    }

    #[test]
    fn long_values_are_folded_and_nothing_foreign_comes_through() {
        let long =
            ["a\r\nBcc: x@example.com", "日本語", "x".repeat(500).as_str(), &"y".repeat(60), "last"].map(str::to_owned);
        let ids: Vec<&str> = long.iter().map(String::as_str).collect();
        let fields = of(Action::Tag, Ok(found(Level::Suspicious, &ids)));
        for (name, value) in &fields {
            assert!(name.is_ascii() && value.is_ascii());
            for (at, line) in value.split('\n').enumerate() {
                let used = if at == 0 { name.len() + 2 } else { 0 };
                assert!(used + line.len() <= COLUMN, "{line}");
                assert!(at == 0 || line.starts_with(' ') && !line.trim().is_empty());
                assert!(!line.contains('\r') && !line.contains("Bcc:"));
            }
        }
        let reasons = &fields[2].1;
        assert!(reasons.starts_with("a__Bcc__x_example.com, ___,\n xxx") && reasons.ends_with("last"), "{reasons}");
    }

    #[test]
    fn fields_of_ours_that_came_with_the_mail_are_found_last_first() {
        let names = ["From", "X-Sekisho-Verdict", "x-sekisho-verdict ", "X-SEKISHO", "X-Sekishop", "X-Sekisho-Verdict"];
        let found: Vec<(String, usize)> =
            forged(names, &Actions::default()).into_iter().map(|forged| (forged.name, forged.occurrence)).collect();
        assert_eq!(
            found,
            [
                ("X-Sekisho-Verdict".to_owned(), 3),
                ("X-SEKISHO".to_owned(), 1),
                ("x-sekisho-verdict".to_owned(), 2),
                ("X-Sekisho-Verdict".to_owned(), 1),
            ]
        );
    }

    #[test]
    fn the_prefix_is_a_field_name_whatever_is_set() {
        let with = |prefix: &str| {
            let actions = Actions { header_prefix: prefix.to_owned(), ..Actions::default() };
            fields(Action::Accept, &Ok(examined(Level::Clean, &[])), &actions)[0].0.clone()
        };
        assert_eq!(with("X-Gate-"), "X-Gate-Verdict");
        assert_eq!(with("X Gate:\r\n"), "XGate-Verdict");
        assert_eq!(with(" : "), "X-Sekisho-Verdict");
        let silent = Actions { add_headers: false, ..Actions::default() };
        assert!(fields(Action::Tag, &Ok(examined(Level::Clean, &[])), &silent).is_empty());
        assert_eq!(forged(["X-Sekisho-Verdict"], &silent).len(), 1);
    }
}
