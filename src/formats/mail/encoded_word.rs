//! Encoded words in headers: `=?iso-2022-jp?B?GyRC…?=`. Specified in RFC 2047, read as mailers read it: also inside
//! quoted strings, with spaces inside, and with characters cut in two between neighbouring words.

use super::charset::{Place, decode as decode_charset};
use super::eml::transfer::{base64 as decode_base64, quoted_printable};

/// Longest encoded text looked at. RFC 2047 section 2 allows 75 characters; mailers write whole subjects.
const MAX_WORD: usize = 16 << 10;
/// Longest charset label looked at.
const MAX_LABEL: usize = 64;

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    /// What follows the word.
    rest: &'a str,
}

/// The text with its encoded words decoded.
pub fn decode(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    // Bytes of neighbouring words in one charset: a character may be cut in two between them.
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let (before, from_word) = rest.split_at(start);
        let Some(word) = word(from_word) else {
            flush(&mut pending, &mut out);
            let (marker, after) = from_word.split_at(2);
            out.push_str(before);
            out.push_str(marker);
            rest = after;
            continue;
        };
        // White space between encoded words is not text (RFC 2047 section 6.2).
        let joins = pending.is_some() && before.trim().is_empty();
        if !joins {
            flush(&mut pending, &mut out);
            out.push_str(before);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) => bytes.extend(word.bytes),
            _ => {
                flush(&mut pending, &mut out);
                pending = Some((word.charset.to_owned(), word.bytes));
            }
        }
        rest = word.rest;
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    out
}

fn flush(pending: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&decode_charset(Some(&charset), &bytes, Place::Header).text);
    }
}

/// One encoded word at the start of the text, RFC 2047 section 2. The charset may carry a language (RFC 2231
/// section 5).
fn word(text: &str) -> Option<Word<'_>> {
    let inner = text.strip_prefix("=?")?;
    let label_end = inner.bytes().take(MAX_LABEL).position(|byte| byte == b'?')?;
    let (label, inner) = inner.split_at(label_end);
    let inner = inner.strip_prefix('?')?;
    let kind = inner.chars().next()?;
    let inner = inner.get(kind.len_utf8()..)?.strip_prefix('?')?;
    let window_end = (0..=MAX_WORD.min(inner.len())).rev().find(|at| inner.is_char_boundary(*at))?;
    let window = inner.get(..window_end)?;
    let end = window.find("?=")?;
    let (encoded, after) = inner.split_at(end);
    let rest = after.strip_prefix("?=")?;
    let bytes = match kind {
        'b' | 'B' => decode_base64(encoded.as_bytes()).bytes,
        'q' | 'Q' => {
            let spaced: Vec<u8> = encoded.bytes().map(|byte| if byte == b'_' { b' ' } else { byte }).collect();
            quoted_printable(&spaced)
        }
        _ => return None,
    };
    let charset = label.split('*').next().unwrap_or(label);
    Some(Word { charset, bytes, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_subject_of_the_incident() {
        let subject = "=?iso-2022-jp?b?GyRCOVI2dTd0OTUkKBsoQiAbJEJFOklVJE4kNE8iTW0bKEI=?=";
        assert_eq!(decode(subject), "航空券控え 添付のご連絡");
    }

    #[test]
    fn joins_neighbouring_words_and_keeps_other_spaces() {
        assert_eq!(decode("=?utf-8?Q?a?= =?utf-8?Q?b?= c"), "ab c");
        assert_eq!(decode("Re: =?utf-8?B?44GC?="), "Re: あ");
        // あ is E3 81 82, cut after its first byte.
        assert_eq!(decode("=?UTF-8?Q?=E3?=\t=?utf-8?Q?=81=82?="), "あ");
    }

    #[test]
    fn keeps_what_is_no_word() {
        for text in ["a =? b", "=?utf-8?X?abc?=", "=?utf-8?B?abc", "1=?2", "=?=?=?"] {
            assert_eq!(decode(text), text);
        }
    }

    #[test]
    fn tolerates_languages_and_spaces() {
        assert_eq!(decode("=?utf-8*ja?q?hello_world?="), "hello world");
        assert_eq!(decode("=?utf-8?B?44GC 44GE?="), "あい");
    }
}
