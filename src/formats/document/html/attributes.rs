//! Cutting down tags that have more attributes than any page: the tokenizer compares each with all before it, and a
//! page of one tag with a million attributes would take hours.

use std::borrow::Cow;

/// Attributes of one tag that are read.
const MAX_ATTRIBUTES: usize = 400;

/// The page with the surplus attributes of each tag left out, and whether there were any.
pub(super) fn bounded(text: &str) -> (Cow<'_, str>, bool) {
    let bytes = text.as_bytes();
    let mut kept = String::new();
    let mut copied = 0usize;
    let mut position = 0usize;
    while let Some(found) = bytes.get(position..).and_then(|rest| memchr::memchr(b'<', rest)) {
        let start = position.saturating_add(found).saturating_add(1);
        position = start;
        if !bytes.get(start).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/') {
            continue;
        }
        let (surplus, end) = tag(bytes, start);
        position = end;
        if let Some(surplus) = surplus {
            kept.push_str(text.get(copied..surplus).unwrap_or_default());
            copied = end;
        }
    }
    if copied == 0 {
        return (Cow::Borrowed(text), false);
    }
    kept.push_str(text.get(copied..).unwrap_or_default());
    (Cow::Owned(kept), true)
}

/// Where the surplus attributes of a tag start, if it has any, and where the tag ends.
fn tag(bytes: &[u8], start: usize) -> (Option<usize>, usize) {
    let mut count = 0usize;
    let mut surplus = None;
    let mut quote: Option<u8> = None;
    let mut previous = b'<';
    let mut is_value_next = false;
    for (at, byte) in bytes.iter().copied().enumerate().skip(start) {
        match quote {
            Some(open) => {
                if byte == open {
                    quote = None;
                }
            }
            None => match byte {
                b'>' => return (surplus, at),
                b'"' | b'\'' if is_value_next => {
                    quote = Some(byte);
                    is_value_next = false;
                }
                b'=' => is_value_next = true,
                _ if byte.is_ascii_whitespace() || byte == b'/' => {}
                _ => {
                    let starts = previous.is_ascii_whitespace() || matches!(previous, b'/' | b'"' | b'\'');
                    if starts && !is_value_next {
                        count = count.saturating_add(1);
                        if count > MAX_ATTRIBUTES && surplus.is_none() && byte.is_ascii() {
                            surplus = Some(at);
                        }
                    }
                    is_value_next = false;
                }
            },
        }
        previous = byte;
    }
    (surplus, bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_tags_are_left_alone() {
        let page = "<p class=a b='>' c = \"d e f\">x</p><!-- - --> 1 < 2";
        assert_eq!(bounded(page), (Cow::Borrowed(page), false));
    }

    #[test]
    fn surplus_attributes_go() {
        let page = format!("<p {}>text</p>", (0..5_000).map(|n| format!("a{n}=1 ")).collect::<String>());
        let (cut, is_cut) = bounded(&page);
        assert!(is_cut && cut.len() < 6_000 && cut.ends_with(">text</p>"));
    }
}
