//! Characters written by their numbers: percent, HTML, JavaScript, CSS, JSON. Decoded again and again until nothing
//! changes, since they are nested to get past one decoding.

/// Rounds of decoding; honest text needs two.
const MAX_ROUNDS: usize = 5;

/// The text with every escape decoded; none if there was nothing to decode.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut current = text.to_owned();
    for round in 0..MAX_ROUNDS {
        let next = decode_once(&current);
        if next == current {
            return (round > 0).then_some(current);
        }
        current = next;
    }
    Some(current)
}

/// One round over the text, left to right.
fn decode_once(text: &str) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let decoded = match first {
            b'%' => percent(tail),
            b'&' => entity(tail),
            b'\\' => backslash(tail),
            _ => None,
        };
        match decoded {
            Some((c, used)) => {
                let mut buffer = [0u8; 4];
                match c {
                    Decoded::Char(c) => out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()),
                    Decoded::Byte(byte) => out.push(byte),
                }
                rest = tail.get(used..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A decoded escape: a character, or one byte of UTF-8.
enum Decoded {
    Char(char),
    Byte(u8),
}

fn hex(bytes: Option<&[u8]>) -> Option<u32> {
    let text = std::str::from_utf8(bytes?).ok()?;
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(text, 16).ok()
}

fn char_of(number: u32) -> Option<Decoded> {
    char::from_u32(number).filter(|c| !c.is_control()).map(Decoded::Char)
}

/// `%68` (RFC 3986) and `%u0068` (JavaScript's `escape`), after the percent sign.
fn percent(tail: &[u8]) -> Option<(Decoded, usize)> {
    if matches!(tail.first(), Some(b'u' | b'U')) {
        return Some((char_of(hex(tail.get(1..5))?)?, 5));
    }
    let byte = u8::try_from(hex(tail.get(..2))?).ok()?;
    (byte >= 0x20 && byte != 0x7f).then_some((Decoded::Byte(byte), 2))
}

/// `&#104;`, `&#x68;` and the names of the signs in URLs (HTML), after the ampersand. The semicolon may be missing.
fn entity(tail: &[u8]) -> Option<(Decoded, usize)> {
    const NAMED: [(&[u8], char); 7] = [
        (b"colon;", ':'),
        (b"sol;", '/'),
        (b"period;", '.'),
        (b"amp;", '&'),
        (b"commat;", '@'),
        (b"quest;", '?'),
        (b"equals;", '='),
    ];
    if let Some((name, c)) = NAMED.iter().find(|(name, _)| tail.starts_with(name)) {
        return Some((Decoded::Char(*c), name.len()));
    }
    let number = tail.strip_prefix(b"#")?;
    let (digits, is_hex) = match number.first() {
        Some(b'x' | b'X') => (number.get(1..)?, true),
        _ => (number, false),
    };
    let count = digits
        .iter()
        .take(8)
        .take_while(|byte| if is_hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() })
        .count();
    let text = std::str::from_utf8(digits.get(..count)?).ok()?;
    let value = u32::from_str_radix(text, if is_hex { 16 } else { 10 }).ok()?;
    let semicolon = usize::from(digits.get(count) == Some(&b';'));
    let used = 1usize.saturating_add(usize::from(is_hex)).saturating_add(count).saturating_add(semicolon);
    Some((char_of(value)?, used))
}

/// `\u0068`, `\x68` (JavaScript), `\/` (JSON) and `\68 ` (CSS), after the backslash.
fn backslash(tail: &[u8]) -> Option<(Decoded, usize)> {
    match tail.first()? {
        b'u' => Some((char_of(hex(tail.get(1..5))?)?, 5)),
        b'x' => Some((char_of(hex(tail.get(1..3))?)?, 3)),
        b'/' => Some((Decoded::Char('/'), 1)),
        b'0'..=b'9' => {
            let count = tail.iter().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let value = hex(tail.get(..count))?;
            let blank = usize::from(tail.get(count) == Some(&b' '));
            (count >= 2 && value < 0x80).then(|| Some((char_of(value)?, count.saturating_add(blank))))?
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_to_the_bottom() {
        for escaped in [
            "http%3A%2F%2Fexample.com",
            "http%253A%252F%252Fexample.com",
            "%u0068%u0074%u0074%u0070://example.com",
            "&#104;&#x74;&#116p&colon;&sol;&sol;example.com",
            r"\u0068\x74\x74p:\/\/example.com",
            r"\68 \74 \000074 p://example.com",
            "&amp;#104;ttp://example.com",
        ] {
            assert_eq!(decode(escaped).as_deref(), Some("http://example.com"), "{escaped}");
        }
    }

    #[test]
    fn what_is_no_escape_stays() {
        for plain in ["100%", "a & b", r"C:\new", "&nbsp", "%zz"] {
            assert_eq!(decode(plain), None, "{plain}");
        }
    }
}
