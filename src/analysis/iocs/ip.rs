//! Bare addresses: four numbers that are no version, date, section or object identifier; version 6 by the standard
//! library's parser.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::reading::{Finds, Reading, find, is_word};
use crate::knowledge::iocs::words;
use crate::model::IocKind;

/// An address around its first dot. Gives the position up to which the text is part of the number.
pub(super) fn at_dot(reading: &Reading<'_>, dot: usize, finds: &mut Finds) -> usize {
    /// Longer runs of digits and dots are no address; the rest of one is not looked at again.
    const MAX_RUN: usize = 256;
    let start = reading.back(dot, 4, |byte| byte.is_ascii_digit());
    let end = reading.ahead(dot, MAX_RUN, |byte| byte.is_ascii_digit() || byte == b'.');
    finds.pay(end.saturating_sub(start));
    let before = reading.byte_before(start);
    if is_word(before)
        || before >= 0x80 && !reading.is_prose
        || matches!(before, b'.' | b'-' | b'/' | b'\\' | b'+' | b'%')
    {
        // `Chrome/120.0.0.0`, `jquery-1.2.3.4`; a URL's host does not come here.
        return end;
    }
    let number = reading.piece(start, end).trim_end_matches('.');
    let number_end = start.saturating_add(number.len());
    let after = reading.byte(number_end);
    let next = reading.byte(number_end.saturating_add(1));
    if is_word(after) || (matches!(after, b'-' | b'.') && next.is_ascii_alphabetic()) || after == b'%' {
        return end;
    }
    let Ok(ip) = number.parse::<Ipv4Addr>() else { return end };
    if is_other_number(reading, number, ip, start, number_end) {
        return end;
    }
    let mut found = find(reading, IocKind::Ipv4, number, start);
    if after == b':' {
        let port_end = reading.ahead(number_end.saturating_add(1), 5, |byte| byte.is_ascii_digit());
        let port = reading.piece(number_end.saturating_add(1), port_end);
        if port.parse::<u16>().is_ok_and(|port| port > 0) && !is_word(reading.byte(port_end)) {
            found = found.because(&format!("port {port}"));
        }
    }
    finds.add(found);
    end
}

/// Versions, sections, object identifiers and network masks read as addresses.
fn is_other_number(reading: &Reading<'_>, number: &str, ip: Ipv4Addr, start: usize, end: usize) -> bool {
    let [first, second, third, fourth] = ip.octets();
    if first == 0 || (third == 0 && fourth == 0) || first == 255 {
        return true;
    }
    let oid = &words().oid_prefixes;
    if oid.iter().any(|prefix| number.starts_with(prefix.as_str())) {
        return true;
    }
    let before = reading.before(start, 32).to_lowercase();
    let before = before.trim_end_matches([' ', ':', '=', '"', '\'', '(', '\u{3000}', '\t', '#', '>', '：']);
    if words().version_words.iter().any(|word| ends_with_word(before, word)) {
        return true;
    }
    // Small numbers all through are versions and sections; an address among them would be private or lent for tests.
    let is_small = [first, second, third, fourth].iter().all(|part| *part < 32);
    if is_small && first != 10 {
        return true;
    }
    // `12.0.4.1 概要` at the start of a line.
    let is_line_start = matches!(reading.byte_before(start), 0 | b'\n' | b'\r');
    is_line_start && first < 32 && first != 10 && second < 32 && third < 32 && reading.byte(end) == b' '
}

/// Whether text ends with this word, and not inside a longer Latin one.
fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| {
        !word.starts_with(|c: char| c.is_ascii_alphabetic())
            || !rest.ends_with(|c: char| c.is_ascii_alphanumeric())
            || rest.ends_with("file")
            || rest.ends_with("assembly")
            || rest.ends_with("product")
    })
}

/// An address around a colon.
pub(super) fn at_colon(reading: &Reading<'_>, colon: usize, finds: &mut Finds) -> usize {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
    let start = reading.back(colon, 4, |byte| byte.is_ascii_hexdigit());
    let next = reading.byte(colon.saturating_add(1));
    if !is_part(next) {
        return 0;
    }
    let groups_end = reading.ahead(colon, 48, is_part);
    let end = reading.ahead(groups_end, 16, |byte| byte.is_ascii_digit() || byte == b'.');
    finds.pay(end.saturating_sub(start));
    let before = reading.byte_before(start);
    if is_word(before) || matches!(before, b':' | b'.' | b'-' | b'\\') {
        return groups_end;
    }
    let whole = reading.piece(start, end).trim_end_matches('.');
    let text = [whole, reading.piece(start, groups_end)].into_iter().find(|text| text.parse::<Ipv6Addr>().is_ok());
    let Some(text) = text else { return groups_end };
    let after = start.saturating_add(text.len());
    let Ok(ip) = text.parse::<Ipv6Addr>() else { return groups_end };
    if is_word(reading.byte(after)) || reading.byte(after) == b':' || !is_plausible(text, ip) {
        return groups_end;
    }
    finds.add(find(reading, IocKind::Ipv6, ip.to_string(), start).spelled(text));
    if let Some(mapped) = ip.to_ipv4_mapped() {
        finds.add(find(reading, IocKind::Ipv4, mapped.to_string(), start).because("v4-mapped"));
    }
    end.max(groups_end)
}

/// Code has `a::b`, certificates have colon-separated digits; addresses in use begin with 2, 3 or f, or map version 4.
fn is_plausible(text: &str, ip: Ipv6Addr) -> bool {
    if ip.to_ipv4_mapped().is_some() {
        return true;
    }
    let first = ip.segments().first().copied().unwrap_or(0);
    let is_global = matches!(first, 0x2000..=0x3fff);
    let is_inner = matches!(first, 0xfc00..=0xfdff | 0xfe80..=0xfebf | 0xff00..=0xff0f);
    let groups = text.split(':').filter(|group| !group.is_empty()).count();
    (is_global || is_inner) && groups >= 2
}
