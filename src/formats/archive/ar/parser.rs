//! The walk over an ar archive.

use std::ops::Range;

use bytes::Bytes;

use crate::formats::archive::old_names;
use crate::formats::fields::range_in;
use crate::model::{EntryName, Location, ParseError, Problem, View};

/// One member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name.
    pub name: EntryName,
    /// Content in the archive; nothing where a thin archive only names it.
    pub data: Range<usize>,
    /// Bytes of content beyond the end.
    pub missing: u64,
    /// Whether it is a table of the archive itself: symbols, or names.
    pub is_table: bool,
    /// Offset of the header.
    pub offset: usize,
}

/// The archive's members.
#[derive(Debug, Default)]
pub struct ArView {
    /// In order.
    pub entries: Vec<Entry>,
    /// What was damaged or odd.
    pub problems: Vec<Problem>,
    /// Where data follows that belongs to no member.
    pub trailing: Option<usize>,
    /// Whether contents lie elsewhere.
    pub is_thin: bool,
}

/// Size of a header.
const HEADER: usize = 60;
/// Members kept; the scan's own limit on artifacts is far below.
const MAX_ENTRIES: usize = 1 << 17;
/// Problems said.
const MAX_PROBLEMS: usize = 32;
/// Longest name taken from the front of a member.
const MAX_NAME: usize = 64 << 10;

impl View for ArView {
    fn parse(bytes: &Bytes) -> Result<Self, ParseError> {
        let is_thin = bytes.starts_with(b"!<thin>\n");
        if !is_thin && !bytes.starts_with(b"!<arch>\n") {
            return Err(ParseError::new("no ar archive", 0));
        }
        let mut view = ArView { is_thin, ..ArView::default() };
        let mut names: &[u8] = &[];
        let mut at = 8usize;
        while at < bytes.len() && view.entries.len() < MAX_ENTRIES {
            let Some(header) = bytes.get(at..at.saturating_add(HEADER)).filter(|header| header.ends_with(b"`\n"))
            else {
                match next_header(bytes, at) {
                    Some(next) => {
                        // One byte of padding more or less is how some programs count.
                        if next.abs_diff(at) > 1 {
                            view.say(Problem::damaged("no ar header where one should be", Location::at(at)));
                        }
                        at = next;
                        continue;
                    }
                    None => {
                        view.trailing = Some(at);
                        break;
                    }
                }
            };
            let size = number(header.get(48..58).unwrap_or_default());
            if size.is_none() {
                view.say(Problem::damaged("ar header without a size", Location::at(at)));
            }
            let start = at.saturating_add(HEADER);
            let field = trimmed(header.get(..16).unwrap_or_default());
            let is_table =
                matches!(field, b"/" | b"//" | b"/SYM64/" | b"ARFILENAMES/" | b"__.SYMDEF" | b"/<ECSYMBOLS>/")
                    || field.starts_with(b"__.SYMDEF");
            let stated = if is_thin && !is_table { 0 } else { size.unwrap_or(0) };
            let mut data = range_in(bytes, start, stated);
            let missing = stated.saturating_sub(data.len() as u64);
            let end = data.end;
            if matches!(field, b"//" | b"ARFILENAMES/") {
                names = bytes.get(data.clone()).unwrap_or_default();
            }
            let mut is_symbols = is_table;
            let name = match bsd_length(field) {
                Some(length) => {
                    // BSD: the name stands in front of the content and is counted with it.
                    let name = range_in(bytes, start, length.min(data.len()).min(MAX_NAME));
                    let raw = bytes.get(name.clone()).unwrap_or_default();
                    data.start = name.end;
                    is_symbols |= raw.starts_with(b"__.SYMDEF");
                    old_names::decode(trimmed(raw))
                }
                None => match gnu_name(field, names) {
                    Some(name) => old_names::decode(name),
                    None => {
                        if !is_table && field.starts_with(b"/") {
                            view.say(Problem::odd("a name beyond the table of names", Location::at(at)));
                        }
                        old_names::decode(if is_table { field } else { field.strip_suffix(b"/").unwrap_or(field) })
                    }
                },
            };
            view.entries.push(Entry { name, data, missing, is_table: is_symbols, offset: at });
            at = end.saturating_add(end % 2);
        }
        Ok(view)
    }
}

impl ArView {
    fn say(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }
}

/// The next offset with a header, which may be one byte before where it was expected: its end mark stands 58 bytes in.
fn next_header(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at.checked_sub(1)?;
    let rest = bytes.get(from.checked_add(58)?..)?;
    memchr::memmem::find_iter(rest, b"`\n").filter_map(|index| from.checked_add(index)).find(|offset| {
        let size = bytes.get(offset.saturating_add(48)..offset.saturating_add(58)).and_then(number);
        *offset != at && size.is_some()
    })
}

/// A decimal number padded with blanks.
fn number(field: &[u8]) -> Option<u64> {
    std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']).parse().ok()
}

fn trimmed(field: &[u8]) -> &[u8] {
    let end = field.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last.saturating_add(1));
    field.get(..end).unwrap_or_default()
}

/// `#1/20`: twenty bytes of name in front of the content.
fn bsd_length(field: &[u8]) -> Option<usize> {
    std::str::from_utf8(field.strip_prefix(b"#1/")?).ok()?.parse().ok()
}

/// `/18`: a name at that place of the table of names, up to its slash and line end (GNU) or its zero (Windows).
fn gnu_name<'a>(field: &[u8], names: &'a [u8]) -> Option<&'a [u8]> {
    let digits = std::str::from_utf8(field.strip_prefix(b"/").or_else(|| field.strip_prefix(b" "))?).ok()?;
    // Members of nested thin archives add a colon and an origin.
    let place: usize = digits.split(':').next()?.trim().parse().ok()?;
    let name = names.get(place..)?;
    let end = name.iter().take(MAX_NAME).position(|byte| matches!(byte, b'\n' | 0)).unwrap_or(name.len().min(MAX_NAME));
    let name = name.get(..end)?;
    Some(name.strip_suffix(b"/").unwrap_or(name))
}
