//! The MIME tree (RFC 2046 section 5.1) as one pass over lines: a stack of open multiparts and a table of their
//! boundaries, no recursion, so that depth costs nothing. Where programs read a message differently, a [`Reading`]
//! says which way this pass goes; the parser walks once per reading that matters.

use std::collections::HashMap;
use std::ops::Range;

use crate::model::{Location, Problem, ProblemKind};

use super::header::{Header, Headers};
use super::leaf::Transfer;
use super::lines::{Line, Lines};
use super::params::{self, Structured};
use super::reading::{Reading, Role, Segment, Walk};

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
/// What is said of a multipart that just ends. Every reader takes it to reach to the end of what it lies in.
pub(crate) const WITHOUT_END: &str = "a multipart without its end boundary";
/// Bytes after a multipart's head in which its boundary is guessed.
const GUESS_WINDOW: usize = 64 << 10;

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
    compared: usize,
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
        compared: 0,
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
        if !self.stack.is_empty() && memchr::memmem::find(text, b"\r--").is_some() {
            self.walk.seen.bare_cr = true;
        }
        let State::Head { start, fields, saw_junk } = &mut self.state else { return };
        let is_blank = text.iter().all(|byte| matches!(byte, b' ' | b'\t'));
        self.walk.seen.blank_line |= is_blank && !text.is_empty() && !fields.is_empty();
        if text.is_empty() || is_blank && self.reading.ends_at_blanks && !fields.is_empty() {
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
        let has_nul = memchr::memchr(0, text).is_some();
        self.walk.seen.nul |= has_nul;
        let cleaned: Vec<u8>;
        let text = if has_nul && self.reading.drops_nul {
            cleaned = without_nul(text);
            &cleaned
        } else {
            text
        };
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
        let cleaned: Vec<u8>;
        let text = if memchr::memchr(0, text).is_some() {
            self.walk.seen.nul = true;
            cleaned = without_nul(text);
            if self.reading.drops_nul { cleaned.as_slice() } else { text }
        } else {
            text
        };
        let innermost = |places: &Vec<usize>| places.last().copied();
        if let Some(place) = self.open.get(text).and_then(innermost) {
            return Some((place, false));
        }
        if let Some(place) = text.strip_suffix(b"--").and_then(|text| self.open.get(text)).and_then(innermost) {
            return Some((place, true));
        }
        // Every line may begin like a boundary of every open multipart; after a while only the innermost is compared.
        const MAX_COMPARED: usize = 1_000_000;
        self.compared = self.compared.saturating_add(self.stack.len());
        let compared = if self.compared > MAX_COMPARED { 1 } else { self.stack.len() };
        let (place, rest) = self.stack.iter().enumerate().rev().take(compared).find_map(|(place, node)| {
            let mut rests = node.boundaries.iter().filter_map(|boundary| after_boundary(text, boundary));
            rests.next().map(|rest| (place, rest))
        })?;
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
        let chosen = types.get(type_index);
        let is_multipart = chosen.is_some_and(|value| value.head.starts_with("multipart"));
        let has_boundary = !is_multipart && chosen.is_some_and(|value| value.first("boundary").is_some());
        self.walk.seen.boundary_elsewhere |= has_boundary;
        let multipart = chosen.filter(|_| is_multipart || has_boundary && self.reading.splits_any_type);
        let is_encoded = multipart.is_some_and(|multipart| self.is_encoded(&own, multipart, body_start));
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
        if is_encoded {
            self.state = State::Body { segment: segment(Role::Encoded) };
            self.odd("a multipart encoded as a whole", start);
            return;
        }
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

    /// Whether a multipart's body is encoded as a whole: it says so, and its boundary is nowhere to be seen.
    fn is_encoded(&mut self, headers: &Headers, multipart: &Structured, body_start: usize) -> bool {
        let encodes = headers.all("content-transfer-encoding").any(|header| {
            matches!(Transfer::of(&header.value), Transfer::Base64 | Transfer::QuotedPrintable | Transfer::Uuencode)
        });
        if !encodes || self.guesses >= MAX_GUESSES {
            return false;
        }
        self.guesses = self.guesses.saturating_add(1);
        let body = self.bytes.get(body_start..).unwrap_or_default();
        multipart.first("boundary").is_none_or(|boundary| {
            memchr::memmem::find(body, format!("--{}", boundary.trim_end()).as_bytes()).is_none()
        })
    }

    fn boundaries(&mut self, multipart: &Structured, body_start: usize) -> Vec<Vec<u8>> {
        let declared: Vec<Vec<u8>> = multipart
            .all("boundary")
            .into_iter()
            .map(|param| param.value.trim_end().as_bytes().to_vec())
            .filter(|boundary| !boundary.is_empty())
            .collect();
        self.walk.seen.boundaries = self.walk.seen.boundaries.max(declared.len());
        let declares_empty = declared.is_empty() && multipart.first("boundary").is_some();
        let chosen = declared.get(self.reading.boundary_index.min(declared.len().saturating_sub(1))).cloned();
        if self.reading.guesses_boundary && self.guesses < MAX_GUESSES {
            self.guesses = self.guesses.saturating_add(1);
            let body = self.bytes.get(body_start..).unwrap_or_default();
            let is_used = chosen
                .as_ref()
                .is_some_and(|boundary| memchr::memmem::find(body, &[b"--".as_slice(), boundary].concat()).is_some());
            if declares_empty {
                return vec![Vec::new()];
            }
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
                self.odd(WITHOUT_END, node.head_start);
            }
        }
    }
}

fn without_nul(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| *byte != 0).collect()
}

/// What follows a boundary the line begins with, in whatever case. The empty boundary begins every line.
fn after_boundary<'a>(text: &'a [u8], boundary: &[u8]) -> Option<&'a [u8]> {
    let start = text.get(..boundary.len()).filter(|_| !boundary.is_empty())?;
    start.eq_ignore_ascii_case(boundary).then(|| text.get(boundary.len()..).unwrap_or_default())
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
#[path = "structure_tests.rs"]
mod tests;
