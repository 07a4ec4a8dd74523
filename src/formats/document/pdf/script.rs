//! What a PDF's script uses: whether it is what forms do, and which calls of it are not.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::knowledge::pdf::{Privileged, pdf};

/// What a script is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Nothing but form functions, arithmetic and field access.
    Form,
    /// More than that.
    Code,
}

/// A name, dotted or not, followed by an opening parenthesis.
static CALL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\s*\(").ok());

/// A function the script itself declares.
static OWN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"function\s+([A-Za-z_$][\w$]*)").ok());

/// Longest script that is taken for form logic.
const MAX_FORM: usize = 20_000;

/// What a script is made of.
pub(super) fn usage(text: &str) -> Use {
    if text.len() > MAX_FORM {
        return Use::Code;
    }
    let code = without_comments(text);
    // Computed access and assembled names can call anything.
    if code.contains("[\"") || code.contains("['") || code.contains("\\x") || code.contains("\\u") {
        return Use::Code;
    }
    let Some(call) = CALL.as_ref() else { return Use::Code };
    let known = &pdf().form_functions;
    let own: HashSet<&str> = OWN
        .as_ref()
        .into_iter()
        .flat_map(|own| own.captures_iter(&code))
        .filter_map(|found| found.get(1))
        .map(|name| name.as_str())
        .collect();
    let is_known = |name: &str| {
        known.contains(name) || own.contains(name) || name.rsplit('.').next().is_some_and(|last| known.contains(last))
    };
    if call.captures_iter(&code).filter_map(|found| found.get(1)).all(|name| is_known(name.as_str())) {
        Use::Form
    } else {
        Use::Code
    }
}

/// Calls of a script that forms do not make.
pub(super) fn privileged(text: &str) -> impl Iterator<Item = &'static Privileged> {
    let code = without_comments(text);
    pdf().privileged.iter().filter(move |privileged| has_word(&code, &privileged.word))
}

/// Whether a word stands in the code, not as part of a longer one.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        let after = code.get(at.saturating_add(word.len())..).and_then(|text| text.chars().next());
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        !before.is_some_and(is_part) && (word.ends_with('.') || !after.is_some_and(is_part))
    })
}

/// Code without its comments. A comment mark inside a string ends nothing a reader of the words would miss, except on
/// the same line; `://` is not one.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(block) = from.strip_prefix("/*") {
            rest = block.split_once("*/").map(|(_, after)| after).unwrap_or_default();
            out.push(' ');
        } else if from.starts_with("//") && !before.ends_with(':') {
            rest = from.find(['\n', '\r']).and_then(|end| from.get(end..)).unwrap_or_default();
        } else {
            out.push('/');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// A script's beginning on one line.
pub(super) fn shown(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_from_code() {
        for form in [
            "AFNumber_Format(0, 0, 0, 0, \"\", true);",
            "// total\nvar a = this.getField(\"a\").value; event.value = Math.round(a * 1.1);",
            "if (event.value < 0) { event.value = 0; }",
        ] {
            assert_eq!(usage(form), Use::Form, "{form}");
            assert_eq!(privileged(form).count(), 0, "{form}");
        }
        for code in ["app.launchURL(\"http://example.com/\");", "this[\"a\" + b](1)", "x = f(1)"] {
            assert_eq!(usage(code), Use::Code, "{code}");
        }
    }

    #[test]
    fn privileged_words_are_whole_words_of_code() {
        assert_eq!(privileged("app.launchURL('x'); eval(y)").count(), 2);
        assert_eq!(privileged("// eval is evil\nvar evaluation = 1;").count(), 0);
        assert_eq!(privileged("SOAP.request({})").count(), 1);
    }
}
