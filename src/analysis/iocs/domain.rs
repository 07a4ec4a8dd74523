//! Bare domains. File names and code look the same (`readme.md`, `document.open`), so the top-level name must exist in
//! lower case, and something around must say that it is a host.

use super::host::{is_domain, say_confusable};
use super::reading::{Finds, Reading, find, is_word};
use crate::knowledge::iocs::words;
use crate::model::IocKind;

/// Letters a domain has at least where nothing but its standing alone says that it is one; shorter ones are chance.
const MIN_RUN: usize = 9;

/// Bytes before a name in which a word that announces a host is looked for.
const LOOK_BACK: usize = 40;

/// A domain around its first dot. Gives the position up to which the text is part of the name.
pub(super) fn at_dot(reading: &Reading<'_>, dot: usize, finds: &mut Finds) -> usize {
    let start = reading.back(dot, 64, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let end = reading.ahead(dot, 253, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let before = reading.byte_before(start);
    let after = reading.byte(end);
    if is_word(before)
        || matches!(before, b'.' | b'/' | b'\\' | b'@' | b'$' | b'%' | b'#' | b'-')
        || is_word(after)
        || after == b'('
    {
        return end;
    }
    let name = reading.piece(start, end).trim_end_matches(['.', '-']);
    let tld = name.rsplit('.').next().unwrap_or_default();
    if tld.len() < 2 || !tld.bytes().all(|byte| byte.is_ascii_lowercase()) && !tld.starts_with("xn--") {
        return end;
    }
    finds.pay(name.len().saturating_add(LOOK_BACK));
    let lower = name.to_ascii_lowercase();
    let root = lower.split('.').next().unwrap_or_default();
    let name_end = start.saturating_add(name.len());
    let Some(how) = sign(reading, &lower, root, tld, start, name_end) else { return end };
    if !is_domain(&lower) {
        return end;
    }
    let mut found = find(reading, IocKind::Domain, lower.as_str(), start).spelled(name).spelled_unicode(&lower);
    if let Some(how) = how {
        found = found.because(how);
    }
    finds.add(found);
    say_confusable(reading, &lower, start, finds);
    end
}

/// What says that a name is a host; outer none: nothing does.
fn sign(
    reading: &Reading<'_>,
    lower: &str,
    root: &str,
    tld: &str,
    start: usize,
    end: usize,
) -> Option<Option<&'static str>> {
    let table = words();
    let is_www = root == "www" && lower.matches('.').count() >= 2;
    let is_file_like = table.file_tlds.contains(tld) && !table.common_tlds.contains(tld);
    if is_www || (reading.trusts_domains && !is_file_like) {
        return Some(None);
    }
    if table.code_roots.contains(root) && lower.matches('.').count() < 2 {
        return None;
    }
    let is_common = table.common_tlds.contains(tld);
    let is_ambiguous = table.file_tlds.contains(tld);
    let before = reading.before(start, LOOK_BACK).to_lowercase();
    let before = before.trim_end_matches([' ', ':', '=', '"', '\'', '(', '「', '：', '\t', '[', '`']);
    // Of the many top-level names that are words only those in common use are taken.
    let is_usual = is_common || table.special_tlds.contains(tld) || (tld.len() == 2 && !is_ambiguous);
    if is_usual && names_host(before) {
        return Some(Some("named as a host"));
    }
    if !is_common || is_ambiguous {
        return None;
    }
    let after = reading.byte(end);
    let beyond = reading.byte(end.saturating_add(1));
    let opener = reading.byte_before(start);
    if after == b':' && beyond.is_ascii_digit() {
        let port_end = reading.ahead(end.saturating_add(1), 5, |byte| byte.is_ascii_digit());
        let port = reading.piece(end.saturating_add(1), port_end);
        return (port.len() >= 2 && port.parse::<u16>().is_ok() && !is_word(reading.byte(port_end)))
            .then_some(Some("host and port"));
    }
    if after == b'/' && is_word(beyond) {
        return Some(Some("host and path"));
    }
    let is_quoted = matches!(opener, b'"' | b'\'') && after == opener;
    // In data a run that is a domain and nothing else is a setting.
    let is_run =
        !reading.is_prose && matches!(opener, 0 | b'\n') && matches!(after, 0 | b'\n') && lower.len() >= MIN_RUN;
    (is_quoted || is_run).then_some(Some("alone"))
}

/// Whether text ends with a word that announces a host.
fn names_host(before: &str) -> bool {
    words().domain_words.iter().any(|word| {
        before
            .strip_suffix(word.as_str())
            .is_some_and(|rest| !word.is_ascii() || !rest.ends_with(|c: char| c.is_ascii_alphabetic()))
    })
}
