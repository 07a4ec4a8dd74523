//! Bytes to objects, without trusting the cross-reference table: every `N G obj` is read, so that earlier revisions,
//! duplicates and what no table mentions are seen too. Object streams are opened here; other streams are not.

use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;

use bytes::Bytes;
use memchr::memmem;

use super::contents::{Contents, collect};
use super::filter::{Storage, reader, storage};
use super::lexer::{Lexer, is_blank};
use super::object::{Dictionary, Value};
use crate::model::{Location, ParseError, Problem, ProblemKind, View};

/// The header may stand this far in (Acrobat's own tolerance, ISO 32000-1 annex H.3 note 13).
const HEADER_WINDOW: usize = 1024;
/// Objects kept. The largest honest files have a few hundred thousand.
const MAX_OBJECTS: usize = 1_000_000;
/// Values kept, so that memory stays a small multiple of the file.
const MAX_VALUES: usize = 4_000_000;
/// Bytes all object streams together may give.
const MAX_PACKED: usize = 64 << 20;
/// Strings that run into the end of the file before their objects are read up to the next `endobj` only.
const MAX_UNTERMINATED: usize = 16;

/// A PDF's objects.
#[derive(Debug)]
pub struct PdfView {
    /// Offset of `%PDF-`.
    pub(crate) header: usize,
    /// What follows `%PDF-`: `1.7`.
    pub(crate) version: String,
    /// Every object, in the file's order; those of object streams behind the stream.
    pub(crate) objects: Vec<Object>,
    /// Indexes of the objects with a number: its revisions.
    by_number: HashMap<u32, Vec<usize>>,
    /// Trailer dictionaries, those of cross-reference streams included.
    pub(crate) trailers: Vec<Dictionary>,
    /// Bytes that belong to no object.
    pub(crate) gaps: Vec<Range<usize>>,
    /// Offset behind the last `%%EOF` outside objects.
    pub(crate) tail: Option<usize>,
    /// Whether a trailer says that strings and streams are encrypted.
    pub(crate) is_encrypted: bool,
    /// What was odd or broken.
    pub(crate) problems: Vec<Problem>,
    /// What acts or carries something.
    pub(crate) contents: Contents,
}

/// An indirect object.
#[derive(Debug)]
pub(crate) struct Object {
    /// Its number.
    pub(crate) number: u32,
    /// Offset in the file; of its object stream where it lies in one.
    pub(crate) offset: usize,
    /// Itself; a stream's dictionary.
    pub(crate) value: Value,
    /// A stream's stored bytes.
    pub(crate) stream: Option<Range<usize>>,
    /// Whether it lies in an object stream.
    pub(crate) is_packed: bool,
}

/// The place of `%PDF-`, if the bytes are a PDF.
pub(crate) fn header(bytes: &[u8]) -> Option<usize> {
    let window = bytes.get(..HEADER_WINDOW.saturating_add(5)).unwrap_or(bytes);
    memmem::find(window, b"%PDF-")
}

impl View for PdfView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let header = header(bytes).ok_or_else(|| ParseError::new("no %PDF- in the first 1024 bytes", 0))?;
        let version = bytes
            .get(header.saturating_add(5)..)
            .unwrap_or_default()
            .iter()
            .take(8)
            .take_while(|byte| byte.is_ascii_graphic())
            .map(|byte| char::from(*byte))
            .collect();
        let mut scan = Scan {
            bytes,
            lengths: plain_integers(bytes),
            values_left: MAX_VALUES,
            unterminated: 0,
            no_endstream: false,
            view: PdfView {
                header,
                version,
                objects: Vec::new(),
                by_number: HashMap::new(),
                trailers: Vec::new(),
                gaps: Vec::new(),
                tail: None,
                is_encrypted: false,
                problems: Vec::new(),
                contents: Contents::default(),
            },
        };
        scan.objects();
        scan.trailers();
        scan.view.is_encrypted = scan.view.trailers.iter().any(|trailer| trailer.has("Encrypt"));
        if !scan.view.is_encrypted {
            scan.object_streams();
        }
        let mut view = scan.view;
        for (index, object) in view.objects.iter().enumerate() {
            view.by_number.entry(object.number).or_default().push(index);
        }
        view.contents = collect(&view, bytes);
        if view.objects.is_empty() {
            view.problems.push(Problem::damaged("no object could be read", Location::at(header)));
        }
        Ok(view)
    }
}

impl PdfView {
    /// The object a value refers to, or the value itself.
    pub(crate) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        // A reference may lead to another; longer chains are loops.
        for _ in 0..8 {
            match value {
                Value::Reference(number) => match self.object(*number) {
                    Some(object) => value = &object.value,
                    None => return &Value::Other,
                },
                _ => return value,
            }
        }
        &Value::Other
    }

    /// The last object with this number.
    pub(crate) fn object(&self, number: u32) -> Option<&Object> {
        self.revisions(number).last().and_then(|index| self.objects.get(*index))
    }

    /// Indexes of every object with this number, the one that counts last.
    pub(crate) fn revisions(&self, number: u32) -> &[usize] {
        // Honest files have a few; the cap keeps references to thousands of repeats from multiplying.
        const MAX_REVISIONS: usize = 64;
        let all = self.by_number.get(&number).map(Vec::as_slice).unwrap_or_default();
        all.get(all.len().saturating_sub(MAX_REVISIONS)..).unwrap_or(all)
    }

    /// Whether it has what a viewer needs: objects, and a catalog.
    pub(crate) fn is_document(&self) -> bool {
        self.objects.iter().filter_map(|object| object.value.dictionary()).any(|dictionary| {
            dictionary.is("Type", "Catalog") || dictionary.has("Pages") || dictionary.is("Type", "ObjStm")
        })
    }

    /// How an object's stream is stored.
    pub(crate) fn storage<'a>(&'a self, dictionary: &'a Dictionary) -> Storage {
        storage(dictionary, &|value| self.resolve(value))
    }
}

struct Scan<'a> {
    bytes: &'a Bytes,
    /// Objects that are plain integers, by number: what `/Length 12 0 R` points to.
    lengths: HashMap<u32, usize>,
    values_left: usize,
    unterminated: usize,
    /// Whether no further `endstream` exists, so that it is not searched for again.
    no_endstream: bool,
    view: PdfView,
}

impl Scan<'_> {
    fn slice(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    fn odd(&mut self, problem: Problem) {
        if self.view.problems.len() < 50 {
            self.view.problems.push(problem);
        }
    }

    /// Every `N G obj`, ISO 32000-1 §7.3.10.
    fn objects(&mut self) {
        let bytes = self.bytes.clone();
        let finder = memmem::Finder::new(b"obj");
        let mut position = 0usize;
        // End of what belongs to objects so far.
        let mut covered = 0usize;
        while let Some(found) = bytes.get(position..).and_then(|rest| finder.find(rest)) {
            let at = position.saturating_add(found);
            position = at.saturating_add(3);
            let Some((start, number)) = object_head(&bytes, at) else { continue };
            if self.view.objects.len() >= MAX_OBJECTS || self.values_left == 0 {
                let what = "more objects than are read; the rest was not";
                self.view.problems.push(Problem::new(ProblemKind::Limit, what, Location::at(at)));
                break;
            }
            if start > covered {
                self.view.gaps.push(covered..start);
            }
            let (value, end) = self.value(position);
            let (stream, resume, end) = self.stream(number, &value, end);
            position = resume.max(position);
            covered = covered.max(end);
            self.view.objects.push(Object { number, offset: start, value, stream, is_packed: false });
        }
        if covered < bytes.len() {
            self.view.gaps.push(covered..bytes.len());
        }
    }

    /// The value at a position and where it ends. A string without an end must not swallow the objects behind it.
    fn value(&mut self, position: usize) -> (Value, usize) {
        let bytes = self.bytes.clone();
        if self.unterminated < MAX_UNTERMINATED {
            let mut lexer = Lexer::new(&bytes, position, self.values_left);
            let value = lexer.value().unwrap_or(Value::Other);
            if !lexer.is_unterminated() {
                self.values_left = lexer.values_left();
                return (value, lexer.position());
            }
            self.unterminated = self.unterminated.saturating_add(1);
            self.odd(Problem::odd("a string without an end", Location::at(position)));
        }
        let rest = bytes.get(position..).unwrap_or_default();
        let end = memmem::find(rest, b"endobj").map_or(bytes.len(), |found| position.saturating_add(found));
        let mut lexer = Lexer::new(bytes.get(..end).unwrap_or_default(), position, self.values_left);
        let value = lexer.value().unwrap_or(Value::Other);
        self.values_left = lexer.values_left();
        (value, lexer.position())
    }

    /// The stream behind a dictionary, §7.3.8: its range, where to look for the next object, and the object's end.
    fn stream(&mut self, number: u32, value: &Value, end: usize) -> (Option<Range<usize>>, usize, usize) {
        let bytes = self.bytes.clone();
        let mut lexer = Lexer::new(&bytes, end, 1);
        lexer.skip_blanks();
        let Some(dictionary) = value.dictionary() else {
            return (None, end, self.after_endobj(end));
        };
        if !lexer.take(b"stream") {
            return (None, end, self.after_endobj(end));
        }
        let start = match self.slice(lexer.position()..lexer.position().saturating_add(2)) {
            b"\r\n" => lexer.position().saturating_add(2),
            [b'\n' | b'\r', ..] => lexer.position().saturating_add(1),
            _ => lexer.position(),
        };
        let stated = match dictionary.get("Length") {
            Some(Value::Integer(length)) => usize::try_from(*length).ok(),
            Some(Value::Reference(length)) => self.lengths.get(length).copied(),
            _ => None,
        };
        let by_length = stated.and_then(|length| start.checked_add(length)).filter(|end| self.ends_stream(*end));
        let first = self.first_endstream(start);
        match (by_length, first) {
            (Some(end), Some(first)) if first.saturating_add(2) < end => {
                // An attached PDF stored as it is has such words in it; so has a length that is wrong on purpose.
                // Both readings are taken: the whole stream, and the objects in it.
                self.odd(Problem::odd(format!("stream of object {number} holds an endstream"), Location::at(first)));
                (Some(start..end), first, self.after_endstream(end))
            }
            (Some(end), _) => (Some(start..end), self.after_endstream(end), self.after_endstream(end)),
            (None, Some(first)) => {
                let after = self.after_endstream(first);
                (Some(start..trim_line_end(&bytes, start, first)), after, after)
            }
            (None, None) => {
                self.odd(Problem::damaged(format!("stream of object {number} has no end"), Location::at(start)));
                (Some(start..bytes.len()), start, bytes.len())
            }
        }
    }

    fn first_endstream(&mut self, start: usize) -> Option<usize> {
        if self.no_endstream {
            return None;
        }
        let found = self.bytes.get(start..).and_then(|rest| memmem::find(rest, b"endstream"));
        self.no_endstream = found.is_none();
        found.map(|found| start.saturating_add(found))
    }

    /// Whether `endstream` stands here, behind at most a line end.
    fn ends_stream(&self, end: usize) -> bool {
        let rest = self.slice(end..end.saturating_add(16));
        let blanks = rest.iter().take(4).take_while(|byte| is_blank(**byte)).count();
        rest.get(blanks..).is_some_and(|rest| rest.starts_with(b"endstream") || rest.starts_with(b"endobj"))
    }

    fn after_endstream(&self, end: usize) -> usize {
        let mut lexer = Lexer::new(self.bytes, end, 1);
        lexer.skip_blanks();
        lexer.take(b"endstream");
        self.after_endobj(lexer.position())
    }

    fn after_endobj(&self, end: usize) -> usize {
        let mut lexer = Lexer::new(self.bytes, end, 1);
        lexer.skip_blanks();
        if lexer.take(b"endobj") { lexer.position() } else { end }
    }

    /// Trailers between objects (§7.5.5) and of cross-reference streams (§7.5.8), and the last end-of-file mark.
    fn trailers(&mut self) {
        let mut trailers = Vec::new();
        for gap in self.view.gaps.clone() {
            let mut position = gap.start;
            while let Some(found) = memmem::find(self.slice(position..gap.end), b"trailer") {
                let at = position.saturating_add(found).saturating_add(7);
                let mut lexer =
                    Lexer::new(self.bytes.get(..gap.end).unwrap_or_default(), at, self.values_left.min(10_000));
                if let Some(Value::Dictionary(dictionary)) = lexer.value() {
                    trailers.push(dictionary);
                }
                position = lexer.position().max(at);
                if trailers.len() > 10_000 {
                    break;
                }
            }
            if let Some(found) = memmem::rfind(self.slice(gap.clone()), b"%%EOF") {
                self.view.tail = Some(gap.start.saturating_add(found).saturating_add(5));
            }
        }
        let streams = self.view.objects.iter().filter_map(|object| object.value.dictionary());
        trailers.extend(streams.filter(|dictionary| dictionary.is("Type", "XRef")).cloned());
        self.view.trailers = trailers;
    }

    /// Objects inside object streams, §7.5.7.
    fn object_streams(&mut self) {
        let bytes = self.bytes.clone();
        let mut left = bytes.len().saturating_mul(64).clamp(4 << 20, MAX_PACKED);
        let mut opened: Vec<Object> = Vec::new();
        let mut problems = Vec::new();
        for object in &self.view.objects {
            let (Some(dictionary), Some(range)) = (object.value.dictionary(), object.stream.clone()) else { continue };
            let holds_objects = dictionary.is("Type", "ObjStm") || (dictionary.has("N") && dictionary.has("First"));
            if !holds_objects {
                continue;
            }
            let at = Location::at(object.offset);
            let filters = match storage(dictionary, &|value| value) {
                Storage::Filters(filters) => filters,
                Storage::Picture(what) | Storage::Unsupported(what) => {
                    problems.push(Problem::unsupported(format!("object stream stored with {what}"), at));
                    continue;
                }
            };
            let mut content = Vec::new();
            let stored = bytes.get(range).unwrap_or_default();
            let outcome = reader(&filters, stored).take(left as u64).read_to_end(&mut content);
            if outcome.is_err() {
                problems.push(Problem::damaged(format!("object stream {} ends early", object.number), at.clone()));
            }
            left = left.saturating_sub(content.len());
            if left == 0 || self.values_left == 0 {
                let what = "object streams give more than is read; the rest was not";
                problems.push(Problem::new(ProblemKind::Limit, what, at));
                break;
            }
            self.values_left = unpack_objects(dictionary, &content, object.offset, self.values_left, &mut opened);
        }
        self.view.problems.append(&mut problems);
        self.view.objects.append(&mut opened);
    }
}

/// The objects of one decoded object stream; gives the values left.
fn unpack_objects(
    dictionary: &Dictionary,
    content: &[u8],
    offset: usize,
    mut values_left: usize,
    out: &mut Vec<Object>,
) -> usize {
    let number = |key| dictionary.get(key).and_then(Value::integer).and_then(|value| usize::try_from(value).ok());
    let Some(first) = number("First").filter(|first| *first <= content.len()) else { return values_left };
    let mut heads = Vec::new();
    let mut lexer = Lexer::new(content.get(..first).unwrap_or_default(), 0, 1);
    loop {
        lexer.skip_blanks();
        let Some(number) = lexer.take_integer() else { break };
        lexer.skip_blanks();
        let Some(at) = lexer.take_integer() else { break };
        heads.push((number, at));
    }
    // Entries may overlap: reading the same text over and over is paid from an allowance.
    let mut allowance = content.len().saturating_mul(2).saturating_add(1024);
    for (number, at) in heads {
        let (Ok(number), Ok(at)) = (u32::try_from(number), usize::try_from(at)) else { continue };
        let start = first.saturating_add(at);
        if start >= content.len() || out.len() >= MAX_OBJECTS || values_left == 0 || allowance == 0 {
            continue;
        }
        let mut lexer = Lexer::new(content, start, values_left);
        let value = lexer.value().unwrap_or(Value::Other);
        allowance = allowance.saturating_sub(lexer.position().saturating_sub(start));
        values_left = lexer.values_left();
        out.push(Object { number, offset, value, stream: None, is_packed: true });
    }
    values_left
}

/// The `N G` in front of `obj`: its offset and N.
fn object_head(bytes: &[u8], at: usize) -> Option<(usize, u32)> {
    const WINDOW: usize = 64;
    let floor = at.saturating_sub(WINDOW);
    let before = bytes.get(floor..at)?;
    let (rest, _) = strip_blanks(before);
    let (rest, generation) = strip_digits(rest);
    let (rest, blanks) = strip_blanks(rest);
    let (rest, digits) = strip_digits(rest);
    if generation.is_empty() || blanks == 0 || digits.is_empty() {
        return None;
    }
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((floor.saturating_add(rest.len()), number))
}

fn strip_blanks(bytes: &[u8]) -> (&[u8], usize) {
    let count = bytes.iter().rev().take_while(|byte| is_blank(**byte)).count();
    (bytes.get(..bytes.len().saturating_sub(count)).unwrap_or_default(), count)
}

fn strip_digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let count = bytes.iter().rev().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    bytes.split_at(bytes.len().saturating_sub(count))
}

/// A stream's end without the line end that precedes `endstream`.
fn trim_line_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let data = bytes.get(start..end).unwrap_or_default();
    let trimmed = data.strip_suffix(b"\r\n").or_else(|| data.strip_suffix(b"\n")).or_else(|| data.strip_suffix(b"\r"));
    start.saturating_add(trimmed.unwrap_or(data).len())
}

/// Objects that are nothing but an integer.
fn plain_integers(bytes: &[u8]) -> HashMap<u32, usize> {
    let mut found = HashMap::new();
    for at in memmem::find_iter(bytes, b"obj") {
        let Some((_, number)) = object_head(bytes, at) else { continue };
        let body = bytes.get(at.saturating_add(3)..at.saturating_add(64).min(bytes.len())).unwrap_or_default();
        let mut lexer = Lexer::new(body, 0, 1);
        lexer.skip_blanks();
        let Some(length) = lexer.take_integer() else { continue };
        lexer.skip_blanks();
        if lexer.take(b"endobj")
            && let Ok(length) = usize::try_from(length)
            && found.len() < MAX_OBJECTS
        {
            found.insert(number, length);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use sekisho_samples::document::pdf::{Pdf, ticket};

    use super::*;

    fn view(bytes: Vec<u8>) -> PdfView {
        PdfView::parse(&bytes.into()).unwrap()
    }

    #[test]
    fn reads_the_ticket() {
        let view = view(ticket());
        assert_eq!((view.header, view.version.as_str()), (0, "1.7"));
        assert_eq!(view.objects.len(), 10);
        assert_eq!(view.trailers.len(), 1);
        assert!(view.problems.is_empty(), "{:?}", view.problems);
        let root = view.resolve(view.trailers.first().unwrap().get("Root").unwrap());
        assert!(root.dictionary().unwrap().is("Type", "Catalog"));
    }

    #[test]
    fn opens_object_streams() {
        let view = view(Pdf::new().uri("https://example.com/x").object_streams().build());
        assert!(view.objects.iter().any(|object| object.is_packed && object.number == 1));
        assert!(view.object(1).unwrap().value.dictionary().unwrap().has("Pages"));
        assert!(view.problems.is_empty(), "{:?}", view.problems);
    }

    #[test]
    fn a_wrong_length_hides_nothing() {
        let text = "%PDF-1.4\n1 0 obj << /Length 80 >> stream\nab\nendstream endobj\n2 0 obj << /S /Launch >> endobj\n\
                    3 0 obj << /Length 1 >> stream\nx\nendstream endobj\n4 0 obj (never closed endobj\n5 0 obj << /K 1 >> \
                    endobj\ntrailer << /Root 2 0 R >>\n%%EOF";
        let view = view(text.into());
        let numbers: Vec<u32> = view.objects.iter().map(|object| object.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        assert_eq!(view.trailers.len(), 1);
    }

    #[test]
    fn cut_and_flipped_files_end() {
        let whole = Pdf::new().text("x").script("a", "b").object_streams().updates(2).build();
        for cut in (0..whole.len()).step_by(7) {
            let _ = PdfView::parse(&Bytes::copy_from_slice(&whole[..cut]));
            let mut flipped = whole.clone();
            flipped[cut] ^= 0x41;
            let _ = PdfView::parse(&flipped.into());
        }
    }
}
