//! The mail as its recipients will get it, put together from what was posted.
//!
//! Stalwart posts each field as what stands before the colon and everything behind it, the blank and the line end included;
//! a line without a colon as a name alone. Whoever follows its documentation posts values without either. Bytes that are no
//! UTF-8 arrive as U+FFFD: they are lost.

use super::question::Mail;

/// What stands for a byte that is no text.
const LOST: char = '\u{FFFD}';

/// A header field as posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) value: String,
}

/// A header section under construction.
#[derive(Debug, Default)]
pub(super) struct MessageBuilder {
    bytes: Vec<u8>,
    names: Vec<String>,
    has_lost: bool,
    line_end: Option<&'static str>,
}

impl MessageBuilder {
    /// Fields so far.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Adds a field.
    pub(super) fn push(&mut self, header: Header) {
        let Header { name, value } = header;
        self.has_lost = self.has_lost || name.contains(LOST) || value.contains(LOST);
        let last = if value.is_empty() { &name } else { &value };
        if self.line_end.is_none() && last.ends_with('\n') {
            self.line_end = Some(if last.ends_with("\r\n") { "\r\n" } else { "\n" });
        }
        self.bytes.extend_from_slice(name.as_bytes());
        // A line without a colon comes as a name with its line end.
        if !(value.is_empty() && name.ends_with('\n')) {
            self.bytes.push(b':');
            if value.ends_with('\n') {
                self.bytes.extend_from_slice(value.as_bytes());
            } else {
                if !value.starts_with([' ', '\t']) {
                    self.bytes.push(b' ');
                }
                self.bytes.extend_from_slice(value.as_bytes());
                self.bytes.extend_from_slice(b"\r\n");
            }
        }
        self.names.push(name);
    }

    /// The mail with this body. `size` is that of the mail as it came, where it is known: if that is met, nothing was lost.
    pub(super) fn finish(self, contents: &str, size: Option<u64>) -> Mail {
        let MessageBuilder { mut bytes, names, has_lost, line_end } = self;
        bytes.extend_from_slice(line_end.unwrap_or("\r\n").as_bytes());
        bytes.extend_from_slice(contents.as_bytes());
        let is_met = size == u64::try_from(bytes.len()).ok();
        let has_lost = has_lost || contents.contains(LOST);
        Mail { bytes, names, is_damaged: has_lost && !is_met }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&str, &str)], contents: &str, size: Option<u64>) -> Mail {
        let mut builder = MessageBuilder::default();
        for (name, value) in headers {
            builder.push(Header { name: (*name).to_owned(), value: (*value).to_owned() });
        }
        builder.finish(contents, size)
    }

    #[test]
    fn every_byte_is_there_again() {
        let raw = "Subject:  two  blanks\r\nX-None:no blank\r\nno field at all\r\nTo: a@example.com,\r\n\tb@example.com\r\n\
                   X-Empty:\r\n\r\nbody\r\n";
        let mail = of(
            &[
                ("Subject", "  two  blanks\r\n"),
                ("X-None", "no blank\r\n"),
                ("no field at all\r\n", ""),
                ("To", " a@example.com,\r\n\tb@example.com\r\n"),
                ("X-Empty", "\r\n"),
            ],
            "body\r\n",
            None,
        );
        assert_eq!(String::from_utf8(mail.bytes).unwrap(), raw);
        assert_eq!(mail.names[..2], ["Subject", "X-None"]);
    }

    #[test]
    fn bare_line_feeds_stay() {
        let mail = of(&[("A", " 1\n"), ("B", " 2\n")], "body\n", Some(17));
        assert_eq!(mail.bytes, b"A: 1\nB: 2\n\nbody\n");
    }

    #[test]
    fn values_without_blank_and_line_end_get_both() {
        let mail = of(&[("From", "a@example.com"), ("Subject", "")], "x", None);
        assert_eq!(mail.bytes, b"From: a@example.com\r\nSubject: \r\n\r\nx");
    }

    #[test]
    fn lost_bytes_are_known_by_the_size() {
        // One byte of Shift_JIS became three of U+FFFD.
        assert!(of(&[("A", " 1\r\n")], "\u{FFFD}", Some(9)).is_damaged);
        // The sender wrote U+FFFD.
        assert!(!of(&[("A", " 1\r\n")], "\u{FFFD}", Some(11)).is_damaged);
        assert!(of(&[("A", " 1\r\n")], "\u{FFFD}", None).is_damaged);
        assert!(!of(&[("A", " 1\r\n")], "plain", Some(99)).is_damaged);
        assert!(of(&[("\u{FFFD}", " 1\r\n")], "plain", Some(99)).is_damaged);
    }
}
