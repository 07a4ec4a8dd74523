//! A message written out in the text of another: servers return mail so (qmail, Exim, old sendmail), people paste it.
//! Its parts are attachments to whoever saves that text as a file, and to programs that read on.

use std::ops::Range;

use super::lines::Lines;
use super::probe::is_message;
use super::structure::field_name;

/// Fields a message may begin with.
const FIRST: [&[u8]; 9] =
    [b"return-path", b"received", b"from", b"message-id", b"mime-version", b"date", b"subject", b"to", b"content-type"];
/// Lines that begin like a field and are looked at.
const CANDIDATES: usize = 200;
/// Bytes of a head in which the fields of MIME are looked for.
const HEAD: usize = 16 << 10;

/// Where a message with parts of its own begins in a text; it ends with the text.
pub(super) fn enclosed(text: &[u8]) -> Option<Range<usize>> {
    let lower = b"content-t";
    // Most text has none of it.
    if !text.windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower)) {
        return None;
    }
    let mut is_start = true;
    let mut candidates = 0usize;
    for line in Lines::new(text, 0, false) {
        let content = text.get(line.start..line.end).unwrap_or_default();
        let begins = std::mem::replace(&mut is_start, content.trim_ascii().is_empty() || content.starts_with(b"---"));
        if !begins {
            continue;
        }
        let name = field_name(content).and_then(|length| content.get(..length)).unwrap_or_default();
        if !FIRST.iter().any(|first| first.eq_ignore_ascii_case(name)) {
            continue;
        }
        candidates = candidates.saturating_add(1);
        let rest = text.get(line.start..).unwrap_or_default();
        if is_message(rest) && has_parts(rest) {
            return Some(line.start..text.len());
        }
        if candidates >= CANDIDATES {
            return None;
        }
    }
    None
}

/// Whether the head says that the body is more than plain text.
fn has_parts(message: &[u8]) -> bool {
    let head = message.get(..HEAD).unwrap_or(message);
    let mut is_type = false;
    for line in Lines::new(head, 0, false) {
        let text = head.get(line.start..line.end).unwrap_or_default().to_ascii_lowercase();
        if text.is_empty() {
            return false;
        }
        let is_fold = matches!(text.first(), Some(b' ' | b'\t'));
        is_type = text.starts_with(b"content-type") || is_type && is_fold;
        let has = |needle: &[u8]| memchr::memmem::find(&text, needle).is_some();
        if is_type && (has(b"multipart/") || has(b"name") || has(b"application/") || has(b"message/"))
            || text.starts_with(b"content-transfer-encoding") && has(b"base64")
        {
            return true;
        }
    }
    false
}

/// The quoted lines of a text without their marks, if a message with parts or a file in text may be quoted in them.
pub(super) fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mentions = [b"> content-type:".as_slice(), b">content-type:", b"> begin ", b">begin ", b"> =ybegin "];
    if !mentions.iter().any(|mention| text.windows(mention.len()).any(|window| window.eq_ignore_ascii_case(mention))) {
        return None;
    }
    let mut out = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if let Some(rest) = line.strip_prefix(b">") {
            out.extend_from_slice(rest.strip_prefix(b" ").unwrap_or(rest));
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Received: from a by b\nFrom: a@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=B\n\n--B\n\nx\n--B--\n";

    #[test]
    fn a_returned_message_is_found() {
        let text = format!("Sorry.\n\n------ This is a copy of the message ------\n\n{MAIL}");
        let found = enclosed(text.as_bytes()).unwrap();
        assert!(text[found].starts_with("Received: from"));
        let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
        assert!(enclosed(quoted.as_bytes()).is_none());
        assert!(enclosed(&unquoted(quoted.as_bytes()).unwrap()).is_some());
    }

    #[test]
    fn a_quoted_conversation_is_none() {
        let text = "hi\n\n-----Original Message-----\nFrom: a@example.com\nTo: b@example.com\nSubject: x\n\nContent-Type is a field.\n";
        assert!(enclosed(text.as_bytes()).is_none());
        assert!(unquoted(b"> a\n> b\n").is_none());
    }
}
