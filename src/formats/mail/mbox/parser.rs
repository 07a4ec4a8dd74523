//! Where the messages of a mailbox begin and end. A separator is a line that begins with "From ", after a blank line,
//! and ends in a date or has a header field after it: sentences that begin so are common in unquoted mail.

use std::ops::Range;

use bytes::Bytes;

use crate::model::{Location, ParseError, Problem, ProblemKind, View};

/// Messages of one mailbox.
const MAX_MESSAGES: usize = 20_000;
/// Messages that are also given joined with what follows them.
const MAX_JOINED: usize = 16;
/// Unfinished multiparts whose end is looked for behind their message; each search may read to the mailbox's end.
const MAX_SEARCHES: usize = 64;

/// A mailbox.
#[derive(Debug)]
pub struct MboxView {
    /// Each message without its separator, in order.
    pub messages: Vec<Range<usize>>,
    /// Messages that go on behind a separator if their own structure is believed: a multipart still open, or a length
    /// that ends at a later separator (mboxcl).
    pub joined: Vec<Range<usize>>,
    /// What was odd.
    pub problems: Vec<Problem>,
}

impl View for MboxView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let separators: Vec<(usize, usize)> = Separators::new(bytes).take(MAX_MESSAGES).collect();
        if separators.is_empty() {
            return Err(ParseError::new("no line that separates messages", 0));
        }
        let mut problems = Vec::new();
        if separators.len() == MAX_MESSAGES {
            problems.push(Problem::new(
                ProblemKind::Limit,
                format!("more than {MAX_MESSAGES} messages; the rest was read as one"),
                Location::whole(),
            ));
        }
        let ends = separators.iter().skip(1).map(|(start, _)| *start).chain([bytes.len()]);
        let messages: Vec<Range<usize>> =
            separators.iter().zip(ends).map(|((_, next), end)| *next..end.max(*next)).collect();
        let joined = joined(bytes, &messages);
        Ok(MboxView { messages, joined, problems })
    }
}

/// Whether a second message follows the first.
pub(super) fn has_second_message(bytes: &[u8]) -> bool {
    Separators::new(bytes).nth(1).is_some()
}

/// Separators: where the line starts, and where the line after it does.
struct Separators<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Separators<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Separators { bytes, at: 0 }
    }
}

impl Iterator for Separators<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let found = memchr::memmem::find(rest, b"From ")?;
            let start = self.at.saturating_add(found);
            let line_length = memchr::memchr(b'\n', self.bytes.get(start..)?);
            let next = line_length.map_or(self.bytes.len(), |length| start.saturating_add(length).saturating_add(1));
            self.at = start.saturating_add(5);
            let before = self.bytes.get(..start)?;
            let after = self.bytes.get(next..)?;
            let line = self.bytes.get(start..next)?;
            if follows_blank_line(before) && (begins_with_field(after) || is_dated(line)) {
                self.at = next;
                return Some((start, next));
            }
        }
    }
}

/// Whether a separator carries the date RFC 4155 asks for: `From x Mon Jun  1 10:00:00 2009`.
pub(super) fn is_dated(line: &[u8]) -> bool {
    const LONGEST: usize = 200;
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Some(text) = line.get(..line.len().min(LONGEST)).and_then(|line| std::str::from_utf8(line).ok()) else {
        return false;
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_year = |word: &&str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = |word: &&str| word.contains(':') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    words.iter().any(is_year) && words.iter().any(is_time) && words.iter().any(|word| MONTHS.contains(word))
}

fn follows_blank_line(before: &[u8]) -> bool {
    // Blank lines and a byte order mark before the first separator.
    const LONGEST_LEAD: usize = 256;
    let is_lead =
        before.len() <= LONGEST_LEAD && before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before).trim_ascii().is_empty();
    is_lead || before.ends_with(b"\n\n") || before.ends_with(b"\n\r\n")
}

/// A field, or the quoted separator some tools leave as the first line.
fn begins_with_field(after: &[u8]) -> bool {
    const LONGEST_NAME: usize = 80;
    if after.starts_with(b">From ") {
        return true;
    }
    let Some(colon) = after.iter().take(LONGEST_NAME).position(|byte| *byte == b':') else { return false };
    after.get(..colon).is_some_and(|name| {
        !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// Messages whose own structure reaches over the separator behind them.
fn joined(bytes: &Bytes, messages: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    let mut searches = 0usize;
    for (index, message) in messages.iter().enumerate() {
        if joined.len() >= MAX_JOINED || searches >= MAX_SEARCHES || index.saturating_add(1) == messages.len() {
            break;
        }
        let content = bytes.get(message.clone()).unwrap_or_default();
        let head_end = memchr::memmem::find(content, b"\n\n")
            .into_iter()
            .chain(memchr::memmem::find(content, b"\n\r\n"))
            .min()
            .unwrap_or(content.len());
        let head = content.get(..head_end).unwrap_or_default();
        let by_length = content_length(head).map(|length| {
            let body = content.get(head_end..).unwrap_or_default();
            let blank = body.iter().take(4).take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            message.start.saturating_add(head_end).saturating_add(blank.min(4)).saturating_add(length)
        });
        if let Some(end) = by_length.and_then(|reach| end_near(reach, messages, index)) {
            joined.push(message.start..end);
            continue;
        }
        let Some(end) = unfinished_boundary(head, content) else { continue };
        searches = searches.saturating_add(1);
        let behind = bytes.get(message.end..).unwrap_or_default();
        let Some(reach) = memchr::memmem::find(behind, &end).map(|found| message.end.saturating_add(found)) else {
            continue;
        };
        // The separator that ends the message in this reading, or the end of the mailbox.
        let end = messages.iter().skip(index).find(|other| other.end >= reach).map_or(bytes.len(), |other| other.end);
        if end > message.end {
            joined.push(message.start..end);
        }
    }
    joined
}

/// The `Content-Length` of a message (mboxcl, mboxcl2).
fn content_length(head: &[u8]) -> Option<usize> {
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let name = line.get(..15).filter(|name| name.eq_ignore_ascii_case(b"content-length:"))?;
        std::str::from_utf8(line.get(name.len()..)?).ok()?.trim().parse().ok()
    })
}

/// The end of a later message that a length reaches, give or take the blank lines between messages.
fn end_near(reach: usize, messages: &[Range<usize>], index: usize) -> Option<usize> {
    const SLACK: usize = 4;
    let later = messages.get(index.saturating_add(1)..)?;
    let at = later.partition_point(|message| message.end.saturating_add(SLACK) < reach);
    later.get(at).map(|message| message.end).filter(|end| end.abs_diff(reach) <= SLACK)
}

/// The end boundary of the message's multipart, if it is not in the message.
fn unfinished_boundary(head: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    const LONGEST: usize = 200;
    let lower = head.to_ascii_lowercase();
    let at = memchr::memmem::find(&lower, b"boundary=")?.saturating_add(9);
    let value = head.get(at..)?;
    let value = value.get(..LONGEST).unwrap_or(value);
    let boundary = match value.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|byte| *byte == b'"').next()?,
        None => value.split(|byte| byte.is_ascii_whitespace() || *byte == b';').next()?,
    };
    if boundary.is_empty() {
        return None;
    }
    let end = [b"--".as_slice(), boundary, b"--"].concat();
    memchr::memmem::find(content, &end).is_none().then_some(end)
}

/// A message as its sender wrote it: `>From ` at the start of lines loses one `>`. None if there is no such line.
pub(super) fn unquoted(message: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(message, b">From ")?;
    let mut out = Vec::with_capacity(message.len());
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let quotes = line.iter().take_while(|byte| **byte == b'>').count();
        let is_quoted = quotes > 0 && line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "));
        out.extend_from_slice(if is_quoted { line.get(1..).unwrap_or_default() } else { line });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::mail::{Eml, MboxStyle, mbox};

    fn mail(text: &str) -> Vec<u8> {
        Eml::letter("a@example.com").subject("x").text_body("us-ascii", text).build()
    }

    #[test]
    fn splits_every_style() {
        let messages = [mail("one\nFrom the start\n"), mail("two\n\nFrom here: on\n"), mail("three")];
        for style in [MboxStyle::Mboxo, MboxStyle::Mboxrd] {
            let bytes = Bytes::from(mbox(style, &messages));
            let view = MboxView::parse(&bytes).unwrap();
            assert_eq!(view.messages.len(), 3, "{style:?}");
            assert!(view.joined.is_empty());
            let second = unquoted(&bytes[view.messages[1].clone()]).unwrap();
            assert!(second.windows(16).any(|window| window == b"\n\nFrom here: on\n"));
        }
    }

    #[test]
    fn sentences_that_begin_with_from_do_not_separate() {
        let text = b"From a@example.com Tue Mar 15 09:12:44 2016\nSubject: x\n\nhello\n\nFrom what I hear it is so\nthat we go\n";
        assert_eq!(MboxView::parse(&Bytes::from_static(text)).unwrap().messages.len(), 1);
        assert!(!has_second_message(text));
    }

    #[test]
    fn a_length_that_reaches_over_a_separator_gives_the_whole_too() {
        let messages = [mail("one\n\nFrom b Tue Mar 15 09:12:44 2016\nX: y\n\nstill one\n"), mail("two")];
        let bytes = Bytes::from(mbox(MboxStyle::Mboxcl2, &messages));
        let view = MboxView::parse(&bytes).unwrap();
        assert_eq!((view.messages.len(), view.joined.len()), (3, 1));
        assert!(bytes[view.joined[0].clone()].ends_with(b"still one\n\n"));
        // A length that ends anywhere is not believed.
        let lie = b"From a Tue Mar 15 09:12:44 2016\nSubject: x\nContent-Length: 9\n\nhi\n\nFrom b Tue Mar 15 09:12:44 2016\nSubject: z\n\nbye, and more\n";
        assert!(MboxView::parse(&Bytes::from_static(lie)).unwrap().joined.is_empty());
    }

    #[test]
    fn a_multipart_that_reaches_over_a_separator_is_also_given_whole() {
        let text = b"From a Tue Mar 15 2016\nSubject: x\nContent-Type: multipart/mixed; boundary=\"B\"\n\n--B\n\nhi\n\nFrom b Tue Mar 15 2016\nX: y\n\n--B\nContent-Type: application/zip\n\nPK\n--B--\n\nFrom c Tue Mar 15 2016\nSubject: z\n\nbye\n";
        let view = MboxView::parse(&Bytes::from_static(text)).unwrap();
        assert_eq!(view.messages.len(), 3);
        assert_eq!(view.joined, vec![view.messages[0].start..view.messages[1].end]);
    }
}
