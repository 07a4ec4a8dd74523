//! Cells that a spreadsheet program takes for formulas. Programs differ in separators, quotes and what they pass over
//! before the sign, so every place where a cell may start is looked at.

use std::borrow::Cow;

use crate::formats::office::formula_text::MAX_FORMULA;

/// Formulas of a line. `extra` is a separator the table declares for itself.
pub(super) fn formulas(line: &str, extra: Option<char>) -> impl Iterator<Item = String> {
    let line = narrow(line);
    let is_separator = move |c: char| matches!(c, ',' | ';' | '\t') || Some(c) == extra;
    let mut found = Vec::new();
    let mut start = 0usize;
    loop {
        let rest = line.get(start..).unwrap_or_default();
        found.extend(formula(rest, is_separator));
        match rest.find(is_separator) {
            Some(end) => start = start.saturating_add(end).saturating_add(1),
            None => break,
        }
    }
    found.into_iter()
}

/// The separator of a table that starts with `sep=`, which Excel obeys.
pub(super) fn declared_separator(text: &str) -> Option<char> {
    let first = text.lines().next()?.trim_matches(['"', '\u{feff}']);
    let rest = first.get(..4).filter(|head| head.eq_ignore_ascii_case("sep="))?;
    first.get(rest.len()..)?.chars().next()
}

/// The formula a cell is, without the quotes around it.
fn formula(cell: &str, is_separator: impl Fn(char) -> bool) -> Option<String> {
    let body = cell.trim_start_matches(is_passed_over);
    let before = cell.get(..cell.len().saturating_sub(body.len())).unwrap_or_default();
    if !body.starts_with(['=', '+', '-', '@']) {
        return None;
    }
    let body = body.get(..body.floor_char_boundary(MAX_FORMULA)).unwrap_or(body);
    let quotes = before.matches('"').count();
    if quotes % 2 == 1 {
        return Some(quoted(body));
    }
    let end = body.find(is_separator).unwrap_or(body.len());
    Some(body.get(..end).unwrap_or(body).to_owned())
}

/// Up to the closing quote; two stand for one (RFC 4180, 2.7).
fn quoted(body: &str) -> String {
    let mut text = String::new();
    let mut rest = body;
    while let Some(at) = rest.find('"') {
        let (part, after) = rest.split_at(at);
        text.push_str(part);
        match after.strip_prefix("\"\"") {
            Some(more) => {
                text.push('"');
                rest = more;
            }
            None => return text,
        }
    }
    text.push_str(rest);
    text
}

/// What may stand before the sign: blanks of every kind, controls, invisible characters, quotes. An apostrophe is not
/// among them: it makes the cell a text.
fn is_passed_over(c: char) -> bool {
    c == '"' || c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

/// Full-width letters and signs as their narrow twins: Japanese Excel takes `＝ｃｍｄ｜` as it takes `=cmd|`.
fn narrow(line: &str) -> Cow<'_, str> {
    if memchr::memchr(0xEF, line.as_bytes()).is_none() {
        return Cow::Borrowed(line);
    }
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide.saturating_sub(0xFEE0)).unwrap_or(c),
        _ => c,
    };
    Cow::Owned(line.chars().map(narrow).collect())
}
