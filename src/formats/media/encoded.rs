//! Programs written as text behind a picture: Base64, at times reversed or with letters exchanged.

use crate::formats::fields::u32_at;
use crate::formats::text::base64::{from_base64, without_lone_character};

/// Fewest characters that are worth a look.
const MIN_RUN: usize = 48;

/// Whether more than two fifths of the bytes are long runs of Base64.
pub(super) fn is_mostly_base64(bytes: &[u8]) -> bool {
    let inside: usize = runs(bytes).map(<[u8]>::len).sum();
    inside.saturating_mul(5) > bytes.len().saturating_mul(2)
}

/// How the first program in the text is written, if there is one.
pub(super) fn find_program(bytes: &[u8]) -> Option<&'static str> {
    // Some loaders exchange the most frequent letter, A, for a sign that Base64 does not have.
    const WAYS: [(&str, bool, bool); 4] = [
        ("Base64", false, false),
        ("reversed Base64", true, false),
        ("Base64 with exchanged letters", false, true),
        ("reversed Base64 with exchanged letters", true, true),
    ];
    const MAX_RUNS: usize = 16;
    for run in runs(bytes).take(MAX_RUNS) {
        for (how, is_reversed, is_exchanged) in WAYS {
            // The start is enough to know a program.
            let head = decode(head(run, is_reversed), is_reversed, is_exchanged);
            if head.is_some_and(|head| is_program(&head)) {
                return Some(how);
            }
        }
    }
    None
}

/// The end of the run that decodes first: a multiple of four characters.
fn head(run: &[u8], is_reversed: bool) -> &[u8] {
    // Enough for an MS-DOS header with line ends in between.
    const LENGTH: usize = 128;
    let start = if is_reversed { run.len().saturating_sub(LENGTH) } else { 0 };
    run.get(start..).and_then(|run| run.get(..LENGTH.min(run.len()))).unwrap_or_default()
}

fn decode(run: &[u8], is_reversed: bool, is_exchanged: bool) -> Option<Vec<u8>> {
    let mut text: Vec<u8> = run.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if is_reversed {
        text.reverse();
    }
    if is_exchanged {
        text.iter_mut().filter(|byte| EXCHANGED.contains(byte)).for_each(|byte| *byte = b'A');
    }
    let end = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    from_base64(without_lone_character(text.get(..end)?))
}

/// Signs seen in the place of A.
const EXCHANGED: &[u8] = b"#@!%^&*";

/// An MS-DOS header with a believable offset of the Windows header.
fn is_program(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MZ") && u32_at(bytes, 60).is_some_and(|offset| (4..=4096).contains(&offset))
}

/// Long stretches of Base64 characters, exchanged ones and line ends included.
fn runs(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_inside = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n') || EXCHANGED.contains(byte)
    };
    bytes.split(move |byte| !is_inside(byte)).filter(|run| run.len() >= MIN_RUN)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    fn program() -> Vec<u8> {
        let mut bytes = b"MZ".to_vec();
        bytes.resize(60, 0);
        bytes.extend([0x80, 0, 0, 0]);
        bytes.resize(300, 1);
        bytes
    }

    #[test]
    fn finds_programs_in_each_writing() {
        let plain = base64::engine::general_purpose::STANDARD.encode(program());
        let reversed: String = plain.chars().rev().collect();
        for text in [plain.clone(), reversed.clone(), plain.replace('A', "#"), reversed.replace('A', "#")] {
            assert!(find_program(format!("<<BASE64_START>>{text}<<BASE64_END>>").as_bytes()).is_some(), "{text}");
            assert!(is_mostly_base64(text.as_bytes()));
        }
    }

    #[test]
    fn text_and_other_base64_are_no_program() {
        let other = base64::engine::general_purpose::STANDARD.encode([b'x'; 300]);
        assert_eq!(find_program(other.as_bytes()), None);
        assert_eq!(find_program("Taken with a camera on a sunny day. ".repeat(9).as_bytes()), None);
        assert!(!is_mostly_base64("Taken with a camera on a sunny day. ".repeat(9).as_bytes()));
    }
}
