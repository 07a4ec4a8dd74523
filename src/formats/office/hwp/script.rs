//! The script of a document: whether it does anything. Every document has one, with empty procedures for two events.

/// Longest evidence.
const MAX_SHOWN: usize = 120;

/// The first line of code that is neither the frame every script has nor a remark.
pub(super) fn does_something(source: &str) -> Option<String> {
    let mut in_remark = false;
    for line in source.lines() {
        let mut line = line.trim().trim_matches('\0');
        if in_remark {
            match line.split_once("*/") {
                Some((_, rest)) => line = rest.trim(),
                None => continue,
            }
            in_remark = false;
        }
        if let Some((before, rest)) = line.split_once("/*") {
            in_remark = !rest.contains("*/");
            line = before.trim();
        }
        let line = line.split("//").next().unwrap_or_default().trim();
        if !is_frame(line) {
            return Some(line.chars().take(MAX_SHOWN).collect());
        }
    }
    None
}

/// What an untouched script consists of: names for the program's objects, heads of procedures, braces.
fn is_frame(line: &str) -> bool {
    let plain: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let is_name = plain.starts_with("var") && plain.contains("XHwp") && !plain.contains('(');
    let is_head =
        plain.starts_with("function") && (plain.ends_with(')') || plain.ends_with('{') || plain.ends_with("{}"));
    plain.chars().all(|c| matches!(c, '{' | '}' | ';')) || is_name || is_head && plain.matches('{').count() < 2
}
