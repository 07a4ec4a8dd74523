//! Programs written out as text: lists of numbers, and Base64 in which a letter is exchanged for a sign or a word. Plain
//! and reversed Base64 and runs of hexadecimal digits are `iocs/encoded`'s.

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, Match};

use super::Found;
use crate::formats::fields::size_at;
use crate::formats::text::base64::{from_base64, without_lone_character};

/// Programs given per artifact.
const MAX_PROGRAMS: usize = 8;
/// Places tried per artifact.
const MAX_CANDIDATES: usize = 512;
/// Longest program decoded here.
const LONGEST: usize = 64 << 20;

const DECIMAL: &str = "decimal numbers";
const HEXADECIMAL: &str = "hexadecimal numbers";

/// How numbers are written: what stands before each one, and their base.
const NUMBERS: [(&[u8], &[u8], u32, &str); 19] = [
    (b"77,90,", b"", 10, DECIMAL),
    (b"77, 90,", b"", 10, DECIMAL),
    (b"77;90;", b"", 10, DECIMAL),
    (b"77 90 ", b"", 10, DECIMAL),
    (b"77-90-", b"", 10, DECIMAL),
    (b"0x4d,0x5a", b"0x", 16, HEXADECIMAL),
    (b"0x4D,0x5A", b"0x", 16, HEXADECIMAL),
    (b"0x4d, 0x5a", b"0x", 16, HEXADECIMAL),
    (b"0x4D, 0x5A", b"0x", 16, HEXADECIMAL),
    (b"&h4d,&h5a", b"&h", 16, HEXADECIMAL),
    (b"&H4D,&H5A", b"&h", 16, HEXADECIMAL),
    (b"&H4D, &H5A", b"&h", 16, HEXADECIMAL),
    (b"\\x4d\\x5a", b"\\x", 16, "hexadecimal escapes"),
    (b"\\x4D\\x5A", b"\\x", 16, "hexadecimal escapes"),
    (b"4d-5a-", b"", 16, HEXADECIMAL),
    (b"4D-5A-", b"", 16, HEXADECIMAL),
    (b"4d 5a ", b"", 16, HEXADECIMAL),
    (b"4D 5A ", b"", 16, HEXADECIMAL),
    (b"4D,5A,", b"", 16, HEXADECIMAL),
];

/// Base64 of the first three bytes of a program, forwards and backwards.
const FORWARDS: &[u8] = b"TVqQ";
const BACKWARDS: &[u8] = b"QqVT";

/// Looks at many bytes at a time where the processor can.
static PACKED: LazyLock<Option<Searcher>> = LazyLock::new(|| Searcher::new(NUMBERS.iter().map(|(start, ..)| start)));
static SEARCH: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(NUMBERS.iter().map(|(start, ..)| start)).ok());

fn starts(text: &[u8]) -> Box<dyn Iterator<Item = Match> + '_> {
    match (PACKED.as_ref(), SEARCH.as_ref()) {
        (Some(search), _) => Box::new(search.find_iter(text)),
        (None, Some(search)) => Box::new(search.find_iter(text)),
        (None, None) => Box::new(std::iter::empty()),
    }
}

/// Programs, in the order of the text.
pub(super) fn programs(text: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut end = 0usize;
    for hit in starts(text).take(MAX_CANDIDATES) {
        if hit.start() < end || found.len() >= MAX_PROGRAMS {
            continue;
        }
        let Some((_, prefix, base, how)) = NUMBERS.get(hit.pattern().as_usize()) else { continue };
        let (bytes, length) = numbers(text.get(hit.start()..).unwrap_or_default(), prefix, *base);
        end = hit.start().saturating_add(length);
        if is_program(&bytes) {
            found.push(Found { offset: hit.start(), how: (*how).to_owned(), bytes });
        }
    }
    exchanged(text, &mut found);
    found
}

/// A DOS header that leads to a PE signature, if the bytes go that far.
fn is_program(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MZ")
        && size_at(bytes, 0x3c).is_some_and(|at| {
            (0x40..=0x1000).contains(&at) && bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
        })
}

/// Numbers up to the first thing that is none, and how much text they took.
fn numbers(text: &[u8], prefix: &[u8], base: u32) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut at = 0usize;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let rest = match rest.get(..prefix.len()) {
            Some(head) if head.eq_ignore_ascii_case(prefix) => rest.get(prefix.len()..).unwrap_or_default(),
            _ => break,
        };
        let longest = if base == 16 { 2 } else { 3 };
        let digits = rest.iter().take(longest).take_while(|byte| char::from(**byte).is_digit(base)).count();
        let value = rest.get(..digits).and_then(|digits| std::str::from_utf8(digits).ok());
        let Some(value) = value.and_then(|digits| u8::from_str_radix(digits, base).ok()) else { break };
        bytes.push(value);
        at = at.saturating_add(prefix.len()).saturating_add(digits);
        // Separators, and the ways languages continue a line.
        let gap = text.get(at..).unwrap_or_default().iter().take(64);
        let gap =
            gap.take_while(|byte| matches!(byte, b',' | b';' | b' ' | b'-' | b'\r' | b'\n' | b'\t' | b'_')).count();
        at = at.saturating_add(gap);
        if (gap == 0 && prefix.is_empty()) || bytes.len() >= LONGEST {
            break;
        }
    }
    (bytes, at)
}

/// Base64 in which `A`, the letter that zeros are written with, is exchanged: a header goes on with at least two of them,
/// so what stands in their place shows itself.
fn exchanged(text: &[u8], found: &mut Vec<Found>) {
    let mut end = 0usize;
    for at in memchr::memmem::find_iter(text, FORWARDS).take(MAX_CANDIDATES) {
        if at < end || found.len() >= MAX_PROGRAMS {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if let Some((bytes, length, sign)) = decode(rest.iter().copied()) {
            end = at.saturating_add(length);
            found.push(Found { offset: at, how: format!("Base64 with {sign} for A"), bytes });
        }
    }
    let mut floor = 0usize;
    for at in memchr::memmem::find_iter(text, BACKWARDS).take(MAX_CANDIDATES) {
        if found.len() >= MAX_PROGRAMS {
            return;
        }
        let last = at.saturating_add(BACKWARDS.len());
        let before = text.get(floor..last).unwrap_or_default();
        if let Some((bytes, length, sign)) = decode(before.iter().rev().copied()) {
            let start = last.saturating_sub(length);
            found.push(Found { offset: start, how: format!("reversed Base64 with {sign} for A"), bytes });
            floor = last;
        }
    }
}

/// The program, how much text it took, what stands for `A`.
fn decode(text: impl Iterator<Item = u8> + Clone) -> Option<(Vec<u8>, usize, String)> {
    const LONGEST_SIGN: usize = 24;
    let head: Vec<u8> = text.clone().skip(FORWARDS.len()).take(2 * LONGEST_SIGN).collect();
    let period = (1..=LONGEST_SIGN).find(|period| {
        let (one, two) = (head.get(..*period), head.get(*period..period.saturating_mul(2)));
        one.is_some() && one == two
    })?;
    let sign = head.get(..period)?.to_vec();
    // One letter of the alphabet for another would be a cipher, not a disguise.
    if sign.iter().all(|byte| byte.is_ascii_alphanumeric()) && sign.len() < 2 {
        return None;
    }
    // The header first: most candidates are none, and each may be followed by the rest of the file.
    const HEADER: usize = 6 << 10;
    decoded(text.clone().take(sign.len().saturating_mul(HEADER)), &sign).filter(|(bytes, _)| is_program(bytes))?;
    let (bytes, length) = decoded(text, &sign)?;
    Some((bytes, length, String::from_utf8_lossy(&sign).into_owned()))
}

/// The bytes of Base64 up to the first thing that is none, and how much text they took.
fn decoded(text: impl Iterator<Item = u8>, sign: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut plain = Vec::new();
    let mut length = 0usize;
    let mut pending: Vec<u8> = Vec::new();
    for byte in text.take(LONGEST) {
        pending.push(byte);
        if sign.starts_with(&pending) {
            if pending.len() == sign.len() {
                plain.push(b'A');
                length = length.saturating_add(pending.len());
                pending.clear();
            }
            continue;
        }
        let is_end = pending.iter().any(|byte| !is_inside(*byte));
        if is_end {
            break;
        }
        // The first byte is no part of a sign; the others may begin one.
        while let Some(first) = pending.first().copied() {
            if sign.starts_with(&pending) {
                break;
            }
            if !first.is_ascii_whitespace() {
                plain.push(first);
            }
            length = length.saturating_add(1);
            pending.remove(0);
        }
    }
    let end = plain.iter().position(|byte| *byte == b'=').unwrap_or(plain.len());
    Some((from_base64(without_lone_character(plain.get(..end)?))?, length))
}

fn is_inside(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sekisho_samples::program::pe::Pe;

    use super::*;

    fn only(text: &str, how: &str) {
        let program = Pe::new().build();
        let found = programs(text.as_bytes());
        assert_eq!(found.len(), 1, "{how}: {}", text.get(..80).unwrap_or(text));
        assert_eq!(found[0].how, how);
        assert!(found[0].bytes == program, "{how}");
    }

    #[test]
    fn numbers_in_every_spelling() {
        let program = Pe::new().build();
        let join = |each: &dyn Fn(&u8) -> String, gap: &str| {
            let list = program.iter().map(each).collect::<Vec<_>>().join(gap);
            format!("var a = [{list}];")
        };
        only(&join(&|byte| byte.to_string(), ","), "decimal numbers");
        only(&join(&|byte| byte.to_string(), ", "), "decimal numbers");
        only(&join(&|byte| format!("0x{byte:02X}"), ","), "hexadecimal numbers");
        only(&join(&|byte| format!("0x{byte:02x}"), ", "), "hexadecimal numbers");
        only(&join(&|byte| format!("&H{byte:X}"), ","), "hexadecimal numbers");
        only(&join(&|byte| format!("{byte:02X}"), "-"), "hexadecimal numbers");
        only(&join(&|byte| format!("\\x{byte:02x}"), ""), "hexadecimal escapes");
        let lines: Vec<String> =
            program.chunks(16).map(|row| row.iter().map(|byte| format!("{byte},")).collect()).collect();
        only(&lines.join(" _\r\n"), "decimal numbers");
    }

    #[test]
    fn letters_exchanged_for_signs_and_words() {
        let plain = base64::engine::general_purpose::STANDARD.encode(Pe::new().build());
        for sign in ["*", "@", "!", "DgTre", "(%)"] {
            only(&format!("x='{}';", plain.replace('A', sign)), &format!("Base64 with {sign} for A"));
        }
        let turned: String = plain.replace('A', "@").chars().rev().collect();
        only(&format!("x='{turned}';"), "reversed Base64 with @ for A");
    }

    #[test]
    fn plain_base64_and_other_numbers_are_left_to_others() {
        let plain = base64::engine::general_purpose::STANDARD.encode(Pe::new().build());
        assert!(programs(plain.as_bytes()).is_empty());
        assert!(programs(b"77,90,144,0,3,0,0,0 and so on").is_empty());
        assert!(programs(&b"77,90,".repeat(1000)).is_empty());
        assert!(programs(&b"TVqQ**M****E".repeat(1000)).is_empty());
    }
}
