//! Header fields (RFC 5322 section 2.2): names and values, unfolded and decoded to Unicode, whatever bytes they hold.

use std::ops::Range;

use crate::formats::mail::charset::{Place, guess};
use crate::formats::mail::encoded_word;

/// Bytes of one value that are decoded; a value can be as long as the message.
const MAX_VALUE: usize = 64 << 10;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name as written, comments and blanks removed.
    pub name: String,
    /// Its value: unfolded, raw bytes decoded by their looks, encoded words not yet decoded.
    pub value: String,
    /// Byte offset of the field in the artifact.
    pub offset: u64,
    /// Whether the value holds raw bytes beyond ASCII.
    pub is_raw_eight_bit: bool,
}

impl Header {
    /// The field in these bytes of the artifact: name, colon, value with its folds.
    pub fn parse(bytes: &[u8], range: &Range<usize>) -> Option<Header> {
        let field = bytes.get(range.clone())?;
        let colon = memchr::memchr(b':', field)?;
        let (name, value) = field.split_at(colon);
        let value = value.get(1..)?;
        let value = value.get(..MAX_VALUE).unwrap_or(value);
        Some(Header {
            name: without_comments(&String::from_utf8_lossy(name))
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '\0')
                .collect(),
            value: decode_value(value),
            offset: range.start as u64,
            is_raw_eight_bit: !value.is_ascii(),
        })
    }

    /// Whether this is the field's name.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value as a person sees it: encoded words decoded, runs of folding blanks collapsed.
    pub fn text(&self) -> String {
        encoded_word::decode(&self.value).replace('\t', " ").trim().to_owned()
    }
}

/// A value without its folds, in Unicode.
fn decode_value(raw: &[u8]) -> String {
    // Folds inside Japanese runs are mended by the charset, before they become blanks.
    if memchr::memchr(0x1b, raw).is_some() {
        return unfold(&guess(raw, None, Place::Header).text);
    }
    let unfolded: Vec<u8> = raw.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)).collect();
    if unfolded.is_ascii() {
        return String::from_utf8_lossy(&unfolded).trim().to_owned();
    }
    guess(&unfolded, None, Place::Header).text.trim().to_owned()
}

fn unfold(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')).collect::<String>().trim().to_owned()
}

/// The text without comments in parentheses, which mailers may put anywhere (RFC 5322 section 3.2.2); quoted strings
/// are left alone.
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut depth, mut is_quoted, mut is_escaped) = (0usize, false, false);
    for c in text.chars() {
        if std::mem::take(&mut is_escaped) {
            if depth == 0 {
                out.push(c);
            }
            continue;
        }
        match c {
            '\\' => {
                is_escaped = true;
                if depth == 0 {
                    out.push(c);
                }
            }
            '"' if depth == 0 => {
                is_quoted = !is_quoted;
                out.push(c);
            }
            '(' if !is_quoted => depth = depth.saturating_add(1),
            ')' if !is_quoted && depth > 0 => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The fields of one block, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<Header>);

impl Headers {
    /// Every field of this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Header> {
        self.0.iter().filter(move |header| header.is(name))
    }

    /// The first field of this name.
    pub fn first(&self, name: &str) -> Option<&Header> {
        self.0.iter().find(|header| header.is(name))
    }

    /// The first field of this name as a person sees it.
    pub fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(Header::text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::mail::{jis, to_charset};

    fn value(raw: &[u8]) -> String {
        let field = [b"Subject: ".as_slice(), raw].concat();
        Header::parse(&field, &(0..field.len())).unwrap().text()
    }

    #[test]
    fn unfolds_and_decodes() {
        assert_eq!(value(b"a\r\n b"), "a b");
        assert_eq!(value(b"=?utf-8?Q?=E3=81=82?=\r\n =?utf-8?Q?=E3=81=84?="), "あい");
        assert_eq!(value(&to_charset("shift_jis", "予約確認表")), "予約確認表");
        assert_eq!(value("航空券".as_bytes()), "航空券");
    }

    #[test]
    fn a_raw_japanese_subject_may_be_folded_anywhere() {
        let raw = jis("①髙﨑様 ｺﾞ予約");
        for cut in 1..raw.len() {
            let (head, tail) = raw.split_at(cut);
            let text = value(&[head, b"\r\n ", tail].concat());
            assert_eq!(text.replace(' ', ""), "①髙﨑様ｺﾞ予約", "cut at {cut}");
        }
    }

    #[test]
    fn names_lose_comments_and_blanks() {
        let field = b"Content-Type(really) : text/plain";
        assert!(Header::parse(field, &(0..field.len())).unwrap().is("content-type"));
    }
}
