//! The MIME tree (RFC 2046 section 5.1) as one pass over lines: a stack of open multiparts and a table of their
//! boundaries, no recursion, so that depth costs nothing. Where programs read a message differently, a [`Reading`]
//! says which way this pass goes; the parser walks once per reading that matters.

use std::collections::HashMap;
use std::ops::Range;

use crate::model::{Location, Problem, ProblemKind};

use super::header::{Header, Headers};
use super::lines::{Line, Lines};
use super::params::{self, Structured};

/// Multiparts inside multiparts that are followed. Mailers make three levels, forwarding doubles them.
pub(super) const MAX_NESTING: usize = 100;
/// Parts of one message.
pub(super) const MAX_PARTS: usize = 5_000;
/// Fields kept of the message's own head.
const MAX_FIELDS: usize = 4_000;
/// `Content-` fields kept of one part.
const MAX_PART_FIELDS: usize = 64;
/// Multiparts of one message for which a boundary is guessed.
const MAX_GUESSES: usize = 32;
/// Oddities kept of one message.
const MAX_PROBLEMS: usize = 100;
/// Bytes after a multipart's head in which its boundary is guessed.
const GUESS_WINDOW: usize = 64 << 10;

/// One way of reading a message where programs differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Which of several `Content-Type` fields counts; the last if there are fewer.
    pub(super) type_index: usize,
    /// Which of several `boundary` parameters counts.
    pub(super) boundary_index: usize,
    /// A line that is no field is skipped, instead of starting the body.
    pub(super) skips_junk: bool,
    /// A bare CR ends a line.
    pub(super) ends_at_bare_cr: bool,
    /// A line that only begins like the innermost boundary is one.
    pub(super) matches_prefix: bool,
    /// A multipart without (or not using) its boundary is split at what looks like one.
    pub(super) guesses_boundary: bool,
}

/// What a stretch of the message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A part that is not a multipart.
    Part,
    /// Text before a multipart's first boundary.
    Preamble,
    /// Text after its last.
    Epilogue,
    /// The body of a multipart that is never divided; mailers show it as text.
    Undivided,
    /// A multipart below [`MAX_NESTING`], not taken apart.
    TooDeep,
}

/// A stretch of the message.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// What it is.
    pub(super) role: Role,
    /// Its `Content-` fields.
    pub(super) headers: Headers,
    /// Where its fields begin.
    pub(super) head_start: usize,
    /// Its body, still encoded.
    pub(super) body: Range<usize>,
    /// Whether it is a message unless its type says otherwise (`multipart/digest`).
    pub(super) is_digest_member: bool,
    /// Which of several types counts here.
    pub(super) type_index: usize,
}

/// What makes other readings worth a walk.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) content_types: usize,
    pub(super) boundaries: usize,
    pub(super) fields_after_junk: bool,
    pub(super) bare_cr: bool,
    pub(super) near_boundary: bool,
    pub(super) unused_boundary: bool,
    /// Offset of a part that begins after its multipart's end boundary.
    pub(super) part_after_end: Option<usize>,
}

/// One walk.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) top: Headers,
    pub(super) segments: Vec<Segment>,
    pub(super) seen: Seen,
    pub(super) problems: Vec<Problem>,
}

/// Offset of the first field: after a byte order mark, blank lines and an mbox line (RFC 4155).
pub(super) fn start_of_fields(bytes: &[u8]) -> usize {
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    for line in Lines::new(bytes, at, false) {
        let text = bytes.get(line.start..line.end).unwrap_or_default();
        if !(text.trim_ascii().is_empty() || text.starts_with(b"From ") || text.starts_with(b">From ")) {
            break;
        }
        at = line.next;
    }
    at
}

/// Length of a field's name if the line begins a field: printable characters and a colon (RFC 5322 section 2.2), blanks
/// and comments before the colon allowed.
pub(super) fn field_name(line: &[u8]) -> Option<usize> {
    const LONGEST_NAME: usize = 120;
    if line.starts_with(b"--") {
        return None;
    }
    let colon = line.iter().take(LONGEST_NAME).position(|byte| *byte == b':')?;
    let name = line.get(..colon)?;
    let bare =
        name.iter().position(|byte| *byte == b'(').and_then(|at| name.get(..at)).unwrap_or(name).trim_ascii_end();
    (!bare.is_empty() && bare.iter().all(|byte| (33..=126).contains(byte))).then_some(bare.len())
}

struct Node {
    boundaries: Vec<Vec<u8>>,
    has_delimiter: bool,
    has_ended: bool,
    is_digest: bool,
    head_start: usize,
}

enum State {
    Head { start: usize, fields: Vec<Range<usize>>, saw_junk: bool },
    Body { segment: Segment },
    Between { role: Role, start: usize },
}

struct Walker<'a> {
    bytes: &'a [u8],
    reading: Reading,
    stack: Vec<Node>,
    /// Boundary → places in the stack, innermost last.
    open: HashMap<Vec<u8>, Vec<usize>>,
    state: State,
    is_top: bool,
    guesses: usize,
    is_full: bool,
    was_too_deep: bool,
    walk: Walk,
}

/// Walks a message.
pub(super) fn walk(bytes: &[u8], reading: Reading) -> Walk {
    let start = start_of_fields(bytes);
    let mut walker = Walker {
        bytes,
        reading,
        stack: Vec::new(),
        open: HashMap::new(),
        state: State::Head { start, fields: Vec::new(), saw_junk: false },
        is_top: true,
        guesses: 0,
        is_full: false,
        was_too_deep: false,
        walk: Walk::default(),
    };
    for line in Lines::new(bytes, start, reading.ends_at_bare_cr) {
        if walker.is_full {
            break;
        }
        walker.line(line);
    }
    walker.close_segment(bytes.len(), bytes.len(), None);
    walker.pop_to(0);
    walker.walk
}

impl Walker<'_> {
    fn text(&self, line: Line) -> &[u8] {
        self.bytes.get(line.start..line.end).unwrap_or_default()
    }

    fn line(&mut self, line: Line) {
        let text = self.bytes.get(line.start..line.end).unwrap_or_default();
        if !self.stack.is_empty()
            && text.starts_with(b"--")
            && let Some((place, is_end)) = self.delimiter(text)
        {
            self.at_delimiter(line, place, is_end);
            return;
        }
        let State::Head { start, fields, saw_junk } = &mut self.state else { return };
        if text.is_empty() {
            let start = *start;
            self.end_head(start, line.next);
            return;
        }
        if matches!(text.first(), Some(b' ' | b'\t')) {
            if !*saw_junk && let Some(last) = fields.last_mut() {
                last.end = line.end;
            }
            return;
        }
        if memchr::memchr(b'\r', text).is_some() {
            self.walk.seen.bare_cr = true;
        }
        if let Some(length) = field_name(text) {
            let keeps = if self.is_top {
                fields.len() < MAX_FIELDS
            } else {
                fields.len() < MAX_PART_FIELDS
                    && text.get(..length.min(8)).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"))
            };
            *saw_junk = !keeps;
            if keeps {
                fields.push(line.start..line.end);
            }
            return;
        }
        if self.reading.skips_junk && !text.starts_with(b"--") {
            *saw_junk = true;
            return;
        }
        let start = *start;
        if self.content_field_follows(line.next) {
            self.walk.seen.fields_after_junk = true;
        }
        self.odd("a line that is no header field ends the header block", line.start);
        self.end_head(start, line.start);
        self.line_in_body(line);
    }

    /// The line that ended a head without a blank line is the body's first, and may be a boundary.
    fn line_in_body(&mut self, line: Line) {
        let text = self.bytes.get(line.start..line.end).unwrap_or_default();
        if text.starts_with(b"--")
            && let Some((place, is_end)) = self.delimiter(text)
        {
            self.at_delimiter(line, place, is_end);
        }
    }

    /// Whether `Content-` fields come before the next blank line, within a few lines.
    fn content_field_follows(&self, at: usize) -> bool {
        const LINES: usize = 30;
        Lines::new(self.bytes, at, false)
            .take(LINES)
            .map(|line| self.text(line))
            .take_while(|text| !text.is_empty())
            .any(|text| {
                text.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-")) && field_name(text).is_some()
            })
    }

    /// Which open multipart a line delimits, and whether it ends it (RFC 2046 section 5.1.1: two dashes, the boundary,
    /// two more dashes at the end, trailing blanks).
    fn delimiter(&mut self, line: &[u8]) -> Option<(usize, bool)> {
        let text = line.get(2..)?.trim_ascii_end();
        let innermost = |places: &Vec<usize>| places.last().copied();
        if let Some(place) = self.open.get(text).and_then(innermost) {
            return Some((place, false));
        }
        if let Some(place) = text.strip_suffix(b"--").and_then(|text| self.open.get(text)).and_then(innermost) {
            return Some((place, true));
        }
        let place = self.stack.len().checked_sub(1)?;
        let node = self.stack.last()?;
        let rest = node.boundaries.iter().find_map(|boundary| text.strip_prefix(boundary.as_slice()))?;
        self.walk.seen.near_boundary = true;
        self.reading.matches_prefix.then(|| (place, rest.starts_with(b"--")))
    }

    fn at_delimiter(&mut self, line: Line, place: usize, is_end: bool) {
        self.close_segment(self.before_line_end(line.start), line.start, Some(place));
        self.pop_to(place.saturating_add(1));
        let Some(node) = self.stack.get_mut(place) else { return };
        node.has_delimiter = true;
        if is_end {
            node.has_ended = true;
            self.state = State::Between { role: Role::Epilogue, start: line.next };
        } else {
            if node.has_ended {
                self.walk.seen.part_after_end.get_or_insert(line.start);
            }
            self.is_top = false;
            self.state = State::Head { start: line.next, fields: Vec::new(), saw_junk: false };
        }
    }

    /// The line end before a boundary belongs to the boundary.
    fn before_line_end(&self, at: usize) -> usize {
        let before = self.bytes.get(..at).unwrap_or_default();
        let trimmed = match before {
            [.., b'\r', b'\n'] => 2,
            [.., b'\n'] => 1,
            [.., b'\r'] if self.reading.ends_at_bare_cr => 1,
            _ => 0,
        };
        at.saturating_sub(trimmed)
    }

    /// Ends the current stretch at `end`, where the multipart at `place` of the stack is delimited.
    fn close_segment(&mut self, end: usize, line_start: usize, place: Option<usize>) {
        if let State::Head { start, .. } = &self.state {
            let start = *start;
            self.end_head(start, line_start);
        }
        let done = std::mem::replace(&mut self.state, State::Between { role: Role::Epilogue, start: self.bytes.len() });
        match done {
            State::Body { mut segment } => {
                segment.body.end = end.max(segment.body.start);
                self.push(segment);
            }
            State::Between { role, start } if end > start => {
                let is_own = place.is_some_and(|place| place.saturating_add(1) == self.stack.len());
                let role = if role == Role::Preamble && !is_own { Role::Undivided } else { role };
                self.push(Segment {
                    role,
                    headers: Headers::default(),
                    head_start: start,
                    body: start..end,
                    is_digest_member: false,
                    type_index: 0,
                });
            }
            State::Between { .. } | State::Head { .. } => {}
        }
    }

    fn push(&mut self, segment: Segment) {
        if self.walk.segments.len() >= MAX_PARTS {
            self.is_full = true;
            self.walk.problems.push(Problem::new(
                ProblemKind::Limit,
                format!("more than {MAX_PARTS} parts; the rest was not read"),
                Location::at(segment.head_start),
            ));
            return;
        }
        self.walk.segments.push(segment);
    }

    /// Ends the head that began at `start`; the body begins at `body_start`.
    fn end_head(&mut self, start: usize, body_start: usize) {
        let placeholder = State::Between { role: Role::Epilogue, start: body_start };
        let State::Head { fields, .. } = std::mem::replace(&mut self.state, placeholder) else { return };
        let headers = Headers(fields.iter().filter_map(|range| Header::parse(self.bytes, range)).collect());
        let is_digest_member = self.stack.last().is_some_and(|node| node.is_digest);
        let types: Vec<Structured> = headers.all("content-type").map(|header| params::parse(&header.value)).collect();
        let type_index = self.reading.type_index.min(types.len().saturating_sub(1));
        self.walk.seen.content_types = self.walk.seen.content_types.max(types.len());
        let own = if std::mem::take(&mut self.is_top) {
            let own = headers.0.iter().filter(|header| starts_with_content(&header.name)).cloned().collect();
            self.walk.top = headers;
            Headers(own)
        } else {
            headers
        };
        let multipart = types.get(type_index).filter(|value| value.head.starts_with("multipart/"));
        let segment = |role| Segment {
            role,
            headers: own,
            head_start: start,
            body: body_start..body_start,
            is_digest_member,
            type_index: self.reading.type_index,
        };
        let Some(multipart) = multipart else {
            self.state = State::Body { segment: segment(Role::Part) };
            return;
        };
        if self.stack.len() >= MAX_NESTING {
            let segment = segment(Role::TooDeep);
            if !std::mem::replace(&mut self.was_too_deep, true) {
                self.walk.problems.push(Problem::new(
                    ProblemKind::Limit,
                    format!("multiparts nested more than {MAX_NESTING} deep are not taken apart"),
                    Location::at(start),
                ));
            }
            self.state = State::Body { segment };
            return;
        }
        let boundaries = self.boundaries(multipart, body_start);
        let place = self.stack.len();
        for boundary in &boundaries {
            self.open.entry(boundary.clone()).or_default().push(place);
        }
        let is_digest = multipart.head == "multipart/digest";
        let has_none = boundaries.is_empty();
        if has_none {
            self.odd("a multipart without a boundary", start);
        }
        self.stack.push(Node { boundaries, has_delimiter: false, has_ended: false, is_digest, head_start: start });
        self.state = State::Between { role: Role::Preamble, start: body_start };
    }

    fn boundaries(&mut self, multipart: &Structured, body_start: usize) -> Vec<Vec<u8>> {
        let declared: Vec<Vec<u8>> = multipart
            .all("boundary")
            .into_iter()
            .map(|param| param.value.trim_end().as_bytes().to_vec())
            .filter(|boundary| !boundary.is_empty())
            .collect();
        self.walk.seen.boundaries = self.walk.seen.boundaries.max(declared.len());
        let chosen = declared.get(self.reading.boundary_index.min(declared.len().saturating_sub(1))).cloned();
        if self.reading.guesses_boundary && self.guesses < MAX_GUESSES {
            self.guesses = self.guesses.saturating_add(1);
            let body = self.bytes.get(body_start..).unwrap_or_default();
            let is_used = chosen
                .as_ref()
                .is_some_and(|boundary| memchr::memmem::find(body, &[b"--".as_slice(), boundary].concat()).is_some());
            if !is_used && let Some(guess) = guess_boundary(body) {
                return chosen.into_iter().chain([guess]).collect();
            }
        }
        chosen.into_iter().collect()
    }

    fn odd(&mut self, what: &str, at: usize) {
        if self.walk.problems.len() < MAX_PROBLEMS {
            self.walk.problems.push(Problem::odd(what, Location::at(at)));
        }
    }

    /// Closes every multipart from this place of the stack on.
    fn pop_to(&mut self, length: usize) {
        while self.stack.len() > length {
            let Some(node) = self.stack.pop() else { return };
            for boundary in &node.boundaries {
                if let Some(places) = self.open.get_mut(boundary) {
                    places.pop();
                    if places.is_empty() {
                        self.open.remove(boundary);
                    }
                }
            }
            if !node.has_delimiter {
                self.walk.seen.unused_boundary = true;
                self.odd("a multipart whose boundary never occurs", node.head_start);
            } else if !node.has_ended {
                self.odd("a multipart without its end boundary", node.head_start);
            }
        }
    }
}

fn starts_with_content(name: &str) -> bool {
    name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("content-"))
}

/// A line that starts with two dashes and has a `Content-` field after it.
fn guess_boundary(body: &[u8]) -> Option<Vec<u8>> {
    let window = body.get(..GUESS_WINDOW).unwrap_or(body);
    let mut candidate: Option<&[u8]> = None;
    for line in Lines::new(window, 0, false) {
        let text = window.get(line.start..line.end).unwrap_or_default();
        let is_content = text.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"));
        if is_content
            && field_name(text).is_some()
            && let Some(found) = candidate
        {
            return Some(found.to_vec());
        }
        candidate = text.strip_prefix(b"--").map(<[u8]>::trim_ascii_end).filter(|rest| !rest.is_empty());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_samples::mail::deep_mime;

    fn bodies(bytes: &[u8], reading: Reading) -> Vec<(Role, String)> {
        walk(bytes, reading)
            .segments
            .into_iter()
            .map(|segment| (segment.role, String::from_utf8_lossy(&bytes[segment.body]).into_owned()))
            .collect()
    }

    fn part(text: &str) -> (Role, String) {
        (Role::Part, text.to_owned())
    }

    const HEAD: &str = "Subject: x\nContent-Type: multipart/mixed; boundary=B\n\n";

    #[test]
    fn splits_at_boundaries() {
        let mail = format!("{HEAD}hello\n--B\nContent-Type: text/plain\n\none\n\n--B\n\ntwo\n--B--\nbye\n");
        assert_eq!(
            bodies(mail.as_bytes(), Reading::default()),
            [(Role::Preamble, "hello".to_owned()), part("one\n"), part("two"), (Role::Epilogue, "bye\n".to_owned())]
        );
    }

    #[test]
    fn an_outer_boundary_ends_inner_multiparts() {
        let mail = format!("{HEAD}--B\nContent-Type: multipart/alternative; boundary=C\n\n--C\n\none\n--B\n\ntwo\n");
        assert_eq!(bodies(mail.as_bytes(), Reading::default()), [part("one"), part("two\n")]);
        assert_eq!(walk(mail.as_bytes(), Reading::default()).problems.len(), 2);
    }

    #[test]
    fn parts_after_the_end_boundary_are_parts() {
        let mail = format!("{HEAD}--B\n\none\n--B--\n--B\n\ntwo\n--B--\n");
        let walked = walk(mail.as_bytes(), Reading::default());
        assert_eq!(bodies(mail.as_bytes(), Reading::default()), [part("one"), part("two")]);
        assert!(walked.seen.part_after_end.is_some());
    }

    #[test]
    fn readings_differ_where_programs_do() {
        let two =
            "Content-Type: multipart/mixed; boundary=A; boundary=B\n\n--A\n\nfirst\n--A--\n--B\n\nsecond\n--B--\n";
        assert!(bodies(two.as_bytes(), Reading::default()).contains(&part("first")));
        let second = Reading { boundary_index: 1, ..Reading::default() };
        assert!(bodies(two.as_bytes(), second).contains(&part("second")));

        let junk = format!("{HEAD}--B\njunk\nContent-Type: text/html\n\none\n--B--\n");
        assert!(walk(junk.as_bytes(), Reading::default()).seen.fields_after_junk);
        assert_eq!(bodies(junk.as_bytes(), Reading { skips_junk: true, ..Reading::default() }), [part("one")]);

        let unnamed = "Content-Type: multipart/mixed\n\n--Q\nContent-Type: text/plain\n\none\n--Q--\n";
        assert!(walk(unnamed.as_bytes(), Reading::default()).seen.unused_boundary);
        assert_eq!(bodies(unnamed.as_bytes(), Reading { guesses_boundary: true, ..Reading::default() }), [part("one")]);
    }

    #[test]
    fn a_missing_blank_line_before_the_first_boundary_is_survived() {
        let mail = "Content-Type: multipart/mixed; boundary=B\n--B\nContent-Type: text/plain\n\none\n--B--\n";
        assert_eq!(bodies(mail.as_bytes(), Reading::default()), [part("one")]);
    }

    #[test]
    fn ten_thousand_levels_end_in_a_limit() {
        let walked = walk(&deep_mime(10_000), Reading::default());
        assert!(walked.problems.iter().any(|problem| problem.kind == ProblemKind::Limit));
        assert!(walked.segments.iter().any(|segment| segment.role == Role::TooDeep));
    }

    #[test]
    fn tells_fields_from_text() {
        assert_eq!(field_name(b"Subject: x"), Some(7));
        assert_eq!(field_name(b"Content-Type (c) : x"), Some(12));
        assert_eq!(field_name(b"Dear John: hello"), None);
        assert_eq!(field_name(b"--a:b"), None);
        assert_eq!(field_name("件名: x".as_bytes()), None);
    }
}
