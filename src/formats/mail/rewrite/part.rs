//! What stands in an attachment's place: a text part (RFC 2046 section 4.1) in base64, in which no line can look like a
//! boundary whatever the attachment was called.

use crate::formats::text::base64::to_base64;
use crate::model::name::escape;

/// Characters of an encoded line (RFC 2045 section 6.8).
const COLUMNS: usize = 76;
/// Characters of an attachment's name that are shown.
const MAX_NAME: usize = 120;

/// The media type of a notice.
pub(super) const TYPE: &str = "text/plain; charset=utf-8";
/// The transfer encoding of a notice.
pub(super) const ENCODING: &str = "base64";

/// The fields of the part, with the blank line after them. The name is ours: nothing of the attachment is in it.
pub(super) fn head(number: usize, line_end: &str) -> String {
    let name = format!("removed-{number}.txt");
    [
        format!("Content-Type: {TYPE}; name=\"{name}\"").as_str(),
        &format!("Content-Disposition: inline; filename=\"{name}\""),
        &format!("Content-Transfer-Encoding: {ENCODING}"),
        "",
        "",
    ]
    .join(line_end)
}

/// A text as lines of base64; no line end after the last.
pub(super) fn body(text: &[u8], line_end: &str) -> String {
    let encoded = to_base64(text);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(COLUMNS)
        // Base64 is ASCII.
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    lines.join(line_end)
}

/// A text with the line ends every text in a mail has before it is encoded (RFC 2046 section 4.1.1).
pub(super) fn canonical(text: &str) -> Vec<u8> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_end_matches('\n');
    format!("{text}\n").replace('\n', "\r\n").into_bytes()
}

/// A name as a person may be shown it: no control or direction marks, no link, not endless.
pub(super) fn shown(name: &str) -> String {
    let escaped = escape(name).replace("://", "[:]//");
    let mut chars = escaped.chars();
    let mut shown: String = chars.by_ref().take(MAX_NAME).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_what_they_are() {
        assert_eq!(shown("航空券.zip"), "航空券.zip");
        assert_eq!(shown("a\u{202e}fdp.exe\r\n--b"), "a\\u{202e}fdp.exe  --b");
        assert_eq!(shown("http://evil.example/a"), "http[:]//evil.example/a");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), MAX_NAME + 1);
    }

    #[test]
    fn texts_end_their_lines_as_mail_does() {
        assert_eq!(canonical("a\nb\r\nc\rd\n\n"), b"a\r\nb\r\nc\r\nd\r\n");
        assert_eq!(canonical(""), b"\r\n");
    }

    #[test]
    fn lines_are_as_long_as_they_may_be() {
        let body = body(&[b'x'; 300], "\r\n");
        let lengths: Vec<usize> = body.split("\r\n").map(str::len).collect();
        assert_eq!(lengths, [76, 76, 76, 76, 76, 20]);
    }
}
