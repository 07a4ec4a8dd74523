//! Telling a message from other text: not by one word but by the fields its first lines hold, since `Note: see below`,
//! YAML and HTTP look alike. The bytes need not be text: real mail holds 8-bit bytes and NULs.

use super::structure::{field_name, start_of_fields};

/// Lines of the head that are looked at.
const LINES: usize = 120;
/// Bytes of the head that are looked at.
const WINDOW: usize = 32 << 10;
/// Evidence that makes a message.
const ENOUGH: u32 = 3;

/// Whether the bytes begin like a message.
pub fn is_message(bytes: &[u8]) -> bool {
    let start = start_of_fields(bytes);
    // A message that begins only after many blank lines is text that quotes one.
    const MAX_LEAD: usize = 2_048;
    if start > MAX_LEAD {
        return false;
    }
    let end = start.saturating_add(WINDOW).min(bytes.len());
    let head = bytes.get(start..end).unwrap_or_default();
    let is_mac = memchr::memchr(b'\n', head).is_none();
    let separator = if is_mac { b'\r' } else { b'\n' };
    let mut evidence = Evidence::default();
    let mut is_whole = start.saturating_add(WINDOW) >= bytes.len();
    for (index, line) in head.split(|byte| *byte == separator).take(LINES).enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if matches!(line.first(), Some(b' ' | b'\t')) && index > 0 {
            continue;
        }
        let Some(length) = field_name(line) else {
            is_whole = line.is_empty();
            break;
        };
        let name = line.get(..length).unwrap_or_default().to_ascii_lowercase();
        let value = line.iter().position(|byte| *byte == b':').and_then(|colon| line.get(colon.saturating_add(1)..));
        evidence.weigh(&name, value.unwrap_or_default().trim_ascii(), index == 0);
        if evidence.is_enough() {
            return true;
        }
    }
    evidence.is_enough() || is_whole && evidence.is_short_head()
}

#[derive(Default)]
struct Evidence {
    points: u32,
    has_strong: bool,
    has_strange: bool,
    starts_with_type: bool,
    seen: Vec<Vec<u8>>,
}

impl Evidence {
    fn is_enough(&self) -> bool {
        self.points >= ENOUGH && self.has_strong
    }

    /// A head of one or two fields, all of them mail's, with its blank line.
    fn is_short_head(&self) -> bool {
        let has = |name: &[u8]| self.seen.iter().any(|known| known == name);
        !self.has_strange
            && (self.has_strong || self.starts_with_type || (has(b"from") && has(b"subject") && has(b"to")))
    }

    fn weigh(&mut self, name: &[u8], value: &[u8], is_first: bool) {
        if self.seen.iter().any(|known| known == name) {
            return;
        }
        let holds = |needle: &[u8]| memchr::memmem::find(value, needle).is_some();
        let starts =
            |prefix: &str| value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()));
        let has_address = memchr::memchr(b'@', value).is_some();
        let points = match name {
            b"received" if holds(b"from ") || holds(b"by ") || holds(b"(") || value.is_empty() => 2,
            b"message-id" if starts("<") => 2,
            b"return-path" if starts("<") || has_address => 2,
            b"mime-version" if starts("1.0") => 2,
            b"content-type" if starts("multipart/") && is_first => 3,
            b"content-type" if starts("multipart/") || starts("message/") => 2,
            b"content-type" if memchr::memchr(b'/', value).is_some() => 1,
            b"content-transfer-encoding"
            | b"content-disposition"
            | b"dkim-signature"
            | b"arc-seal"
            | b"authentication-results"
            | b"received-spf"
            | b"x-mailer"
            | b"x-originating-ip"
            | b"delivered-to"
            | b"x-uidl"
            | b"x-mozilla-status"
            | b"list-unsubscribe"
            | b"in-reply-to"
            | b"x-spam-status" => 2,
            b"from" | b"to" | b"cc" | b"reply-to" | b"sender" | b"bcc" | b"envelope-to" | b"x-original-to"
                if has_address =>
            {
                2
            }
            b"from" | b"to" | b"cc" | b"date" | b"subject" | b"references" | b"organization" => 1,
            _ => 0,
        };
        if points > 0 {
            self.seen.push(name.to_vec());
            self.points = self.points.saturating_add(points);
            self.has_strong |= points >= 2;
            self.starts_with_type |= is_first && name == b"content-type";
        } else if !name.starts_with(b"x-") {
            self.has_strange = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::mail::{Eml, deep_mime, to_charset};

    #[test]
    fn recognises_messages() {
        let raw = Eml::new()
            .header("From", "a@example.com")
            .header_bytes("Subject", &to_charset("shift_jis", "予約確認表\0"))
            .text_body("us-ascii", "x\0\u{1}");
        for mail in [
            Eml::letter("a@example.com").subject("x").text_body("us-ascii", "x").build(),
            Eml::letter("a@example.com").subject("x").text_body("us-ascii", "x").unix_lines().build(),
            raw.build(),
            deep_mime(3),
            [b"\xef\xbb\xbf\r\n\r\n".as_slice(), &raw.build()].concat(),
            [b"From x@example.com Tue Mar 15 09:12:44 2016\n".as_slice(), &raw.build()].concat(),
            b"From: a@example.com\n\nhello\n".to_vec(),
            b"Content-Type: text/html\n\n<a href='http://example.com/'>x</a>\n".to_vec(),
            b"From: me\nTo: you\nSubject: x\n\nbegin 644 a\n".to_vec(),
            b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x--\r\n".to_vec(),
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n".to_vec(),
        ] {
            assert!(is_message(&mail), "{}", String::from_utf8_lossy(&mail));
        }
    }

    #[test]
    fn leaves_other_text_alone() {
        for text in [
            "Note: see below\nFrom: here\nTo: there\n",
            "from: 2020-01-01\nto: 2020-02-01\nname: x\n",
            "HTTP/1.1 200 OK\r\nDate: Tue, 15 Mar 2016 09:12:40 GMT\r\nContent-Type: text/html\r\n\r\n",
            "Date: Tue, 15 Mar 2016\r\nServer: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
            "<html><body>From: a@example.com</body></html>",
            "件名: 御見積\n日付: 2016\n",
            "#!/bin/sh\nFrom: a@example.com\nSubject: x\n",
            "From: a@example.com\nplease call\n\n",
            "To: a@example.com\nAmount: 5\n\n",
            "---\ntitle: x\nfrom: a\nsubject: b\ndate: c\nto: d\n",
            "",
            "\n\n\n",
        ] {
            assert!(!is_message(text.as_bytes()), "{text}");
        }
    }
}
